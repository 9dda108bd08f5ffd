import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationField, shareField, sizeField } from '../../src/criteria/fields.ts';
import { formatDuration, formatNumber, formatPair, formatValue } from '../../src/criteria/format.ts';
import { parseQuantity, withUnit } from '../../src/criteria/units.ts';
import {
  bytes,
  bytesPerSecond,
  LOCALES,
  type Locale,
  milliseconds,
  number,
  openNumber,
  perSecond,
  ratio,
  seconds,
} from '../../src/criteria/value.ts';

/** Reads what was shown, part by part: `1 h 0.4 s`. */
function amountIn(shown: string, locale: Locale): number {
  const plain = locale === 'pt-BR' ? shown.replaceAll('.', '').replaceAll(',', '.') : shown.replaceAll(',', '');
  const parts = plain.replace(/^-/, '').match(/[\d.]+(?:e-?\d+)?(?: ?\/?[A-Za-zµ%/]+)?/g) ?? [];
  const total = parts.reduce((sum, part) => sum + (parseQuantity(part)?.amount ?? Number.NaN), 0);
  return plain.startsWith('-') ? -total : total;
}

describe('a value is shown', () => {
  it.each([
    [milliseconds(480), '480 ms', '480 ms'],
    [seconds(2.41), '2.41 s', '2,41 s'],
    [seconds(90), '1 min 30 s', '1 min 30 s'],
    [seconds(7500), '2 h 5 min', '2 h 5 min'],
    [bytes(950_000_000), '950 MB', '950 MB'],
    [bytes(2 ** 31), '2 GiB', '2 GiB'],
    [ratio(0.0041), '0.41 %', '0,41 %'],
    [number(1234), '1,234', '1.234'],
    [perSecond(10_000), '10,000/s', '10.000/s'],
    [perSecond(1 / 60), '1/min', '1/min'],
    [bytesPerSecond(5e6), '5 MB/s', '5 MB/s'],
    [number(Number.NaN), '–', '–'],
  ])('%j as %s, and in Portuguese as %s', (value, english, portuguese) => {
    expect(formatValue(value, 'en')).toBe(english);
    expect(formatValue(value, 'pt-BR')).toBe(portuguese);
  });

  it.each([
    [milliseconds(999.96), '1 s'],
    [milliseconds(999.4), '999 ms'],
    [milliseconds(0.9996), '1 ms'],
    [seconds(59.94), '59.9 s'],
    [seconds(59.97), '1 min'],
    [seconds(119.7), '2 min'],
    [seconds(7199.7), '2 h'],
    [seconds(3600 + 59 * 60 + 40), '2 h'],
    [seconds(86_399.9), '1 d'],
    [seconds(86_400 * 3 - 1), '3 d'],
    [seconds(-90), '-1 min 30 s'],
    [milliseconds(-480), '-480 ms'],
    [seconds(0), '0 s'],
    [bytes(999_999), '1 MB'],
    [bytes(1023), '1.02 kB'],
    [bytes(1024), '1 KiB'],
    [bytes(-950e6), '-950 MB'],
    [bytesPerSecond(999_999), '1 MB/s'],
    [ratio(0.009999), '1 %'],
    [ratio(0.99996), '99.996 %'],
    [ratio(0.9999), '99.99 %'],
    [ratio(1), '100 %'],
    [ratio(0.07), '7 %'],
    [ratio(-0.05), '-5 %'],
    [perSecond(0), '0/s'],
    [number(-0), '0'],
    [number(-0.0000001), '-0.0000001'],
    [number(1e15), '1e15'],
    [number(1.5e-20), '1.5e-20'],
    [number(0.1 + 0.2), '0.3'],
  ])('rounds %j to %s', (value, shown) => {
    expect(formatValue(value)).toBe(shown);
  });

  it.each([
    [milliseconds(500.4), milliseconds(500), '500.4 ms', '500 ms'],
    [seconds(2.41), seconds(2), '2.41 s', '2 s'],
    [milliseconds(999.96), seconds(1), '999.96 ms', '1 s'],
    [seconds(59.97), seconds(60), '59.97 s', '1 min'],
    [seconds(90.2), seconds(90), '1 min 30.2 s', '1 min 30 s'],
    [seconds(3600.4), seconds(3600), '1 h 0.4 s', '1 h'],
    [seconds(86_400 * 3 + 1), seconds(86_400 * 3), '3 d 1 s', '3 d'],
    [ratio(0.010001), ratio(0.01), '1.0001 %', '1 %'],
    [bytes(2 ** 30 + 5), bytes(2 ** 30), '1.000000005 GiB', '1 GiB'],
    [perSecond(0.49999), perSecond(0.5), '29.999/min', '30/min'],
    [number(1e15 + 1), number(1e15), '1.000000000000001e15', '1e15'],
    [ratio(0), ratio(0), '0 %', '0 %'],
  ])('tells %j from %j', (measured, allowed, ...texts) => {
    expect(formatPair(measured, allowed)).toEqual(texts);
  });

  it('never shows a value on the other side of its limit, whatever its unit and the language', () => {
    const amount = fc.oneof(
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      fc.constantFrom(0, 1, 0.001, 60, 3600, 86_400, 1000, 1024, 2 ** 30, 0.5, 1 / 60, 0.01, 99.95, 59.95),
    );
    const off = fc.oneof(fc.double({ min: -0.1, max: 0.1, noNaN: true }), fc.constantFrom(1e-4, -1e-4, 1e-6, -1e-6, 1, -1));
    const kinds = [number, ratio, seconds, bytes, perSecond, bytesPerSecond, openNumber];
    fc.assert(
      fc.property(
        amount,
        off,
        fc.constantFrom(...kinds),
        fc.constantFrom(...LOCALES),
        fc.boolean(),
        (size, part, kind, locale, negative) => {
          const limit = negative ? -size : size;
          const measured = limit + part * (size || 1);
          fc.pre(Math.abs(measured - limit) > 1e-9 * Math.max(Math.abs(limit), Math.abs(measured)));
          const [a, b] = formatPair(kind(measured), kind(limit), locale);
          expect(Math.sign(amountIn(a, locale) - amountIn(b, locale))).toBe(Math.sign(measured - limit));
          for (const text of [a, b]) expect(text).not.toMatch(/[^ ]%/);
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('keeps durations and numbers short', () => {
    expect(formatDuration(86_400_000 * 3)).toBe('3 d');
    expect(formatNumber(0.000123456)).toBe('0.000123');
    expect(formatNumber(1_234_567.8)).toBe('1,234,568');
  });
});

describe('amounts in the plan', () => {
  it('are durations, sizes and shares', () => {
    expect(durationField().parse('1.5h')).toBe(5_400_000);
    expect(sizeField().parse('5MB')).toBe(5_000_000);
    expect(shareField().parse('10%')).toBe(0.1);
    expect(shareField().parse(0.5)).toBe(0.5);
  });

  it('say what was found and what was expected', () => {
    expect(durationField().safeParse(30).error?.issues[0]?.message).toContain('30, which has no unit');
    expect(durationField().safeParse('5MB').error?.issues[0]?.message).toContain('`5MB`');
    expect(shareField().safeParse('150%').error?.issues[0]?.message).toContain('0% to 100%');
  });

  it('give a plain number its unit, and know what an unknown one is near to', () => {
    expect(withUnit(number(412), 'ms')).toEqual(milliseconds(412));
    expect(() => withUnit(number(1), 'msec')).toThrow('Unknown unit');
    expect(() => withUnit(number(1), 'Ms')).toThrow('`ms`');
  });
});
