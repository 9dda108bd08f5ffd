import { bareExpression } from '../index-columns.ts';
import type { IndexDefinition, IndexKey } from '../index-definition.ts';
import type { IndexExpectation } from '../index-expectation.ts';
import type { Product } from './session.ts';
import { firstList, unquoted } from './sql-tokens.ts';

/** What a plan expects, as far as this engine can have it. */
export type ReadExpectation =
  | {
      readonly kind: 'read';
      readonly definition: IndexDefinition;
      /** Whether a part of it can only be compared as text. */
      readonly asText: boolean;
    }
  /** The engine has no such thing, or nothing there tells it. `why` says what to write. */
  | { readonly kind: 'refused'; readonly why: string };

class Refused extends Error {}

/** Reads the same plan syntax as PostgreSQL's, with `name(10)` for the beginning of a column. */
export function readExpectation(expected: IndexExpectation, product: Product): ReadExpectation {
  try {
    return { kind: 'read', ...read(asWritten(expected, product), product) };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', why: error.message };
    throw error;
  }
}

interface Written {
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly where: string | undefined;
  readonly method: string | undefined;
}

/** A CREATE INDEX taken apart; the plan's reader has cut off its head. */
function asWritten(expected: IndexExpectation, product: Product): Written {
  const { columns, unique, where, include, method, nullsNotDistinct, definition } = expected;
  if (include !== undefined && include.length > 0) {
    throw new Refused(`${product} has no INCLUDE: take \`include\` out, or add the columns as the last keys`);
  }
  if (nullsNotDistinct === true) {
    throw new Refused(`${product} has no NULLS NOT DISTINCT, its unique indexes take any number of nulls: take it out`);
  }
  if (definition === undefined) return { columns, unique: unique ?? false, where, method };
  const list = firstList(definition, product === 'SQLite' ? 'sqlite' : 'mysql');
  const using = /^\s*using\s+(\w+)\s*$/i.exec(list?.before ?? '')?.[1];
  const [, usingAfter, whereAfter, rest] =
    /^(?:using\s+(\w+)\s*)?(?:where\s+([\s\S]+?)\s*)?(?:$|((?:include|nulls|with|tablespace|comment|visible|invisible|ignored|algorithm|lock)\b[\s\S]*)$)/i.exec(
      list?.after ?? '',
    ) ?? [];
  if (list === undefined || (list.after !== '' && (usingAfter ?? whereAfter) === undefined) || rest !== undefined) {
    throw new Refused(
      `of a statement, the list of keys, USING and WHERE can be compared on ${product}: write \`columns\` instead, with what else is meant`,
    );
  }
  return { columns: list.parts, unique: unique ?? false, where: whereAfter, method: using ?? usingAfter };
}

const METHODS: Readonly<Record<'mysql' | 'sqlite', readonly string[]>> = {
  mysql: ['btree', 'hash', 'fulltext', 'spatial'],
  sqlite: ['btree'],
};

function read(written: Written, product: Product): { readonly definition: IndexDefinition; readonly asText: boolean } {
  const method = (written.method ?? 'btree').toLowerCase();
  const methods = METHODS[product === 'SQLite' ? 'sqlite' : 'mysql'];
  if (!methods.includes(method)) {
    throw new Refused(`${product} has no index method ${method}: expected ${methods.join(', ')}`);
  }
  if (written.where !== undefined && product !== 'SQLite') {
    throw new Refused(
      `${product} has no partial indexes: take \`where\` out, or index a generated column that is null for all other rows`,
    );
  }
  const keys = written.columns.map((column) => readKey(column, product));
  const definition: IndexDefinition = {
    method,
    unique: written.unique,
    nullsNotDistinct: false,
    keys,
    include: [],
    predicate: written.where === undefined ? undefined : bareExpression(written.where),
  };
  return { definition, asText: written.where !== undefined || keys.some(({ column }) => column === null) };
}

const NAME = '[\\p{L}_][\\p{L}\\p{N}_$]*|"(?:[^"]|"")+"|`(?:[^`]|``)+`';
const COLUMN = new RegExp(`^(${NAME})(?:\\s*\\(\\s*(\\d+)\\s*\\))?$`, 'u');
const TWO_WORDS = new RegExp(`^(?:${NAME})\\s+([\\w.]+)$`, 'u');

function readKey(written: string, product: Product): IndexKey {
  const words = written.trim();
  if (/\snulls\s+(?:first|last)$/i.test(words)) {
    throw new Refused(`${product} knows no order of nulls: nulls are always the lowest value. Take it out of ${words}`);
  }
  const direction = /\s(asc|desc)$/i.exec(words);
  const desc = direction?.[1]?.toLowerCase() === 'desc';
  const undirected = direction ? words.slice(0, direction.index).trim() : words;
  const collate = /\s+collate\s+("[^"]+"|[\w.]+)$/i.exec(undirected);
  const bare = collate ? undirected.slice(0, collate.index).trim() : undirected;
  if (collate && product !== 'SQLite') {
    throw new Refused(`an index of ${product} has the collation of its column and no other: take it out of ${words}`);
  }
  const collation = collate ? unquoted(collate[1] ?? '').toLowerCase() : null;
  const shared = { collation, opclass: null, desc, nulls_first: desc };
  const [, name, part] = COLUMN.exec(bare) ?? [];
  if (name !== undefined) {
    if (part !== undefined && product === 'SQLite') {
      throw new Refused(
        `SQLite has no indexes on the beginning of a column: expected an expression such as substr(${name}, 1, ${part})`,
      );
    }
    const column = part === undefined ? unquoted(name) : `${unquoted(name)}(${part})`;
    return { column, sql: column, ...shared };
  }
  const opclass = TWO_WORDS.exec(bare)?.[1];
  if (opclass !== undefined) throw new Refused(`${product} has no operator classes: take ${opclass} out of ${words}`);
  if (product === 'MariaDB') {
    throw new Refused(`MariaDB has no indexes on expressions: index a generated column in place of ${words}`);
  }
  return { column: null, sql: bareExpression(bare.replaceAll('`', '')), ...shared };
}

/** Both with names in one case, and the collation of a key only where the plan asks for one. */
export function comparable(
  expected: IndexDefinition,
  found: IndexDefinition & { readonly collations: readonly (string | null)[] },
): { readonly expected: IndexDefinition; readonly found: IndexDefinition } {
  const lower = (keys: readonly IndexKey[]): readonly IndexKey[] =>
    keys.map((key) => (key.column === null ? key : { ...key, column: key.column.toLowerCase() }));
  const foundKeys = found.keys.map((key, at): IndexKey => {
    const asked = expected.keys[at]?.collation ?? null;
    const has = found.collations[at] ?? null;
    return asked !== null && has !== null ? { ...key, collation: has } : key;
  });
  // A fulltext or spatial index is in no order.
  const unordered = (keys: readonly IndexKey[]): readonly IndexKey[] =>
    found.method === 'btree' ? keys : keys.map((key) => ({ ...key, desc: false, nulls_first: false }));
  return {
    expected: { ...expected, keys: unordered(lower(expected.keys)) },
    found: { ...found, keys: unordered(lower(foundKeys)) },
  };
}
