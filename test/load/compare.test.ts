import { expect, test } from 'vitest';
import { compareResults } from '../../src/load/compare.ts';
import { latencies } from '../../src/load/latencies.ts';
import { type Recording, resultOf } from '../../src/load/recording.ts';

const settings = { target: 'http://127.0.0.1/', users: 10 };

/** Latencies around a middle, spread evenly by half of it. */
function recording(middle: number, count: number, failed = 0): Recording {
  const kept = latencies();
  for (let index = 0; index < count; index += 1) kept.add(middle * (0.5 + ((index * 7919) % count) / count));
  const statuses = new Map([[200, count - failed], ...(failed > 0 ? [[500, failed] as const] : [])]);
  return { latencies: kept, statuses, timeouts: 0, faults: new Map(), bytes: 0, durationMs: 10_000, p95BySecond: [] };
}

const change = (base: Recording, now: Recording, name: string) =>
  compareResults(resultOf(base, settings), resultOf(now, settings)).figures.find((figure) => figure.name === name)?.change;

test('a clearly slower run is worse, a clearly faster one better', () => {
  expect(change(recording(100, 2000), recording(150, 2000), 'p95')).toBe('worse');
  expect(change(recording(150, 2000), recording(100, 2000), 'p50')).toBe('better');
});

test('a difference that chance explains is none', () => {
  expect(change(recording(100, 2000), recording(100.5, 2000), 'p95')).toBe('same');
  expect(change(recording(100, 30), recording(115, 30), 'p95')).toBe('same');
});

test('more failures are worse once they are more than chance', () => {
  expect(change(recording(100, 1000), recording(100, 1000, 50), 'error_rate')).toBe('worse');
  expect(change(recording(100, 100), recording(100, 100, 1), 'error_rate')).toBe('same');
});

test('two scenarios are not compared', () => {
  const other = { ...settings, users: 50 };
  const compared = compareResults(resultOf(recording(100, 100), settings), resultOf(recording(100, 100), other));
  expect(compared.scenario).toBeUndefined();
  expect(compared.scenarios).toEqual(['holdpoint, http://127.0.0.1, 10 at a time', 'holdpoint, http://127.0.0.1, 50 at a time']);
});
