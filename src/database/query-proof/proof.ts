import type { Session } from '../client.ts';
import { type AssumedRows, assumeRows } from './assumed-rows.ts';
import { type Cause, causeOf } from './causes.ts';
import { describeStatement, explain, type Statement } from './explain.ts';
import { type Hiding, hide, hidingFor } from './hide.ts';
import { costOf, nodeText, type PlacedNode, type PlanNode, placedNodes, planText } from './plan-node.ts';
import { type ServedBy, type Use, usesOf } from './service.ts';
import { suggestIndex } from './suggestion.ts';
import { type KnownIndex, type KnownTable, readSurroundings, type Surroundings } from './surroundings.ts';
import { attempted, rolledBack, undone } from './transaction.ts';
import { constantsIn, typicalValue } from './typical-values.ts';

/** A query, and what must be able to serve it. */
export interface QueryExpectation {
  readonly sql: string;
  /** Names of indexes of which one must serve; none: no table may be read whole, whatever the index. */
  readonly uses: readonly string[];
  /** Rows to assume, by table. */
  readonly rows?: Readonly<Record<string, number>>;
  /** Tables that may be read whole; only without `uses`. */
  readonly mayScan?: readonly string[];
  /** Without `uses`: tables of less than a megabyte may be read whole, an index would not be taken for them anyway. */
  readonly smallMayScan?: boolean;
}

export interface ProofOptions {
  /** A database of this run alone: indexes may be hidden and built, and rows assumed, in a transaction that is rolled back. */
  readonly throwaway: boolean;
  /**
   * Indexes may be hidden on a database that others use as well. For some milliseconds this locks rows of its catalog, or, for an owner
   * who is no superuser, the table.
   */
  readonly mayHide?: boolean;
}

export type Finding =
  | { readonly kind: 'served'; readonly indexes: readonly string[]; readonly by: ServedBy }
  /** No index is needed: only tables that may be read whole are. */
  | { readonly kind: 'exempt'; readonly tables: readonly string[] }
  | { readonly kind: 'no_table' }
  | { readonly kind: 'no_index'; readonly names: readonly string[] }
  | { readonly kind: 'unserved'; readonly index: string; readonly cause: Cause; readonly instead: readonly string[] }
  /** It serves the query when the parameter has this value, and no prepared statement's generic plan. */
  | {
      readonly kind: 'partial_parameter';
      readonly index: string;
      readonly predicate: string;
      readonly parameter: number;
      readonly value: string;
    }
  /** Another index is taken, which could not be hidden. */
  | { readonly kind: 'in_the_way'; readonly index: string; readonly others: readonly string[]; readonly why: string | undefined }
  | { readonly kind: 'read_whole'; readonly tables: readonly string[]; readonly walks: readonly string[] }
  /** MySQL, MariaDB: the index is kept from the planner. */
  | { readonly kind: 'hidden'; readonly index: string; readonly how: 'invisible' | 'ignored' }
  /** MySQL, MariaDB, SQLite: nothing was learned. `index` is empty where any would do. */
  | { readonly kind: 'unproven'; readonly index: string; readonly why: Unproven };

export type Unproven =
  /** The engine plans no writes in a session that may only read. */
  | { readonly kind: 'writes' }
  /** The query does not name the index's table, so no hint can be put there. */
  | { readonly kind: 'no_place' }
  | { readonly kind: 'no_plan' | 'refused'; readonly said: string };

/** What the planner takes by itself. */
export interface Choice {
  /** Indexes that it takes in earnest, by the name of their topmost parent. */
  readonly indexes: readonly string[];
  /** Tables that it reads whole. */
  readonly scans: readonly string[];
  /** `assumed`: by the plan's `rows`; `real`: the tables are large enough for the choice to mean something. */
  readonly statistics: 'assumed' | 'real' | 'small';
}

export interface Costs {
  readonly with: number;
  /** By the best way that is left: the index hidden, or, where nothing may be hidden, without any index. */
  readonly without: number;
  readonly withoutAny: boolean;
}

export interface QueryProof {
  readonly finding: Finding;
  readonly choice: Choice;
  readonly costs: Costs | undefined;
  readonly hiding: Hiding;
  readonly assumed: readonly (AssumedRows | { readonly table: string; readonly rows: number; readonly refused: 'not_allowed' })[];
  readonly tables: readonly KnownTable[];
  readonly parameters: number;
  /** The node that proves it, one line. */
  readonly node: string | undefined;
  readonly chosenPlan: string;
  /** The plan in which the proof was sought, when it is another than the chosen one. */
  readonly provenPlan: string | undefined;
  /** An index that was built and seen to serve the query. */
  readonly suggestion: string | undefined;
}

/** Ways of making other ways unattractive, tried in turn. The first is the natural one. */
const TRIES = [['enable_seqscan'], ['enable_seqscan', 'enable_sort'], ['enable_seqscan', 'enable_bitmapscan']] as const;
/** What leaves only a loop that looks up each row of one table in another. */
const LOOKED_UP = ['enable_seqscan', 'enable_hashjoin', 'enable_mergejoin', 'enable_material'] as const;
const INDEX_SCANS = ['enable_indexscan', 'enable_indexonlyscan', 'enable_bitmapscan'] as const;

/** Below it a table is read whole whatever its indexes, so that the planner's choice says nothing of them. */
const TELLING = { pages: 100, rows: 1000 };

/**
 * Proves whether an index can serve a query: the planner's own choice first, then its plan when nothing else is left to it. Nothing is
 * executed, and the transaction is rolled back.
 *
 * @throws MeasurementError when the server does not understand the query, with its own words.
 */
export async function proveQuery(session: Session, expected: QueryExpectation, options: ProofOptions): Promise<QueryProof> {
  const { throwaway } = options;
  const mayHide = throwaway || options.mayHide === true;
  return rolledBack(session, mayHide ? 'READ WRITE' : 'READ ONLY', async () => {
    const statement = await describeStatement(session, expected.sql);
    const wanted = expected.rows ?? {};
    const assumed = throwaway
      ? await assumeRows(session, wanted)
      : Object.entries(wanted).map(([table, rows]) => ({ table, rows, refused: 'not_allowed' as const }));
    const chosen = await undone(session, () => explain(session, statement));
    const around = await readSurroundings(session, expected.uses, placedNodes(chosen));
    const given: Given = { session, statement, expected, chosen, around, mayHide };
    const proved = await (expected.uses.length === 0 ? proveAny(given) : proveNamed(given));
    const isTold = assumed.some(({ refused }) => refused === undefined);
    return {
      finding: proved.finding,
      choice: choiceOf(given, proved.tables, isTold),
      costs: proved.costs,
      hiding: proved.hiding,
      assumed,
      tables: around.tables.filter(({ oid }) => proved.tables.has(oid)),
      parameters: statement.parameters.length,
      node: proved.node === undefined ? undefined : nodeText(proved.node),
      chosenPlan: planText(chosen),
      provenPlan: proved.plan === undefined || proved.plan === chosen ? undefined : planText(proved.plan),
      suggestion: throwaway && proved.needsIndex ? await suggestIndex(given, proved.plan ?? chosen) : undefined,
    };
  });
}

/** What the steps of one proof share. */
export interface Given {
  readonly session: Session;
  readonly statement: Statement;
  readonly expected: QueryExpectation;
  /** The planner's own choice. */
  readonly chosen: PlanNode;
  readonly around: Surroundings;
  readonly mayHide: boolean;
}

interface Proved {
  readonly finding: Finding;
  readonly costs?: Costs;
  readonly hiding: Hiding;
  readonly node?: PlanNode;
  readonly plan?: PlanNode;
  /** Tables in question, by oid. */
  readonly tables: ReadonlySet<string>;
  /** An index that does not exist might help. */
  readonly needsIndex?: true;
}

const goodBy = ({ by }: Use): ServedBy | undefined => (by === 'walk' || by === 'skip' ? undefined : by);
const isGood = (use: Use): boolean => goodBy(use) !== undefined;

async function proveNamed(given: Given): Promise<Proved> {
  const { expected, around } = given;
  const known = expected.uses.filter((name) => around.indexes.some(({ asked }) => asked.includes(name)));
  if (known.length === 0) {
    return { finding: { kind: 'no_index', names: expected.uses }, hiding: 'none', tables: tablesIn(given), needsIndex: true };
  }
  let first: Proved | undefined;
  for (const name of known) {
    const proved = await proveOne(given, name);
    if (proved.finding.kind === 'served') return proved;
    first ??= proved;
  }
  if (first === undefined) throw new Error('There is at least one name.');
  return first;
}

async function proveOne(given: Given, name: string): Promise<Proved> {
  const { session, statement, around, chosen, mayHide } = given;
  const family = around.indexes.filter(({ asked }) => asked.includes(name));
  const tables = tablesOf(family, around);
  const siblings = around.indexes.filter((index) => tables.has(index.table.oid) && !family.includes(index));
  const usable = family.filter(({ valid }) => valid);
  const [representative] = family;
  if (representative === undefined) throw new Error('A known index has at least itself.');
  if (usable.length === 0) {
    const finding = {
      kind: 'unserved' as const,
      index: name,
      cause: { kind: 'invalid' as const },
      instead: indexesIn(chosen, around),
    };
    return { finding, hiding: 'none', tables };
  }
  const find = finder(family);
  let hiding = await hidingFor(session, [...family, ...siblings], mayHide);
  let why: string | undefined;
  /** A plan with some indexes hidden and some settings off; undefined when the server makes none. */
  const planned = async (hidden: readonly KnownIndex[], off: readonly string[]): Promise<PlanNode | undefined> => {
    const tried = await attempted(session, async () => {
      await hide(session, hidden, hiding);
      await switchOff(session, off);
      return explain(session, statement);
    });
    if ('result' in tried) return tried.result;
    // Without its unique index an ON CONFLICT is no valid statement; a lock may be held; a view may depend on a constraint.
    why = tried.refused.message;
    return undefined;
  };
  if (hiding !== 'none' && siblings.length > 0 && (await planned(siblings, [])) === undefined) hiding = 'none';
  const without = hiding === 'none' ? await planned([], INDEX_SCANS) : await planned(family, []);

  // With scans switched off, up to 17, a sort costs nothing beside them: only a plan of its own free choice tells whether it would sort.
  const unhelped = hiding === 'none' ? without : await planned([...family, ...siblings], []);
  let last: { readonly plan: PlanNode; readonly uses: readonly Use[] } | undefined;
  const strangers = around.indexes.filter((index) => !family.includes(index));
  const attempts = [
    { off: [], hidden: [] },
    ...TRIES.map((off) => ({ off, hidden: siblings })),
    // In a join the other table's indexes would be looked into as well.
    { off: LOOKED_UP, hidden: strangers },
  ];
  for (const { off, hidden } of attempts) {
    const plan = off.length === 0 ? chosen : await planned(hidden, off);
    if (plan === undefined) continue;
    // Among joins in another way there may be fewer sorts for other reasons.
    const found = usesOf(plan, off === LOOKED_UP ? undefined : unhelped, find);
    const good = found.find(({ use }) => isGood(use));
    const uses = found.map(({ use }) => use);
    if (off.length > 0 && (last === undefined || last.uses.length === 0)) last = { plan, uses };
    const by = good === undefined ? undefined : goodBy(good.use);
    if (good === undefined || by === undefined) continue;
    const bare = partitionsWithout(plan, tables, found, around);
    if (bare.length > 0) {
      const cause: Cause = { kind: 'partitions', tables: bare };
      last = { plan, uses };
      if (off.length === 0) continue;
      return { finding: { kind: 'unserved', index: name, cause, instead: [] }, hiding, tables, plan };
    }
    const costs: Costs | undefined =
      without === undefined ? undefined : { with: costOf(plan), without: costOf(without), withoutAny: hiding === 'none' };
    return {
      finding: { kind: 'served', indexes: [name], by },
      ...(costs === undefined ? {} : { costs }),
      hiding,
      node: good.use.placed.node,
      plan,
      tables,
    };
  }
  const plan = last?.plan ?? chosen;
  const unserved = { hiding, tables, plan };
  const partial = await servedWithValue(given, usable, siblings, hiding, find);
  if (partial !== undefined) return { finding: { kind: 'partial_parameter', index: name, ...partial }, ...unserved };
  const others = usesOf(plan, undefined, finder(siblings)).map(({ index }) => index.topName);
  if (hiding === 'none' && siblings.length > 0 && others.length > 0) {
    return { finding: { kind: 'in_the_way', index: name, others: [...new Set(others)], why }, ...unserved };
  }
  const index = usable[0] ?? representative;
  const cause = causeOf(index, plan, last?.uses ?? []);
  return {
    finding: { kind: 'unserved', index: name, cause, instead: indexesIn(chosen, around) },
    ...unserved,
    needsIndex: true,
  };
}

/** Whether a partial index serves the query as soon as a parameter has the value that its predicate asks for. */
async function servedWithValue(
  { session, statement }: Given,
  family: readonly KnownIndex[],
  siblings: readonly KnownIndex[],
  hiding: Hiding,
  find: ReturnType<typeof finder>,
): Promise<{ readonly predicate: string; readonly parameter: number; readonly value: string } | undefined> {
  const predicate = family.find((index) => index.predicate !== undefined)?.predicate;
  if (predicate === undefined) return undefined;
  for (const value of constantsIn(predicate)) {
    for (const position of statement.parameters.keys()) {
      const values = statement.parameters.map((type, at) => (at === position ? `${value}::${type}` : typicalValue(type)));
      // The value may be none of that type.
      const tried = await attempted(session, async () => {
        await hide(session, siblings, hiding);
        await session.run('SET LOCAL enable_seqscan = off');
        return explain(session, statement, values);
      });
      if ('refused' in tried || !usesOf(tried.result, undefined, find).some(({ use }) => isGood(use))) continue;
      return { predicate, parameter: position + 1, value };
    }
  }
  return undefined;
}

async function proveAny(given: Given): Promise<Proved> {
  const { session, statement, around, chosen, expected } = given;
  const tables = tablesIn(given);
  if (tables.size === 0) return { finding: { kind: 'no_table' }, hiding: 'none', tables };
  const find = finder(around.indexes);
  const planned = (off: readonly string[]): Promise<PlanNode> =>
    undone(session, async () => {
      await switchOff(session, off);
      return explain(session, statement);
    });
  const without = await planned(INDEX_SCANS);
  let worst: Proved | undefined;
  for (const off of [[], TRIES[0], LOOKED_UP]) {
    const plan = off.length === 0 ? chosen : await planned(off);
    const uses = usesOf(plan, off === LOOKED_UP ? undefined : without, find);
    const mayScan = (table: KnownTable | undefined): boolean => table !== undefined && isExempt(table, expected, around);
    const scans = scansIn(plan, around);
    const whole = unique(scans.filter((table) => !mayScan(table)).map(({ topName }) => topName));
    const walks = unique(
      uses.filter(({ use, index }) => !isGood(use) && !mayScan(index.table)).map(({ index }) => index.topName),
    );
    const good = uses.find(({ use }) => isGood(use));
    if (whole.length === 0 && walks.length === 0) {
      const by = good === undefined ? undefined : goodBy(good.use);
      if (good === undefined || by === undefined) {
        return { finding: { kind: 'exempt', tables: unique(scans.map(({ topName }) => topName)) }, hiding: 'none', plan, tables };
      }
      const indexes = unique(uses.map(({ index }) => index.topName));
      return {
        finding: { kind: 'served', indexes, by },
        costs: { with: costOf(plan), without: costOf(without), withoutAny: true },
        hiding: 'none',
        node: good.use.placed.node,
        plan,
        tables,
      };
    }
    worst = { finding: { kind: 'read_whole', tables: whole, walks }, hiding: 'none', plan, tables, needsIndex: true };
  }
  if (worst === undefined) throw new Error('There is at least one way.');
  return worst;
}

function isExempt(table: KnownTable, { mayScan = [], smallMayScan = false }: QueryExpectation, around: Surroundings): boolean {
  if (mayScan.includes(table.topName) || mayScan.includes(`${table.schema}.${table.topName}`)) return true;
  if (!smallMayScan) return false;
  if (table.schema === 'pg_catalog' || table.schema === 'information_schema') return true;
  const whole = around.tables.filter(({ topName, schema }) => topName === table.topName && schema === table.schema);
  return whole.reduce((pages, { realPages }) => pages + realPages, 0) < TELLING.pages;
}

function choiceOf({ chosen, around }: Given, tables: ReadonlySet<string>, assumed: boolean): Choice {
  const known = around.tables.filter(({ oid }) => tables.has(oid));
  const pages = known.reduce((sum, table) => sum + table.realPages, 0);
  const rows = known.reduce((sum, table) => sum + (table.partitioned ? 0 : Math.max(0, table.rows)), 0);
  const isTelling = pages >= TELLING.pages && rows >= TELLING.rows;
  const scans = scansIn(chosen, around).filter(({ oid }) => tables.has(oid));
  return {
    indexes: indexesIn(chosen, around),
    scans: unique(scans.map(({ topName }) => topName)),
    statistics: assumed ? 'assumed' : isTelling ? 'real' : 'small',
  };
}

function indexesIn(plan: PlanNode, { indexes }: Surroundings): readonly string[] {
  return unique(usesOf(plan, undefined, finder(indexes)).map(({ index }) => index.topName));
}

/** Tables that are read from the first page to the last. */
function scansIn(plan: PlanNode, { tables }: Surroundings): readonly KnownTable[] {
  return placedNodes(plan).flatMap(({ node, table }) => {
    if (!/^(?:Seq|Sample|Foreign) Scan$/.test(node['Node Type']) || table === undefined) return [];
    return tables.find(({ schema, name }) => schema === table.schema && name === table.name) ?? [];
  });
}

/** Partitions that the plan reads in another way, when the index is a partitioned one. */
function partitionsWithout(
  plan: PlanNode,
  tables: ReadonlySet<string>,
  found: ReturnType<typeof usesOf>,
  around: Surroundings,
): readonly string[] {
  const good = new Set(found.flatMap(({ index, use }) => (isGood(use) ? [index.table.oid] : [])));
  const scanned = scansIn(plan, around).filter(({ oid, name, topName }) => tables.has(oid) && name !== topName);
  return unique(scanned.filter(({ oid }) => !good.has(oid)).map(({ name }) => name));
}

function tablesIn({ chosen, around }: Given): ReadonlySet<string> {
  const read = placedNodes(chosen).flatMap(({ table }) => table ?? []);
  return new Set(
    around.tables
      .filter((known) => read.some(({ schema, name }) => schema === known.schema && name === known.name))
      .map(({ oid }) => oid),
  );
}

/** The tables that an index is on; of a partitioned one all partitions, whether they have their part of it or not. */
function tablesOf(family: readonly KnownIndex[], { tables }: Surroundings): ReadonlySet<string> {
  const isOn = (known: KnownTable): boolean =>
    family.some(
      ({ table }) =>
        table.oid === known.oid || (table.partitioned && table.topName === known.topName && table.schema === known.schema),
    );
  return new Set(tables.filter(isOn).map(({ oid }) => oid));
}

function finder(indexes: readonly KnownIndex[]) {
  return (name: string, { table }: PlacedNode): KnownIndex | undefined =>
    indexes.find((index) => index.name === name && (table === undefined || index.table.schema === table.schema));
}

async function switchOff(session: Session, settings: readonly string[]): Promise<void> {
  if (settings.length > 0) await session.run(settings.map((setting) => `SET LOCAL ${setting} = off`).join('; '));
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
