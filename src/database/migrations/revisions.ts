import { MeasurementError } from '../../checklist/errors.ts';
import { withSession } from '../client.ts';
import { errorCode } from '../refusals.ts';
import type { MigrationContext } from './tool.ts';

/**
 * The revisions in a tool's own table, in order; empty when the table does not exist, as before the first migration.
 *
 * @param table `alembic_version`, or with its schema `audit.alembic_version`. Without one it is looked for in the search path,
 *   then everywhere.
 */
export async function revisionsInTable(table: string, column: string, context: MigrationContext): Promise<readonly string[]> {
  const [name, schema] = table.split('.').reverse();
  return withSession(context.databaseUrl, context, async (session) => {
    const { rows } = await session.query(
      `SELECT c.oid::regclass::text AS "table", pg_table_is_visible(c.oid) AS visible
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v') AND ($2::text IS NULL OR n.nspname = $2)
       ORDER BY visible DESC, 1`,
      [name, schema ?? null],
    );
    const visible = rows.filter((row) => row['visible'] === true);
    const candidates = visible.length > 0 ? visible : rows;
    if (candidates.length > 1) {
      const names = candidates.map((row) => String(row['table'])).join(', ');
      throw new MeasurementError(
        'bad_response',
        `${session.label} has several tables ${table}: ${names}. Name the schema in the plan.`,
      );
    }
    const [found] = candidates;
    if (!found) return [];
    const versions = await session.query(`SELECT ${column}::text AS revision FROM ${String(found['table'])} ORDER BY 1`);
    return versions.rows.map((row) => String(row['revision']));
  });
}

/** The first column of a query of the plan; empty when its table does not exist yet. */
export async function revisionsByQuery(sql: string, context: MigrationContext): Promise<readonly string[]> {
  return withSession(context.databaseUrl, context, async (session) => {
    try {
      const { rows, fields } = await session.queryTexts(sql.trim().replace(/(?:\s*;)+$/, ''));
      const first = fields[0]?.name;
      return first === undefined ? [] : rows.flatMap((row) => (row[first] === null ? [] : [String(row[first])]));
    } catch (error) {
      // 42P01: undefined_table.
      if (error instanceof MeasurementError && errorCode(error.cause) === '42P01') return [];
      throw error;
    }
  });
}
