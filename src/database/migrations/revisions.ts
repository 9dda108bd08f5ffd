import { MeasurementError } from '../../checklist/errors.ts';
import { withSession } from '../client.ts';
import { isOtherEngine } from '../engine.ts';
import { errorCode } from '../refusals.ts';
import type { MigrationContext } from './tool.ts';

export type Row = Readonly<Record<string, string | null>>;

interface TableQuery {
  /** `alembic_version`, or with its schema `audit.alembic_version`. Without one it is looked for in the search path, then everywhere. */
  readonly table: string;
  /** What to select of it, each with a name, and in which order: `version, dirty`. */
  readonly select: string;
  readonly order: string;
}

/** The rows of a tool's own table as texts; undefined when it does not exist, as before the first migration. */
export async function rowsInTable(query: TableQuery, context: MigrationContext): Promise<readonly Row[] | undefined> {
  if (isOtherEngine(context.databaseUrl)) throw otherEngine(query);
  const [name, schema] = query.table.split('.').reverse();
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
        `${session.label} has several tables ${query.table}: ${names}. Name the schema in the plan.`,
      );
    }
    const [found] = candidates;
    if (!found) return undefined;
    const answer = await session.queryTexts(`SELECT ${query.select} FROM ${String(found['table'])} ORDER BY ${query.order}`);
    return answer.rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([column, value]) => [column, value === null ? null : String(value)])),
    );
  });
}

/** The revisions in a tool's own table, in order; empty when the table does not exist, as before the first migration. */
export async function revisionsInTable(table: string, column: string, context: MigrationContext): Promise<readonly string[]> {
  const rows = await rowsInTable({ table, select: `${column}::text AS revision`, order: '1' }, context);
  return (rows ?? []).map(({ revision }) => String(revision));
}

/** The first column of a query of the plan; empty when its table does not exist yet. */
export async function revisionsByQuery(sql: string, context: MigrationContext): Promise<readonly string[]> {
  if (isOtherEngine(context.databaseUrl)) return revisionsOfOtherEngine(sql, context);
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

async function revisionsOfOtherEngine(sql: string, context: MigrationContext): Promise<readonly string[]> {
  const { withEngineSession } = await import('../engines/session.ts');
  return withEngineSession(context.databaseUrl, context, async (session) => {
    try {
      const rows = await session.query(sql.trim().replace(/(?:\s*;)+$/, ''));
      return rows.flatMap((row) => {
        const [first = null] = Object.values(row);
        return first === null ? [] : [String(first)];
      });
    } catch (error) {
      const isMissing =
        error instanceof MeasurementError &&
        (errorCode(error.cause) === 'ER_NO_SUCH_TABLE' || /no such table: /.test(error.message));
      if (isMissing) return [];
      throw error;
    }
  });
}

/** The statements by which tools' tables are read are PostgreSQL's. */
function otherEngine({ table }: TableQuery): MeasurementError {
  return new MeasurementError(
    'unsupported',
    `This tool’s table ${table} is read on PostgreSQL only. On MySQL, MariaDB and SQLite let \`command\` run the tool, and say how the database tells its version: \`run: { tool: command, run: …, version: { query: "select … from ${table}" } }\`.`,
  );
}
