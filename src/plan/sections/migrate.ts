import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { nearestName } from '../../criteria/nearest.ts';
import { DIMENSION, type Promised } from '../../criteria/value.ts';
import type { BoundMigrationTool } from '../../database/migrations/tool.ts';
import { durationMs } from '../../probes/duration.ts';
import { readChecks } from '../checks.ts';
import { checkNames, planned, readCriteria, scopeOf } from '../criteria.ts';
import { INLINE } from '../databases.ts';
import { openIds } from '../ids.ts';
import { found } from '../issue-words.ts';
import { once } from '../once.ts';
import { isRecord } from '../plain-data.ts';
import type { ExpectedIndex, ExpectedQuery, MigratePlan } from '../plan.ts';
import { readPolicy } from '../policy.ts';
import type { Reader } from '../reader.ts';
import { criteriaFields, durationText, policySchema } from './check.ts';
import { ACTIVITY_NAMES, AFTERWARDS_NAMES, BACKUP_NAMES, readSafety, safetyFields } from './migrate-safety.ts';

const WITHIN_MS = 10 * 60_000;
const AT = ['migrate'];

/** What the run of a migration measures, and what is measured around it; see phases/migrate-run.ts and migrate-safety.ts. */
export const MIGRATE_NAMES = {
  version: 'text',
  version_before: 'text',
  duration: DIMENSION.time,
  warnings: DIMENSION.number,
  migrations: DIMENSION.number,
  ...BACKUP_NAMES,
  ...ACTIVITY_NAMES,
  ...AFTERWARDS_NAMES,
} as const satisfies Record<string, Promised>;

const columns = once(() =>
  z.array(z.string().min(1)).min(1).describe('Columns or expressions, in order; a column may end in ` desc`.'),
);

const index = once(() =>
  z.union([
    columns(),
    z.strictObject({
      columns: columns(),
      unique: z.boolean().describe('Whether it must be unique. Default: either is good.').optional(),
      where: z.string().min(1).describe('The condition of a partial index. Default: it must cover every row.').optional(),
    }),
  ]),
);

export const migrateSchema = once(() =>
  z.strictObject({
    database: z
      .union([
        z.string().min(1).describe('A name under `databases:`, a postgresql:// URL, or `throwaway`.'),
        z.strictObject({ throwaway: z.literal(true).describe('A fresh PostgreSQL, started for this run.') }),
      ])
      .describe('What is migrated: a name under `databases:`, a postgresql:// URL, or `throwaway`.'),
    run: z
      .looseObject({ tool: z.string().describe('The migration tool.') })
      .describe('The team’s own migration tool, and what it needs to know.'),
    within: durationText().describe('The longest that the migration may take. Default: 10m.').optional(),
    ...safetyFields(),
    ...criteriaFields(),
    policy: policySchema().describe('What a result that is not known to be good does to the gate.').optional(),
    indexes: z
      .record(z.string(), z.record(z.string(), index()))
      .describe(
        'Indexes that must exist and be valid afterwards, by table (`schema.table`) and name: `{ plans: { ix_plans_status: [status] } }`.',
      )
      .optional(),
    queries: z
      .array(
        z.strictObject({
          sql: z.string().min(1).describe('A query; its parameters are $1, $2, …'),
          uses: z.string().min(1).describe('The index that must be able to serve it.'),
        }),
      )
      .describe('Queries and the index that must be able to serve each.')
      .optional(),
    checks: z.unknown().describe('Further items, carried out after the migration.').optional(),
  }),
);

type RawMigrate = z.infer<ReturnType<typeof migrateSchema>>;

export function readMigrate(reader: Reader): MigratePlan | undefined {
  const { filled, problems } = reader;
  const raw = reader.shapes.parse(migrateSchema(), {
    value: filled.value(AT),
    origin: (path) => [...AT, ...path],
    name: 'migrate',
  });
  if (raw === undefined) return undefined;
  const tool = readTool(raw, reader);
  const database = readDatabase(raw.database, reader);
  const indexes = Object.entries(raw.indexes ?? {}).flatMap(([table, each]) => readIndexes(table, each, reader));
  const queries = readQueries(raw.queries ?? [], reader);
  const criteria = readCriteria(raw, AT, reader);
  const scope = scopeOf(MIGRATE_NAMES, reader.vars);
  const rules = {
    scope,
    noBaseline: 'Only a canary has a baseline. Compare with a number, or with `version_before`.',
    noWindow: 'A migration is judged once, when it is over, so there is no `for` here.',
  };
  for (const criterion of criteria) checkNames(criterion, rules, reader);
  const checks = raw.checks === undefined ? [] : readChecks([...AT, 'checks'], openIds(), reader);
  const judged = [raw.expect, raw.abort, raw.warn, raw.checks].some((each) => each !== undefined);
  if (!judged && indexes.length === 0 && queries.length === 0) {
    problems.add(
      'Nothing would be checked after the migration. Add `expect`, `indexes`, `queries` or `checks`.',
      filled.keyPosition(AT),
    );
  }
  const limitMs = raw.within === undefined ? WITHIN_MS : durationMs(raw.within);
  const safety = readSafety(raw, database, limitMs, reader);
  if (tool === undefined) return undefined;
  return {
    database,
    tool,
    limitMs,
    criteria: criteria.map((criterion) => planned(criterion, reader)),
    policy: readPolicy(raw.policy, reader.policy),
    indexes,
    queries,
    checks,
    ...(safety === undefined ? {} : { safety }),
    position: filled.keyPosition(AT),
  };
}

/** Only what a `migrate` task of the rollback needs. What is wrong with it is told when that task is carried out. */
export function readMigrateForTasks(reader: Reader, problem: () => string | undefined): MigratePlan | undefined {
  const { filled } = reader;
  const value = filled.value(AT);
  if (!isRecord(value)) return undefined;
  const needed = { database: value['database'], run: value['run'] };
  const raw = reader.shapes.parse(migrateSchema(), { value: needed, origin: (path) => [...AT, ...path], name: 'migrate' });
  const tool = raw === undefined ? undefined : readTool(raw, reader);
  const database = raw === undefined ? '' : readDatabase(raw.database, reader);
  const wrong = problem();
  return {
    database,
    tool: tool === undefined || wrong !== undefined ? unusable(wrong ?? 'its `run` cannot be read') : tool,
    limitMs: WITHIN_MS,
    criteria: [],
    policy: reader.policy,
    indexes: [],
    queries: [],
    checks: [],
    position: filled.keyPosition(AT),
  };
}

function unusable(why: string): BoundMigrationTool {
  const refuse = (): Promise<never> =>
    Promise.reject(new MeasurementError('unsupported', `The plan’s \`migrate:\` section cannot be used: ${why}`));
  return { name: 'migrate', description: 'cannot be used', current: refuse, heads: refuse, apply: refuse, down: refuse };
}

function readTool({ run }: RawMigrate, { registries, problems, filled, shapes }: Reader): BoundMigrationTool | undefined {
  const { tool: name, ...spec } = run;
  const entry = registries.tools.find((tool) => tool.name === name);
  if (entry === undefined) {
    const names = registries.tools.map((tool) => tool.name);
    const nearest = nearestName(name, names);
    const hint =
      nearest === undefined
        ? `Known are ${names.map((each) => `\`${each}\``).join(', ')}; \`command\` runs any other.`
        : `Did you mean \`${nearest}\`?`;
    problems.add(`Unknown migration tool \`${name}\`. ${hint}`, filled.position([...AT, 'run', 'tool']));
    return undefined;
  }
  const origin = (path: readonly (string | number)[]) => [...AT, 'run', ...path];
  return shapes.attempt((value) => entry.bind(value), entry.schema, { value: spec, origin, name: 'run' });
}

function readDatabase(database: RawMigrate['database'], { useDatabase }: Reader): string {
  const name = typeof database === 'string' ? database : INLINE;
  useDatabase(name, [...AT, 'database']);
  return name;
}

function readIndexes(
  table: string,
  indexes: NonNullable<RawMigrate['indexes']>[string],
  { filled, problems }: Reader,
): ExpectedIndex[] {
  const parts = table.split('.');
  if (parts.length > 2 || parts.some((part) => part === '')) {
    problems.add(`Expected a table or \`schema.table\`, found ${found(table)}.`, filled.keyPosition([...AT, 'indexes', table]));
    return [];
  }
  const [first = '', second] = parts;
  const where = second === undefined ? { table: first } : { schema: first, table: second };
  return Object.entries(indexes).map(([name, expected]): ExpectedIndex => {
    const position = filled.keyPosition([...AT, 'indexes', table, name]);
    if (Array.isArray(expected)) return { ...where, name, columns: expected, position };
    const { columns, unique, where: condition } = expected;
    return {
      ...where,
      name,
      columns,
      position,
      ...(unique === undefined ? {} : { unique }),
      ...(condition === undefined ? {} : { where: condition }),
    };
  });
}

function readQueries(queries: NonNullable<RawMigrate['queries']>, { filled }: Reader): ExpectedQuery[] {
  return queries.map((query, index) => ({ ...query, position: filled.position([...AT, 'queries', index]) }));
}
