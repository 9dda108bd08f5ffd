import { quoted } from './sql-text.ts';

/** One key of an index, as the catalog has it. */
export interface IndexKey {
  /** null for an expression. */
  readonly column: string | null;
  /** The column, quoted where it must be, or the expression as the server writes it. */
  readonly sql: string;
  /** null when it is the column's own. */
  readonly collation: string | null;
  /** With its parameters; null for the type's default without parameters. */
  readonly opclass: string | null;
  readonly desc: boolean;
  readonly nulls_first: boolean;
}

/** What an index is, beside its name and state. */
export interface IndexDefinition {
  readonly method: string;
  readonly unique: boolean;
  readonly nullsNotDistinct: boolean;
  readonly keys: readonly IndexKey[];
  /** Columns that are carried along and not looked up by. */
  readonly include: readonly string[];
  readonly predicate: string | undefined;
}

/** What a plan leaves open: then either is good. */
export interface OpenParts {
  readonly unique: boolean;
  readonly nullsNotDistinct: boolean;
  readonly include: boolean;
}

export type Difference =
  | 'method'
  | 'columns'
  | 'order'
  | 'opclass'
  | 'collation'
  | 'direction'
  | 'unique'
  | 'nulls'
  | 'include'
  | 'predicate';

/** The first thing in which an index is not as expected, in the order in which one would mend it. */
export function differenceOf(expected: IndexDefinition, found: IndexDefinition, open: OpenParts): Difference | undefined {
  if (expected.method !== found.method) return 'method';
  const wanted = expected.keys.map(keyName);
  const has = found.keys.map(keyName);
  if (wanted.length === 0 || !same(wanted, has)) return same([...wanted].sort(), [...has].sort()) ? 'order' : 'columns';
  const differs = (part: (key: IndexKey) => unknown): boolean =>
    expected.keys.some((key, at) => {
      const other = found.keys[at];
      return other === undefined || part(key) !== part(other);
    });
  if (differs(({ opclass }) => opclass)) return 'opclass';
  if (differs(({ collation }) => collation)) return 'collation';
  if (differs(({ desc, nulls_first }) => `${desc} ${nulls_first}`)) return 'direction';
  if (!open.unique && expected.unique !== found.unique) return 'unique';
  if (!open.nullsNotDistinct && expected.nullsNotDistinct !== found.nullsNotDistinct) return 'nulls';
  if (!open.include && !same([...expected.include].sort(), [...found.include].sort())) return 'include';
  return expected.predicate === found.predicate ? undefined : 'predicate';
}

export function keyName({ column, sql }: IndexKey): string {
  return column === null ? `expression ${sql}` : `column ${column}`;
}

export function same(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((each, at) => each === right[at]);
}

/** A key in words, and in a form that a plan may have: `status`, `created_at desc`, `name text_pattern_ops`. Defaults are left out. */
export function keyText({ sql, collation, opclass, desc, nulls_first }: IndexKey): string {
  const nulls = desc === nulls_first ? '' : ` nulls ${nulls_first ? 'first' : 'last'}`;
  const collate = collation === null ? '' : ` collate ${collation}`;
  return `${sql}${collate}${opclass === null ? '' : ` ${opclass}`}${desc ? ' desc' : ''}${nulls}`;
}

/** The same for SQL: an expression stands in parentheses. */
export function keySql(key: IndexKey): string {
  return keyText(key.column === null ? { ...key, sql: `(${key.sql})` } : key);
}

/** The whole in words: `unique (status, created_at desc) where active`. */
export function definitionText({ method, unique, nullsNotDistinct, keys, include, predicate }: IndexDefinition): string {
  return [
    unique ? 'unique ' : '',
    method === 'btree' ? '' : `${method} `,
    `(${keys.map(keyText).join(', ')})`,
    include.length === 0 ? '' : ` include (${include.map(quoted).join(', ')})`,
    nullsNotDistinct ? ' nulls not distinct' : '',
    predicate === undefined ? '' : ` where ${predicate}`,
  ].join('');
}

/** All that follows the table in a CREATE INDEX. */
export function definitionSql({ method, nullsNotDistinct, keys, include, predicate }: IndexDefinition): string {
  return [
    method === 'btree' ? '' : `USING ${method} `,
    `(${keys.map(keySql).join(', ')})`,
    include.length === 0 ? '' : ` INCLUDE (${include.map(quoted).join(', ')})`,
    nullsNotDistinct ? ' NULLS NOT DISTINCT' : '',
    predicate === undefined ? '' : ` WHERE ${predicate}`,
  ].join('');
}
