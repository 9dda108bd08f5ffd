import { sqlStatements } from '../rehearsal/statements.ts';
import type { HeldLock, TableState } from './recorder.ts';
import type { LogEntry } from './server-log.ts';

/** A statement that changed the schema, with what the server did for it. */
export interface TracedStatement {
  /** Place among all entries of the log. */
  readonly at: number;
  readonly sql: string;
  /** `ALTER TABLE` */
  readonly tag: string;
  readonly pid: number;
  readonly transaction: string;
  readonly xid: string | undefined;
  /** undefined for one that did not come to its end. */
  readonly durationMs: number | undefined;
  readonly lockTimeout: string;
  readonly locksBefore: readonly HeldLock[];
  readonly locksAfter: readonly HeldLock[];
  /** The tables that it touched, as it left them. */
  readonly tables: readonly TableState[];
  readonly dropped: readonly { readonly type: string; readonly oid: number; readonly original: boolean }[];
  readonly rewritten: readonly number[];
  /** The migration that it belongs to, as the tool names it; undefined when that cannot be told. */
  readonly migration: string | undefined;
}

/** A statement that changes rows, not the schema. */
export interface SentWrite {
  readonly at: number;
  readonly pid: number;
  readonly transaction: string;
  readonly sql: string;
}

export interface Trace {
  readonly statements: readonly TracedStatement[];
  /** Without those on the migration tool's own tables. */
  readonly writes: readonly SentWrite[];
  /** Names of the tables into which the tool wrote its versions, without schema. */
  readonly versionTables: readonly string[];
  /** Whether each migration's statements are known. */
  readonly attributed: boolean;
}

type Open = { -readonly [Key in keyof TracedStatement]: TracedStatement[Key] } & {
  startedAt: number;
};

/** Puts the entries of a log together to statements, and gives each to its migration. */
export function traceOf(entries: readonly LogEntry[], migrations: readonly string[]): Trace {
  const versions = versionWrites(entries, migrations);
  const migrationAt = (at: number): string | undefined => {
    const next = versions.ends.find((end) => end.at >= at);
    if (next) return next.migration;
    // What comes after the last one is the tool's own, unless it is the only migration.
    return migrations.length === 1 ? migrations[0] : undefined;
  };
  const open = new Map<number, Open[]>();
  const texts = new Map<number, TextReader>();
  const statements: Open[] = [];
  const writes: SentWrite[] = [];

  entries.forEach((entry, at) => {
    if (entry.kind === 'error') {
      open.delete(entry.pid);
      return;
    }
    if (entry.kind === 'sent') {
      open.delete(entry.pid);
      texts.delete(entry.pid);
      const { pid, transaction, sql } = entry;
      const table = writtenTable(sql);
      if (table !== undefined && !isVersionTable(table) && !versions.tables.has(table))
        writes.push({ at, pid, transaction, sql });
      return;
    }
    const { record, transaction } = entry;
    const { pid } = record;
    const stack = open.get(pid) ?? [];
    open.set(pid, stack);
    const current = stack.at(-1);
    switch (record.event) {
      case 'ddl_command_start': {
        let reader = texts.get(pid);
        if (reader === undefined || reader.whole !== record.sql) {
          reader = textReader(record.sql);
          texts.set(pid, reader);
        }
        const started: Open = {
          at,
          sql: reader.next(record.tag),
          tag: record.tag,
          pid,
          transaction,
          xid: record.xid ?? undefined,
          startedAt: record.at,
          durationMs: undefined,
          lockTimeout: record.lockTimeout,
          locksBefore: record.locks,
          locksAfter: [],
          tables: [],
          dropped: [],
          rewritten: [],
          migration: migrationAt(at),
        };
        stack.push(started);
        statements.push(started);
        break;
      }
      case 'ddl_command_end':
        if (current === undefined) break;
        current.durationMs = record.at - current.startedAt;
        current.locksAfter = record.locks;
        current.tables = record.tables;
        current.xid = record.xid ?? current.xid;
        stack.pop();
        break;
      case 'sql_drop':
        if (current) current.dropped = [...current.dropped, ...record.objects];
        break;
      case 'table_rewrite':
        if (current) current.rewritten = [...current.rewritten, record.table];
        break;
    }
  });
  const attributed = migrations.length <= 1 || versions.ends.length === migrations.length;
  return { statements, writes, versionTables: [...versions.tables], attributed };
}

interface TextReader {
  readonly whole: string;
  /** The next statement with this tag; the whole text when there is none (a function or DO block that makes it up). */
  next(tag: string): string;
}

function textReader(whole: string): TextReader {
  const statements = sqlStatements(whole);
  let position = 0;
  return {
    whole,
    next(tag) {
      const only = statements.length === 1 ? statements[0] : undefined;
      if (only) return only.sql;
      for (let at = position; at < statements.length; at += 1) {
        const sql = statements[at]?.sql ?? '';
        if (!fits(sql, tag)) continue;
        position = at + 1;
        return sql;
      }
      return whole.trim();
    },
  };
}

/** `CREATE UNIQUE INDEX …` has the tag CREATE INDEX. */
function fits(sql: string, tag: string): boolean {
  const words = sql
    .slice(0, 80)
    .toUpperCase()
    .split(/[\s(]+/);
  const [verb = '', noun = ''] = tag.split(' ');
  return words[0] === verb && (noun === '' || words.includes(noun));
}

const WRITE =
  /^\s*(?:INSERT\s+INTO|UPDATE(?:\s+ONLY)?|DELETE\s+FROM(?:\s+ONLY)?|MERGE\s+INTO|COPY)\s+((?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?)/i;

/** The table that a statement writes to, without its schema and quotes. */
function writtenTable(sql: string): string | undefined {
  const name = WRITE.exec(sql)?.[1];
  return name?.split('.').at(-1)?.replaceAll('"', '');
}

/** Migration tools' own tables, by their names. */
export function isVersionTable(name: string): boolean {
  return /^(?:alembic_version|django_migrations|schema_migrations|schema_info|ar_internal_metadata|knex_migrations(?:_lock)?|pgmigrations|_prisma_migrations|__drizzle_migrations|flyway_schema_history|databasechangelog(?:lock)?|_sqlx_migrations|goose_db_version|migrations)$/i.test(
    name,
  );
}

interface VersionWrites {
  /** The last write of each version, in order. */
  readonly ends: readonly { readonly at: number; readonly migration: string }[];
  readonly tables: ReadonlySet<string>;
}

/** Tools write a migration's version when it is done (golang-migrate and Prisma before it, too: the last write counts). */
function versionWrites(entries: readonly LogEntry[], migrations: readonly string[]): VersionWrites {
  const tables = new Set<string>();
  const last = new Map<string, number>();
  const starts: { readonly at: number; readonly migration: string }[] = [];
  const byWord = new Map<string, string>();
  for (const migration of migrations) for (const id of idsOf(migration)) byWord.set(id, migration);
  entries.forEach((entry, at) => {
    if (entry.kind !== 'sent') return;
    const table = writtenTable(entry.sql);
    if (table === undefined || !(isVersionTable(table) || /migrat|version|changelog/i.test(table))) return;
    // `UPDATE alembic_version SET version_num='new' WHERE … = 'old'`: the new one stands first.
    // $1 is the place of a parameter, not a version.
    const words = `${entry.sql} ${entry.parameters}`.replace(/\$\d+/g, '').match(/[\w.-]+/g) ?? [];
    const found = words.map((word) => byWord.get(word)).find((migration) => migration !== undefined);
    if (found === undefined) return;
    tables.add(table);
    if (table === '_prisma_migrations') starts.push({ at, migration: found });
    else last.set(found, at);
  });
  // Prisma names a migration when it begins it, and then only by a number of its own.
  for (const [place, { migration }] of starts.entries()) last.set(migration, (starts[place + 1]?.at ?? entries.length + 1) - 1);
  const ends = [...last].map(([migration, at]) => ({ migration, at })).sort((a, b) => a.at - b.at);
  return { ends, tables };
}

/**
 * By what the tool's table and files may call a migration, the most telling first. `5403edb1d087, optimise plans`: the revision;
 * `20260101000000_users.sql`: the whole, without its ending, and its number; Django's `app.0001_initial`: without the app.
 */
export function idsOf(migration: string): readonly string[] {
  const [first = ''] = migration.split(/,|\s/);
  const stem = first.replace(/(?:\.(?:up|down))?\.(?:sql|js|mjs|cjs|ts|py|rb|php|go|xml|ya?ml|json)$/, '');
  const bare = /^\w+\.(\w+)$/.exec(stem)?.[1] ?? stem;
  const number = /^[A-Za-z]?(\d+)(?![A-Za-z\d])/.exec(bare)?.[1];
  return [...new Set([first, stem, bare, number ?? ''])].filter((id) => id !== '');
}
