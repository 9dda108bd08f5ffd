import { bareExpression } from '../index-columns.ts';
import type { IndexKey } from '../index-definition.ts';
import type { EngineCatalog, EngineIndex, EngineTable } from './engine-index.ts';
import { grouped } from './grouped.ts';
import type { EngineRow, EngineSession } from './session.ts';
import { firstList, sameName, unquoted } from './sql-tokens.ts';

/** All tables with their indexes' keys, foreign keys, and the column that is the row's own number, in one query. */
const CATALOG = `
SELECT 'table' AS kind, t.name AS "table", NULL AS name, 0 AS is_unique, NULL AS origin, 0 AS seq, NULL AS "column", 0 AS descending,
       NULL AS collation, sqlite_version() AS sql
FROM sqlite_master t WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
UNION ALL
SELECT 'key', t.name, l.name, l."unique", l.origin, x.seqno, x.name, x."desc", x.coll, s.sql
FROM sqlite_master t JOIN pragma_index_list(t.name) l JOIN pragma_index_xinfo(l.name) x
LEFT JOIN sqlite_master s ON s.type = 'index' AND s.name = l.name
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND x.key = 1
UNION ALL
SELECT 'foreign', t.name, f.id, 0, f."table", f.seq, f."from", 0, NULL, NULL
FROM sqlite_master t JOIN pragma_foreign_key_list(t.name) f
WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
UNION ALL
SELECT 'rowid', t.name, NULL, 0, NULL, 0, c.name, 0, NULL, NULL
FROM sqlite_master t JOIN pragma_table_info(t.name) c
WHERE t.type = 'table' AND c.pk = 1 AND upper(c.type) = 'INTEGER'
  AND NOT EXISTS (SELECT 1 FROM pragma_index_list(t.name) l WHERE l.origin = 'pk')
ORDER BY 1, 2, 3, 6`;

export async function readSqliteCatalog(session: EngineSession): Promise<EngineCatalog> {
  const rows = await session.query(CATALOG);
  const own = rows.filter(({ kind }) => kind === 'table');
  const byTable = grouped(rows, (row) => String(row['table']));
  // Nothing but the answer of an empty file has no row, and an empty file has no table to tell of.
  const version = String(own[0]?.['sql'] ?? '');
  const tables = own.map((row) => readTable(String(row['table']), byTable.get(String(row['table'])) ?? []));
  return { product: 'SQLite', version, tables, sameTable: sameName, schema: 'main' };
}

function readTable(name: string, rows: readonly EngineRow[]): EngineTable {
  const of = (kind: string) =>
    grouped(
      rows.filter((row) => row['kind'] === kind),
      (row) => String(row['name']),
    );
  const rowid = rows.find((row) => row['kind'] === 'rowid')?.['column'];
  return {
    schema: 'main',
    name,
    indexes: [...of('key')].map(([index, keys]) => readIndex(index, keys)),
    foreignKeys: [...of('foreign').values()].map((columns) => ({
      // They have names only in the text of CREATE TABLE.
      name: `${name}(${columns.map((row) => row['column']).join(', ')}) → ${columns[0]?.['origin']}`,
      columns: columns.map((row) => String(row['column'])),
    })),
    rowid: rowid === undefined || rowid === null ? undefined : String(rowid),
    rows: undefined,
  };
}

/** What is an expression, and which rows are covered, only the statement tells that made it. */
function readIndex(name: string, rows: readonly EngineRow[]): EngineIndex {
  const [first = {}] = rows;
  const statement = first['sql'] ?? null;
  const list = statement === null ? undefined : firstList(String(statement), 'sqlite');
  const where = /^where\s+([\s\S]*?)[\s;]*$/i.exec(list?.after ?? '')?.[1];
  const { origin } = first;
  const keys = rows.map((row, at): IndexKey => {
    const desc = Number(row['descending']) === 1;
    const written = list?.parts[at] ?? '';
    const collation = /\scollate\s+("[^"]+"|\w+)(?:\s+(?:asc|desc))?$/i.exec(written)?.[1];
    const shared = {
      collation: collation === undefined ? null : unquoted(collation).toLowerCase(),
      opclass: null,
      desc,
      nulls_first: desc,
    };
    const column = row['column'] ?? null;
    if (column !== null) return { column: String(column), sql: String(column), ...shared };
    const expression = written.replace(/\s+(?:asc|desc)$/i, '').replace(/\s+collate\s+(?:"[^"]+"|\w+)$/i, '');
    return { column: null, sql: bareExpression(expression), ...shared };
  });
  return {
    name,
    method: 'btree',
    unique: Number(first['is_unique']) === 1,
    nullsNotDistinct: false,
    keys,
    include: [],
    predicate: where === undefined ? undefined : bareExpression(where),
    constraint: origin === 'pk' ? 'p' : origin === 'u' ? 'u' : undefined,
    hidden: undefined,
    collations: rows.map((row) => (row['collation'] === null ? null : String(row['collation']).toLowerCase())),
  };
}
