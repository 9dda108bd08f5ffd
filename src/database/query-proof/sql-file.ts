/** A statement of an SQL file, with what the comments before it or in it say. */
export interface FileStatement {
  readonly sql: string;
  /** From `-- uses: a, b`. */
  readonly uses: readonly string[];
  /** Where it begins; counts from 1. */
  readonly line: number;
}

/** One step through a file: a comment, something in quotes, a semicolon, or any other character. */
const TOKEN = /--[^\n]*|\/\*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?:[A-Za-z_]\w*)?\$|;|[eE]'(?:[^'\\]|''|\\.)*'|[\w$]+|[\s\S]/gy;

/** Splits at the semicolons that are in no quotes and no comment. */
export function statementsIn(file: string): readonly FileStatement[] {
  const statements: FileStatement[] = [];
  let uses: string[] = [];
  let sql = '';
  let start = 0;
  const end = (): void => {
    const text = sql.trim();
    if (text !== '') statements.push({ sql: text, uses, line: file.slice(0, start).split('\n').length });
    if (text !== '') uses = [];
    sql = '';
  };
  for (let at = 0; at < file.length; ) {
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(file)?.[0] ?? file.charAt(at);
    const whole = token.startsWith('/*') ? comment(file, at) : /^\$\w*\$$/.test(token) ? dollarQuoted(file, at, token) : token;
    if (token === ';') end();
    else if (token.startsWith('--')) uses.push(...usesOf(token));
    else if (token !== '/*') {
      if (sql === '' && whole.trim() !== '') start = at;
      if (sql !== '' || whole.trim() !== '') sql += whole;
    } else sql += sql === '' ? '' : ' ';
    at += whole.length;
  }
  end();
  return statements;
}

function usesOf(comment: string): readonly string[] {
  const named = /^--\s*uses:\s*(.+?)\s*$/i.exec(comment)?.[1];
  return named === undefined ? [] : named.split(/\s*,\s*/).filter((name) => name !== '');
}

/** Block comments may stand in one another. */
function comment(file: string, from: number): string {
  let depth = 0;
  for (let at = from; at < file.length; at += 1) {
    const pair = file.slice(at, at + 2);
    if (pair === '/*') depth += 1;
    else if (pair === '*/') depth -= 1;
    else continue;
    at += 1;
    if (depth === 0) return file.slice(from, at + 1);
  }
  return file.slice(from);
}

function dollarQuoted(file: string, from: number, tag: string): string {
  const close = file.indexOf(tag, from + tag.length);
  return close < 0 ? file.slice(from) : file.slice(from, close + tag.length);
}
