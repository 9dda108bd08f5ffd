import type { TableName } from '../catalog.ts';
import { bareExpression } from '../index-columns.ts';
import type { IndexKey } from '../index-definition.ts';
import type { EngineCatalog, EngineIndex, EngineTable } from './engine-index.ts';
import { grouped } from './grouped.ts';
import { productOf } from './mysql-session.ts';
import type { EngineRow, EngineSession } from './session.ts';
import { sameName } from './sql-tokens.ts';

/**
 * The tables with their indexes, one key a row, in one query. `s.*` because the columns differ: MySQL 8 has IS_VISIBLE and EXPRESSION,
 * MariaDB 10.6 has IGNORED, and older ones have none of them.
 *
 * @param names undefined: all tables of the database.
 */
export async function readMysqlCatalog(session: EngineSession, names?: readonly TableName[]): Promise<EngineCatalog> {
  const rows = await session.query(
    `SELECT t.TABLE_SCHEMA AS own_schema, t.TABLE_NAME AS own_table, t.TABLE_ROWS AS own_rows, d.*, s.*
     FROM (SELECT VERSION() AS version, @@lower_case_table_names AS table_case, DATABASE() AS own_database) d
     LEFT JOIN information_schema.TABLES t ON ${names === undefined ? 't.TABLE_SCHEMA = DATABASE()' : wanted(names)}
     LEFT JOIN information_schema.STATISTICS s ON s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME
     ORDER BY own_schema, own_table, s.INDEX_NAME, s.SEQ_IN_INDEX`,
  );
  const [first] = rows;
  const caseCounts = String(first?.['table_case'] ?? 0) === '0';
  const byTable = grouped(
    rows.filter((row) => row['own_table'] !== null),
    (row) => JSON.stringify([row['own_schema'], row['own_table']]),
  );
  return {
    ...productOf(String(first?.['version'] ?? '')),
    tables: [...byTable.values()].map(readTable),
    sameTable: caseCounts ? (left, right) => left === right : sameName,
    schema: String(first?.['own_database'] ?? ''),
  };
}

/** As hexadecimal numbers, so that no setting of the server decides where a text ends. */
const literal = (text: string): string => `_utf8mb4 x'${Buffer.from(text).toString('hex')}'`;

function wanted(names: readonly TableName[]): string {
  const each = names.map(
    ({ schema, table }) =>
      `(t.TABLE_SCHEMA = ${schema === undefined ? 'DATABASE()' : literal(schema)} AND t.TABLE_NAME = ${literal(table)})`,
  );
  return `(${each.join(' OR ') || 'FALSE'})`;
}

function readTable(rows: readonly EngineRow[]): EngineTable {
  const [first] = rows;
  const byIndex = grouped(
    rows.filter((row) => row['INDEX_NAME'] !== null),
    (row) => String(row['INDEX_NAME']),
  );
  const count = first?.['own_rows'] ?? null;
  return {
    schema: String(first?.['own_schema'] ?? ''),
    name: String(first?.['own_table'] ?? ''),
    indexes: [...byIndex].map(([name, keys]) => readIndex(name, keys)),
    foreignKeys: [],
    rowid: undefined,
    rows: count === null ? undefined : Number(count),
  };
}

function readIndex(name: string, rows: readonly EngineRow[]): EngineIndex {
  const [first = {}] = rows;
  const keys = rows.map((row): IndexKey => {
    const desc = row['COLLATION'] === 'D';
    const shared = { collation: null, opclass: null, desc, nulls_first: desc };
    const column = row['COLUMN_NAME'] ?? null;
    if (column === null) {
      const expression = bareExpression(String(row['EXPRESSION'] ?? '').replaceAll('`', ''));
      return { column: null, sql: expression, ...shared };
    }
    // A spatial index counts 32 bytes of each; nobody writes that.
    const part = row['SUB_PART'] ?? null;
    const key = part === null || first['INDEX_TYPE'] === 'SPATIAL' ? String(column) : `${column}(${part})`;
    return { column: key, sql: key, ...shared };
  });
  return {
    name,
    method: String(first['INDEX_TYPE'] ?? 'BTREE').toLowerCase(),
    unique: Number(first['NON_UNIQUE']) === 0,
    nullsNotDistinct: false,
    keys,
    include: [],
    predicate: undefined,
    constraint: name === 'PRIMARY' ? 'p' : undefined,
    hidden: first['IS_VISIBLE'] === 'NO' ? 'invisible' : first['IGNORED'] === 'YES' ? 'ignored' : undefined,
    collations: keys.map(() => null),
  };
}
