import type { Span } from './syntax.ts';
import { CriterionSyntaxError } from './syntax-error.ts';

/** A piece of a criterion. `digits` starts with a digit: a number, a number with its unit, or a revision. */
export interface Token extends Span {
  readonly kind: 'digits' | 'word' | 'name' | 'string' | 'symbol' | 'end';
  /** As written; of a string or a quoted name what is between the quotes. */
  readonly text: string;
}

const PATTERNS = {
  space: /\s+/y,
  digits: /\d+(?:\.\d+)?[eE][+-]\d+(?![\w.])|\d[\p{L}\p{N}_.]*%?/uy,
  word: /\p{L}[\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+|\[\d+\])*|_[\p{L}\p{N}_]*(?:\.[\p{L}\p{N}_]+|\[\d+\])*/uy,
  symbol: /<=|>=|==|!=|&&|\|\||<>|[<>=!+\-*/(),[\]%≤≥≠×÷−]/y,
} as const;

/** The same operators as people paste them from documents. */
const ALIKE: Readonly<Record<string, string>> = { '≤': '<=', '≥': '>=', '≠': '!=', '<>': '!=', '×': '*', '÷': '/', '−': '-' };

/** Reads the token at an offset; white space before it is passed over. */
export function tokenAt(source: string, from: number): Token {
  const offset = from + (run(PATTERNS.space, source, from)?.length ?? 0);
  const token = (kind: Token['kind'], length: number, text = source.slice(offset, offset + length)): Token => ({
    kind,
    text,
    offset,
    length,
  });
  const first = source[offset];
  if (first === undefined) return token('end', 0);
  if (first === '"' || first === "'") return quoted(source, offset, first, 'string');
  if (first === '`') return quoted(source, offset, first, 'name');
  const digits = run(PATTERNS.digits, source, offset);
  if (digits !== undefined) {
    // The dot that ends a sentence is not part of the number.
    const trimmed = digits.replace(/\.+$/, '');
    return token('digits', trimmed.length);
  }
  const word = run(PATTERNS.word, source, offset);
  if (word !== undefined) return token('word', word.length);
  const symbol = run(PATTERNS.symbol, source, offset);
  if (symbol !== undefined) return token('symbol', symbol.length, ALIKE[symbol] ?? symbol);
  const character = String.fromCodePoint(source.codePointAt(offset) ?? 0);
  throw new CriterionSyntaxError(`Found \`${character}\`, which means nothing in a criterion.`, offset, character.length);
}

function run(pattern: RegExp, source: string, from: number): string | undefined {
  pattern.lastIndex = from;
  return pattern.exec(source)?.[0];
}

function quoted(source: string, offset: number, quote: string, kind: 'string' | 'name'): Token {
  let text = '';
  for (let at = offset + 1; at < source.length; at += 1) {
    const character = source[at];
    if (character === quote) return { kind, text, offset, length: at + 1 - offset };
    if (character === '\\' && kind === 'string' && (source[at + 1] === quote || source[at + 1] === '\\')) at += 1;
    text += source[at];
  }
  throw new CriterionSyntaxError(`The text that starts here has no closing ${quote}.`, offset, source.length - offset);
}

/** Reads `/pattern/i` at an offset; undefined when there is none. */
export function patternAt(
  source: string,
  from: number,
): { pattern: string; flags: string; end: number; offset: number } | undefined {
  const offset = from + (run(PATTERNS.space, source, from)?.length ?? 0);
  const found = run(/\/(?:[^/\\\n]|\\.)+\/[a-z]*/y, source, offset);
  if (found === undefined) return undefined;
  const last = found.lastIndexOf('/');
  return { pattern: found.slice(1, last), flags: found.slice(last + 1), offset, end: offset + found.length };
}
