import { type Token, tokensOf } from './lexer.ts';
import type { Span } from './syntax.ts';
import { CriterionSyntaxError } from './syntax-error.ts';

/** A place among the tokens of a criterion. */
export interface Cursor {
  readonly source: string;
  /** The next token, or one further on; the end again and again after the last. */
  peek(ahead?: number): Token;
  take(): Token;
  /** The tokens on both sides of one. */
  neighbours(token: Token): { readonly before: Token | undefined; readonly after: Token };
  /** What was taken from there on. */
  span(from: Pick<Span, 'offset'>): Span;
}

export function cursorOf(source: string): Cursor {
  const tokens = tokensOf(source);
  const end: Token = { kind: 'end', text: '', offset: source.length, length: 0 };
  let next = 0;
  let taken = 0;
  const peek = (ahead = 0): Token => tokens[next + ahead] ?? end;
  return {
    source,
    peek,
    take() {
      const token = peek();
      next += 1;
      taken = token.offset + token.length;
      return token;
    },
    neighbours(token) {
      const index = tokens.findIndex(({ offset }) => offset === token.offset);
      return { before: tokens[index - 1], after: tokens[index + 1] ?? end };
    },
    span: ({ offset }) => ({ offset, length: Math.max(0, taken - offset) }),
  };
}

export const isSymbol = (token: Token, ...texts: readonly string[]): boolean =>
  token.kind === 'symbol' && texts.includes(token.text);

export const isWord = (token: Token, ...texts: readonly string[]): boolean => token.kind === 'word' && texts.includes(token.text);

export function fail(message: string, { offset, length }: Span): never {
  throw new CriterionSyntaxError(message, offset, Math.max(1, length));
}

/** From the start of one token to the end of another. */
export const spanning = (first: Span, last: Span): Span => ({
  offset: first.offset,
  length: last.offset + last.length - first.offset,
});
