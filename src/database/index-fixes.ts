import type { CatalogIndex, CatalogTable } from './catalog.ts';
import { definitionSql, type IndexDefinition } from './index-definition.ts';
import { expectedSql, type IndexExpectation, openParts } from './index-expectation.ts';
import { cutName, quoted } from './sql-text.ts';

/** SQL that mends a finding. What blocks writes or needs a decision is said in a comment beside it. */

export function createIndex(expected: IndexExpectation, table?: CatalogTable, definition?: IndexDefinition): string {
  const { schema, table: tableName, name } = expected;
  const target = table?.sqlName ?? [...(schema === undefined ? [] : [quoted(schema)]), quoted(tableName)].join('.');
  const unique = definition?.unique ?? expected.unique === true;
  const body = definition === undefined ? expectedSql(expected) : definitionSql(definition);
  // PostgreSQL builds no partitioned index concurrently.
  const slow = '-- Blocks writes while it builds. On a large table: CREATE INDEX … ON ONLY, then for each partition';
  const before = table?.partitioned ? `${slow} CREATE INDEX CONCURRENTLY and ALTER INDEX … ATTACH PARTITION.\n` : '';
  const how = table?.partitioned ? '' : ' CONCURRENTLY';
  return `${before}CREATE${unique ? ' UNIQUE' : ''} INDEX${how} ${quoted(cutName(name))} ON ${target} ${body};`;
}

export function dropIndex(index: CatalogIndex, table: CatalogTable): string {
  if (index.constraint) return `ALTER TABLE ${table.sqlName} DROP CONSTRAINT ${quoted(index.constraint.name)};`;
  if (index.attached) return `-- ${index.name} is a partition of an index of the parent table: drop that one.`;
  return `DROP INDEX${table.partitioned ? '' : ' CONCURRENTLY'} ${index.sqlName};`;
}

/** Drops the index and builds it as expected. What the plan leaves open stays as it is. */
export function replaceIndex(
  expected: IndexExpectation,
  index: CatalogIndex,
  table: CatalogTable,
  definition?: IndexDefinition,
): string {
  const open = openParts(expected);
  const whole = definition && {
    ...definition,
    ...(open.unique ? { unique: index.unique } : {}),
    ...(open.include ? { include: index.include } : {}),
    ...(open.nullsNotDistinct ? { nullsNotDistinct: index.nullsNotDistinct } : {}),
  };
  return `${dropIndex(index, table)}\n${createIndex(expected, table, whole)}`;
}

/** For one that has the right definition, whoever expects it. */
export function mendInvalid(index: CatalogIndex, table: CatalogTable): string {
  if (index.gaps.length > 0) return index.gaps.map((gap) => mendGap(gap, index)).join('\n');
  const duplicates = index.unique ? '-- Remove duplicate rows first, or the build fails again.\n' : '';
  // An index that something else holds cannot be dropped by itself.
  if (index.constraint || index.attached) return `${duplicates}REINDEX INDEX CONCURRENTLY ${index.sqlName};`;
  const again = `CREATE${index.unique ? ' UNIQUE' : ''} INDEX CONCURRENTLY ${quoted(index.name)} ON ${table.sqlName} ${definitionSql(index)};`;
  return `${duplicates}${dropIndex(index, table)}\n${again}`;
}

function mendGap({ parent, partition, name, partitioned, child }: CatalogIndex['gaps'][number], index: CatalogIndex): string {
  const attach = (which: string): string => `ALTER INDEX ${parent} ATTACH PARTITION ${which};`;
  if (child !== null) return `REINDEX INDEX CONCURRENTLY ${child};\n${attach(child)}`;
  const bare = quoted(cutName(`${name}_${index.name}`));
  // An index is made in the schema of its table.
  const qualified = partition.includes('.') && !partition.startsWith('"') ? `${partition.split('.')[0]}.${bare}` : bare;
  const how = partitioned ? '' : ' CONCURRENTLY';
  const unique = index.unique ? ' UNIQUE' : '';
  const slow = partitioned ? `-- ${partition} is partitioned itself: this blocks its writes.\n` : '';
  return `${slow}CREATE${unique} INDEX${how} ${bare} ON ${partition} ${definitionSql(index)};\n${attach(qualified)}`;
}
