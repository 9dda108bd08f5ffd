import { POWERS_OF_TEN } from './numbers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZERO = 0x30;

/** A day at UTC in milliseconds since the epoch; NaN when there is none such. */
function startOfDay(year: number, month: number, day: number): number {
  const at = Date.UTC(year, month - 1, day);
  const made = new Date(at);
  return made.getUTCMonth() === month - 1 && made.getUTCDate() === day && year >= 1000 ? at : Number.NaN;
}

/** What is added to the start of a day, in milliseconds. The fraction is a whole number of so many decimals, nine at most. */
function withinDay(hour: number, minute: number, second: number, fraction: number, decimals: number): number {
  if (hour > 23 || minute > 59 || second > 59) return Number.NaN;
  return hour * HOUR + minute * MINUTE + second * 1000 + (fraction * 1000) / (POWERS_OF_TEN[decimals] ?? Number.NaN);
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/** A time by RFC 3339 with any fraction and offset, in milliseconds since the epoch; NaN when it is none. */
export function timeIn(text: string): number {
  const [, year, month, day, hour, minute, second, fraction = '', sign, offsetHours = 0, offsetMinutes = 0] =
    RFC3339.exec(text) ?? [];
  const offset = Number(offsetHours) * HOUR + Number(offsetMinutes) * MINUTE;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) return Number.NaN;
  const inDay = withinDay(Number(hour), Number(minute), Number(second), Number(fraction), fraction.length);
  return startOfDay(Number(year), Number(month), Number(day)) + inDay - (sign === '-' ? -offset : offset);
}

/** Reads times from bytes, the same as `timeIn` from a text; it keeps the day, which is the same for most. */
export function timeReader(): (view: DataView, from: number, to: number) => number {
  let knownYear = 0;
  let knownMonthDay = 0;
  let knownStart = Number.NaN;
  /** Two digits; from 100 up where they are none. */
  const two = (view: DataView, at: number): number => {
    const tens = view.getUint8(at) - ZERO;
    const ones = view.getUint8(at + 1) - ZERO;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : 1e9;
  };
  return (view, from, to) => {
    if (to - from < 20) return Number.NaN;
    const year = two(view, from) * 100 + two(view, from + 2);
    const monthDay = two(view, from + 5) * 100 + two(view, from + 8);
    const separators =
      view.getUint8(from + 4) === 0x2d &&
      view.getUint8(from + 7) === 0x2d &&
      view.getUint8(from + 10) === 0x54 &&
      view.getUint8(from + 13) === 0x3a &&
      view.getUint8(from + 16) === 0x3a;
    if (!separators || year > 9999 || monthDay > 9999) return Number.NaN;
    if (year !== knownYear || monthDay !== knownMonthDay) {
      knownYear = year;
      knownMonthDay = monthDay;
      knownStart = startOfDay(year, Math.floor(monthDay / 100), monthDay % 100);
    }
    let at = from + 19;
    let fraction = 0;
    let decimals = 0;
    if (view.getUint8(at) === 0x2e) {
      at += 1;
      for (; at < to && decimals < 10; at += 1, decimals += 1) {
        const digit = view.getUint8(at) - ZERO;
        if (digit < 0 || digit > 9) break;
        fraction = fraction * 10 + digit;
      }
      if (decimals === 0 || decimals > 9) return Number.NaN;
    }
    const inDay = withinDay(two(view, from + 11), two(view, from + 14), two(view, from + 17), fraction, decimals);
    const zone = view.getUint8(at);
    if (zone === 0x5a) return at + 1 === to ? knownStart + inDay : Number.NaN;
    if ((zone !== 0x2b && zone !== 0x2d) || at + 6 !== to || view.getUint8(at + 3) !== 0x3a) return Number.NaN;
    const [hours, minutes] = [two(view, at + 1), two(view, at + 4)];
    if (hours > 23 || minutes > 59) return Number.NaN;
    const offset = hours * HOUR + minutes * MINUTE;
    return knownStart + inDay - (zone === 0x2d ? -offset : offset);
  };
}

/** Digits of a unix time that are below milliseconds, by how many there are: seconds, milliseconds, microseconds, nanoseconds. */
const belowMilliseconds = (digits: number): number => (digits <= 14 ? 0 : digits <= 17 ? 3 : 6);

/** A unix time, in milliseconds since the epoch; its unit is told by its size. NaN when it is none. */
export function unixTimeIn(text: string): number {
  if (!/^\d{1,20}$/.test(text)) return Number.NaN;
  const below = belowMilliseconds(text.length);
  const whole = Number(text.slice(0, text.length - below));
  if (text.length <= 11) return whole * 1000;
  return below === 0 ? whole : whole + Number(text.slice(text.length - below)) / (POWERS_OF_TEN[below] ?? Number.NaN);
}

/** The same from bytes. */
export function unixTimeAt(view: DataView, from: number, to: number): number {
  const digits = to - from;
  if (digits < 1 || digits > 20) return Number.NaN;
  const below = belowMilliseconds(digits);
  let whole = 0;
  let rest = 0;
  for (let at = from; at < to; at += 1) {
    const digit = view.getUint8(at) - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    if (at < to - below) whole = whole * 10 + digit;
    else rest = rest * 10 + digit;
  }
  if (digits <= 11) return whole * 1000;
  return below === 0 ? whole : whole + rest / (POWERS_OF_TEN[below] ?? Number.NaN);
}
