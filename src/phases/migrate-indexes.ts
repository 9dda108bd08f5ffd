import type { Judgement, Outcome, Position } from '../checklist/model.ts';
import type { ReasonCode } from '../checklist/reasons.ts';
import type { Step } from '../checklist/step.ts';
import { text } from '../criteria/value.ts';
import type { IndexAnswer, IndexProblem } from '../database/indexes.ts';
import type { ExpectedIndex, MigratePlan } from '../plan/plan.ts';
import type { PhaseContext } from './phase.ts';
import { type MigrateWords, migrateWords } from './words/migrate.ts';

const LIMIT_MS = 60_000;

/** When these items run. `pending` is given in a dry run: while there is something to apply, looking at indexes tells nothing. */
export interface AfterMigration {
  readonly needs: readonly string[];
  readonly after: readonly string[];
  readonly pending?: () => boolean;
}

/** One item for each expected index. The first that runs asks the catalog for all of them, in one round trip. */
export function indexSteps({ indexes, database }: MigratePlan, context: PhaseContext, when: AfterMigration): readonly Step[] {
  let asked: Promise<readonly IndexAnswer[]> | undefined;
  const answers = (): Promise<readonly IndexAnswer[]> => {
    asked ??= lookUp(indexes, database, context);
    return asked;
  };
  const words = migrateWords(context.locale);
  const ids = uniqueIds(indexes.map(({ name }) => `index-${name}`));
  return indexes.map((index, at) => ({
    item: {
      id: ids[at] ?? `index-${at}`,
      title: words.indexOn(index.name, `${index.schema === undefined ? '' : `${index.schema}.`}${index.table}`),
      group: words.indexes,
      kind: 'index',
      required: true,
      position: index.position,
    },
    needs: when.needs,
    after: when.after,
    limitMs: LIMIT_MS,
    carryOut: async () => (when.pending?.() === true ? later(words) : judgeIndex(index, (await answers())[at], words)),
  }));
}

const later = (words: MigrateWords): Outcome => ({ state: 'skipped', reason: 'dry_run', message: words.later });

async function lookUp(
  indexes: readonly ExpectedIndex[],
  database: string,
  context: PhaseContext,
): Promise<readonly IndexAnswer[]> {
  const [{ withSession }, { checkIndexes }] = await Promise.all([
    import('../database/client.ts'),
    import('../database/indexes.ts'),
  ]);
  // The run's own signal: the answer is for all items, whichever asked first.
  return withSession(await context.databases.url(database), context, (session) => checkIndexes(session, indexes));
}

const REASONS: Readonly<Record<IndexProblem, ReasonCode>> = {
  table_missing: 'index_missing',
  missing: 'index_missing',
  columns: 'index_columns_differ',
  order: 'index_columns_differ',
  unique: 'index_columns_differ',
  predicate: 'index_columns_differ',
  invalid: 'index_invalid',
};

function judgeIndex({ name, position }: ExpectedIndex, answer: IndexAnswer | undefined, words: MigrateWords): Outcome {
  if (!answer) return { state: 'inconclusive', reason: 'no_data', message: words.catalogSilent(name) };
  const { finding, found = '' } = answer;
  if (!finding)
    return {
      state: 'pass',
      reason: 'criteria_met',
      message: words.valid(found),
      measurements: { columns: { value: text(found) } },
    };
  const { kind, expected, fix } = finding;
  return {
    state: 'fail',
    reason: REASONS[kind],
    message: words.problem[kind](expected, finding.found),
    measurements: { columns: { value: text(finding.found) } },
    // What is not there cannot be compared; the message says it all.
    judgements: kind === 'missing' || kind === 'table_missing' ? [] : [comparison(finding.found, expected, position)],
    evidence: [{ kind: 'output', title: words.fix, text: fix }],
  };
}

function comparison(found: string, expected: string, position: Position): Judgement {
  return {
    criterion: `index == ${expected}`,
    intent: 'expect',
    outcome: 'violated',
    comparisons: [{ subject: 'index', operator: '==', measured: text(found), allowed: [text(expected)], outcome: 'violated' }],
    position,
  };
}

/** Two schemas may have an index of one name. */
function uniqueIds(ids: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return ids.map((id) => {
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}-${count}`;
  });
}
