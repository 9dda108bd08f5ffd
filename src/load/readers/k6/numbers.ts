/** Powers of ten that a double holds exactly. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** A whole number of at most so many digits is a double without loss; divided by an exact power of ten it is the nearest one. */
export const MOST_DIGITS = 15;

const DOT = 0x2e;
const ZERO = 0x30;

/**
 * Reads a number as JSON has it, of at most `MOST_DIGITS` digits, without a sign and an exponent: the same double as JSON gives.
 *
 * @returns the offset after it, or 0 when there is none such. Something that is no digit must come after it.
 */
export function numberAfter(view: DataView, from: number, into: { value: number }): number {
  let at = from;
  let digit = view.getUint8(at) - ZERO;
  if (digit < 0 || digit > 9) return 0;
  let mantissa = digit;
  at += 1;
  let digits = 1;
  let decimals = 0;
  // After a first zero only a point may come.
  if (mantissa !== 0) {
    for (digit = view.getUint8(at) - ZERO; digit >= 0 && digit <= 9; digit = view.getUint8(at) - ZERO) {
      mantissa = mantissa * 10 + digit;
      at += 1;
      digits += 1;
    }
  }
  if (view.getUint8(at) === DOT) {
    at += 1;
    const first = at;
    for (digit = view.getUint8(at) - ZERO; digit >= 0 && digit <= 9; digit = view.getUint8(at) - ZERO) {
      mantissa = mantissa * 10 + digit;
      at += 1;
    }
    decimals = at - first;
    if (decimals === 0) return 0;
  }
  if (digits + decimals > MOST_DIGITS) return 0;
  into.value = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] ?? Number.NaN);
  return at;
}

/** In place of a tag that would be a whole number and is not there. */
export const NO_TAG = -1;

export function tagNumber(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : NO_TAG;
}

/** The same from bytes. */
export function tagNumberAt(view: DataView, from: number, to: number): number {
  if (to === from || to - from > 9) return NO_TAG;
  let number = 0;
  for (let at = from; at < to; at += 1) {
    const digit = view.getUint8(at) - ZERO;
    if (digit < 0 || digit > 9) return NO_TAG;
    number = number * 10 + digit;
  }
  return number;
}
