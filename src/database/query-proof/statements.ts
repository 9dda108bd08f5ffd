import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { type Measurements, milliseconds, number } from '../../criteria/value.ts';
import type { Session } from '../client.ts';
import type { StatementOrder } from './statement-orders.ts';

/** A statement that the server has seen; constants are parameters. */
export interface SeenStatement {
  /** undefined: the user may not read it. */
  readonly sql: string | undefined;
  readonly measurements: Measurements;
  /** As long as track_activity_query_size: some of it may be missing. */
  readonly perhapsCut: boolean;
}

const EXTENSION = `SELECT quote_ident(n.nspname) AS schema FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pg_stat_statements'`;

const COLUMNS: Readonly<Record<StatementOrder, string>> = {
  total_time: 'total',
  mean_time: 'mean',
  max_time: 'longest',
  calls: 'calls',
  rows: 'rows',
};

/** Read through jsonb, since the columns' names changed with version 1.8 of the extension. Utility statements have no plan. */
const statementsSql = (schema: string, by: StatementOrder): string => `
WITH seen AS (
  SELECT s.query, s.calls::float8 AS calls, s.rows::float8 AS rows,
         coalesce(to_jsonb(s)->>'total_exec_time', to_jsonb(s)->>'total_time')::float8 AS total,
         coalesce(to_jsonb(s)->>'mean_exec_time', to_jsonb(s)->>'mean_time')::float8 AS mean,
         coalesce(to_jsonb(s)->>'max_exec_time', to_jsonb(s)->>'max_time')::float8 AS longest
  FROM ${schema}.pg_stat_statements s
  WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.calls > 0
)
SELECT nullif(query, '<insufficient privilege>') AS query, calls, rows, total, mean, longest,
       coalesce(octet_length(query) >= (SELECT setting::int FROM pg_settings WHERE name = 'track_activity_query_size') - 1, false) AS cut
FROM seen
WHERE query IS NULL OR query = '<insufficient privilege>'
   OR query ~* '^(?:\\s|\\(|/\\*.*?\\*/|--[^\\n]*\\n)*(?:select|insert|update|delete|merge|with|values|table)\\M'
ORDER BY ${COLUMNS[by]} DESC, query LIMIT $1`;

const rowSchema = z.object({
  query: z.string().nullable(),
  calls: z.number(),
  rows: z.number(),
  total: z.number(),
  mean: z.number(),
  longest: z.number(),
  cut: z.boolean(),
});

/** The first statements of this database in an order. @throws MeasurementError when the extension is not there, or not loaded. */
export async function readStatements(
  session: Session,
  { top, by }: { readonly top: number; readonly by: StatementOrder },
): Promise<readonly SeenStatement[]> {
  const { rows: extensions } = await session.query(EXTENSION);
  const schema = extensions[0]?.['schema'];
  if (typeof schema !== 'string') {
    throw new MeasurementError(
      'unsupported',
      `${session.label} does not have the extension pg_stat_statements. Add it to shared_preload_libraries, restart the server, and run CREATE EXTENSION pg_stat_statements in this database.`,
    );
  }
  const { rows } = await session.query(statementsSql(schema, by), [top]).catch((cause: unknown) => {
    if (!(cause instanceof MeasurementError) || !/shared_preload_libraries/.test(cause.message)) throw cause;
    throw new MeasurementError(
      'unsupported',
      `${session.label} has the extension pg_stat_statements, but did not load it when it started. Add pg_stat_statements to shared_preload_libraries and restart the server.`,
      { cause },
    );
  });
  const parsed = z.array(rowSchema).safeParse(rows);
  if (!parsed.success) {
    throw new MeasurementError(
      'bad_response',
      `pg_stat_statements of ${session.label} has an unknown form: ${parsed.error.message}`,
    );
  }
  return parsed.data.map(({ query, calls, rows: returned, total, mean, longest, cut }) => ({
    sql: query ?? undefined,
    perhapsCut: cut,
    measurements: {
      mean_exec_time: { value: milliseconds(mean), samples: calls },
      max_exec_time: { value: milliseconds(longest) },
      total_exec_time: { value: milliseconds(total) },
      calls: { value: number(calls) },
      rows: { value: number(returned) },
    },
  }));
}
