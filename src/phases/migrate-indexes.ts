import type { Evidence, Item, Judgement, Outcome, Position } from '../checklist/model.ts';
import type { Step } from '../checklist/step.ts';
import { text } from '../criteria/value.ts';
import type { IndexExpectation } from '../database/index-expectation.ts';
import type { IndexProblem } from '../database/index-rules.ts';
import type { IndexAnswer, IndexCheck } from '../database/indexes.ts';
import type { ExpectedIndex, MigratePlan } from '../plan/plan.ts';
import type { PhaseContext } from './phase.ts';
import { type MigrateWords, migrateWords } from './words/migrate.ts';
import { type IndexWords, indexWords, REASON_OF } from './words/migrate-indexes.ts';

const LIMIT_MS = 60_000;

/** When these items run. `pending` is given in a dry run: while there is something to apply, looking at indexes tells nothing. */
export interface AfterMigration {
  readonly needs: readonly string[];
  readonly after: readonly string[];
  readonly pending?: () => boolean;
}

interface Told {
  readonly check: IndexCheck;
  /** How many of the answers, from the first, are the plan's own; the rest are of the schema file. */
  readonly own: number;
  readonly fromFile: readonly IndexExpectation[];
}

/**
 * One item for each expected index, one for those of a schema file, and one for what else is found. The first that runs asks the
 * catalog for all of them, in at most two round trips.
 */
export function indexSteps(section: MigratePlan, context: PhaseContext, when: AfterMigration): readonly Step[] {
  const { indexes, indexesFrom } = section;
  if (indexes.length === 0 && indexesFrom === undefined) return [];
  let asked: Promise<Told> | undefined;
  const told = (): Promise<Told> => {
    asked ??= lookUp(section, context);
    return asked;
  };
  const words = migrateWords(context.locale);
  const own = indexWords(context.locale);
  const ids = uniqueIds(indexes.map(({ name }) => `index-${name}`));
  const step = (item: Pick<Item, 'id' | 'title' | 'position'>, judge: (all: Told) => Outcome): Step => ({
    item: { group: words.indexes, kind: 'index', required: true, ...item },
    needs: when.needs,
    after: when.after,
    limitMs: LIMIT_MS,
    carryOut: async () => (when.pending?.() === true ? later(words) : judge(await told())),
  });
  const each = indexes.map((index, at) => {
    const table = `${index.schema === undefined ? '' : `${index.schema}.`}${index.table}`;
    const item = { id: ids[at] ?? `index-${at}`, title: words.indexOn(index.name, table), position: index.position };
    return step(item, ({ check }) => judgeIndex(index, check.answers[at], check.engine, words, own));
  });
  const ofFile =
    indexesFrom &&
    step({ id: 'indexes-from-file', title: own.asInFile(indexesFrom.file), position: indexesFrom.position }, (all) =>
      judgeFile(indexesFrom.file, all, words, own),
    );
  const others = step({ id: 'index-findings', title: own.otherIndexes, position: section.position }, (all) =>
    judgeOthers(all, words, own),
  );
  return [...each, ...(ofFile ? [ofFile] : []), others];
}

const later = (words: MigrateWords): Outcome => ({ state: 'skipped', reason: 'dry_run', message: words.later });

async function lookUp(section: MigratePlan, context: PhaseContext): Promise<Told> {
  const { indexes, indexesFrom, indexRules, database } = section;
  // The run's own signal: the answer is for all items, whichever asked first.
  const { check, fromFile } = await (await import('../database/expected-indexes.ts')).checkExpectedIndexes(
    await context.databases.url(database),
    { indexes, from: indexesFrom?.file, rules: indexRules },
    context,
  );
  return { check, own: indexes.length, fromFile };
}

function judgeIndex(
  { name, position }: ExpectedIndex,
  answer: IndexAnswer | undefined,
  engine: IndexCheck['engine'],
  words: MigrateWords,
  own: IndexWords,
): Outcome {
  if (!answer) return { state: 'inconclusive', reason: 'no_data', message: words.catalogSilent(name) };
  const { finding, found = '', unasked } = answer;
  const asText = unasked === undefined ? '' : ` ${own.asText(unasked)}`;
  if (!finding)
    return {
      state: 'pass',
      reason: 'criteria_met',
      message: `${engine === undefined ? words.valid(found) : own.asMeant(found, engine)}${asText}`,
      measurements: { columns: { value: text(found) } },
    };
  const { kind, expected, fix, level } = finding;
  return {
    state: level === 'warn' ? 'warn' : 'fail',
    reason: REASON_OF[kind],
    message: `${own.problem[kind](expected, finding.found)}${asText}`,
    measurements: { columns: { value: text(finding.found) } },
    // What is not there cannot be compared; the message says it all.
    judgements: UNCOMPARED.has(kind) ? [] : [comparison(finding.found, expected, position)],
    evidence: [{ kind: 'output', title: words.fix, text: fix }],
  };
}

const UNCOMPARED: ReadonlySet<IndexProblem> = new Set(['missing', 'table_missing', 'definition']);

/** All the indexes of a schema file are one item: how many there are is known only when the file was read. */
function judgeFile(file: string, { check, own: first, fromFile }: Told, words: MigrateWords, own: IndexWords): Outcome {
  const answers = check.answers.slice(first);
  if (answers.length === 0) return { state: 'inconclusive', reason: 'no_data', message: own.fileHasNone(file) };
  const findings = answers.flatMap(({ finding }) => finding ?? []);
  const unasked = answers.find((answer) => answer.unasked !== undefined)?.unasked;
  const asText = unasked === undefined ? '' : ` ${own.asText(unasked)}`;
  if (findings.length === 0)
    return { state: 'pass', reason: 'criteria_met', message: `${own.asInFileHolds(fromFile.length)}${asText}` };
  const worst = findings.find(({ level }) => level === 'block') ?? findings[0];
  return {
    state: worst?.level === 'warn' ? 'warn' : 'fail',
    reason: worst === undefined ? 'index_missing' : REASON_OF[worst.kind],
    message: `${own.asInFileFails(findings.length, fromFile.length)}${asText}`,
    evidence: [
      {
        kind: 'table',
        title: own.table.title,
        columns: [own.table.table, own.table.index, own.table.found],
        rows: findings.map(({ kind, table, index, expected, found }) => [table, index, own.problem[kind](expected, found)]),
      },
      { kind: 'output', title: words.fix, text: findings.map(({ fix }) => fix).join('\n') },
    ],
  };
}

function judgeOthers({ check }: Told, words: MigrateWords, own: IndexWords): Outcome {
  const { others, ignored, idleIgnores, tables } = check;
  const { title, kind, table, index, found, reason } = own.table;
  const evidence: Evidence[] = [];
  if (others.length > 0) {
    const rows = others.map((each) => [own.kind[each.kind], each.table, each.index, each.found]);
    evidence.push({ kind: 'table', title, columns: [kind, table, index, found], rows });
    evidence.push({ kind: 'output', title: words.fix, text: others.map(({ fix }) => fix).join('\n') });
  }
  if (ignored.length > 0) {
    const rows = ignored.map((each) => [own.kind[each.finding.kind], each.finding.table, each.finding.index, each.reason]);
    evidence.push({ kind: 'table', title: own.table.ignored, columns: [kind, table, index, reason], rows });
  }
  const blocking = others.filter(({ level }) => level === 'block').length;
  const message = [
    others.length === 0 ? own.noFindings(tables) : own.findings(blocking, others.length - blocking),
    ...(ignored.length === 0 ? [] : [own.ignored(ignored.length)]),
    ...idleIgnores.map((ignore) => own.idleIgnore(ignore.index)),
    ...(check.engine === undefined ? [] : [own.untold[check.engine]]),
  ].join(' ');
  if (others.length === 0) return { state: 'pass', reason: 'criteria_met', message, evidence };
  return { state: blocking > 0 ? 'fail' : 'warn', reason: 'index_findings', message, evidence };
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
