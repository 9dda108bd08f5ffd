import type { Span } from './syntax.ts';

/** A piece of a criterion. */
export interface Token extends Span {
  /**
   * `digits` starts with a digit: a number, a number with its unit, or a revision. `name` stood in backticks. `unknown` means nothing here,
   * and `open` is a text without its closing quote.
   */
  readonly kind: 'digits' | 'word' | 'name' | 'string' | 'pattern' | 'symbol' | 'unknown' | 'open' | 'end';
  /** As written; of a string, a name or a pattern what is between its marks. */
  readonly text: string;
  /** What stands behind the closing mark of a pattern. */
  readonly flags?: string;
}

/** How numbers and words are written. */
interface Spelling {
  readonly digits: RegExp;
  readonly word: RegExp;
}

/** Made for each text, as few are of this kind: only to make these takes a millisecond of each start. */
const spelling = (): Spelling => ({
  digits: /\d+(?:\.\d+)?[eE][+-]\d+(?![\w.])|\d[\p{L}\p{N}_.]*%?/uy,
  word: /[\p{L}_][\p{L}\p{M}\p{N}_]*(?:\.[\p{L}\p{N}_][\p{L}\p{M}\p{N}_]*|\[\d+\])*/uy,
});

/** The same for criteria in ASCII, as most are. */
const PLAIN_SPELLING: Spelling = {
  digits: /\d+(?:\.\d+)?[eE][+-]\d+(?![\w.])|\d[\w.]*%?/y,
  word: /[A-Za-z_]\w*(?:\.\w+|\[\d+\])*/y,
};
const PLAIN = /^[\t\n\r -~]*$/;

const SPACE = /[\s\uFEFF]+/y;
const SYMBOL = /===|!==|<=|>=|=<|=>|==|!=|=~|!~|<>|&&|\|\||\*\*|[<>=!+\-*/(),[\]%≤≥≠×÷−~;.&|]/y;
const PATTERN = /\/((?:[^/\\\n]|\\.)+)\/([a-zA-Z]*)/y;

/** The same operators as people paste them from documents. */
const ALIKE: Readonly<Record<string, string>> = { '≤': '<=', '≥': '>=', '≠': '!=', '<>': '!=', '×': '*', '÷': '/', '−': '-' };

/** All tokens of a criterion; the last is its end. Never throws. */
export function tokensOf(source: string): readonly Token[] {
  const written = PLAIN.test(source) ? PLAIN_SPELLING : spelling();
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(SPACE, source, at)?.[0].length ?? 0;
    const token = tokenAt(source, at, tokens.at(-1), written);
    tokens.push(token);
    if (token.kind === 'end') return tokens;
    at += token.length;
  }
}

function tokenAt(source: string, offset: number, before: Token | undefined, { digits, word }: Spelling): Token {
  const first = source[offset];
  if (first === undefined) return { kind: 'end', text: '', offset, length: 0 };
  if (first === '"' || first === "'" || first === '`') return quoted(source, offset, first);
  if (first === '/' && before?.kind === 'word' && before.text === 'matches') {
    const [whole = '', text = '', flags = ''] = match(PATTERN, source, offset) ?? [];
    if (whole !== '') return { kind: 'pattern', text, flags, offset, length: whole.length };
  }
  const number = match(digits, source, offset)?.[0];
  if (number !== undefined) {
    // The dot that ends a sentence is not part of the number.
    const text = number.replace(/\.+$/, '');
    return { kind: 'digits', text, offset, length: text.length };
  }
  const name = match(word, source, offset)?.[0];
  if (name !== undefined) return { kind: 'word', text: name, offset, length: name.length };
  const symbol = match(SYMBOL, source, offset)?.[0];
  if (symbol !== undefined) return { kind: 'symbol', text: ALIKE[symbol] ?? symbol, offset, length: symbol.length };
  const text = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  return { kind: 'unknown', text, offset, length: text.length };
}

function match(pattern: RegExp, source: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from;
  return pattern.exec(source);
}

function quoted(source: string, offset: number, quote: string): Token {
  const kind = quote === '`' ? 'name' : 'string';
  let text = '';
  for (let at = offset + 1; at < source.length; at += 1) {
    const character = source[at];
    if (character === quote) return { kind, text, offset, length: at + 1 - offset };
    if (character === '\\' && kind === 'string' && (source[at + 1] === quote || source[at + 1] === '\\')) at += 1;
    text += source[at];
  }
  return { kind: 'open', text: quote, offset, length: source.length - offset };
}
