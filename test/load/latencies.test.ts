import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Latencies, latencies, percentile, sketchOf } from '../../src/load/latencies.ts';

const of = (values: readonly number[], mostExact?: number): Latencies => {
  const kept = latencies(mostExact);
  for (const value of values) kept.add(value);
  return kept;
};
const tens = (count: number): Latencies[] => [of(Array.from({ length: count }, (_, at) => (at + 1) * 10))];

test('a percentile lies between its two nearest ranks, as k6 and NumPy have it', () => {
  expect(percentile(tens(20), 95)).toBeCloseTo(190.5, 9);
  expect(percentile(tens(20), 99)).toBeCloseTo(198.1, 9);
  expect(percentile(tens(5), 50)).toBe(30);
});

test('the ends are the fastest and the slowest', () => {
  expect(percentile(tens(7), 0)).toBe(10);
  expect(percentile(tens(7), 100)).toBe(70);
});

test('of nothing there is no percentile', () => {
  expect(percentile([], 95)).toBeUndefined();
  expect(percentile([latencies()], 95)).toBeUndefined();
});

test('requests without an answer stand above all answers', () => {
  expect(percentile(tens(95), 95, 5)).toBe(Number.POSITIVE_INFINITY);
  expect(percentile(tens(96), 95, 4)).toBeCloseTo(950.5, 9);
  expect(percentile(tens(90), 50, 10)).toBeCloseTo(505, 9);
  expect(percentile([], 50, 3)).toBe(Number.POSITIVE_INFINITY);
});

test('more latencies than were first made room for are all kept', () => {
  const kept = of(Array.from({ length: 5000 }, (_, at) => 5000 - at));
  expect([kept.count, kept.sum / kept.count, kept.min, kept.max]).toEqual([5000, 2500.5, 1, 5000]);
  expect(percentile([kept], 100)).toBe(5000);
});

const milliseconds = fc.oneof(
  fc.integer({ min: 0, max: 4_294_967_295 }).map((nanoseconds) => nanoseconds / 1_000_000),
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 1, 5000, 5000.5),
);

describe('whatever is added, in whatever order and to however many stores', () => {
  test('a percentile is that of one sorted list', () => {
    fc.assert(
      fc.property(fc.array(fc.array(milliseconds), { maxLength: 5 }), fc.integer({ min: 0, max: 100 }), (parts, percent) => {
        const all = parts.flat().sort((one, other) => one - other);
        const found = percentile(
          parts.map((part) => of(part)),
          percent,
        );
        if (all.length === 0) return found === undefined;
        const rank = (percent / 100) * (all.length - 1);
        const [lower = 0, upper = lower] = [all[Math.floor(rank)], all[Math.ceil(rank)]];
        return found === (Math.floor(rank) === Math.ceil(rank) ? lower : lower + (upper - lower) * (rank - Math.floor(rank)));
      }),
    );
  });

  test('it may go on after a percentile was asked for', () => {
    const kept = of([3, 1]);
    expect(percentile([kept], 100)).toBe(3);
    kept.add(2);
    expect([0, 50, 100].map((percent) => percentile([kept], percent))).toEqual([1, 2, 3]);
  });
});

describe('past what is kept exactly', () => {
  const values = Array.from({ length: 3000 }, (_, at) => 1 + ((at * 7919) % 3000) / 3);

  test('each percentile is within 0.05 % of the value at its rank', () => {
    const kept = of(values, 1000);
    const ascending = values.toSorted((one, other) => one - other);
    expect(kept.runs()).toBeUndefined();
    for (const percent of [0, 1, 50, 95, 99, 99.9, 100]) {
      const exact = ascending[Math.floor((percent / 100) * (values.length - 1))] ?? Number.NaN;
      expect(Math.abs((percentile([kept], percent) ?? Number.NaN) / exact - 1)).toBeLessThan(0.00051);
    }
    expect([kept.count, kept.min, kept.max]).toEqual([3000, Math.min(...values), Math.max(...values)]);
  });

  test('two sketches, or a sketch and values, are the sketch of all', () => {
    const [left, right] = [of(values.slice(0, 2000), 1000), of(values.slice(2000), 5000)];
    expect(sketchOf([left, right]).buckets()).toEqual(of(values, 0).sketched().buckets());
    expect(percentile([left, right], 95)).toBe(percentile([of(values, 0)], 95));
  });
});
