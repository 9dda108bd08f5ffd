import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainEvaluation } from '../../src/criteria/explain.ts';
import { durationField, shareField, sizeField } from '../../src/criteria/fields.ts';
import { formatDuration, formatNumber, formatPair, formatValue } from '../../src/criteria/format.ts';
import { withUnit } from '../../src/criteria/units.ts';
import { bytes, bytesPerSecond, milliseconds, number, perSecond, ratio, seconds } from '../../src/criteria/value.ts';
import { judged } from './judged.ts';

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

  it('never shows a value on the other side of its limit', () => {
    expect(formatPair(milliseconds(500.4), milliseconds(500))).toEqual(['500.4 ms', '500 ms']);
    expect(formatPair(seconds(2.41), seconds(2))).toEqual(['2.41 s', '2 s']);
    const amount = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    const read = (text: string) => Number(text.replace(/[^\d.e+-]/g, ''));
    fc.assert(
      fc.property(amount, fc.double({ min: -0.05, max: 0.05, noNaN: true }), (limit, off) => {
        const measured = limit * (1 + off);
        fc.pre(Math.abs(measured - limit) > 1e-9 * limit);
        const [a, b] = formatPair(ratio(measured), ratio(limit));
        expect(Math.sign(read(a) - read(b))).toBe(Math.sign(measured - limit));
      }),
    );
  });

  it('keeps durations and numbers short', () => {
    expect(formatDuration(86_400_000 * 3)).toBe('3 d');
    expect(formatNumber(0.000123456)).toBe('0.000123');
    expect(formatNumber(1_234_567.8)).toBe('1,234,568');
  });
});

describe('a criterion is explained', () => {
  it('step by step, with the values that went in', () => {
    const lines = explainEvaluation(judged('p95 < 500ms and error_rate < 1%', { p95: '480ms', error_rate: '2%' }));
    expect(lines[0]).toBe('p95 < 500ms and error_rate < 1%: does not hold');
    expect(lines).toContain('  p95 < 500ms: holds');
    expect(lines).toContain('    p95 is 480 ms');
    expect(lines).toContain('  error_rate < 1%: does not hold');
  });

  it('with the reason where it cannot be told', () => {
    expect(explainEvaluation(judged('p95 < 500ms', {}))[0]).toContain('cannot be told (Nothing measured p95');
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
