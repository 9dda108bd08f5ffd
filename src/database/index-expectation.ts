import type { TableName } from './catalog.ts';
import type { IndexDefinition, IndexKey, OpenParts } from './index-definition.ts';
import { keySql, keyText } from './index-definition.ts';
import { quoted } from './sql-text.ts';

/** An index as it should be. */
export interface IndexExpectation extends TableName {
  readonly name: string;
  /** Its keys as SQL has them between the parentheses: `status`, `created_at desc`, `name text_pattern_ops`, `lower(email)`. */
  readonly columns: readonly string[];
  /** undefined: either will do. */
  readonly unique?: boolean;
  /** The predicate of a partial index; undefined: it must cover every row. */
  readonly where?: string;
  /** undefined: whatever it includes will do. */
  readonly include?: readonly string[];
  /** undefined: btree. */
  readonly method?: string;
  /** undefined: distinct where `unique` is asked for, else either will do. */
  readonly nullsNotDistinct?: boolean;
  /** What follows the table's name in a CREATE INDEX, instead of all the above but `unique`. */
  readonly definition?: string;
}

export function openParts({ unique, include, nullsNotDistinct, definition }: IndexExpectation): OpenParts {
  const whole = definition !== undefined;
  return {
    unique: !whole && unique === undefined,
    include: !whole && include === undefined,
    nullsNotDistinct: !whole && nullsNotDistinct === undefined && unique !== true,
  };
}

/**
 * The definition, where it can be known without asking the server: of columns by name, and of what is written exactly as the catalog
 * writes it (`like`). undefined: only the server can tell what it means.
 */
export function knownDefinition(expected: IndexExpectation, like: IndexDefinition | undefined): IndexDefinition | undefined {
  const { columns, unique, where, include = [], method = 'btree', nullsNotDistinct = false, definition } = expected;
  if (definition !== undefined) return undefined;
  if (where !== undefined && where !== like?.predicate) return undefined;
  const keys: IndexKey[] = [];
  for (const [at, written] of columns.entries()) {
    const key = columnKey(written, method) ?? asWritten(written, like?.keys[at]);
    if (key === undefined) return undefined;
    keys.push(key);
  }
  return { method, unique: unique ?? false, nullsNotDistinct, keys, include: include.map(bareName), predicate: where };
}

const COLUMN = /^([\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")( asc| desc)?( nulls first| nulls last)?$/iu;

/** A column by name, with its direction. A bare name is the column's name as it is, in its own case. */
function columnKey(written: string, method: string): IndexKey | undefined {
  const [, name, direction, nulls] = COLUMN.exec(oneLine(written)) ?? [];
  // What cannot be sorted has no direction, and the server says so.
  if (name === undefined || (method !== 'btree' && (direction ?? nulls) !== undefined)) return undefined;
  const column = bareName(name);
  const desc = direction?.toLowerCase() === ' desc';
  const nullsFirst = nulls === undefined ? desc : nulls.toLowerCase() === ' nulls first';
  return { column, sql: quoted(column), collation: null, opclass: null, desc, nulls_first: nullsFirst };
}

function asWritten(written: string, key: IndexKey | undefined): IndexKey | undefined {
  return key !== undefined && (written === keyText(key) || written === keySql(key)) ? key : undefined;
}

const oneLine = (written: string): string => written.trim().replace(/\s+/g, ' ');

export function bareName(written: string): string {
  const inside = /^"((?:[^"]|"")+)"$/.exec(written.trim())?.[1];
  return inside === undefined ? written.trim() : inside.replaceAll('""', '"');
}

/** A key as SQL: a bare name keeps its case. All else is the server's to read. */
export function elementSql(written: string, method = 'btree'): string {
  const key = columnKey(written, method);
  return key === undefined ? written : keySql(key);
}

/** What follows the table's name in the CREATE INDEX of an expectation, as the plan writes it. */
export function expectedSql(expected: IndexExpectation): string {
  const { columns, where, include = [], method, nullsNotDistinct, definition } = expected;
  if (definition !== undefined) return definition;
  return [
    method === undefined ? '' : `USING ${quoted(method)} `,
    `(${columns.map((column) => elementSql(column, method)).join(', ')})`,
    include.length === 0 ? '' : ` INCLUDE (${include.map((column) => quoted(bareName(column))).join(', ')})`,
    nullsNotDistinct === true ? ' NULLS NOT DISTINCT' : '',
    where === undefined ? '' : ` WHERE (${where})`,
  ].join('');
}

/** The expectation as the plan has it, in words. */
export function expectedText(expected: IndexExpectation): string {
  const { columns, unique, where, include = [], method = 'btree', nullsNotDistinct, definition } = expected;
  const head = unique === true ? 'unique ' : '';
  if (definition !== undefined) return `${head}${oneLine(definition)}`;
  const keys = columns.map((written) => {
    const key = columnKey(written, method);
    return key === undefined ? oneLine(written) : keyText(key);
  });
  return [
    head,
    method === 'btree' ? '' : `${method} `,
    `(${keys.join(', ')})`,
    include.length === 0 ? '' : ` include (${include.join(', ')})`,
    nullsNotDistinct === true ? ' nulls not distinct' : '',
    where === undefined ? '' : ` where ${oneLine(where)}`,
  ].join('');
}
