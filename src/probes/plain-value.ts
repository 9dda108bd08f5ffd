import { flag, number, text, type Value } from '../criteria/value.ts';

/** No leading zero or plus: `007` and `+49…` are texts that only look like numbers. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * What a text stands for where there are only texts, as in a dotenv file or on standard output: a plain number, a flag
 * (`true`, `false`), or the text. A number that would lose digits stays a text.
 */
export function plainValue(content: string): Value {
  if (/^(?:true|false)$/i.test(content)) return flag(content.toLowerCase() === 'true');
  if (!NUMBER.test(content)) return text(content);
  const amount = Number(content);
  const exact = Number.isInteger(amount) ? Number.isSafeInteger(amount) : Number.isFinite(amount);
  return exact ? number(amount) : text(content);
}
