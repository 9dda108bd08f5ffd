import { spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Session, withSession } from '../src/database/client.ts';
import type { IndexExpectation } from '../src/database/index-expectation.ts';
import { checkIndexes } from '../src/database/indexes.ts';
import { startThrowaway } from '../src/database/throwaway.ts';
import { testPorts } from '../test/support/ports.ts';
import type { Figure } from './figures.ts';

const TABLES = 500;
const PER_TABLE = 4;
const ROUNDS = 5;

/**
 * 2,000 expected indexes over 500 tables on a real PostgreSQL, each way in turn over one connection: our check, a script that asks for
 * the table's indexes and columns once for each index, and the bare catalog query. Then ten times as many, for growth and memory.
 */
export async function indexFigures(): Promise<readonly Figure[]> {
  const ports = testPorts({ directory: process.cwd() });
  const server = await startThrowaway(ports, { engine: 'postgresql' });
  const on = <Result>(work: (session: Session) => Promise<Result>): Promise<Result> =>
    withSession(server.url, { secrets: ports.secrets, readOnly: false, statementTimeoutMs: 300_000 }, work);
  try {
    const small = await on((session) => makeTables(session, 'small', TABLES));
    const figures = await on((session) => compared(session, small));
    const large = await on((session) => makeTables(session, 'large', TABLES * 10));
    return [...figures, ...(await on((session) => grown(session, small, large))), memoryFigure(server.url, large)];
  } finally {
    await server.stop();
  }
}

async function compared(session: Session, expected: readonly IndexExpectation[]): Promise<readonly Figure[]> {
  const ours = () => checked(session, expected);
  const perIndex = () => askPerIndex(session, expected);
  const bare = () => session.query(BARE_QUERY, [['small']]);
  for (const work of [ours, bare]) await work();
  const against: number[] = [];
  const beside: number[] = [];
  let trips = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = session.roundTrips();
    const own = await timed(ours);
    trips = Math.max(trips, session.roundTrips() - before);
    beside.push(own / (await timed(bare)));
    against.push((await timed(perIndex)) / own);
  }
  const name = `${expected.length} expected indexes over ${TABLES} tables`;
  return [
    { name: `${name}, against the bare catalog query`, ...middle(beside), unit: '×', limit: 1.5 },
    { name: `a script that asks per index, against ${name}`, ...middle(against), unit: '×', least: 20 },
    { name: `${name}: round trips`, value: trips, unit: 'round trips', limit: 2 },
  ];
}

async function grown(
  session: Session,
  small: readonly IndexExpectation[],
  large: readonly IndexExpectation[],
): Promise<readonly Figure[]> {
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const few = await timed(() => checked(session, small));
    ratios.push((await timed(() => checked(session, large))) / few);
  }
  return [
    {
      name: `${large.length} expected indexes, against ${small.length} (ten times as many)`,
      ...middle(ratios),
      unit: '×',
      limit: 13,
    },
  ];
}

/** What a process holds at most that checks once, as the gate does. */
function memoryFigure(url: string, expected: readonly IndexExpectation[]): Figure {
  const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url)], {
    encoding: 'utf8',
    env: { ...process.env, HOLDPOINT_BENCH_CHECK: url },
    input: JSON.stringify(expected),
  });
  if (stdout === '') throw new Error(stderr);
  return { name: `${expected.length} expected indexes: memory`, value: Number(stdout) / 1000, unit: 'MB', limit: 250 };
}

async function checkOnce(url: string): Promise<void> {
  const expected: readonly IndexExpectation[] = JSON.parse(await text(process.stdin));
  const { secrets } = testPorts();
  await withSession(url, { secrets }, (session) => checked(session, expected));
  process.stdout.write(String(process.resourceUsage().maxRSS));
}

async function checked(session: Session, expected: readonly IndexExpectation[]): Promise<void> {
  const { answers } = await checkIndexes(session, expected);
  if (answers.length !== expected.length || answers.some(({ finding }) => finding)) throw new Error('All must be as expected.');
}

/** Four indexes for each table, of the kinds that a schema has most. */
async function makeTables(session: Session, schema: string, tables: number): Promise<readonly IndexExpectation[]> {
  await session.run(`CREATE SCHEMA ${schema}`);
  const expected: IndexExpectation[] = [];
  // A transaction holds a lock for each table and index: not too many at once.
  for (let first = 0; first < tables; first += 100) {
    const statements: string[] = [];
    for (let n = first; n < Math.min(first + 100, tables); n += 1) {
      const table = `t${n}`;
      statements.push(
        `CREATE TABLE ${schema}.${table} (id int, tenant int, status text, email text, at timestamptz)`,
        `CREATE INDEX ${table}_status ON ${schema}.${table} (tenant, status)`,
        `CREATE INDEX ${table}_at ON ${schema}.${table} (at DESC)`,
        `CREATE INDEX ${table}_email ON ${schema}.${table} (lower(email))`,
        `CREATE UNIQUE INDEX ${table}_open ON ${schema}.${table} (id) WHERE status IS NOT NULL`,
      );
      const of = { schema, table };
      expected.push(
        { ...of, name: `${table}_status`, columns: ['tenant', 'status'] },
        { ...of, name: `${table}_at`, columns: ['at desc'] },
        { ...of, name: `${table}_email`, columns: ['lower(email)'] },
        { ...of, name: `${table}_open`, columns: ['id'], unique: true, where: 'status IS NOT NULL' },
      );
    }
    await session.run(statements.join(';'));
  }
  await session.run('VACUUM ANALYZE pg_catalog.pg_class');
  await session.run('ANALYZE');
  if (expected.length !== tables * PER_TABLE) throw new Error('Each table has its indexes.');
  return expected;
}

/** What an inspector such as SQLAlchemy's asks for the indexes of one table, asked anew for each expected index. */
async function askPerIndex(session: Session, expected: readonly IndexExpectation[]): Promise<void> {
  for (const { schema, table, name } of expected) {
    const { rows } = await session.query(TABLE_OID, [schema, table]);
    const oid = rows[0]?.['oid'];
    const indexes = await session.query(TABLE_INDEXES, [oid]);
    if (!indexes.rows.some(({ relname }) => relname === name)) throw new Error(`There is no ${name}.`);
  }
}

const TABLE_OID = `
SELECT c.oid FROM pg_class c LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'v', 'm', 'f', 'p')`;

const TABLE_INDEXES = `
SELECT i.relname, ix.indisunique, con.conrelid IS NOT NULL AS has_constraint, ix.indoption, i.reloptions, am.amname,
       pg_get_expr(ix.indpred, ix.indrelid) AS predicate, ix.indnkeyatts, cols.elements, cols.expressions
FROM pg_index ix
JOIN (
  SELECT k.indexrelid, array_agg(k.element ORDER BY k.n) AS elements, array_agg(k.is_expression ORDER BY k.n) AS expressions
  FROM (
    SELECT u.indexrelid, u.n, u.attnum = 0 AS is_expression,
           CASE WHEN u.attnum = 0 THEN pg_get_indexdef(u.indexrelid, u.n + 1, true) ELSE a.attname::text END AS element
    FROM (
      SELECT x.indexrelid, x.indrelid, unnest(x.indkey) AS attnum, generate_subscripts(x.indkey, 1) AS n
      FROM pg_index x WHERE NOT x.indisprimary AND x.indrelid = $1
    ) u LEFT JOIN pg_attribute a ON a.attrelid = u.indrelid AND a.attnum = u.attnum
  ) k GROUP BY k.indexrelid
) cols ON cols.indexrelid = ix.indexrelid
JOIN pg_class i ON i.oid = ix.indexrelid
JOIN pg_am am ON am.oid = i.relam
LEFT JOIN pg_constraint con ON con.conrelid = ix.indrelid AND con.conindid = ix.indexrelid AND con.contype IN ('p', 'u', 'x')
WHERE NOT ix.indisprimary AND ix.indrelid = $1
ORDER BY i.relname`;

/** The whole of what the catalog tells of indexes, by one query, without a comparison. */
const BARE_QUERY = `
SELECT n.nspname AS schema, t.relname AS "table", t.relkind AS table_kind,
       c.relname AS index, c.relkind AS index_kind, am.amname AS method,
       i.indisunique AS is_unique, i.indisprimary AS is_primary, i.indisexclusion AS is_exclusion,
       i.indimmediate AS is_immediate,
       i.indisvalid AS valid, i.indisready AS ready, i.indislive AS live, i.indcheckxmin AS checkxmin,
       coalesce((to_jsonb(i)->>'indnullsnotdistinct')::bool, false) AS nulls_not_distinct,
       i.indnkeyatts AS nkey, i.indnatts AS natts,
       cols.columns,
       pg_get_expr(i.indpred, i.indrelid, true) AS predicate,
       c.reloptions AS options, ts.spcname AS tablespace,
       pg_get_indexdef(i.indexrelid) AS def,
       con.conname AS constraint, con.contype AS constraint_type, con.condeferrable AS deferrable,
       inh.inhparent::regclass::text AS parent_index,
       (SELECT count(*) FROM pg_inherits h WHERE h.inhparent = i.indexrelid) AS attached_children,
       (SELECT count(*) FROM pg_inherits h WHERE h.inhparent = i.indrelid)  AS table_partitions,
       s.idx_scan, to_jsonb(s)->>'last_idx_scan' AS last_idx_scan,
       CASE WHEN c.relkind='i' THEN pg_relation_size(i.indexrelid) END AS bytes,
       t.reltuples AS table_rows, p.command AS build_command, p.phase AS build_phase,
       current_setting('server_version_num')::int AS server_version_num
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_am am ON am.oid = c.relam
LEFT JOIN pg_tablespace ts ON ts.oid = c.reltablespace
LEFT JOIN pg_constraint con ON con.conindid = i.indexrelid AND con.contype IN ('p','u','x') AND con.conrelid = i.indrelid
LEFT JOIN pg_inherits inh ON inh.inhrelid = i.indexrelid
LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = i.indexrelid
LEFT JOIN pg_stat_progress_create_index p ON p.index_relid = i.indexrelid
CROSS JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object(
     'key', k <= i.indnkeyatts, 'attnum', i.indkey[k-1], 'column', a.attname,
     'expr', CASE WHEN i.indkey[k-1]=0 THEN pg_get_indexdef(i.indexrelid, k, true) END,
     'opclass', oc.opcname, 'opclass_default', oc.opcdefault,
     'collation', co.collname, 'column_collation', cc.collname,
     'desc', CASE WHEN k<=i.indnkeyatts AND am.amname='btree' THEN (i.indoption[k-1] & 1)=1 END,
     'nulls_first', CASE WHEN k<=i.indnkeyatts AND am.amname='btree' THEN (i.indoption[k-1] & 2)=2 END) ORDER BY k) AS columns
  FROM generate_series(1, i.indnatts) k
  LEFT JOIN pg_attribute a  ON a.attrelid=i.indrelid AND a.attnum=i.indkey[k-1] AND i.indkey[k-1]<>0
  LEFT JOIN pg_collation cc ON cc.oid=a.attcollation
  LEFT JOIN pg_opclass oc   ON k<=i.indnkeyatts AND oc.oid=i.indclass[k-1]
  LEFT JOIN pg_collation co ON k<=i.indnkeyatts AND co.oid=i.indcollation[k-1]
) cols
WHERE n.nspname = ANY ($1::text[])
ORDER BY 1,2,4`;

function middle(ratios: readonly number[]): Pick<Figure, 'value'> & { readonly spread: readonly [number, number] } {
  const sorted = [...ratios].sort((a, b) => a - b);
  const at = (index: number): number => sorted[index] ?? Number.NaN;
  return { value: at(Math.floor(sorted.length / 2)), spread: [at(0), at(sorted.length - 1)] };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

// The child process of `memoryFigure`.
const own = process.env['HOLDPOINT_BENCH_CHECK'];
if (own !== undefined) await checkOnce(own);
