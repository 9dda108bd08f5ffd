import { formatValue } from '../criteria/format.ts';
import { type Locale, ratio } from '../criteria/value.ts';

const LEAST = 0.0001;

/** `12.3 %`, to a hundredth: what happened at all is never `0 %`, and what did not happen to all never `100 %`. */
export function shareText(count: number, all: number, locale: Locale = 'en'): string {
  if (all === 0) return '–';
  const share = count / all;
  const show = (shown: number): string => formatValue(ratio(shown), locale);
  if (share > 0 && share < LEAST) return `< ${show(LEAST)}`;
  if (share < 1 && share > 1 - LEAST) return `> ${show(1 - LEAST)}`;
  return show(Number(share.toFixed(4)));
}
