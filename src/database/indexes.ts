import { type CatalogIndex, type CatalogTable, readTables, type TableName } from './catalog.ts';
import type { Session } from './client.ts';
import { bareExpression, catalogColumn, plannedColumn } from './index-columns.ts';

/** An index as it should be. */
export interface IndexExpectation extends TableName {
  readonly name: string;
  /** Column names or expressions, in order; a column may end in ` desc`, ` nulls last` or an operator class. */
  readonly columns: readonly string[];
  /** undefined: either will do. */
  readonly unique?: boolean;
  /** The predicate of a partial index; undefined: it must cover every row. */
  readonly where?: string;
}

export type IndexProblem = 'table_missing' | 'missing' | 'columns' | 'order' | 'invalid' | 'unique' | 'predicate';

/** What is wrong with one index, and the SQL that mends it. */
interface IndexFinding {
  readonly kind: IndexProblem;
  readonly schema?: string;
  readonly table: string;
  readonly index: string;
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
}

export interface IndexAnswer {
  /** What the catalog has, in words: `(status, needs_review)`. undefined when there is none. */
  readonly found?: string;
  /** undefined: the index is as it should be. */
  readonly finding?: IndexFinding;
}

/** Compares the catalog with all expected indexes at once: one round trip. The answers stand in the order of the expectations. */
export async function checkIndexes(session: Session, expected: readonly IndexExpectation[]): Promise<readonly IndexAnswer[]> {
  if (expected.length === 0) return [];
  const keyOf = ({ schema, table }: TableName): string => JSON.stringify([schema ?? null, table]);
  const names = [...new Map(expected.map((expectation) => [keyOf(expectation), expectation])).values()];
  const tables = await readTables(session, names);
  const byName = new Map(names.map((name, position) => [keyOf(name), tables[position]]));
  return expected.map((expectation) => compare(expectation, byName.get(keyOf(expectation))));
}

function compare(expected: IndexExpectation, table: CatalogTable | undefined): IndexAnswer {
  const { schema, table: tableName, name } = expected;
  const shown = describeExpected(expected);
  const finding = (kind: IndexProblem, found: string, fix: string): IndexFinding => ({
    kind,
    ...(schema === undefined ? {} : { schema }),
    table: tableName,
    index: name,
    expected: shown,
    found,
    fix,
  });
  if (!table) {
    const where = schema === undefined ? 'in the search path' : `in schema ${schema}`;
    return {
      finding: finding(
        'table_missing',
        `no table ${tableName} ${where}`,
        `-- Create the table ${tableName}, then:\n${create(expected)}`,
      ),
    };
  }
  const index = table.indexes.find((candidate) => candidate.name === cut(name));
  if (!index) {
    const twin = table.indexes.find((candidate) => describe(candidate) === shown);
    const found = twin ? `no index of this name; ${twin.name} has these columns` : 'no index of this name';
    const fix = twin ? `ALTER INDEX ${twin.sqlName} RENAME TO ${quoted(name)};` : create(expected, table);
    return { finding: finding('missing', found, fix) };
  }
  const found = describe(index);
  const problem = problemOf(expected, index);
  if (problem === undefined) return { found };
  if (problem === 'invalid') return { found, finding: finding(problem, whyInvalid(index), mendInvalid(expected, index, table)) };
  return { found, finding: finding(problem, found, replace(expected, index, table)) };
}

function problemOf(expected: IndexExpectation, index: CatalogIndex): IndexProblem | undefined {
  const wanted = expected.columns.map(plannedColumn);
  const has = index.keys.map(catalogColumn);
  if (wanted.length === 0 || wanted.join('\n') !== has.join('\n')) {
    const sameSet = wanted.length === has.length && [...wanted].sort().join('\n') === [...has].sort().join('\n');
    return sameSet ? 'order' : 'columns';
  }
  if (expected.unique !== undefined && expected.unique !== index.unique) return 'unique';
  const predicate = index.predicate === undefined ? undefined : bareExpression(index.predicate);
  if (predicate !== (expected.where === undefined ? undefined : bareExpression(expected.where))) return 'predicate';
  return index.valid && index.ready && index.live && index.partitionsWithout.length === 0 ? undefined : 'invalid';
}

function whyInvalid(index: CatalogIndex): string {
  if (index.partitionsWithout.length > 0) {
    return `invalid: these partitions have no valid index attached to it: ${index.partitionsWithout.join(', ')}`;
  }
  if (!index.live) return 'invalid: it is being dropped';
  if (!index.ready) return 'invalid: its build failed or was cancelled, and writes do not maintain it';
  return 'invalid: its build failed or was cancelled, and the planner ignores it';
}

/** In the same form for both sides: `unique (status, created_at desc) where active`. */
function describeExpected({ columns, unique, where }: IndexExpectation): string {
  const predicate = where === undefined ? '' : ` where ${bareExpression(where)}`;
  return `${unique === true ? 'unique ' : ''}(${columns.map(plannedColumn).join(', ')})${predicate}`;
}

function describe({ keys, unique, predicate }: CatalogIndex): string {
  const where = predicate === undefined ? '' : ` where ${bareExpression(predicate)}`;
  return `${unique ? 'unique ' : ''}(${keys.map(catalogColumn).join(', ')})${where}`;
}

function create(expected: IndexExpectation, table?: CatalogTable, unique = expected.unique === true): string {
  const { schema, table: tableName, name, columns, where } = expected;
  const target = table?.sqlName ?? [...(schema === undefined ? [] : [quoted(schema)]), quoted(tableName)].join('.');
  // PostgreSQL builds no partitioned index concurrently.
  const how = table?.partitioned ? '' : ' CONCURRENTLY';
  const predicate = where === undefined ? '' : ` WHERE ${where}`;
  return `CREATE${unique ? ' UNIQUE' : ''} INDEX${how} ${quoted(name)} ON ${target} (${columns.map(columnSql).join(', ')})${predicate};`;
}

function drop(index: CatalogIndex, table: CatalogTable): string {
  if (index.ofConstraint)
    return `-- ${index.name} belongs to a constraint of ${table.sqlName}: drop that with ALTER TABLE … DROP CONSTRAINT.`;
  return `DROP INDEX${table.partitioned ? '' : ' CONCURRENTLY'} ${index.sqlName};`;
}

function replace(expected: IndexExpectation, index: CatalogIndex, table: CatalogTable): string {
  return `${drop(index, table)}\n${create(expected, table, expected.unique ?? index.unique)}`;
}

function mendInvalid(expected: IndexExpectation, index: CatalogIndex, table: CatalogTable): string {
  if (table.partitioned) {
    return index.partitionsWithout
      .map((partition) => {
        const child = quoted(`${partition.replace(/^.*\./, '').replaceAll('"', '')}_${expected.name}`.slice(0, 63));
        const columns = expected.columns.map(columnSql).join(', ');
        return (
          `CREATE${index.unique ? ' UNIQUE' : ''} INDEX CONCURRENTLY ${child} ON ${partition} (${columns});\n` +
          `ALTER INDEX ${index.sqlName} ATTACH PARTITION ${child};`
        );
      })
      .join('\n');
  }
  const duplicates = index.unique ? '-- Remove duplicate rows first, or the build fails again.\n' : '';
  return `${duplicates}${replace(expected, index, table)}`;
}

/** Names are cut at 63 bytes, not characters. */
function cut(name: string): string {
  const bytes = Buffer.from(name);
  if (bytes.length <= 63) return name;
  return bytes.toString('utf8', 0, 63).replace(/\uFFFD$/, '');
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A column of the plan as SQL: a lone name that needs quotes gets them, an expression that needs parentheses too. */
function columnSql(column: string): string {
  if (/^[\p{L}_][\p{L}\p{N}_$]*$/u.test(column)) return quoted(column);
  const isPlain =
    /^("(?:[^"]|"")+"|[\w$]+)( [\w$. ]+)?$/.test(column) || /^[\w$.]+\(.*\)( (asc|desc))?( nulls (first|last))?$/i.test(column);
  return isPlain || column.startsWith('(') ? column : `(${column})`;
}
