import type { Dimension, Locale, Quantity, Value } from './value.ts';

const MARKS: Readonly<Record<Locale, { readonly decimal: string; readonly thousands: string }>> = {
  en: { decimal: '.', thousands: ',' },
  'pt-BR': { decimal: ',', thousands: '.' },
};
/** Significant digits that a reader needs by default; the whole part of a number is never cut. */
const DIGITS = 3;
/** With so many, two different numbers always read differently. */
const MOST_DIGITS = 17;
/** Beyond so many digits before or behind the decimal mark, a number is written with an exponent. */
const LONGEST = 15;

/** At least `digits` significant digits, no zeros at the end: `1,234`, `0.5`, `12.3`. */
export function formatNumber(n: number, locale: Locale = 'en', digits: number = DIGITS): string {
  if (Number.isNaN(n)) return '–';
  if (!Number.isFinite(n)) return n > 0 ? '∞' : '-∞';
  const { decimal, thousands } = MARKS[locale];
  const magnitude = magnitudeOf(n);
  if (Math.abs(magnitude) >= LONGEST) {
    const [mantissa = '', exponent = ''] = n.toExponential(digits - 1).split('e');
    return `${withoutZeros(mantissa).replace('.', decimal)}e${exponent.replace('+', '')}`;
  }
  const [whole = '', fraction = ''] = withoutZeros(n.toFixed(decimalsOf(magnitude, digits))).split('.');
  const grouped = (whole === '-0' && fraction === '' ? '0' : whole).replace(/\B(?=(\d{3})+(?!\d))/g, thousands);
  return fraction === '' ? grouped : `${grouped}${decimal}${fraction}`;
}

const magnitudeOf = (n: number): number => (n === 0 ? 0 : Math.floor(Math.log10(Math.abs(n))));
const decimalsOf = (magnitude: number, digits: number): number => Math.min(100, Math.max(0, digits - 1 - magnitude));
const withoutZeros = (fixed: string): string => (fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed);

/** What a reader sees of a number: 999.96 with three digits is 1000. */
const rounded = (n: number, digits: number): number => Number(n.toFixed(Math.min(20, decimalsOf(magnitudeOf(n), digits))));

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
const RATES: readonly Shown[] = [
  { unit: '/h', factor: 1 / 3600 },
  { unit: '/min', factor: 1 / 60 },
  { unit: '/s', factor: 1 },
];

/** In which of several units two values are to be shown, so that they can be compared. */
interface Style {
  readonly digits: number;
  readonly bytes: readonly Shown[];
  readonly rate: Shown;
}

function styleFor(quantities: readonly Quantity[], digits: number): Style {
  const amounts = quantities.map(({ amount }) => Math.abs(amount)).filter((amount) => amount > 0 && Number.isFinite(amount));
  const least = Math.min(...amounts);
  // Binary where an amount comes out even, and decimal it does not: 2 GiB, but 950 MB.
  const bytes = amounts.some(isBinary) ? BINARY : BYTES;
  const rate = RATES.findLast(({ factor }) => least >= factor / 2) ?? RATES[0];
  return { digits, bytes, rate: amounts.length === 0 || rate === undefined ? PER_SECOND : rate };
}

const PER_SECOND: Shown = { unit: '/s', factor: 1 };

function isBinary(amount: number): boolean {
  const { factor } = fitting(BINARY, amount, MOST_DIGITS);
  return factor > 1 && Number.isInteger(amount / factor) && !Number.isInteger(amount / 1000);
}

/** The largest unit of which there is at least one, as the number will read. */
function fitting(units: readonly Shown[], amount: number, digits: number): Shown {
  const base: Shown = units.find(({ factor }) => factor === 1) ?? { unit: '', factor: 1 };
  if (amount === 0) return base;
  return units.findLast(({ factor }, index) => index === 0 || reaches(amount, factor, units[index - 1], digits)) ?? base;
}

/** Whether an amount, rounded in the next smaller unit, comes to one of this. */
function reaches(amount: number, factor: number, smaller: Shown | undefined, digits: number): boolean {
  const step = smaller?.factor ?? factor;
  return rounded(Math.abs(amount) / step, digits) * step >= factor * (1 - 1e-12);
}

function inUnit(amount: number, { unit, factor }: Shown, locale: Locale, digits: number): string {
  const number = formatNumber(scaled(amount, factor), locale, digits);
  return unit === '' || unit.startsWith('/') ? `${number}${unit}` : `${number} ${unit}`;
}

/** Multiplied where the factor is a fraction: 0.07 / 0.01 is not 7. */
const scaled = (amount: number, factor: number): number => (factor < 1 ? amount * Math.round(1 / factor) : amount / factor);

const isTime = ({ time, bytes }: Dimension): boolean => time === 1 && bytes === 0;
const isBytes = ({ time, bytes }: Dimension): boolean => time === 0 && bytes === 1;
const isRate = ({ time, bytes }: Dimension): boolean => time === -1 && bytes === 0;
const isThroughput = ({ time, bytes }: Dimension): boolean => time === -1 && bytes === 1;

function formatQuantity({ amount, dimension }: Quantity, locale: Locale, style: Style): string {
  const { digits } = style;
  if (!Number.isFinite(amount)) return formatNumber(amount, locale);
  if (dimension.share) return inUnit(amount, { unit: '%', factor: 0.01 }, locale, nearWhole(amount, digits));
  if (isTime(dimension)) return duration(amount, locale, digits);
  if (isBytes(dimension)) return inUnit(amount, fitting(style.bytes, amount, digits), locale, digits);
  if (isRate(dimension)) return inUnit(amount, style.rate, locale, digits);
  if (isThroughput(dimension)) {
    const { unit, factor } = fitting(style.bytes, amount, digits);
    return inUnit(amount, { unit: `${unit}/s`, factor }, locale, digits);
  }
  return inUnit(amount, { unit: exponents(dimension), factor: 1 }, locale, digits);
}

/** 99.996 % is not 100 %. */
function nearWhole(share: number, digits: number): number {
  let enough = digits;
  while (share < 1 && enough < MOST_DIGITS && rounded(share * 100, enough) >= 100) enough += 1;
  return enough;
}

function exponents({ time, bytes }: Dimension): string {
  const power = (unit: string, exponent: number) => (exponent === 0 ? [] : [exponent === 1 ? unit : `${unit}^${exponent}`]);
  return [...power('B', bytes), ...power('s', time)].join('·');
}

/** `ms` is milliseconds: `480 ms`, `2.4 s`, `1 min 30 s`, `2 h 5 min`, `3 d`. */
export function formatDuration(ms: number, locale: Locale = 'en'): string {
  return duration(ms / 1000, locale, DIGITS);
}

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

function duration(seconds: number, locale: Locale, digits: number): string {
  if (!Number.isFinite(seconds) || rounded(Math.abs(seconds), digits) < MINUTE) {
    return inUnit(seconds, fitting(TIMES, seconds, digits), locale, digits);
  }
  const sign = seconds < 0 ? '-' : '';
  const brief = digits <= DIGITS;
  // With more digits than usual, the seconds are told too, and then parts of them.
  const decimals = brief ? 0 : digits - DIGITS - 1;
  const total = brief ? wholeParts(Math.abs(seconds)) : Number(Math.abs(seconds).toFixed(decimals));
  const [days, hours, minutes] = [Math.floor(total / DAY), Math.floor((total % DAY) / HOUR), Math.floor((total % HOUR) / MINUTE)];
  const rest = Number((total - days * DAY - hours * HOUR - minutes * MINUTE).toFixed(decimals));
  const parts = [
    { amount: days, text: `${formatNumber(days, locale)} d` },
    { amount: hours, text: `${hours} h` },
    { amount: minutes, text: `${minutes} min` },
    { amount: rest, text: `${formatNumber(rest, locale, LONGEST)} s` },
  ];
  return sign + parts.flatMap(({ amount, text }) => (amount > 0 ? [text] : [])).join(' ');
}

/** Days with hours, hours with minutes, minutes with seconds: rounded, so that 1 h 59 min 59 s is 2 h. */
function wholeParts(seconds: number): number {
  const inSeconds = Math.round(seconds);
  if (inSeconds < HOUR) return inSeconds;
  const inMinutes = Math.round(seconds / MINUTE) * MINUTE;
  return inMinutes < DAY ? inMinutes : Math.round(seconds / HOUR) * HOUR;
}

export function formatValue(value: Value, locale: Locale = 'en'): string {
  switch (value.kind) {
    case 'quantity':
      return formatQuantity(value, locale, styleFor([value], DIGITS));
    case 'text':
      return value.text;
    case 'flag':
      return locale === 'pt-BR' ? (value.flag ? 'sim' : 'não') : String(value.flag);
    case 'version':
      return value.version;
    case 'series':
      return formatValue(
        { kind: 'quantity', amount: value.points.at(-1)?.amount ?? Number.NaN, dimension: value.dimension },
        locale,
      );
  }
}

/** Two values with as many digits as it takes for the two texts to order as the values do: 500.4 ms against 500 ms. */
export function formatPair(measured: Value, allowed: Value, locale: Locale = 'en'): readonly [string, string] {
  if (measured.kind !== 'quantity' || allowed.kind !== 'quantity')
    return [formatValue(measured, locale), formatValue(allowed, locale)];
  // Rounding keeps the order, so two texts that differ differ the right way round.
  for (let digits = DIGITS; ; digits += 1) {
    const style = styleFor([measured, allowed], digits);
    const pair = [formatQuantity(measured, locale, style), formatQuantity(allowed, locale, style)] as const;
    if (pair[0] !== pair[1] || measured.amount === allowed.amount || digits >= MOST_DIGITS) return pair;
  }
}
