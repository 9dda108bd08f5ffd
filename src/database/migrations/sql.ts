import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { connect, type Session, withSession } from '../client.ts';
import { directoryField, migrationsField, tableField } from './fields.ts';
import { firstWith } from './folder.ts';
import { rowsInTable } from './revisions.ts';
import { type SqlStatement, sqlStatements } from './sql-statements.ts';
import { stepsDown } from './steps-down.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type Recorded } from './tool.ts';
import { namesIn } from './version-files.ts';

const USUAL_FOLDER = 'migrations';
const USUAL_TABLE = 'holdpoint_migrations';

const schema = () =>
  z.strictObject({
    directory: directoryField('The folder that the other paths start from.'),
    migrations: migrationsField(USUAL_FOLDER),
    table: tableField(USUAL_TABLE),
  });

type SqlSpec = z.infer<ReturnType<typeof schema>>;

/**
 * SQL files in the order of their names, run by Holdpoint itself, each in a transaction of its own together with its row in the
 * table. A file that says `-- holdpoint: no transaction`, or that has CONCURRENTLY in it, runs statement by statement.
 */
export const sql = defineMigrationTool<SqlSpec>({
  name: 'sql',
  summary:
    'Plain SQL files in the order of their names, run by Holdpoint itself. The way back is in `name.down.sql`, or below a line `-- down`.',
  schema,
  example: 'run: { tool: sql, migrations: db/migrations }',
  async detect(folder) {
    const found = await firstWith(folder, ['migrations', 'db/migrations', 'sql/migrations', 'sql'], /\.sql$/);
    return found && { because: found.file, ...(found.path === USUAL_FOLDER ? {} : { spec: { migrations: found.path } }) };
  },
  describe: ({ migrations, directory }) =>
    `the SQL files in ${[directory, migrations ?? USUAL_FOLDER].filter((part) => part !== undefined).join('/')}`,
  recorded,
  async files(spec, context) {
    const migrations = (await scripts(spec, context)).map(({ version, file, down }) => {
      return { version, name: file, reversible: down !== undefined };
    });
    return { heads: migrations.slice(-1).map(({ version }) => version), migrations };
  },
  apply,
  down,
});

interface Script {
  readonly version: string;
  readonly file: string;
  readonly up: string;
  readonly checksum: string;
  readonly down?: string;
}

const DOWN_LINE = /^--\s*down\b.*$/im;

async function scripts(spec: SqlSpec, context: MigrationContext): Promise<readonly Script[]> {
  const folder = spec.migrations ?? USUAL_FOLDER;
  const directory = join(context.directory, spec.directory ?? '.');
  const names = await namesIn(directory, folder, /\.sql$/, context);
  const read = (name: string) => readFile(join(directory, folder, name), 'utf8');
  return Promise.all(
    names
      .filter((name) => !name.endsWith('.down.sql'))
      .map(async (file): Promise<Script> => {
        const version = file.replace(/(?:\.up)?\.sql$/, '');
        const text = (await read(file)).replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
        const [up = '', below] = text.split(DOWN_LINE);
        const apart = names.includes(`${version}.down.sql`) ? await read(`${version}.down.sql`) : below;
        const checksum = createHash('sha256').update(up).digest('hex');
        const down = apart !== undefined && sqlStatements(apart).length > 0 ? apart : undefined;
        return { version, file, up, checksum, ...(down !== undefined && { down }) };
      }),
  );
}

async function rows(spec: SqlSpec, context: MigrationContext) {
  const select = 'version, checksum, finished_at IS NOT NULL AS finished';
  const found = await rowsInTable({ table: spec.table ?? USUAL_TABLE, select, order: 'started_at, version' }, context);
  return (found ?? []).map((row) => ({
    version: String(row['version']),
    checksum: row['checksum'] ?? '',
    finished: row['finished'] === 't',
  }));
}

async function recorded(spec: SqlSpec, context: MigrationContext): Promise<Recorded> {
  const all = await rows(spec, context);
  const applied = all.filter(({ finished }) => finished).map(({ version }) => version);
  const failed = all.find(({ finished }) => !finished)?.version;
  const mend = `undo by hand what it left, then: DELETE FROM ${spec.table ?? USUAL_TABLE} WHERE version = '${failed}';`;
  return {
    current: applied.slice(-1),
    applied,
    ...(failed !== undefined && { dirty: { kind: 'half-done' as const, what: failed, mend } }),
  };
}

async function apply(spec: SqlSpec, context: MigrationContext): Promise<Applied> {
  const all = await scripts(spec, context);
  return inRun(spec, context, async (run) => {
    const before = new Map((await rows(spec, context)).map((row) => [row.version, row]));
    for (const { version, file, checksum } of all) {
      const row = before.get(version);
      if (row?.finished === true && row.checksum !== checksum) {
        return `${file} was changed after it had been applied. Put it back as it was, and make the change in a new file.`;
      }
    }
    for (const script of all.filter(({ version }) => !before.has(version))) {
      const problem = await run.carryOut(script, { text: script.up, way: 'up' });
      if (problem !== undefined) return problem;
    }
    return undefined;
  });
}

async function down(
  spec: SqlSpec,
  target: { readonly steps: number } | { readonly to: string },
  context: MigrationContext,
): Promise<Applied> {
  const all = await scripts(spec, context);
  const { applied = [] } = await recorded(spec, context);
  const undone = applied.slice(applied.length - stepsDown(target, applied)).reverse();
  const ways = undone.map((version) => {
    const script = all.find((each) => each.version === version);
    if (script?.down !== undefined) return { script, text: script.down };
    throw new MeasurementError(
      'unsupported',
      `${version} has no way back: there is neither ${version}.down.sql nor a line \`-- down\` in its file. Nothing was undone.`,
    );
  });
  return inRun(spec, context, async (run) => {
    for (const { script, text } of ways) {
      const problem = await run.carryOut(script, { text, way: 'down' });
      if (problem !== undefined) return problem;
    }
    return undefined;
  });
}

interface Way {
  readonly text: string;
  readonly way: 'up' | 'down';
}

interface SqlRun {
  /** What went wrong, when something did. */
  carryOut(script: Script, way: Way): Promise<string | undefined>;
}

const KEPT_LINES = 400;
const KEPT_WARNINGS = 100;

/** One session for all files, under a lock of the server's, so that two runs never migrate at once. */
async function inRun(
  spec: SqlSpec,
  context: MigrationContext,
  work: (run: SqlRun) => Promise<string | undefined>,
): Promise<Applied> {
  const { clock, signal } = context;
  const startedAt = clock.now();
  const lines: string[] = [];
  const warnings: string[] = [];
  const migrations: { readonly name: string; readonly durationMs: number }[] = [];
  let warningCount = 0;
  const say = (line: string): void => {
    lines.push(line);
    if (lines.length > KEPT_LINES * 2) lines.splice(0, KEPT_LINES);
  };
  const onNotice = (notice: string): void => {
    say(notice);
    warningCount += 1;
    if (warnings.length < KEPT_WARNINGS) warnings.push(notice);
  };
  const session = await connect(context.databaseUrl, { ...context, readOnly: false, statementTimeoutMs: 0, onNotice });
  let problem: string | undefined;
  let backend: unknown;
  try {
    const { rows: found } = await session.query('SELECT pg_backend_pid() AS pid, pg_try_advisory_lock($1) AS alone', [LOCK]);
    backend = found[0]?.['pid'];
    if (found[0]?.['alone'] !== true) problem = 'another run migrates this database now. Wait for its end, and run again.';
    else {
      const table = await tableIn(session, spec);
      problem = await work({
        carryOut: async (script, way) => {
          const began = clock.now();
          const undoing = way.way === 'down' ? 'undoing ' : '';
          context.progress(`${undoing}${script.file}`);
          say(`${way.way === 'up' ? 'Applying' : 'Undoing'} ${script.file}`);
          const failure = await carriedOut(session, table, script, way);
          const durationMs = clock.now() - began;
          migrations.push({ name: script.file, durationMs });
          say(failure ?? `Done in ${durationMs} ms`);
          return failure;
        },
      });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await session.end();
  }
  if (signal.aborted) {
    // The server would go on with the statement until it has a reason to look at its connection.
    if (typeof backend === 'number') await endBackend(backend, context);
    throw signal.reason;
  }
  const applied = {
    durationMs: clock.now() - startedAt,
    migrations,
    warningCount,
    warnings,
    output: lines.slice(-KEPT_LINES).join('\n'),
  };
  return problem === undefined ? { ...applied, exitCode: 0 } : { ...applied, exitCode: 1, problem };
}

/** Any number that nobody else takes: `hold` in ASCII. */
const LOCK = 0x686f6c64;

/** The table's name with its schema: a file may change the search path. */
async function tableIn(session: Session, { table = USUAL_TABLE }: SqlSpec): Promise<string> {
  const quoted = table
    .split('.')
    .map((part) => `"${part.replaceAll('"', '""')}"`)
    .join('.');
  await session.run(
    `CREATE TABLE IF NOT EXISTS ${quoted} (
       version text PRIMARY KEY, checksum text NOT NULL,
       started_at timestamptz NOT NULL DEFAULT clock_timestamp(), finished_at timestamptz)`,
  );
  const { rows: found } = await session.query(
    `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.oid = $1::regclass`,
    [quoted],
  );
  return String(found[0]?.['name']);
}

const OWN_TRANSACTION = /^(?:begin|start\s+transaction|commit|rollback(?!\s+to)|end|abort|prepare\s+transaction)\b/i;

async function carriedOut(session: Session, table: string, script: Script, { text, way }: Way): Promise<string | undefined> {
  const statements = sqlStatements(text);
  const apart =
    /^--\s*holdpoint:\s*no transaction\b/im.test(text) || statements.some(({ bare }) => /\bconcurrently\b/i.test(bare));
  const own = statements.find(({ bare }) => OWN_TRANSACTION.test(bare));
  if (own !== undefined && !apart) {
    return `${script.file}:${own.line}: the file has transactions of its own (${own.bare.split(/\s/)[0]}). Leave them out: each file runs in one. Or write \`-- holdpoint: no transaction\` on a line of it.`;
  }
  const row = [script.version, script.checksum];
  const steps: (SqlStatement | (() => Promise<unknown>))[] = [...statements];
  const opened = `INSERT INTO ${table} (version, checksum) VALUES ($1, $2)`;
  const closed = `UPDATE ${table} SET finished_at = clock_timestamp() WHERE version = $1`;
  if (way === 'up') {
    // Before the first statement, so that one that ends half-way is known as such.
    steps.unshift(() => session.query(opened, row));
    steps.push(() => session.query(closed, [script.version]));
  } else {
    steps.unshift(() => session.query(`UPDATE ${table} SET finished_at = NULL WHERE version = $1`, [script.version]));
    steps.push(() => session.query(`DELETE FROM ${table} WHERE version = $1`, [script.version]));
  }
  if (!apart) await session.run('BEGIN');
  let done = 0;
  for (const step of steps) {
    try {
      if (typeof step === 'function') await step();
      else await session.run(step.text);
    } catch (error) {
      if (!apart) await session.run('ROLLBACK').catch(() => undefined);
      // Nothing of it is left, so it is not half done.
      else if (done <= 1) await forget(session, table, script, way).catch(() => undefined);
      const at = typeof step === 'function' ? script.file : `${script.file}:${step.line}`;
      return `${at}: ${said(error)}`;
    }
    done += 1;
  }
  if (!apart) await session.run('COMMIT');
  // What a file sets for its session must not reach the next one.
  await session.run('RESET ALL');
  return undefined;
}

/**
 * The first statement failed. A concurrent build leaves an invalid index even then, and that is a half-done state; anything else
 * leaves nothing.
 */
async function forget(session: Session, table: string, { version, up }: Script, way: Way['way']): Promise<void> {
  if (way === 'down')
    return session
      .query(`UPDATE ${table} SET finished_at = clock_timestamp() WHERE version = $1`, [version])
      .then(() => undefined);
  if (sqlStatements(up).some(({ bare }) => /\bconcurrently\b/i.test(bare))) return;
  await session.query(`DELETE FROM ${table} WHERE version = $1`, [version]);
}

/** What the server itself said. */
function said(error: unknown): string {
  const cause = error instanceof MeasurementError && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

const END_MS = 1500;

async function endBackend(pid: number, context: MigrationContext): Promise<void> {
  const options = { ...context, signal: AbortSignal.timeout(END_MS), readOnly: false };
  await withSession(context.databaseUrl, options, async (session) => {
    await session.query('SELECT pg_terminate_backend($1, 1000)', [pid]);
  }).catch(() => undefined);
}
