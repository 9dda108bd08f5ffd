export interface SqlStatement {
  readonly text: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** Without comments, and with quoted parts emptied: to look for words in. */
  readonly bare: string;
}

/** What is taken as a whole: comments, dollar quotes, strings and quoted names; then words, and signs by themselves. */
const TOKEN =
  /--[^\n]*|\/\*|\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$|\b[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|'(?:[^']|'')*'?|"(?:[^"]|"")*"?|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|[\s\S]/giy;

/**
 * The statements of a SQL file, split where psql splits them: at semicolons outside of quotes, comments, parentheses, and the
 * `BEGIN ATOMIC … END` of a function. Source: psql's psqlscan.l.
 */
export function sqlStatements(sql: string): readonly SqlStatement[] {
  const statements: SqlStatement[] = [];
  let start = 0;
  let bare = '';
  let parentheses = 0;
  let blocks = 0;
  const words: string[] = [];
  const close = (end: number): void => {
    const text = sql.slice(start, end);
    if (bare.trim() !== '') {
      const leading = text.length - text.trimStart().length;
      statements.push({ text: text.trim(), line: lineAt(sql, start + leading), bare: bare.trim() });
    }
    bare = '';
    parentheses = 0;
    blocks = 0;
    words.length = 0;
  };
  const scan = new RegExp(TOKEN);
  for (let found = scan.exec(sql); found !== null; found = scan.exec(sql)) {
    const [token] = found;
    if (token.startsWith('--')) bare += ' ';
    else if (token === '/*') {
      scan.lastIndex = endOfComment(sql, found.index);
      bare += ' ';
    } else if (/^\$.*\$$/s.test(token) && token.length >= 2) {
      const end = sql.indexOf(token, scan.lastIndex);
      scan.lastIndex = end === -1 ? sql.length : end + token.length;
      bare += '$$';
    } else if (/^[eE]?'/.test(token)) bare += "''";
    else if (token.startsWith('"')) bare += '""';
    else if (token === ';' && parentheses === 0 && blocks === 0) {
      close(found.index);
      start = scan.lastIndex;
    } else {
      bare += token;
      if (token === '(') parentheses += 1;
      if (token === ')') parentheses = Math.max(0, parentheses - 1);
      if (/^[a-z_]/i.test(token)) {
        const word = token.toLowerCase();
        if (words.length < 4) words.push(word);
        if (isRoutine(words)) {
          if (word === 'begin' || (word === 'case' && blocks > 0)) blocks += 1;
          if (word === 'end' && blocks > 0) blocks -= 1;
        }
      }
    }
  }
  close(sql.length);
  return statements;
}

/** `CREATE [OR REPLACE] {FUNCTION | PROCEDURE}` */
function isRoutine(words: readonly string[]): boolean {
  const rest = words[1] === 'or' && words[2] === 'replace' ? words[3] : words[1];
  return words[0] === 'create' && (rest === 'function' || rest === 'procedure');
}

/** Comments in C's style nest in PostgreSQL. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  for (let mark = marks.exec(sql); mark !== null; mark = marks.exec(sql)) {
    depth += mark[0] === '/*' ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return sql.length;
}

function lineAt(sql: string, index: number): number {
  let line = 1;
  for (let at = sql.indexOf('\n'); at !== -1 && at < index; at = sql.indexOf('\n', at + 1)) line += 1;
  return line;
}
