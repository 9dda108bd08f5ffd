import { bareExpression } from '../index-columns.ts';
import { definitionText, differenceOf, type IndexDefinition, same } from '../index-definition.ts';
import { expectedText, type IndexExpectation, openParts } from '../index-expectation.ts';
import {
  DEFAULT_RULES,
  type IndexFinding,
  type IndexProblem,
  type IndexRules,
  levelOf,
  type OtherProblem,
  withoutIgnored,
} from '../index-rules.ts';
import type { IndexAnswer, IndexCheck } from '../indexes.ts';
import { comparable, type ReadExpectation, readExpectation } from './engine-expectation.ts';
import { type Fixes, fixesFor } from './engine-fixes.ts';
import type { EngineCatalog, EngineIndex, EngineTable } from './engine-index.ts';
import { grouped } from './grouped.ts';
import { readMysqlCatalog } from './mysql-catalog.ts';
import type { EngineSession } from './session.ts';
import { sameName } from './sql-tokens.ts';
import { readSqliteCatalog } from './sqlite-catalog.ts';

/**
 * Compares the catalog of a MySQL, MariaDB or SQLite with all expected indexes, after one query. Names and columns are compared as
 * they are, expressions and conditions as text: there is no empty copy of a table on which these could be tried without changing
 * anything.
 */
export async function checkEngineIndexes(
  session: EngineSession,
  expected: readonly IndexExpectation[],
  rules: IndexRules = DEFAULT_RULES,
): Promise<IndexCheck> {
  if (expected.length === 0) return { answers: [], others: [], ignored: [], tables: 0, idleIgnores: rules.ignores };
  const catalog = await (session.engine === 'mysql' ? readMysqlCatalog(session, expected) : readSqliteCatalog(session));
  const { product } = catalog;
  const looked = expected.map((expectation): Looked => {
    const table = tableOf(expectation, catalog);
    const index = table?.indexes.find(({ name }) => sameName(name, expectation.name));
    return { expected: expectation, table, index, read: readExpectation(expectation, product) };
  });
  const given: Given = { catalog, rules, fixes: fixesFor(product, catalog.schema) };
  return {
    answers: looked.map((each) => answer(each, given)),
    ...otherFindings(looked, given),
    engine: product,
  };
}

interface Given {
  readonly catalog: EngineCatalog;
  readonly rules: IndexRules;
  readonly fixes: Fixes;
}

interface Looked {
  readonly expected: IndexExpectation;
  readonly table: EngineTable | undefined;
  readonly index: EngineIndex | undefined;
  readonly read: ReadExpectation;
}

function tableOf(
  { schema, table }: IndexExpectation,
  { tables, sameTable, schema: own }: EngineCatalog,
): EngineTable | undefined {
  return tables.find((each) => sameTable(each.name, table) && sameTable(each.schema, schema ?? own));
}

function answer({ expected, table, index, read }: Looked, { catalog, rules, fixes }: Given): IndexAnswer {
  const { product } = catalog;
  const shown = read.kind === 'read' ? definitionText(read.definition) : expectedText(expected);
  const wrong = (kind: IndexProblem, found: string, fix: string): Pick<IndexAnswer, 'finding'> => {
    const level = levelOf(kind, rules);
    if (level === 'off') return {};
    const schema = expected.schema ?? table?.schema;
    const where = { ...(schema === undefined ? {} : { schema }), table: expected.table, index: expected.name };
    return { finding: { kind, level, ...where, expected: shown, found, fix } };
  };
  if (read.kind === 'refused') {
    const has = index === undefined ? 'there is no index of this name' : `the index of this name is ${definitionText(index)}`;
    return wrong('definition', `${read.why}; ${has}`, '-- Correct the definition in the plan.');
  }
  const { definition } = read;
  const how = read.asText
    ? {
        unasked: `${product} can try no definition without making an index, so expressions and conditions are compared as they are written`,
      }
    : {};
  if (!table) {
    const place =
      expected.schema === undefined
        ? `in ${catalog.schema} that this user can see`
        : `in ${expected.schema} that this user can see`;
    const create = fixes.create(expected.name, { name: expected.table, schema: expected.schema }, definition);
    return wrong(
      'table_missing',
      `no table ${expected.table} ${place}`,
      `-- Create the table ${expected.table}, then:\n${create}`,
    );
  }
  const open = openParts(expected);
  if (!index) {
    const isTwin = (other: EngineIndex): boolean => {
      const both = comparable(definition, other);
      return differenceOf(both.expected, both.found, open) === undefined;
    };
    const twin = table.indexes.find(isTwin);
    const found = twin ? `no index of this name; ${twin.name} has these columns` : 'no index of this name';
    const remove = twin && twin.constraint === undefined ? `${fixes.drop(twin, table)}\n` : '';
    return { ...how, ...wrong('missing', found, `${remove}${fixes.create(expected.name, table, definition)}`) };
  }
  const found = definitionText(index);
  const both = comparable(definition, index);
  const difference = differenceOf(both.expected, both.found, open);
  if (difference) {
    const whole: IndexDefinition = open.unique ? { ...definition, unique: index.unique } : definition;
    const fix = `${fixes.drop(index, table)}\n${fixes.create(expected.name, table, whole)}`;
    return { ...how, found, ...wrong(difference, found, fix) };
  }
  if (index.hidden === undefined) return { ...how, found };
  return { ...how, found, ...wrong('invalid', hiddenText(index), fixes.show(index, table)) };
}

const hiddenText = ({ hidden }: EngineIndex): string => `${hidden}: the planner does not use it, and writes still pay for it`;

function otherFindings(
  looked: readonly Looked[],
  given: Given,
): Pick<IndexCheck, 'others' | 'ignored' | 'tables' | 'idleIgnores'> {
  const { rules } = given;
  const tables = grouped(
    looked.filter(({ table }) => table !== undefined),
    ({ table }) => JSON.stringify([table?.schema, table?.name]),
  );
  const all = [...tables.values()].flatMap((each) => {
    const table = each[0]?.table;
    return table === undefined
      ? []
      : findingsOf(
          table,
          each.map(({ expected }) => expected.name),
          given,
        );
  });
  return { tables: tables.size, ...withoutIgnored(all, rules, sameName) };
}

function findingsOf(
  table: EngineTable,
  expected: readonly string[],
  { rules, fixes }: Given,
): readonly IndexFinding<OtherProblem>[] {
  const found: IndexFinding<OtherProblem>[] = [];
  const add = (kind: OtherProblem, index: string, words: Pick<IndexFinding, 'expected' | 'found' | 'fix'>): void => {
    const level = levelOf(kind, rules);
    if (level !== 'off') found.push({ kind, level, schema: table.schema, table: table.name, index, ...words });
  };
  const remove = (kind: OtherProblem, index: EngineIndex, instead: string, more: string): void =>
    add(kind, index.name, { expected: instead, found: `${definitionText(index)}${more}`, fix: fixes.drop(index, table) });
  const isExpected = ({ name }: EngineIndex): boolean => expected.some((each) => sameName(each, name));
  const rank = (index: EngineIndex): number =>
    (index.constraint === 'p' ? 8 : index.constraint === 'u' ? 4 : 0) + (isExpected(index) ? 1 : 0);
  const keeps = (one: EngineIndex, other: EngineIndex): boolean =>
    rank(one) === rank(other) ? one.name < other.name : rank(one) > rank(other);
  const usable = table.indexes.filter(({ hidden }) => hidden === undefined);
  for (const index of table.indexes) {
    if (index.hidden !== undefined) {
      if (!isExpected(index)) remove('unused', index, 'an index that the planner uses, or none', `, ${hiddenText(index)}`);
      continue;
    }
    const twin = usable.find((other) => other !== index && isSame(index, other) && keeps(other, index));
    const longer = twin ? undefined : usable.find((other) => other !== index && isRedundant(index, other));
    if (twin) remove('duplicate', index, 'one index for one purpose', `, the same as ${twin.name}`);
    else if (longer) {
      const more = `; ${longer.name} ${definitionText(longer)} serves the same queries`;
      remove('redundant', index, 'no index whose work another does', more);
    }
    if (rules.strict && !isExpected(index) && index.constraint === undefined) {
      remove('unexpected', index, 'no index that the plan does not have', '');
    }
  }
  for (const { name, columns } of table.foreignKeys) {
    if (usable.some((index) => covers(index, columns)) || (columns.length === 1 && sameName(columns[0] ?? '', table.rowid ?? '')))
      continue;
    const definition: IndexDefinition = {
      method: 'btree',
      unique: false,
      nullsNotDistinct: false,
      keys: columns.map((column) => ({ column, sql: column, collation: null, opclass: null, desc: false, nulls_first: false })),
      include: [],
      predicate: undefined,
    };
    add('foreign_key', name, {
      expected: `an index of all rows that starts with (${columns.join(', ')})`,
      found: 'no such index: a delete in the referenced table reads this one whole',
      fix: fixes.create(`${table.name}_${columns.join('_')}_idx`, table, definition),
    });
  }
  return found;
}

const keyTexts = ({ keys, collations }: EngineIndex, turned = false): readonly string[] =>
  keys.map(
    ({ column, sql, desc }, at) =>
      `${column === null ? `(${bareExpression(sql)})` : column.toLowerCase()} ${collations[at] ?? ''} ${desc !== turned}`,
  );

const isSame = (left: EngineIndex, right: EngineIndex): boolean =>
  left.method === right.method &&
  left.unique === right.unique &&
  left.predicate === right.predicate &&
  same(keyTexts(left), keyTexts(right));

/** Whether all that `index` can do, `other` can: it starts with the same keys, in the same direction or wholly reversed. */
function isRedundant(index: EngineIndex, other: EngineIndex): boolean {
  if (index.method !== 'btree' || other.method !== 'btree' || index.predicate !== other.predicate) return false;
  if (index.unique || index.constraint !== undefined) return false;
  const count = index.keys.length;
  if (other.keys.length < count || (other.keys.length === count && !other.unique)) return false;
  const own = keyTexts(index);
  return same(own, keyTexts(other).slice(0, count)) || same(own, keyTexts(other, true).slice(0, count));
}

function covers({ keys, predicate }: EngineIndex, columns: readonly string[]): boolean {
  const leading = keys.slice(0, columns.length).map(({ column }) => (column ?? '').toLowerCase());
  return predicate === undefined && same([...leading].sort(), columns.map((column) => column.toLowerCase()).sort());
}
