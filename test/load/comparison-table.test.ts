import { expect, test } from 'vitest';
import { bytes, type Measurements, milliseconds, number, perSecond, ratio, seconds } from '../../src/criteria/value.ts';
import { comparisonTable } from '../../src/load/comparison-table.ts';

/** The row of one figure, without its name. */
function rowOf(name: string, before: Measurements[string] | undefined, now: Measurements[string] | undefined): readonly string[] {
  const table = comparisonTable(now === undefined ? {} : { [name]: now }, before === undefined ? {} : { [name]: before }, [name]);
  if (table.kind !== 'table') throw new Error('no table');
  expect(table.columns).toEqual(['Figure', 'Baseline', 'Now', 'Change', 'Change in %', 'Better or worse']);
  const [named, ...row] = table.rows[0] ?? [];
  expect(named).toBe(name);
  return row;
}

test('a higher latency is worse, a lower one better', () => {
  expect(rowOf('p95', { value: milliseconds(400) }, { value: milliseconds(500) })).toEqual([
    '400 ms',
    '500 ms',
    '+100 ms',
    '+25 %',
    '▲ worse',
  ]);
  expect(rowOf('p99.9.with_timeouts', { value: seconds(2) }, { value: seconds(1) })).toEqual([
    '2 s',
    '1 s',
    '-1 s',
    '-50 %',
    '▼ better',
  ]);
});

test('a higher rate is better, a lower one worse, of one label too', () => {
  expect(rowOf('rate', { value: perSecond(100) }, { value: perSecond(120) }).at(-1)).toBe('▲ better');
  expect(rowOf('rate of "GET /"', { value: perSecond(100) }, { value: perSecond(99.9) })).toEqual([
    '100/s',
    '99.9/s',
    '-0.1/s',
    '-0.1 %',
    '▼ worse',
  ]);
  expect(rowOf('success_rate', { value: ratio(0.99) }, { value: ratio(0.98) }).at(-1)).toBe('▼ worse');
});

test('the change of a share is told in points', () => {
  expect(rowOf('error_rate', { value: ratio(0.01) }, { value: ratio(0.02) })).toEqual([
    '1 %',
    '2 %',
    '+1 point',
    '+100 %',
    '▲ worse',
  ]);
});

test('what is neither good nor bad is only higher or lower', () => {
  expect(rowOf('requests', { value: number(10) }, { value: number(12) })).toEqual(['10', '12', '+2', '+20 %', '▲ higher']);
  expect(rowOf('bytes', { value: bytes(3000) }, { value: bytes(1000) }).at(-1)).toBe('▼ lower');
});

test('two figures that differ never read the same', () => {
  const [before, now] = rowOf('p95', { value: milliseconds(500) }, { value: milliseconds(500.4) });
  expect(before).not.toBe(now);
});

test('a change within what the figures are rounded to is none', () => {
  const rounded = { tolerance: 0.005 };
  expect(rowOf('p95', { value: milliseconds(100), ...rounded }, { value: milliseconds(109), ...rounded }).at(-1)).toBe(
    '≈ within the error of the figures',
  );
  expect(rowOf('p95', { value: milliseconds(100), ...rounded }, { value: milliseconds(111), ...rounded }).at(-1)).toBe('▲ worse');
  expect(rowOf('p95', { value: milliseconds(100) }, { value: milliseconds(100) })).toEqual([
    '100 ms',
    '100 ms',
    '0 s',
    '0 %',
    '= the same',
  ]);
});

test('from nothing there is no change in percent', () => {
  expect(rowOf('timeouts', { value: number(0) }, { value: number(7) })).toEqual(['0', '7', '+7', '–', '▲ worse']);
});

test('from an answer to none is endlessly worse', () => {
  const endless = { value: milliseconds(Number.POSITIVE_INFINITY) };
  expect(rowOf('p95.with_timeouts', { value: milliseconds(5) }, endless)).toEqual(['5 ms', '∞', '+∞', '–', '▲ worse']);
  expect(rowOf('p95.with_timeouts', endless, endless).at(-1)).toBe('= the same');
});

test('a figure that one of the two does not hold keeps its row', () => {
  expect(rowOf('p99', undefined, { value: seconds(1) })).toEqual(['–', '1 s', '–', '–', 'not in the baseline']);
  expect(rowOf('p99', { value: seconds(1) }, { value: number(Number.NaN), absent: 'not in the file' })).toEqual([
    '1 s',
    '–',
    '–',
    '–',
    'not measured now',
  ]);
  expect(rowOf('toString', undefined, undefined).at(-1)).toBe('in neither');
  expect(rowOf('p99', { value: number(1) }, { value: seconds(1) }).at(-1)).toBe('another unit: not comparable');
});
