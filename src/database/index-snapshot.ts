import type { CatalogIndex, CatalogTable } from './catalog.ts';
import { type IndexKey, keySql, keyText } from './index-definition.ts';
import type { IndexExpectation } from './index-expectation.ts';
import { brokenState } from './index-health.ts';
import { quoted } from './sql-text.ts';

/** A table's indexes as a plan can expect them, and those that are left out. */
export interface SnapshotTable {
  readonly table: CatalogTable;
  readonly expected: readonly IndexExpectation[];
  readonly leftOut: readonly { readonly index: string; readonly why: string }[];
}

/**
 * What is there as what is expected. Indexes of primary keys and exclusion constraints are the constraint's, and those of partitions
 * are their parent's: neither is named. One that cannot be used is named as left out.
 */
export function snapshotOf(table: CatalogTable): SnapshotTable {
  const own = table.indexes.filter(
    ({ constraint, attached }) => constraint?.type !== 'p' && constraint?.type !== 'x' && !attached,
  );
  const broken = own.flatMap((index) => {
    const state = brokenState(index);
    return state === undefined ? [] : [{ index: index.name, why: state.found }];
  });
  return {
    table,
    expected: own.filter((index) => brokenState(index) === undefined).map((index) => expectationOf(index, table)),
    leftOut: broken,
  };
}

function expectationOf(index: CatalogIndex, { schema, name: table }: CatalogTable): IndexExpectation {
  const { name, keys, unique, include, method, nullsNotDistinct, predicate } = index;
  return {
    schema,
    table,
    name,
    columns: keys.map(element),
    unique,
    // A name that starts with a quote is taken for a quoted one.
    include: include.map((column) => (column.startsWith('"') ? quoted(column) : column)),
    method,
    nullsNotDistinct,
    ...(predicate === undefined ? {} : { where: predicate }),
  };
}

/** An expression needs its parentheses where something follows it. */
const element = (key: IndexKey): string => (keyText(key) === key.sql ? key.sql : keySql(key));
