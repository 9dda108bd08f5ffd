import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binsOf } from '../../src/load/bins.ts';
import type { Distribution } from '../../src/load/distribution.ts';
import { latencies } from '../../src/load/latencies.ts';

function values(all: readonly number[], stepMs?: number): Distribution {
  const kept = latencies();
  for (const value of all) kept.add(value);
  return { kind: 'values', answered: [kept], unanswered: [], ...(stepMs === undefined ? {} : { stepMs }) };
}
const ends = (distribution: Distribution) => binsOf(distribution)?.map(({ to }) => to);

test('whatever was measured, each value is in one bin, bins adjoin, and there are no more than a page reads well', () => {
  const latency = fc.oneof(
    fc.double({ min: 1e-6, max: 1e7, noNaN: true }),
    fc.integer({ min: 0, max: 60_000 }),
    fc.constantFrom(0, 1, 10, 100),
  );
  fc.assert(
    fc.property(fc.array(latency, { minLength: 2, maxLength: 200 }), (all) => {
      const bins = binsOf(values(all));
      // All of them would read the same.
      if (bins === undefined) return Math.max(...all) - Math.min(...all) <= Math.max(...all) / 100;
      const held = ({ from, to, count }: (typeof bins)[number], at: number): boolean =>
        count === all.filter((value) => value <= to && (at === 0 || value > from)).length;
      return (
        bins.length <= 24 &&
        bins.every(held) &&
        bins.every(({ from, to }, at) => from < to && (at === 0 || from === bins[at - 1]?.to)) &&
        bins.reduce((sum, { count }) => sum + count, 0) === all.length
      );
    }),
  );
});

test('a wide range goes in round ratios', () => {
  expect(ends(values([10.5, 20, 40, 99]))).toEqual([12, 15, 20, 25, 30, 40, 50, 60, 80, 100]);
});

test('a narrow one goes in equal steps of at most three digits', () => {
  expect(ends(values([100, 101, 149]))).toEqual([100, 105, 110, 115, 120, 125, 130, 135, 140, 145, 150].slice(0, 11));
  expect(ends(values([1001, 1049]))).toEqual([1010, 1020, 1030, 1040, 1050]);
});

test('a few fast ones share a bin, rather than that the slow ones are told less exactly', () => {
  const bins = binsOf(values([0.4, ...Array.from({ length: 500 }, (_, at) => 90 + at)])) ?? [];
  expect(bins[0]).toMatchObject({ from: 0.3, count: 1 });
  expect(bins.map(({ to }) => to)).toEqual(expect.arrayContaining([100, 120, 150, 200, 250, 300, 400, 500, 600]));
});

test('one that took a hundred times as long does not leave a single bin for all others', () => {
  const bins = binsOf(values([...Array.from({ length: 1000 }, (_, at) => 20 + at / 200), 5000])) ?? [];
  expect(bins.filter(({ to }) => to <= 26).length).toBeGreaterThan(8);
  expect(bins.slice(-3).map(({ to, count }) => [to, count])).toEqual([
    [100, 0],
    [1000, 0],
    [10_000, 1],
  ]);
});

describe('what was rounded', () => {
  test('to whole milliseconds gets no bin that none of them can fall into', () => {
    expect(ends(values([0, 1, 2, 3, 40], 1))).toEqual([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40]);
  });

  test('to a share gets no bin narrower than that', () => {
    const buckets = [10, 100, 1000].map((value) => ({ value, count: 5 }));
    const found = ends({ kind: 'buckets', buckets, exactness: { kind: 'bucketed', by: 0.2 } }) ?? [];
    for (const [at, to] of found.entries()) if (at > 0) expect(to - (found[at - 1] ?? 0)).toBeGreaterThanOrEqual(0.39 * to);
  });
});

test('a bucket whose value lies beyond the slowest is in the last bin', () => {
  const buckets = [
    { value: 10, count: 4 },
    { value: 40.2, count: 3 },
  ];
  const bins = binsOf({ kind: 'buckets', buckets, exactness: { kind: 'relative', by: 0.01 }, min: 10, max: 40 });
  expect(bins?.at(-1)).toMatchObject({ to: 40, count: 3 });
});

test('there is none of figures alone, of one value, of nothing', () => {
  expect(
    binsOf({ kind: 'figures', exactness: { kind: 'exact' }, min: 1, max: 9, count: 10, percentiles: new Map() }),
  ).toBeUndefined();
  expect(binsOf(values([5, 5, 5]))).toBeUndefined();
  expect(binsOf(values([]))).toBeUndefined();
});
