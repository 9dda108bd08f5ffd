import type { Session } from '../client.ts';
import { undone } from './transaction.ts';

/** What was assumed of a table's size, or why it was not. */
export interface AssumedRows {
  readonly table: string;
  readonly rows: number;
  /** undefined: it was assumed. */
  readonly refused?: 'no_such_table' | 'not_superuser' | 'empty';
}

const LEAVES = `
WITH asked AS (SELECT to_regclass($1) AS oid)
SELECT t.oid::text AS oid, t.oid::regclass::text AS sql,
       greatest(pg_relation_size(t.oid), 0) / current_setting('block_size')::int AS pages
FROM asked a JOIN pg_class t ON t.oid = a.oid OR t.oid IN (SELECT relid FROM pg_partition_tree(a.oid) WHERE isleaf)
WHERE t.relkind = 'r'`;

/**
 * Makes the planner believe in other numbers of rows until the transaction is rolled back; needs a superuser.
 *
 * The planner multiplies rows per page by the pages that are really there, so these stay as they are, and a table without any page
 * gets one row first. Statistics of columns are dropped: they speak of the few rows that are there.
 */
export async function assumeRows(session: Session, rows: Readonly<Record<string, number>>): Promise<readonly AssumedRows[]> {
  const wanted = Object.entries(rows);
  if (wanted.length === 0) return [];
  const { rows: roles } = await session.query('SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user');
  const isSuperuser = roles[0]?.['superuser'] === true;
  const answers: AssumedRows[] = [];
  for (const [table, count] of wanted) {
    if (isSuperuser) answers.push(await assume(session, table, count));
    else answers.push({ table, rows: count, refused: 'not_superuser' });
  }
  return answers;
}

async function assume(session: Session, table: string, rows: number): Promise<AssumedRows> {
  const found = await session.query(LEAVES, [table]);
  const leaves = found.rows.map(({ oid, sql, pages }) => ({ oid: String(oid), sql: String(sql), pages: Number(pages) }));
  if (leaves.length === 0) return { table, rows, refused: 'no_such_table' };
  let empty = false;
  for (const { oid, sql, pages } of leaves) {
    const filled = pages > 0 || (await fillOnePage(session, oid, sql));
    if (!filled) empty = true;
    await session.query('UPDATE pg_class SET reltuples = $2::float8, relpages = $3::int WHERE oid = $1::oid', [
      oid,
      filled ? rows / leaves.length : 0,
      Math.max(1, pages),
    ]);
    await session.query('DELETE FROM pg_statistic WHERE starelid = $1::oid', [oid]);
  }
  return { table, rows, ...(empty ? { refused: 'empty' as const } : {}) };
}

/** One row of defaults, whatever may not be NULL and whatever it refers to. */
async function fillOnePage(session: Session, oid: string, sql: string): Promise<boolean> {
  const fill = async (): Promise<void> => {
    await session.run('SET LOCAL session_replication_role = replica');
    const { rows } = await session.query(
      'UPDATE pg_attribute SET attnotnull = false WHERE attrelid = $1::oid AND attnotnull AND attnum > 0 RETURNING attnum',
      [oid],
    );
    await session.run(`INSERT INTO ${sql} DEFAULT VALUES`);
    await session.query('UPDATE pg_attribute SET attnotnull = true WHERE attrelid = $1::oid AND attnum = ANY ($2::int2[])', [
      oid,
      rows.map(({ attnum }) => Number(attnum)),
    ]);
    await session.run('RESET session_replication_role');
  };
  // Tried first: an error would end the transaction. A partition, or a CHECK, may refuse such a row.
  const possible = await undone(session, fill).then(
    () => true,
    () => false,
  );
  if (possible) await fill();
  return possible;
}
