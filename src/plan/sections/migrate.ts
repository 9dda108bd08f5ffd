import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { nearestName } from '../../criteria/nearest.ts';
import { DIMENSION, type Promised } from '../../criteria/value.ts';
import { detectedTool } from '../../database/migrations/detected.ts';
import type { BoundMigrationTool } from '../../database/migrations/tool.ts';
import { durationMs } from '../../probes/duration.ts';
import { readChecks } from '../checks.ts';
import { checkNames, planned, readCriteria, scopeOf } from '../criteria.ts';
import { INLINE } from '../databases.ts';
import { openIds } from '../ids.ts';
import { once } from '../once.ts';
import { isRecord } from '../plain-data.ts';
import type { MigratePlan } from '../plan.ts';
import { readPolicy } from '../policy.ts';
import type { Reader } from '../reader.ts';
import { criteriaFields, durationText, policySchema } from './check.ts';
import { indexesField, indexRulesField, readIndexes, readIndexRules } from './migrate-indexes.ts';
import { queryFields, readQueries } from './migrate-queries.ts';
import { readRehearsal, rehearsalFields } from './migrate-rehearsal.ts';
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
  pending: DIMENSION.number,
  ...BACKUP_NAMES,
  ...ACTIVITY_NAMES,
  ...AFTERWARDS_NAMES,
} as const satisfies Record<string, Promised>;

export const migrateSchema = once(() =>
  z.strictObject({
    database: z
      .union([
        z.string().min(1).describe('A name under `databases:`, a postgresql:// URL, or `throwaway`.'),
        z.strictObject({ throwaway: z.literal(true).describe('A fresh PostgreSQL, started for this run.') }),
      ])
      .describe(
        'What is migrated: a name under `databases:`, a postgresql:// URL, or `throwaway`. Default: `throwaway`, on pull requests only.',
      )
      .optional(),
    ...rehearsalFields(),
    run: z
      .looseObject({
        tool: z.string().describe('The migration tool. Default: the one that the repository is set up for.').optional(),
      })
      .describe('The team’s own migration tool, and what it needs to know. Default: the one that the repository is set up for.')
      .optional(),
    within: durationText().describe('The longest that the migration may take. Default: 10m.').optional(),
    ...safetyFields(),
    ...criteriaFields(),
    policy: policySchema().describe('What a result that is not known to be good does to the gate.').optional(),
    indexes: indexesField().optional(),
    'index-rules': indexRulesField().optional(),
    ...queryFields(),
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
  const expected = readIndexes(raw.indexes, reader);
  const queries = readQueries(raw.queries ?? [], [...AT, 'queries'], reader);
  const rehearsal = readRehearsal(raw, reader);
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
  if (!judged && expected.indexes.length === 0 && expected.indexesFrom === undefined && queries.length === 0) {
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
    ...expected,
    indexRules: readIndexRules(raw['index-rules']),
    queries,
    ...(raw['hide-indexes'] === undefined ? {} : { hideIndexes: raw['hide-indexes'] }),
    checks,
    ...(rehearsal === undefined ? {} : { rehearsal }),
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
  return {
    name: 'migrate',
    description: 'cannot be used',
    current: refuse,
    heads: refuse,
    files: refuse,
    state: refuse,
    apply: refuse,
    down: refuse,
  };
}

function readTool({ run }: RawMigrate, { registries, problems, filled, shapes }: Reader): BoundMigrationTool | undefined {
  const { tool: name, ...spec } = run ?? {};
  if (name === undefined) return detectedTool(spec, registries.tools);
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
