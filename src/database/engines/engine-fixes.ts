import type { IndexDefinition, IndexKey } from '../index-definition.ts';
import type { EngineIndex, EngineTable } from './engine-index.ts';
import type { Product } from './session.ts';

/** SQL that mends a finding, in the engine's own words. */
export interface Fixes {
  create(name: string, table: TableOf, definition: IndexDefinition): string;
  drop(index: EngineIndex, table: TableOf): string;
  show(index: EngineIndex, table: TableOf): string;
}

type TableOf = Pick<EngineTable, 'name'> & { readonly schema?: string | undefined };

export function fixesFor(product: Product, ownSchema: string): Fixes {
  const quote = product === 'SQLite' ? inDoubleQuotes : inBackticks;
  const tableName = ({ schema, name }: TableOf): string =>
    schema === undefined || schema === ownSchema ? quote(name) : `${quote(schema)}.${quote(name)}`;
  const keySql = ({ column, sql, collation, desc }: IndexKey): string => {
    const [, name = sql, part = ''] = column === null ? [] : (/^(.*?)(\(\d+\))?$/s.exec(column) ?? []);
    const key = column === null ? `(${sql})` : `${quote(name)}${part}`;
    return `${key}${collation === null ? '' : ` COLLATE ${collation}`}${desc ? ' DESC' : ''}`;
  };
  return {
    create(name, table, { unique, method, keys, predicate }) {
      const special = method === 'fulltext' || method === 'spatial';
      const kind = special ? ` ${method.toUpperCase()}` : unique ? ' UNIQUE' : '';
      const using = method === 'hash' ? ' USING HASH' : '';
      const head = `CREATE${kind} INDEX ${quote(name)}${using} ON ${tableName(table)} (${keys.map(keySql).join(', ')})`;
      if (product === 'SQLite') return `${head}${predicate === undefined ? '' : ` WHERE ${predicate}`};`;
      // With these, a build that would block writes fails instead.
      return `${head}${method === 'btree' ? ' ALGORITHM=INPLACE LOCK=NONE' : ''};`;
    },
    drop(index, table) {
      if (product !== 'SQLite') {
        if (index.constraint === 'p') return `ALTER TABLE ${tableName(table)} DROP PRIMARY KEY;`;
        return `DROP INDEX ${quote(index.name)} ON ${tableName(table)};`;
      }
      if (index.constraint === undefined) return `DROP INDEX ${quote(index.name)};`;
      return `-- ${index.name} is a constraint of ${table.name}: SQLite drops it only with the table. Make the table anew without it.`;
    },
    show: (index, table) =>
      `ALTER TABLE ${tableName(table)} ALTER INDEX ${quote(index.name)} ${index.hidden === 'ignored' ? 'NOT IGNORED' : 'VISIBLE'};`,
  };
}

const PLAIN = /^[A-Za-z_]\w*$/;
const inBackticks = (name: string): string => `\`${name.replaceAll('`', '``')}\``;
/** SQLite has few reserved words, and quotes harm none. */
const inDoubleQuotes = (name: string): string =>
  PLAIN.test(name) && !RESERVED.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
const RESERVED =
  /^(?:add|all|alter|and|as|between|by|case|check|collate|commit|constraint|create|default|delete|desc|asc|distinct|drop|else|escape|except|exists|foreign|from|group|having|in|index|insert|intersect|into|is|isnull|join|key|limit|not|notnull|null|on|or|order|primary|references|select|set|table|then|to|transaction|union|unique|update|using|values|when|where|with)$/i;
