import type { ColumnState, ConstraintState, HeldLock, IndexState, TableState } from './recorder.ts';
import type { RuleId } from './rules.ts';
import type { Trace, TracedStatement } from './trace.ts';

/** One thing that the migration does and should do in another way. */
export interface XrayFinding {
  readonly rule: RuleId;
  /** As it is written in SQL, with its schema unless that is `public`. */
  readonly table: string;
  /** The index, constraint or column that it is about; the table itself where there is none. */
  readonly object: string;
  /** Further words for the sentence: the old name, a type, the statement that follows. */
  readonly detail?: string;
  /** SQL that does the same without harm. */
  readonly safe: string;
  readonly statement?: TracedStatement;
}

/** A lock that a statement took on a table which was there before. */
export interface TakenLock {
  readonly statement: TracedStatement;
  readonly table: string;
  /** `ShareLock`, as pg_locks names it. */
  readonly mode: string;
}

export interface Xray {
  readonly findings: readonly XrayFinding[];
  readonly locks: readonly TakenLock[];
}

export interface Evidence {
  readonly trace: Trace;
  /** All tables before the first migration. */
  readonly before: readonly TableState[];
  /** All tables after the last. */
  readonly after: readonly TableState[];
  /** Transactions that were rolled back. */
  readonly undone: ReadonlySet<string>;
  /**
   * `base`: `before` is what the change meets in production, so that only those tables count. `none`: it began with nothing, so that a
   * table counts as soon as an earlier migration made it.
   */
  readonly start: 'base' | 'none';
}

/** Weakest first. A lock from Share on blocks writes. */
const MODES = ['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'];
const strength = (mode: string): number => MODES.indexOf(mode);
const WRITES_WAIT = strength('ShareLock');

export function xrayOf(evidence: Evidence): Xray {
  const { trace, undone } = evidence;
  const world = new Map(evidence.before.map((table) => [table.oid, table]));
  const madeBy = new Map<number, TracedStatement>();
  const makers = new Map<string, TracedStatement>();
  const findings: XrayFinding[] = [];
  const locks: TakenLock[] = [];
  const warned = new Set<string>();
  const underLock = new Set<string>();

  const counts = (oid: number, statement: TracedStatement): boolean => {
    const maker = madeBy.get(oid);
    if (maker === undefined) return world.has(oid);
    if (evidence.start === 'base') return false;
    if (maker.migration !== undefined && statement.migration !== undefined) return maker.migration !== statement.migration;
    // Without a tool that tells, a file of its own is mostly a session of its own.
    return maker.pid !== statement.pid;
  };

  for (const statement of trace.statements) {
    if (statement.durationMs === undefined || (statement.xid !== undefined && undone.has(statement.xid))) continue;
    const found = (rule: RuleId, table: TableState, object: string, safe: string, detail?: string): void => {
      findings.push({ rule, table: nameOf(table), object, safe, statement, ...(detail === undefined ? {} : { detail }) });
    };
    const existing = (oid: number): TableState | undefined => (counts(oid, statement) ? world.get(oid) : undefined);

    for (const [oid, mode] of locksTaken(statement)) {
      const table = existing(oid);
      if (!table) continue;
      locks.push({ statement, table: nameOf(table), mode });
      const key = statement.migration ?? `session ${statement.pid}`;
      if (statement.lockTimeout !== '0' || strength(mode) < WRITES_WAIT || warned.has(key)) continue;
      warned.add(key);
      found('no-lock-timeout', table, nameOf(table), `SET lock_timeout = '2s';\n${statement.sql};`, mode);
    }
    for (const [oid, mode] of statement.locksBefore) {
      const table = mode === 'AccessExclusiveLock' ? existing(oid) : undefined;
      const key = `${statement.transaction} ${oid}`;
      if (!table || underLock.has(key)) continue;
      underLock.add(key);
      found('more-under-lock', table, nameOf(table), `COMMIT;\nBEGIN;\n${statement.sql};\nCOMMIT;`, short(statement.sql));
    }
    for (const { type, oid, original } of statement.dropped) {
      const table = type === 'table' ? existing(oid) : undefined;
      if (table) {
        found(
          'table-dropped',
          table,
          nameOf(table),
          `-- first release the code that no longer uses it; then, in a later migration:\nDROP TABLE ${nameOf(table)};`,
        );
        world.delete(oid);
      }
      if (type !== 'index' || !original) continue;
      for (const owner of world.values()) {
        const index = owner.indexes.find((each) => each.oid === oid);
        if (!index || !existing(owner.oid) || !holds(statement.locksAfter, owner.oid, WRITES_WAIT)) continue;
        found('index-drop-not-concurrent', owner, index.name, `DROP INDEX CONCURRENTLY ${inSchema(owner, index.name)};`);
      }
    }
    for (const after of statement.tables) {
      const before = world.get(after.oid);
      note(after, before, statement, makers);
      if (before === undefined) madeBy.set(after.oid, statement);
      else if (existing(after.oid)) compare(before, after, statement, found, locks);
      world.set(after.oid, after);
    }
  }
  findings.push(...writesUnderLock(evidence, world, counts, underLock), ...leftBehind(evidence, makers));
  return { findings, locks };
}

type Found = (rule: RuleId, table: TableState, object: string, safe: string, detail?: string) => void;

function compare(before: TableState, after: TableState, statement: TracedStatement, found: Found, locks: TakenLock[]): void {
  const table = nameOf(after);
  const start = strength('ShareRowExclusiveLock');
  const rewritten = statement.rewritten.includes(after.oid) || (before.filenode !== after.filenode && after.filenode !== null);
  let explained = false;

  const fresh = (index: IndexState): boolean => !before.indexes.some(({ oid, name }) => oid === index.oid || name === index.name);
  const owned = new Set(after.constraints.map(({ index }) => index));
  for (const index of after.indexes.filter((each) => fresh(each) && !owned.has(each.oid))) {
    if (holds(statement.locksAfter, after.oid, WRITES_WAIT)) {
      found('index-not-concurrent', after, index.name, `${concurrently(index, after)};`);
    } else if (!locks.some((lock) => lock.statement === statement && lock.table === table)) {
      // CONCURRENTLY has let go of its lock by the time that it ends.
      locks.push({ statement, table, mode: 'ShareUpdateExclusiveLock' });
    }
  }

  for (const constraint of after.constraints) {
    const was = before.constraints.find(({ name }) => name === constraint.name);
    if (was) {
      if (!was.valid && constraint.valid && holds(statement.locksBefore, after.oid, start)) {
        const safe = `COMMIT;\nALTER TABLE ${table} VALIDATE CONSTRAINT ${quoted(constraint.name)};`;
        found('validate-under-lock', after, constraint.name, safe);
      }
      continue;
    }
    if (constraint.type === 'x') {
      found(
        'exclusion-constraint',
        after,
        constraint.name,
        '-- there is no way to build it without this lock: do it while nobody writes',
      );
    } else if (constraint.type === 'u' || constraint.type === 'p') {
      if (!before.indexes.some(({ oid }) => oid === constraint.index)) {
        found('unique-builds-index', after, constraint.name, safeUnique(constraint, after));
      }
    } else if (constraint.valid && !onNewEmptyColumns(constraint, before, after)) {
      found('constraint-scan', after, constraint.name, safeConstraint(constraint, table));
    }
  }

  const primary = after.constraints.find(
    ({ type, name }) => type === 'p' && !before.constraints.some((each) => each.name === name),
  );
  for (const column of after.columns) {
    const was = before.columns.find(({ n }) => n === column.n);
    const name = quoted(column.name);
    if (was === undefined) {
      explained = newColumn(column, after, rewritten, found) || explained;
      continue;
    }
    if (was.name !== column.name) {
      const safe =
        `ALTER TABLE ${table} ADD COLUMN ${name} ${column.type};\n` +
        '-- write both, fill the new one in batches, read the new one; drop the old one in a later migration';
      found('column-renamed', after, `${after.name}.${column.name}`, safe, was.name);
    }
    if (was.type !== column.type && rewritten) {
      explained = true;
      const safe =
        `ALTER TABLE ${table} ADD COLUMN ${quoted(`${column.name}_new`)} ${column.type};\n` +
        '-- write both, fill the new one in batches, then swap their names in one short transaction';
      found('column-type-change', after, `${after.name}.${column.name}`, safe, `${was.type} → ${column.type}`);
    }
    if (!was.notNull && column.notNull && !provenNotNull(before, column) && !primary?.columns.includes(column.n)) {
      const check = quoted(`${column.name}_not_null`);
      const safe = [
        `ALTER TABLE ${table} ADD CONSTRAINT ${check} CHECK (${name} IS NOT NULL) NOT VALID;`,
        `ALTER TABLE ${table} VALIDATE CONSTRAINT ${check}; -- in a transaction of its own`,
        `ALTER TABLE ${table} ALTER COLUMN ${name} SET NOT NULL;`,
        `ALTER TABLE ${table} DROP CONSTRAINT ${check};`,
      ].join('\n');
      found('not-null-scan', after, `${after.name}.${column.name}`, safe);
    }
  }
  for (const column of before.columns) {
    if (after.columns.some(({ n }) => n === column.n)) continue;
    const safe =
      '-- first release the code that no longer uses it; then, in a later migration:\n' +
      `ALTER TABLE ${table} DROP COLUMN ${quoted(column.name)};`;
    found('column-dropped', after, `${after.name}.${column.name}`, safe);
  }
  if (before.name !== after.name || before.schema !== after.schema) {
    const safe = `-- in the same transaction, so that the old name goes on working until no code uses it:\nCREATE VIEW ${nameOf(before)} AS SELECT * FROM ${table};`;
    found('table-renamed', after, after.name, safe, nameOf(before));
  }
  if (rewritten && !explained) {
    found('table-rewrite', after, table, '-- copy into a new table in batches, then swap the names in one short transaction');
  }
}

/** Whether the column is why the table was rewritten. */
function newColumn(column: ColumnState, table: TableState, rewritten: boolean, found: Found): boolean {
  const name = quoted(column.name);
  const object = `${table.name}.${column.name}`;
  const at = `ALTER TABLE ${nameOf(table)}`;
  if (column.identity || column.default?.startsWith('nextval(')) {
    const type = column.type;
    const sequence = quoted(`${table.name}_${column.name}_seq`);
    const safe = [
      `${at} ADD COLUMN ${name} ${type};`,
      `CREATE SEQUENCE ${sequence} OWNED BY ${nameOf(table)}.${name};`,
      `${at} ALTER COLUMN ${name} SET DEFAULT nextval('${sequence}');`,
      '-- then fill the rows that are there in batches',
    ].join('\n');
    found('serial-added', table, object, safe);
    return true;
  }
  if (column.generated) {
    if (rewritten)
      found(
        'stored-column-added',
        table,
        object,
        `${at} ADD COLUMN ${name} ${column.type};\n-- filled by a trigger, and in batches`,
      );
    return rewritten;
  }
  if (column.default !== null && rewritten) {
    const safe = [
      `${at} ADD COLUMN ${name} ${column.type};`,
      `${at} ALTER COLUMN ${name} SET DEFAULT ${column.default};`,
      '-- then fill the rows that are there in batches',
    ].join('\n');
    found('volatile-default', table, object, safe, column.default);
    return true;
  }
  if (column.notNull && column.default === null) {
    const safe =
      `${at} ADD COLUMN ${name} ${column.type};\n-- fill the rows that are there in batches; then by a validated CHECK:\n` +
      `${at} ALTER COLUMN ${name} SET NOT NULL;`;
    found('not-null-added', table, object, safe);
  }
  return false;
}

/** What is there when all is done. */
function leftBehind({ before, after }: Evidence, makers: ReadonlyMap<string, TracedStatement>): readonly XrayFinding[] {
  const findings: XrayFinding[] = [];
  for (const table of after) {
    const was = before.find(({ oid }) => oid === table.oid);
    const add = (rule: RuleId, object: string, safe: string, maker: TracedStatement | undefined): void => {
      findings.push({ rule, table: nameOf(table), object, safe, ...(maker === undefined ? {} : { statement: maker }) });
    };
    for (const index of table.indexes) {
      if (index.valid || was?.indexes.some(({ oid, valid }) => oid === index.oid && !valid)) continue;
      const rebuild = table.kind === 'p' ? '-- attach a valid index of each partition' : `${concurrently(index, table)};`;
      const safe = table.kind === 'p' ? rebuild : `DROP INDEX CONCURRENTLY ${inSchema(table, index.name)};\n${rebuild}`;
      add('index-invalid', index.name, safe, makers.get(`index ${index.oid}`));
    }
    for (const constraint of table.constraints) {
      if (was?.constraints.some(({ name }) => name === constraint.name)) continue;
      const maker = makers.get(`constraint ${table.oid} ${constraint.name}`);
      if (!constraint.valid) {
        const safe = `ALTER TABLE ${nameOf(table)} VALIDATE CONSTRAINT ${quoted(constraint.name)}; -- in a later transaction`;
        add('constraint-not-validated', constraint.name, safe, maker);
      }
      if (constraint.type !== 'f' || table.indexes.some((index) => covers(index, constraint))) continue;
      const columns = constraint.columns.map((n) => quoted(table.columns.find((column) => column.n === n)?.name ?? '?'));
      const safe = `CREATE INDEX CONCURRENTLY ON ${nameOf(table)} (${columns.join(', ')});`;
      add('foreign-key-without-index', constraint.name, safe, maker);
    }
  }
  return findings;
}

/** Whole, valid, and led by the key's columns in any order. */
function covers({ valid, partial, keys }: IndexState, { columns }: ConstraintState): boolean {
  const leading = (keys ?? []).slice(0, columns.length);
  return valid && !partial && columns.every((column) => leading.includes(column));
}

/** Rows changed while the transaction holds a lock that stops all others. */
function writesUnderLock(
  { trace, undone }: Evidence,
  world: ReadonlyMap<number, TableState>,
  counts: (oid: number, statement: TracedStatement) => boolean,
  told: Set<string>,
): readonly XrayFinding[] {
  const findings: XrayFinding[] = [];
  for (const write of trace.writes) {
    const holder = trace.statements.findLast(
      ({ at, pid, transaction }) => at < write.at && pid === write.pid && transaction === write.transaction,
    );
    if (!holder || (holder.xid !== undefined && undone.has(holder.xid))) continue;
    for (const [oid, mode] of holder.locksAfter) {
      const table = world.get(oid);
      const key = `${holder.transaction} ${oid}`;
      if (mode !== 'AccessExclusiveLock' || !table || !counts(oid, holder) || told.has(key)) continue;
      told.add(key);
      const safe = `COMMIT;\n-- then, in batches:\n${write.sql.trim().replace(/;$/, '')};`;
      findings.push({
        rule: 'more-under-lock',
        table: nameOf(table),
        object: nameOf(table),
        safe,
        detail: short(write.sql),
        statement: holder,
      });
    }
  }
  return findings;
}

function note(
  after: TableState,
  before: TableState | undefined,
  statement: TracedStatement,
  makers: Map<string, TracedStatement>,
): void {
  for (const { oid } of after.indexes)
    if (!before?.indexes.some((index) => index.oid === oid)) makers.set(`index ${oid}`, statement);
  for (const { name } of after.constraints)
    if (!before?.constraints.some((constraint) => constraint.name === name))
      makers.set(`constraint ${after.oid} ${name}`, statement);
}

/** The strongest lock on each table that the statement itself took. */
function locksTaken({ locksBefore, locksAfter }: TracedStatement): readonly HeldLock[] {
  const strongest = new Map<number, string>();
  for (const [oid, mode] of locksAfter) {
    if (locksBefore.some(([held, heldMode]) => held === oid && strength(heldMode) >= strength(mode))) continue;
    if (strength(mode) > strength(strongest.get(oid) ?? '')) strongest.set(oid, mode);
  }
  return [...strongest];
}

function holds(locks: readonly HeldLock[], oid: number, least: number): boolean {
  return locks.some(([held, mode]) => held === oid && strength(mode) >= least);
}

/** The server itself spares SET NOT NULL its scan when a valid CHECK says as much. */
function provenNotNull({ constraints }: TableState, { name }: ColumnState): boolean {
  return constraints.some(
    ({ type, valid, definition }) => type === 'c' && valid && definition.includes(`(${quoted(name)} IS NOT NULL)`),
  );
}

/** A new column without a default is NULL everywhere: the server does not look for its foreign keys. */
function onNewEmptyColumns({ type, columns }: ConstraintState, before: TableState, after: TableState): boolean {
  return (
    type === 'f' &&
    columns.every(
      (n) => !before.columns.some((column) => column.n === n) && after.columns.find((column) => column.n === n)?.default === null,
    )
  );
}

function safeConstraint({ name, definition }: ConstraintState, table: string): string {
  return (
    `ALTER TABLE ${table} ADD CONSTRAINT ${quoted(name)} ${definition} NOT VALID;\n` +
    `ALTER TABLE ${table} VALIDATE CONSTRAINT ${quoted(name)}; -- in a transaction of its own`
  );
}

function safeUnique({ name, type, index }: ConstraintState, table: TableState): string {
  const made = table.indexes.find(({ oid }) => oid === index);
  const kind = type === 'p' ? 'PRIMARY KEY' : 'UNIQUE';
  const build =
    made === undefined ? `CREATE UNIQUE INDEX CONCURRENTLY ${quoted(name)} ON ${nameOf(table)} (…)` : concurrently(made, table);
  return `${build};\nALTER TABLE ${nameOf(table)} ADD CONSTRAINT ${quoted(name)} ${kind} USING INDEX ${quoted(name)};`;
}

function concurrently({ definition }: IndexState, { kind }: TableState): string {
  // A partitioned table takes no CONCURRENTLY: ONLY on the parent, then one for each partition.
  const how = kind === 'p' ? ' ' : ' CONCURRENTLY ';
  return definition.replace(/^(CREATE (?:UNIQUE )?INDEX) /, `$1${how}`);
}

const quoted = (name: string): string => (/^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);
const inSchema = ({ schema }: TableState, name: string): string =>
  schema === 'public' ? quoted(name) : `${quoted(schema)}.${quoted(name)}`;
const nameOf = (table: TableState): string => inSchema(table, table.name);

function short(sql: string): string {
  const line = sql.trim().replace(/\s+/g, ' ');
  return line.length > 90 ? `${line.slice(0, 89)}…` : line;
}
