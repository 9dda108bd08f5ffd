/** One statement of a text of SQL, without its semicolon. */
export interface SqlStatement {
  readonly sql: string;
  /** Of its first word; counts from 1. */
  readonly line: number;
}

/** A quoted text, identifier or comment, a dollar-quoted body, a semicolon, or anything else. */
const TOKEN =
  /\bE'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$([a-z_]\w*)?\$[\s\S]*?\$\1\$|;|[^'"\-/$;e]+|[\s\S]/giy;
const LEAD = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;

/** Splits SQL at its semicolons: those in quotes, comments and dollar-quoted bodies do not count. */
export function sqlStatements(text: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let from = 0;
  let line = 1;
  const add = (to: number): void => {
    const whole = text.slice(from, to);
    const lead = LEAD.exec(whole)?.[0] ?? '';
    const sql = whole.slice(lead.length).trimEnd();
    if (sql !== '') statements.push({ sql, line: line + newlines(lead) });
    line += newlines(whole);
  };
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    if (match[0] !== ';') continue;
    add(match.index);
    from = TOKEN.lastIndex;
  }
  add(text.length);
  return statements;
}

function newlines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
