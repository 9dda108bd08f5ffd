import type { Session } from '../client.ts';
import type { KnownIndex } from './surroundings.ts';

/**
 * How indexes are kept from the planner, inside a transaction that is rolled back.
 *
 * - `catalog`: a superuser marks them invalid in pg_index. It locks those rows of the catalog and no table.
 * - `drop`: the owner drops them. It takes AccessExclusive on the table until it is undone: nobody reads it meanwhile.
 * - `hint`: MySQL, MariaDB and SQLite: a hint in the query holds the planner to one index.
 * - `none`: they stay in sight, and only settings make other ways unattractive.
 */
export type Hiding = 'catalog' | 'drop' | 'hint' | 'none';

/**
 * @param mayHide on a database that others use only when the plan says so.
 */
export async function hidingFor(session: Session, indexes: readonly KnownIndex[], mayHide: boolean): Promise<Hiding> {
  if (!mayHide) return 'none';
  const { rows } = await session.query('SELECT rolsuper AS superuser FROM pg_roles WHERE rolname = current_user');
  if (rows[0]?.['superuser'] === true) return 'catalog';
  return indexes.every(({ table }) => table.owned) ? 'drop' : 'none';
}

/** Hides them until the savepoint is rolled back. */
export async function hide(session: Session, indexes: readonly KnownIndex[], hiding: Hiding): Promise<void> {
  if (indexes.length === 0 || hiding === 'none' || hiding === 'hint') return;
  if (hiding === 'catalog') {
    // In one order, so that two who do this at a time do not wait for each other.
    await session.query(
      `UPDATE pg_index SET indisvalid = false WHERE indexrelid IN
         (SELECT indexrelid FROM pg_index WHERE indexrelid = ANY ($1::oid[]) ORDER BY indexrelid FOR UPDATE)`,
      [indexes.map(({ oid }) => oid)],
    );
    return;
  }
  // A part of a partitioned index goes with its parent.
  for (const { sqlName, constraint, table, attached } of indexes) {
    if (attached) continue;
    await session.run(
      constraint === undefined
        ? `DROP INDEX IF EXISTS ${sqlName} CASCADE`
        : `ALTER TABLE ${table.sqlName} DROP CONSTRAINT IF EXISTS ${constraint} CASCADE`,
    );
  }
}
