import { MeasurementError } from '../checklist/errors.ts';
import { judgeCriteria, soften } from '../checklist/judging.ts';
import type { Evidence, Judgement, Outcome, Position, Verdict } from '../checklist/model.ts';
import type { ReasonCode } from '../checklist/reasons.ts';
import type { Step, StepContext } from '../checklist/step.ts';
import { type Measurements, number, text } from '../criteria/value.ts';
import { isOtherEngine } from '../database/engine.ts';
import type { Finding, QueryExpectation, QueryProof } from '../database/query-proof/proof.ts';
import type { SeenStatement } from '../database/query-proof/statements.ts';
import type { MigratePlan, Policy, QueryFiles, SeenStatements, WrittenQuery } from '../plan/plan.ts';
import type { AfterMigration } from './migrate-indexes.ts';
import type { PhaseContext } from './phase.ts';
import { filesOf, type QueryFile } from './query-files.ts';
import { type MigrateWords, migrateWords } from './words/migrate.ts';
import { type QueryWords, queryWords } from './words/migrate-queries.ts';

const LIMIT_MS = 60_000;

interface Surroundings {
  readonly section: MigratePlan;
  readonly context: PhaseContext;
  readonly words: QueryWords;
  readonly general: MigrateWords;
}

/** What a step of this file needs to be one; the rest is the same for all. */
interface Draft {
  readonly id: 'query' | 'statement';
  readonly title: string;
  readonly position: Position;
  readonly carryOut: (step: StepContext) => Promise<Outcome>;
}

/**
 * One item for each query that an index must be able to serve: those of the plan, of SQL files, and those that the server has seen
 * most of. They run one after the other, since on a throwaway server each hides indexes from the planner.
 */
export function querySteps(section: MigratePlan, context: PhaseContext, when: AfterMigration): readonly Step[] {
  const general = migrateWords(context.locale);
  const given: Surroundings = { section, context, words: queryWords(context.locale), general };
  const drafts = section.queries.flatMap((query): readonly Draft[] => {
    if ('statements' in query) return seenDrafts(query, given);
    return 'file' in query ? fileDrafts(query, given) : [writtenDraft(query, given)];
  });
  const counts = { query: 0, statement: 0 };
  let previous: string | undefined;
  return drafts.map(({ id: kind, title, position, carryOut }): Step => {
    counts[kind] += 1;
    const id = `${kind}-${counts[kind]}`;
    const after = [...when.after, ...(previous === undefined ? [] : [previous])];
    previous = id;
    return {
      item: { id, title, group: general.queries, kind: 'query', required: true, position },
      needs: when.needs,
      after,
      limitMs: LIMIT_MS,
      carryOut: async (step) =>
        when.pending?.() === true ? { state: 'skipped', reason: 'dry_run', message: general.later } : carryOut(step),
    };
  });
}

function writtenDraft({ sql, uses = [], rows, mayScan, position }: WrittenQuery, given: Surroundings): Draft {
  const names = typeof uses === 'string' ? [uses] : uses;
  const expected: QueryExpectation = {
    sql,
    uses: names,
    ...(rows === undefined ? {} : { rows }),
    ...(mayScan === undefined ? {} : { mayScan }),
  };
  return {
    id: 'query',
    title: given.words.serves(names, short(sql)),
    position,
    carryOut: async (step) =>
      softened(judge(expected, await prove(expected, given, step), position, given), given.section.policy),
  };
}

function fileDrafts(entry: QueryFiles, given: Surroundings): readonly Draft[] {
  const { words, context } = given;
  const { file: pattern, position, rows, mayScan } = entry;
  const unread = (title: string, outcome: () => Outcome): Draft => ({
    id: 'query',
    title: words.reads(title),
    position,
    carryOut: async () => outcome(),
  });
  let files: readonly QueryFile[];
  try {
    files = filesOf(pattern, context.directory);
  } catch (error) {
    if (!(error instanceof MeasurementError)) throw error;
    const { reason, message } = error;
    return [unread(pattern, () => ({ state: 'error', reason, message }))];
  }
  if (files.length === 0) {
    return [unread(pattern, () => ({ state: 'error', reason: 'not_found', message: words.noFile(pattern) }))];
  }
  return files.flatMap(({ name, statements }): readonly Draft[] => {
    if (statements.length === 0) {
      return [unread(name, () => ({ state: 'inconclusive', reason: 'nothing_checked', message: words.noStatements(name) }))];
    }
    return statements.map(({ sql, uses, line }): Draft => {
      const query = { sql, uses, position: { file: name, line, column: 1 } };
      const options = { ...(rows === undefined ? {} : { rows }), ...(mayScan === undefined ? {} : { mayScan }) };
      return writtenDraft({ ...query, ...options }, given);
    });
  });
}

function seenDrafts(entry: SeenStatements, given: Surroundings): readonly Draft[] {
  const { words, context } = given;
  const { top, by } = entry.statements;
  let asked: Promise<readonly SeenStatement[]> | undefined;
  const statements = (): Promise<readonly SeenStatement[]> => {
    asked ??= lookUp(entry.statements, given);
    return asked;
  };
  return Array.from({ length: top }, (_, at): Draft => {
    return {
      id: 'statement',
      title: words.statement(at + 1, by),
      position: entry.position,
      carryOut: async (step) => {
        const all = await statements();
        const statement = all[at];
        if (statement !== undefined) return judgeSeen(statement, entry, given, step);
        if (at === 0) return softened({ state: 'inconclusive', reason: 'no_data', message: words.seen.none }, entry.policy);
        return { state: 'skipped', reason: 'not_applicable', message: words.seen.fewer(all.length) };
      },
    };
  });

  async function lookUp(order: SeenStatements['statements'], { section }: Surroundings): Promise<readonly SeenStatement[]> {
    const [{ withSession, readOnly }, { readStatements }] = await Promise.all([
      import('../database/client.ts'),
      import('../database/query-proof/statements.ts'),
    ]);
    const url = await context.databases.url(section.database);
    if (isOtherEngine(url)) throw new MeasurementError('unsupported', words.seen.otherEngine);
    return withSession(url, context, (session) => readOnly(session, () => readStatements(session, order)));
  }
}

/** The slower of two judgements counts: that of the criteria, and that of the proof. */
async function judgeSeen(
  statement: SeenStatement,
  entry: SeenStatements,
  given: Surroundings,
  step: StepContext,
): Promise<Outcome> {
  const { context, words } = given;
  const { measurements } = statement;
  const observations = [{ at: context.clock.now(), measurements }];
  const timed =
    entry.criteria.length === 0
      ? undefined
      : judgeCriteria(entry.criteria, { observations, locale: context.locale }, entry.policy);
  const proved = softened(await proofOf(), entry.policy);
  const worse = timed !== undefined && SEVERITY.indexOf(timed.state) < SEVERITY.indexOf(proved.state) ? timed : proved;
  return {
    ...proved,
    state: worse.state,
    reason: worse.reason,
    message: `${statement.sql === undefined ? '' : `${context.secrets.mask(short(statement.sql))}: `}${proved.message ?? ''}`,
    measurements: { ...measurements, ...proved.measurements },
    judgements: [...(timed?.judgements ?? []), ...(proved.judgements ?? [])],
  };

  async function proofOf(): Promise<Outcome> {
    if (statement.sql === undefined) {
      return { state: 'inconclusive', reason: 'permission_denied', message: words.seen.unreadable };
    }
    const expected: QueryExpectation = {
      sql: statement.sql,
      uses: [],
      smallMayScan: true,
      ...(entry.mayScan === undefined ? {} : { mayScan: entry.mayScan }),
    };
    try {
      const proof = await prove(expected, given, step);
      const judged = judge(expected, proof, entry.position, given);
      return proof.finding.kind === 'no_table' ? { ...judged, state: 'pass', reason: 'criteria_met' } : judged;
    } catch (error) {
      if (!(error instanceof MeasurementError) || error.reason !== 'bad_response' || step.signal.aborted) throw error;
      // Its tables may be gone since, or the text is not whole.
      const message = statement.perhapsCut ? `${words.perhapsCut} ${error.message}` : error.message;
      const evidence = [{ kind: 'output' as const, title: given.general.query, text: context.secrets.mask(statement.sql) }];
      return { state: 'inconclusive', reason: 'bad_response', message, evidence };
    }
  }
}

const SEVERITY: readonly Verdict[] = ['fail', 'error', 'inconclusive', 'warn', 'pass', 'skipped'];

async function prove(expected: QueryExpectation, { section, context }: Surroundings, step: StepContext): Promise<QueryProof> {
  const [{ withSession }, { proveQuery }] = await Promise.all([
    import('../database/client.ts'),
    import('../database/query-proof/proof.ts'),
  ]);
  const url = await context.databases.url(section.database);
  if (isOtherEngine(url)) {
    const [{ withEngineSession }, { proveEngineQuery }] = await Promise.all([
      import('../database/engines/session.ts'),
      import('../database/engines/engine-proof.ts'),
    ]);
    return withEngineSession(url, { ...context, signal: step.signal }, (session) => proveEngineQuery(session, expected));
  }
  const throwaway = context.databases.throwaways?.().some(({ name }) => name === section.database) === true;
  const options = { throwaway, mayHide: section.hideIndexes === true };
  return withSession(url, { ...context, signal: step.signal }, (session) => proveQuery(session, expected, options));
}

const REASONS: Readonly<Record<Exclude<Finding['kind'], 'served' | 'exempt'>, readonly [Verdict, ReasonCode]>> = {
  no_table: ['inconclusive', 'nothing_checked'],
  no_index: ['fail', 'index_missing'],
  unserved: ['fail', 'index_unused'],
  partial_parameter: ['fail', 'partial_index_parameter'],
  in_the_way: ['inconclusive', 'index_unproven'],
  read_whole: ['fail', 'table_read_whole'],
  hidden: ['fail', 'index_invalid'],
  unproven: ['inconclusive', 'index_unproven'],
};

function judge(expected: QueryExpectation, proof: QueryProof, position: Position, given: Surroundings): Outcome {
  const { words } = given;
  const { finding, choice, parameters } = proof;
  const shared = { measurements: measured(proof, words), evidence: evidenceOf(expected.sql, proof, given) };
  if (finding.kind !== 'served' && finding.kind !== 'exempt') {
    const [state, reason] = REASONS[finding.kind];
    return {
      state,
      reason,
      message: words.unproved(finding),
      judgements: comparisons(expected, proof, position, words),
      ...shared,
    };
  }
  if (finding.kind === 'exempt')
    return { state: 'pass', reason: 'criteria_met', message: words.exempt(finding.tables), ...shared };
  const judgements = comparisons(expected, proof, position, words);
  const served = words.served(finding.indexes, finding.by);
  // The named index can serve, and still the planner reads the table: for good reasons, when it knows how large it is.
  const isChosen = finding.indexes.some((index) => choice.indexes.includes(unqualified(index))) || choice.scans.length === 0;
  if (choice.statistics !== 'small' && !isChosen) {
    const message = [served, words.choice(choice), words.notChosen(parameters)].join(' ');
    return { state: parameters === 0 ? 'fail' : 'warn', reason: 'index_not_chosen', message, judgements, ...shared };
  }
  const costs = proof.costs === undefined || choice.statistics === 'small' ? [] : [costSentence(proof.costs, words)];
  return {
    state: 'pass',
    reason: 'criteria_met',
    message: [served, words.choice(choice), ...costs].join(' '),
    judgements,
    ...shared,
  };
}

const costSentence = (costs: NonNullable<QueryProof['costs']>, words: QueryWords): string =>
  words.costs(costs.with, costs.without, costs.withoutAny);

/** The plan names it with its schema, EXPLAIN does not. */
const unqualified = (index: string): string => index.replace(/^[^."]+\./, '');

function softened(outcome: Outcome, policy: Policy): Outcome {
  return { ...outcome, ...soften({ state: outcome.state, reason: outcome.reason }, policy) };
}

function measured({ costs, finding, choice }: QueryProof, words: QueryWords): Measurements {
  const indexes = finding.kind === 'served' ? finding.indexes : choice.indexes;
  return {
    index: { value: text(indexes.join(', ') || words.none) },
    ...(costs === undefined
      ? {}
      : {
          cost: { value: number(costs.with) },
          cost_without: { value: number(costs.without) },
          ...(costs.with > 0 ? { cost_ratio: { value: number(costs.without / costs.with) } } : {}),
        }),
  };
}

function comparisons({ uses }: QueryExpectation, proof: QueryProof, position: Position, words: QueryWords): readonly Judgement[] {
  const { finding, choice } = proof;
  if (uses.length === 0) return [];
  const found = finding.kind === 'served' ? finding.indexes : choice.indexes.filter((index) => !uses.includes(index));
  const outcome =
    finding.kind === 'served' ? 'holds' : finding.kind === 'in_the_way' || finding.kind === 'unproven' ? 'unknown' : 'violated';
  const operator = uses.length === 1 ? '==' : 'in';
  return [
    {
      criterion: `index ${operator} ${uses.join(', ')}`,
      intent: 'expect',
      outcome,
      comparisons: [
        {
          subject: 'index',
          operator,
          measured: text(found.join(', ') || words.none),
          allowed: uses.map((name) => text(name)),
          outcome,
        },
      ],
      position,
    },
  ];
}

function evidenceOf(sql: string, proof: QueryProof, { context, words, general }: Surroundings): readonly Evidence[] {
  const output = (title: string, content: string): Evidence => ({ kind: 'output', title, text: context.secrets.mask(content) });
  const { costs, hiding, tables, assumed, node, choice } = proof;
  const how = [
    words.proof.hiding[hiding],
    ...tables.map(({ name, rows, pages, realPages }) => words.proof.table(name, rows, Math.max(pages, realPages))),
    ...assumed.map(words.proof.assumed),
    words.choice(choice),
    ...(costs === undefined ? [] : [costSentence(costs, words)]),
    ...(node === undefined ? [] : [words.proof.node(node)]),
  ];
  return [
    output(general.query, sql),
    ...(proof.suggestion === undefined ? [] : [output(general.fix, proof.suggestion)]),
    output(words.proof.title, how.join('\n')),
    ...(proof.provenPlan === undefined ? [] : [output(words.provenPlan, proof.provenPlan)]),
    output(general.plan, proof.chosenPlan),
  ];
}

function short(sql: string): string {
  const line = sql.trim().replace(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 69)}…` : line;
}
