import type { Dimension, Locale, Quantity, Value } from './value.ts';

const MARKS: Readonly<Record<Locale, { readonly decimal: string; readonly thousands: string }>> = {
  en: { decimal: '.', thousands: ',' },
  'pt-BR': { decimal: ',', thousands: '.' },
};
/** Digits that a reader needs by default; the whole part of a number is never cut. */
const DIGITS = 3;
const MOST_DIGITS = 15;

/** At least `digits` significant digits, no zeros at the end: `1,234`, `0.5`, `12.3`. */
export function formatNumber(n: number, locale: Locale = 'en', digits: number = DIGITS): string {
  if (Number.isNaN(n)) return '–';
  if (!Number.isFinite(n)) return n > 0 ? '∞' : '-∞';
  const magnitude = n === 0 ? 0 : Math.floor(Math.log10(Math.abs(n)));
  if (Math.abs(magnitude) > 14) return n.toExponential(digits - 1).replace('.', MARKS[locale].decimal);
  const decimals = Math.min(20, Math.max(0, digits - 1 - magnitude));
  const fixed = n.toFixed(decimals);
  const [whole = '', fraction = ''] = fixed.split('.');
  const { decimal, thousands } = MARKS[locale];
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, thousands);
  const rest = fraction.replace(/0+$/, '');
  return rest === '' ? grouped : `${grouped}${decimal}${rest}`;
}

/** A unit that amounts in base units are shown in. */
interface Shown {
  readonly unit: string;
  readonly factor: number;
}

const TIMES: readonly Shown[] = [
  { unit: 'ns', factor: 1e-9 },
  { unit: 'µs', factor: 1e-6 },
  { unit: 'ms', factor: 1e-3 },
  { unit: 's', factor: 1 },
];
const BYTES: readonly Shown[] = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'].map((unit, index) => ({ unit, factor: 1000 ** index }));
const BINARY: readonly Shown[] = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'].map((unit, index) => ({ unit, factor: 1024 ** index }));

/** The largest unit of which there is at least one. */
function fitting(units: readonly Shown[], amount: number): Shown {
  const found = units.findLast(({ factor }) => Math.abs(amount) >= factor * (1 - 1e-12));
  return found ?? (amount === 0 ? lastOr(units) : (units[0] ?? { unit: '', factor: 1 }));
}

const lastOr = (units: readonly Shown[]): Shown => units.find(({ factor }) => factor === 1) ?? { unit: '', factor: 1 };

function unitFor({ amount, dimension }: Quantity): Shown {
  const { time, bytes, share } = dimension;
  if (share) return { unit: '%', factor: 0.01 };
  if (time === 0 && bytes === 1) return bytesUnit(amount);
  if (time === 1 && bytes === 0) return fitting(TIMES, amount);
  if (time === -1 && bytes === 0) return rateUnit(amount);
  if (time === -1 && bytes === 1) {
    const { unit, factor } = bytesUnit(amount);
    return { unit: `${unit}/s`, factor };
  }
  return { unit: exponents(dimension), factor: 1 };
}

/** Binary where it comes out even and decimal does not: 2 GiB, but 950 MB. */
function bytesUnit(amount: number): Shown {
  const binary = fitting(BINARY, amount);
  const even = binary.factor >= 1024 && Number.isInteger(amount / binary.factor) && !Number.isInteger(amount / 1000);
  return even ? binary : fitting(BYTES, amount);
}

function rateUnit(amount: number): Shown {
  const size = Math.abs(amount);
  if (size === 0 || size >= 0.5) return { unit: '/s', factor: 1 };
  return size >= 0.5 / 60 ? { unit: '/min', factor: 1 / 60 } : { unit: '/h', factor: 1 / 3600 };
}

function exponents({ time, bytes }: Dimension): string {
  const power = (unit: string, exponent: number) => (exponent === 0 ? [] : [exponent === 1 ? unit : `${unit}^${exponent}`]);
  return [...power('B', bytes), ...power('s', time)].join('·');
}

function inUnit(amount: number, { unit, factor }: Shown, locale: Locale, digits: number): string {
  const number = formatNumber(amount / factor, locale, digits);
  return unit === '' || unit.startsWith('/') ? `${number}${unit}` : `${number} ${unit}`;
}

/** `ms` is milliseconds: `480 ms`, `2.4 s`, `1 min 30 s`, `2 h 5 min`, `3 d`. */
export function formatDuration(ms: number, locale: Locale = 'en'): string {
  const seconds = ms / 1000;
  if (!Number.isFinite(seconds) || Math.abs(seconds) < 59.95) {
    return inUnit(seconds, unitFor({ kind: 'quantity', amount: seconds, dimension: { time: 1, bytes: 0 } }), locale, DIGITS);
  }
  const sign = seconds < 0 ? '-' : '';
  const whole = Math.round(Math.abs(seconds));
  const days = Math.floor(whole / 86_400);
  const hours = Math.floor((whole % 86_400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const parts =
    days > 0
      ? [`${days} d`, hours > 0 ? `${hours} h` : '']
      : hours > 0
        ? [`${hours} h`, minutes > 0 ? `${minutes} min` : '']
        : [`${minutes} min`, whole % 60 > 0 ? `${whole % 60} s` : ''];
  return sign + parts.filter((part) => part !== '').join(' ');
}

export function formatValue(value: Value, locale: Locale = 'en'): string {
  switch (value.kind) {
    case 'quantity':
      return formatQuantity(value, locale);
    case 'text':
      return value.text;
    case 'flag':
      return locale === 'pt-BR' ? (value.flag ? 'sim' : 'não') : String(value.flag);
    case 'version':
      return value.version;
    case 'series':
      return formatQuantity(
        { kind: 'quantity', amount: value.points.at(-1)?.amount ?? Number.NaN, dimension: value.dimension },
        locale,
      );
  }
}

function formatQuantity(quantity: Quantity, locale: Locale): string {
  const { amount, dimension } = quantity;
  if (Number.isNaN(amount)) return '–';
  if (!Number.isFinite(amount)) return formatNumber(amount, locale);
  if (dimension.time === 1 && dimension.bytes === 0 && Math.abs(amount) >= 59.95) return formatDuration(amount * 1000, locale);
  return inUnit(amount, unitFor(quantity), locale, DIGITS);
}

/** Two values with as many digits as it takes for the two texts to order as the values do: 500.4 ms against 500 ms. */
export function formatPair(measured: Value, allowed: Value, locale: Locale = 'en'): readonly [string, string] {
  const plain = [formatValue(measured, locale), formatValue(allowed, locale)] as const;
  if (measured.kind !== 'quantity' || allowed.kind !== 'quantity') return plain;
  const [a, b] = [measured.amount, allowed.amount];
  if (!Number.isFinite(a) || !Number.isFinite(b) || a === b || !near(a, b)) return plain;
  const shown = unitFor(Math.abs(a) < Math.abs(b) ? measured : allowed);
  for (let digits = DIGITS; digits <= MOST_DIGITS; digits += 1) {
    const pair = [inUnit(a, shown, locale, digits), inUnit(b, shown, locale, digits)] as const;
    if (pair[0] !== pair[1] && separates(a / shown.factor, b / shown.factor, digits))
      return digits === DIGITS && plain[0] !== plain[1] ? pair : pair;
  }
  return plain;
}

/** Only values that may round to each other need care. */
const near = (a: number, b: number): boolean => Math.abs(a - b) <= 0.1 * Math.max(Math.abs(a), Math.abs(b));

function separates(a: number, b: number, digits: number): boolean {
  const round = (n: number) => Number(n.toPrecision(Math.max(digits, 1 + Math.max(0, Math.floor(Math.log10(Math.abs(n) || 1))))));
  return a < b ? round(a) < round(b) : round(a) > round(b);
}
