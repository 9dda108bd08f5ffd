import { tokensOf, unquoted } from './sql-tokens.ts';

/** A table where a query reads it. */
export interface TableReference {
  readonly table: string;
  /** What the plan calls it: its alias where it has one. */
  readonly alias: string;
  /** Where a hint on its indexes has to stand. */
  readonly end: number;
}

const STARTS = new Set(['from', 'join', 'update', 'straight_join']);
const ENDS = new Set([
  'where',
  'group',
  'order',
  'having',
  'limit',
  'set',
  'union',
  'except',
  'intersect',
  'select',
  'window',
  'returning',
]);
/** What may follow a table and is no alias of it. */
const FOLLOWS = new Set(
  (
    'where group order having limit set union except intersect join left right inner cross natural full outer straight_join on using for ' +
    'force use ignore indexed not window partition lock into returning offset fetch values default select'
  ).split(' '),
);
const NAME = /^(?:[\p{L}_]|["`[])/u;

/**
 * The tables that a query names after FROM, JOIN and UPDATE, without those inside views. It only looks for a place: the engine reads the
 * query with its hint again, and refuses what is not SQL.
 */
export function tableReferences(sql: string, engine: 'mysql' | 'sqlite'): readonly TableReference[] {
  const tokens = tokensOf(sql, engine);
  const word = (at: number): string => tokens[at]?.text.toLowerCase() ?? '';
  const references: TableReference[] = [];
  // Whether a comma at this depth of parentheses parts tables.
  const inTables = [false];
  for (let at = 0; at < tokens.length; at += 1) {
    const text = word(at);
    if (text === '(') {
      // FROM (a, b): what parts tables outside does so inside.
      inTables.push(expectsTable(at));
      if (!expectsTable(at) || word(at + 1) === 'select' || word(at + 1) === 'with') continue;
    } else if (text === ')') inTables.pop();
    else if (ENDS.has(text)) inTables[inTables.length - 1] = false;
    if (STARTS.has(text)) inTables[inTables.length - 1] = true;
    if (!expectsTable(at + 1)) continue;
    const reference = readReference(at + 1);
    if (reference !== undefined) references.push(reference);
  }
  return references;

  function expectsTable(at: number): boolean {
    const before = word(at - 1);
    return STARTS.has(before) || ((before === ',' || before === '(') && inTables.at(-1) === true);
  }

  function readReference(from: number): TableReference | undefined {
    let last = from;
    const first = tokens[from];
    if (first === undefined || !NAME.test(first.text) || FOLLOWS.has(first.text.toLowerCase())) return undefined;
    if (word(from + 1) === '.') last = from + 2;
    const name = tokens[last];
    // A function that gives rows.
    if (name === undefined || word(last + 1) === '(') return undefined;
    const table = unquoted(name.text);
    const aliasAt = word(last + 1) === 'as' ? last + 2 : last + 1;
    const alias = tokens[aliasAt];
    const hasAlias = alias !== undefined && NAME.test(alias.text) && !FOLLOWS.has(alias.text.toLowerCase());
    const end = hasAlias ? alias : name;
    return { table, alias: hasAlias ? unquoted(alias.text) : table, end: end.at + end.text.length };
  }
}

/** The query with a hint behind one of its tables. */
export function withHint(sql: string, { end }: TableReference, hint: string): string {
  return `${sql.slice(0, end)} ${hint}${sql.slice(end)}`;
}
