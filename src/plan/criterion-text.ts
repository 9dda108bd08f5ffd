import { parseQuantity } from '../criteria/units.ts';

/**
 * Puts a variable's value into a criterion as one value, whatever is in it: a number with its unit as it is, anything else as a
 * text in quotes. So a value can never become an operator.
 *
 * @param before the criterion up to the variable.
 */
export function criterionText(value: string, before: string): string {
  const quote = openQuote(before);
  if (quote === '/') return value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  if (quote === '`') return value.replaceAll('`', '');
  if (quote !== undefined)
    return value.replace(/["'\\]/g, (character) => (character === quote || character === '\\' ? `\\${character}` : character));
  if (parseQuantity(value) !== undefined) return value.trim();
  if (/^(true|false)$/.test(value)) return value;
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Stands in for a value that is not set here: a zero goes with every unit. */
export function criterionPlaceholder(before: string, written: string): string {
  return openQuote(before) === undefined ? '0' : written;
}

/** The quote, backtick or slash of a pattern that is open at the end of a text. */
function openQuote(before: string): string | undefined {
  let open: string | undefined;
  for (let at = 0; at < before.length; at += 1) {
    const character = before.charAt(at);
    if (open === undefined) {
      const pattern = character === '/' && /\bmatches\s*$/.test(before.slice(0, at));
      if (/["'`]/.test(character) || pattern) open = character;
    } else if (character === '\\' && open !== '`') at += 1;
    else if (character === open) open = undefined;
  }
  return open;
}
