/** One piece of SQL, and where it begins. Spaces and comments are left out. */
export interface Token {
  readonly text: string;
  readonly at: number;
}

// MySQL knows # comments and backslashes in texts, SQLite names in brackets.
const SKIPPED = String.raw`\s+|--[^\n]*|/\*[\s\S]*?\*/`;
const NAMES = '`(?:[^`]|``)*`';
const WORDS = String.raw`[\p{L}_][\p{L}\p{N}_$]*|\$\d+|\d+(?:\.\d+)?|\?\d*`;
const TOKENS = {
  mysql: new RegExp(
    String.raw`(${SKIPPED}|#[^\n]*)|'(?:[^'\\]|''|\\[\s\S])*'|"(?:[^"\\]|""|\\[\s\S])*"|${NAMES}|${WORDS}|[\s\S]`,
    'gu',
  ),
  sqlite: new RegExp(String.raw`(${SKIPPED})|'(?:[^']|'')*'|"(?:[^"]|"")*"|\[[^\]]*\]|${NAMES}|${WORDS}|[\s\S]`, 'gu'),
} as const;

export function tokensOf(sql: string, engine: 'mysql' | 'sqlite'): readonly Token[] {
  return [...sql.matchAll(TOKENS[engine])].flatMap((match) =>
    match[1] === undefined ? [{ text: match[0], at: match.index }] : [],
  );
}

/** A name without its quotes. */
export function unquoted(name: string): string {
  const [first, last] = [name.charAt(0), name.slice(1, -1)];
  if (first === '`') return last.replaceAll('``', '`');
  if (first === '"') return last.replaceAll('""', '"');
  return first === '[' ? last : name;
}

/** All names but those of MySQL tables are the same in any case, here as there. */
export const sameName = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

/** What stands in the first parentheses, split at its commas, and all that follows them. */
export function firstList(
  sql: string,
  engine: 'mysql' | 'sqlite',
): { readonly before: string; readonly parts: readonly string[]; readonly after: string } | undefined {
  let depth = 0;
  let start = 0;
  let head = 0;
  const parts: string[] = [];
  for (const { text, at } of tokensOf(sql, engine)) {
    if (text === '(') {
      depth += 1;
      if (depth === 1) [start, head] = [at + 1, at];
    } else if (text === ',' && depth === 1) {
      parts.push(sql.slice(start, at).trim());
      start = at + 1;
    } else if (text === ')') {
      depth -= 1;
      if (depth > 0) continue;
      return { before: sql.slice(0, head), parts: [...parts, sql.slice(start, at).trim()], after: sql.slice(at + 1).trim() };
    }
  }
  return undefined;
}
