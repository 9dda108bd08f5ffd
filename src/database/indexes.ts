import { type CatalogIndex, type CatalogTable, readCatalog, type TableName } from './catalog.ts';
import type { Session } from './client.ts';
import { type Built, buildOnClones, type CloneTable } from './index-clones.ts';
import { bareExpression, catalogColumn, plannedColumn } from './index-columns.ts';
import { definitionSql, definitionText, differenceOf, type IndexDefinition, same } from './index-definition.ts';
import { bareName, expectedText, type IndexExpectation, knownDefinition, openParts } from './index-expectation.ts';
import { createIndex, mendInvalid, replaceIndex } from './index-fixes.ts';
import { brokenState, otherFindings } from './index-health.ts';
import {
  DEFAULT_RULES,
  type IgnoredFinding,
  type IndexFinding,
  type IndexProblem,
  type IndexRules,
  levelOf,
  type OtherProblem,
  withoutIgnored,
} from './index-rules.ts';
import { cutName, quoted } from './sql-text.ts';

export interface IndexAnswer {
  /** What the catalog has, in words: `(status, needs_review)`. undefined when there is none. */
  readonly found?: string;
  /** undefined: the index is as it should be. */
  readonly finding?: IndexFinding<IndexProblem>;
  /** Set where it was compared as text, because the server could not be asked what the definition means: why not. */
  readonly unasked?: string;
}

export interface IndexCheck {
  /** In the order of the expectations. */
  readonly answers: readonly IndexAnswer[];
  /** What is wrong with other indexes of the same tables. */
  readonly others: readonly IndexFinding<OtherProblem>[];
  readonly ignored: readonly { readonly finding: IndexFinding<OtherProblem>; readonly reason: string }[];
  /** How many tables were looked at. */
  readonly tables: number;
  /** Ignores of the plan that match nothing (any more). */
  readonly idleIgnores: readonly IgnoredFinding[];
  /** Set when it is no PostgreSQL: what such a catalog does not tell has to be said. */
  readonly engine?: 'MySQL' | 'MariaDB' | 'SQLite';
}

/**
 * Compares the catalog with all expected indexes at once. One round trip reads the catalog; a second, where it is needed, lets the
 * server read the definitions that mean something only to it, and those of indexes that are not there.
 */
export async function checkIndexes(
  session: Session,
  expected: readonly IndexExpectation[],
  rules: IndexRules = DEFAULT_RULES,
): Promise<IndexCheck> {
  if (expected.length === 0) return { answers: [], others: [], ignored: [], tables: 0, idleIgnores: rules.ignores };
  const keyOf = ({ schema, table }: TableName): string => JSON.stringify([schema ?? null, table]);
  const names = [...new Map(expected.map((expectation) => [keyOf(expectation), expectation])).values()];
  const { tables, statisticsAgeMs } = await readCatalog(session, names);
  const byName = new Map(names.map((name, at) => [keyOf(name), tables[at]]));
  const looked = expected.map((expectation): Looked => {
    const table = byName.get(keyOf(expectation));
    const index = table?.indexes.find(({ name }) => name === cutName(expectation.name));
    return { expected: expectation, table, index, known: index && knownDefinition(expectation, index) };
  });
  const built = await buildOnClones(session, clonesFor(looked));
  const answers = looked.map((each) => answer(each, built.get(each.expected), rules));
  return { answers, ...others(looked, rules, statisticsAgeMs) };
}

interface Looked {
  readonly expected: IndexExpectation;
  readonly table: CatalogTable | undefined;
  readonly index: CatalogIndex | undefined;
  /** Where it is known without asking the server. */
  readonly known: IndexDefinition | undefined;
}

function clonesFor(looked: readonly Looked[]): readonly CloneTable[] {
  const byTable = new Map<string, IndexExpectation[]>();
  for (const { expected, table, known } of looked) {
    if (!table || known) continue;
    const list = byTable.get(table.sqlName);
    if (list) list.push(expected);
    else byTable.set(table.sqlName, [expected]);
  }
  return [...byTable].map(([sqlName, all]) => ({ sqlName, expected: all }));
}

function answer({ expected, table, index, known }: Looked, built: Built | undefined, rules: IndexRules): IndexAnswer {
  const definition = known ?? (built?.kind === 'built' ? built.definition : undefined);
  const open = openParts(expected);
  const wrong = (kind: IndexProblem, found: string, fix: string): Pick<IndexAnswer, 'finding'> => {
    const level = levelOf(kind, rules);
    if (level === 'off') return {};
    const schema = table?.schema ?? expected.schema;
    const where = { ...(schema === undefined ? {} : { schema }), table: expected.table, index: expected.name };
    const shown = definition === undefined ? expectedText(expected) : definitionText(narrowed(definition, expected));
    return { finding: { kind, level, ...where, expected: shown, found, fix } };
  };
  if (!table) {
    const where = expected.schema === undefined ? 'in the search path' : `in schema ${expected.schema}`;
    const fix = `-- Create the table ${expected.table}, then:\n${createIndex(expected)}`;
    return wrong('table_missing', `no table ${expected.table} ${where}`, fix);
  }
  if (built?.kind === 'refused') {
    const fix = '-- Correct the definition in the plan, or the table.';
    const has = index === undefined ? 'there is no index of this name' : `the index of this name is ${definitionText(index)}`;
    return wrong('definition', `the server refuses this definition: ${built.why}; ${has}`, fix);
  }
  const how = built?.kind === 'unasked' ? { unasked: built.why } : {};
  if (!index) {
    const twin = definition && table.indexes.find((candidate) => differenceOf(definition, candidate, open) === undefined);
    const found = twin ? `no index of this name; ${twin.name} has these columns` : 'no index of this name';
    const fix = twin
      ? `ALTER INDEX ${twin.sqlName} RENAME TO ${quoted(cutName(expected.name))};`
      : createIndex(expected, table, definition);
    return { ...how, ...wrong('missing', found, fix) };
  }
  const found = definitionText(index);
  const difference = definition ? differenceOf(definition, index, open) : textDifference(expected, index);
  if (difference) return { ...how, found, ...wrong(difference, found, replaceIndex(expected, index, table, definition)) };
  const broken = brokenState(index);
  if (!broken) return { ...how, found };
  const fix = broken.kind === 'not_ready' ? '-- Wait until the build has ended, then look again.' : mendInvalid(index, table);
  return { ...how, found, ...wrong(broken.kind, broken.found, fix) };
}

/** What the plan leaves open is no part of what it expects. */
const narrowed = (definition: IndexDefinition, expected: IndexExpectation): IndexDefinition =>
  openParts(expected).include ? { ...definition, include: [] } : definition;

/** Where the server cannot be asked: the same but for spelling, or another definition. */
function textDifference(expected: IndexExpectation, index: CatalogIndex): IndexProblem | undefined {
  const { columns, unique, where, include, method = 'btree', nullsNotDistinct = false, definition } = expected;
  const open = openParts(expected);
  if (!open.unique && (unique ?? false) !== index.unique) return 'unique';
  if (definition !== undefined) {
    const spelled = (sql: string): string => bareExpression(sql.replace(/^USING\s+btree\s*/i, ''));
    return spelled(definition) === spelled(definitionSql(index)) ? undefined : 'columns';
  }
  if (method !== index.method) return 'method';
  if (!same(columns.map(plannedColumn), index.keys.map(catalogColumn))) return 'columns';
  if (!open.nullsNotDistinct && nullsNotDistinct !== index.nullsNotDistinct) return 'nulls';
  if (include && !same(include.map(bareName).sort(), [...index.include].sort())) return 'include';
  const predicate = index.predicate === undefined ? undefined : bareExpression(index.predicate);
  return predicate === (where === undefined ? undefined : bareExpression(where)) ? undefined : 'predicate';
}

function others(
  looked: readonly Looked[],
  rules: IndexRules,
  statisticsAgeMs: number | undefined,
): Pick<IndexCheck, 'others' | 'ignored' | 'tables' | 'idleIgnores'> {
  const tables = new Map<string, { readonly table: CatalogTable; readonly expected: Set<string> }>();
  for (const { table, expected } of looked) {
    if (!table) continue;
    const name = cutName(expected.name);
    const known = tables.get(table.sqlName);
    if (known) known.expected.add(name);
    else tables.set(table.sqlName, { table, expected: new Set([name]) });
  }
  const all = [...tables.values()].flatMap(({ table, expected }) => otherFindings(table, expected, rules, statisticsAgeMs));
  return { tables: tables.size, ...withoutIgnored(all, rules, (inPlan, found) => inPlan === found) };
}
