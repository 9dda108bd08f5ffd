import { type Cursor, fail, isSymbol, isWord } from './cursor.ts';
import { KEYWORDS } from './keywords.ts';
import type { Token } from './lexer.ts';
import { numberSlip, unknownUnit } from './slips.ts';
import type { QuantityLiteral, TextLiteral } from './syntax.ts';
import { isMultiplier, isNoun, parseQuantity, rateOf, simpleUnit } from './units.ts';

/**
 * What starts with a digit: `500ms`, `5 MB`, `10K req/s`, `1 per minute`; or a text without quotes, such as a revision or a version. The token has
 * been taken.
 */
export function literalFrom(token: Token, cursor: Cursor, inList = false): QuantityLiteral | TextLiteral {
  const slip = numberSlip(token, cursor, inList);
  if (slip) return fail(slip.message, slip);
  const [, raw = '', attached = ''] = /^(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(.*)$/su.exec(token.text) ?? [];
  if (attached === '' && isTooLong(raw)) return textOf(token);
  const unit = attached === '' ? separateUnit(cursor) : attachedUnit(attached, cursor);
  if (unit === undefined) return isBareText(token.text) ? textOf(token) : unknownUnit(raw, attached, token, cursor);
  const quantity = parseQuantity(`${raw} ${unit}`);
  if (quantity === undefined) return fail(`\`${raw}\` is too large a number.`, token);
  const { amount, dimension } = quantity;
  return { kind: 'quantity', amount, dimension, raw, bare: unit === '', ...cursor.span(token) };
}

const textOf = ({ text, offset, length }: Token): TextLiteral => ({ kind: 'text', text, quoted: false, offset, length });

/** A number holds 15 digits for certain. A revision of more is a text, so that its last digits count too. */
const isTooLong = (raw: string): boolean => /^\d+$/.test(raw) && !Number.isSafeInteger(Number(raw));

/** A commit or revision in hexadecimal, a migration such as `20251124_1151_add_index`, a version such as `1.28.3`. */
function isBareText(text: string): boolean {
  if (/^[0-9a-f]{7,40}$/.test(text) || /^\d+(?:\.\d+){2,}$/.test(text)) return true;
  // The letters of all scripts take milliseconds to compile.
  return text.includes('_') && /^\d+(?:_[\p{L}\p{N}]+)+$/u.test(text);
}

/** The unit in the letters right behind a number, with the rate that may follow; undefined when there is none such. */
function attachedUnit(attached: string, cursor: Cursor): string | undefined {
  if (simpleUnit(attached) === undefined) return rateAfter(attached, cursor);
  if (isMultiplier(attached)) passNoun(cursor);
  return rateAfter(attached, cursor) ?? attached;
}

/** The unit behind a space; an empty text when there is none. */
function separateUnit(cursor: Cursor): string {
  const next = cursor.peek();
  if (isSymbol(next, '%')) {
    cursor.take();
    return '%';
  }
  if (next.kind !== 'word' || KEYWORDS.has(next.text)) return rateAfter('', cursor) ?? '';
  if (simpleUnit(next.text) !== undefined) {
    cursor.take();
    if (isMultiplier(next.text)) passNoun(cursor);
    return rateAfter(next.text, cursor) ?? next.text;
  }
  // `10000 logs/sec` counts something that is no unit.
  const per = perAt(cursor, 1);
  if (per === undefined || rateOf(next.text, per) === undefined) return '';
  return rateAfter(cursor.take().text, cursor) ?? '';
}

/** `10K requests`, `10K logs/s` */
function passNoun(cursor: Cursor): void {
  const next = cursor.peek();
  if (next.kind === 'word' && (isNoun(next.text) || perAt(cursor, 1) !== undefined) && !KEYWORDS.has(next.text)) cursor.take();
}

/** `/s` or `per second` behind a unit, with it; undefined when there is none, and nothing is taken. */
function rateAfter(of: string, cursor: Cursor): string | undefined {
  const per = perAt(cursor, 0);
  if (per === undefined) return undefined;
  cursor.take();
  cursor.take();
  return `${of}/${per}`;
}

function perAt(cursor: Cursor, ahead: number): string | undefined {
  const [sign, time] = [cursor.peek(ahead), cursor.peek(ahead + 1)];
  if (!isSymbol(sign, '/') && !isWord(sign, 'per')) return undefined;
  const isCalled = isSymbol(cursor.peek(ahead + 2), '(');
  return time.kind === 'word' && rateOf(undefined, time.text) !== undefined && !isCalled ? time.text : undefined;
}
