import * as z from 'zod';
import { DIMENSION, type Promised } from '../../criteria/value.ts';
import { STATEMENT_ORDERS } from '../../database/query-proof/statement-orders.ts';
import { checkNames, planned, readCriteria, scopeOf } from '../criteria.ts';
import { once } from '../once.ts';
import type { Path } from '../path.ts';
import type { ExpectedQuery } from '../plan.ts';
import { readPolicy } from '../policy.ts';
import type { Reader } from '../reader.ts';
import { criteriaFields, policySchema } from './check.ts';

/** What pg_stat_statements tells of a statement; see database/query-proof/statements.ts. */
export const STATEMENT_NAMES = {
  mean_exec_time: DIMENSION.time,
  max_exec_time: DIMENSION.time,
  total_exec_time: DIMENSION.time,
  calls: DIMENSION.number,
  rows: DIMENSION.number,
} as const satisfies Record<string, Promised>;

const name = once(() => z.string().min(1));

const mayScan = once(() =>
  z
    .array(name())
    .describe('Tables that may be read whole, such as a small one of countries; for queries without `uses`.')
    .optional(),
);

const rows = once(() =>
  z
    .record(z.string(), z.number().min(1))
    .describe('Rows that the planner is to believe in, by table: `{ plans: 1e6 }`. Only on a throwaway database.')
    .optional(),
);

const query = once(() =>
  z.strictObject({
    sql: z.string().min(1).describe('A query; its parameters are $1, $2, …'),
    uses: z
      .union([name(), z.array(name()).min(1)])
      .describe(
        'The index that must be able to serve it, or several of which one must. Default: any, and no table is read whole.',
      )
      .optional(),
    rows: rows(),
    'may-scan': mayScan(),
  }),
);

const file = once(() =>
  z.strictObject({
    file: name().describe(
      'An SQL file, or several: `queries/*.sql`. A comment `-- uses: index` before a statement names the index that must serve it.',
    ),
    rows: rows(),
    'may-scan': mayScan(),
  }),
);

const statements = once(() =>
  z.strictObject({
    statements: z
      .strictObject({
        top: z.int().min(1).max(200).describe('How many. Default: 20.').optional(),
        by: z.enum(STATEMENT_ORDERS).describe('What they are ordered by, the greatest first. Default: total_time.').optional(),
      })
      .describe('What the server itself has seen most of, from the extension pg_stat_statements.'),
    'may-scan': mayScan(),
    ...criteriaFields(),
    policy: policySchema().describe('What a result that is not known to be good does to the gate.').optional(),
  }),
);

export const queryFields = once(() => ({
  queries: z
    .array(z.union([query(), file(), statements()]))
    .describe(
      'Queries that indexes must be able to serve: `{ sql, uses }`, `{ file }`, or `{ statements, expect: [mean_exec_time < 1000ms] }`.',
    )
    .optional(),
  'hide-indexes': z
    .boolean()
    .describe(
      'Whether, on a database that is not a throwaway one, other indexes may be hidden inside a transaction that is rolled back, to prove that the named one can serve. A superuser changes rows of pg_index and locks no table; the owner drops the indexes and keeps others from the table for some milliseconds. Default: false.',
    )
    .optional(),
}));

type RawQueries = NonNullable<z.infer<ReturnType<typeof queries>>['queries']>;
const queries = once(() => z.strictObject(queryFields()));

/** The entries of `queries:`. @param at where the list stands. */
export function readQueries(raw: RawQueries, at: Path, reader: Reader): readonly ExpectedQuery[] {
  return raw.map((entry, index): ExpectedQuery => {
    const path = [...at, index];
    const { 'may-scan': scans } = entry;
    const common = { position: reader.filled.position(path), ...(scans === undefined ? {} : { mayScan: scans }) };
    if ('statements' in entry) {
      const criteria = readCriteria(entry, path, reader);
      const rules = {
        scope: scopeOf(STATEMENT_NAMES, reader.vars),
        noBaseline: 'A statement has no baseline. Compare with a time or a number.',
        noWindow: 'Statements are judged once, so there is no `for` here.',
      };
      for (const criterion of criteria) checkNames(criterion, rules, reader);
      const { top = 20, by = 'total_time' } = entry.statements;
      return {
        ...common,
        statements: { top, by },
        criteria: criteria.map((criterion) => planned(criterion, reader)),
        policy: readPolicy(entry.policy, reader.policy),
      };
    }
    const { rows: assumed } = entry;
    const sizes = assumed === undefined ? {} : { rows: assumed };
    if ('file' in entry) return { ...common, ...sizes, file: entry.file };
    return { ...common, ...sizes, sql: entry.sql, ...(entry.uses === undefined ? {} : { uses: entry.uses }) };
  });
}
