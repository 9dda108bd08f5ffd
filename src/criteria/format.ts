import type { Locale, Value } from './value.ts';

export function formatNumber(n: number, _locale: Locale = 'en'): string {
  return String(n);
}

/** `ms` is milliseconds: `480 ms`, `2.4 s`, `1 min 30 s`. */
export function formatDuration(ms: number, _locale: Locale = 'en'): string {
  return `${ms} ms`;
}

export function formatValue(value: Value, locale: Locale = 'en'): string {
  switch (value.kind) {
    case 'quantity':
      return formatNumber(value.amount, locale);
    case 'text':
      return value.text;
    case 'flag':
      return String(value.flag);
    case 'version':
      return value.version;
    case 'series':
      return formatNumber(value.points.at(-1)?.amount ?? Number.NaN, locale);
  }
}

/** Two values with as many digits as it takes for the two texts to order as the values do. */
export function formatPair(measured: Value, allowed: Value, locale: Locale = 'en'): readonly [string, string] {
  return [formatValue(measured, locale), formatValue(allowed, locale)];
}
