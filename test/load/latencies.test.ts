import { expect, test } from 'vitest';
import { latencies, percentile } from '../../src/load/latencies.ts';

const tens = (count: number): Float64Array => Float64Array.from({ length: count }, (_, at) => (at + 1) * 10);

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
  expect(percentile(new Float64Array(), 95)).toBeUndefined();
});

test('requests without an answer stand above all answers', () => {
  expect(percentile(tens(95), 95, 5)).toBe(Number.POSITIVE_INFINITY);
  expect(percentile(tens(96), 95, 4)).toBeCloseTo(950.5, 9);
  expect(percentile(tens(90), 50, 10)).toBeCloseTo(505, 9);
  expect(percentile(new Float64Array(), 50, 3)).toBe(Number.POSITIVE_INFINITY);
});

test('more latencies than were first made room for are all kept', () => {
  const kept = latencies();
  for (let at = 5000; at > 0; at -= 1) kept.add(at);
  expect(kept.count).toBe(5000);
  expect(kept.mean).toBe(2500.5);
  expect(percentile(kept.sorted(), 100)).toBe(5000);
  expect([...kept.sortedSince(4998)]).toEqual([1, 2]);
});
