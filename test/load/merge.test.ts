import { describe, expect, test } from 'vitest';
import { percentileIn } from '../../src/load/distribution.ts';
import { mergeShards } from '../../src/load/merge.ts';
import type { LoadResult } from '../../src/load/result.ts';
import { tally } from '../../src/load/tally.ts';

/** A part in which each request took as many milliseconds as the list says. */
function part(latencies: readonly number[], changes: Partial<LoadResult> = {}, startedAt = 0): LoadResult {
  const counted = tally();
  for (const [index, latency] of latencies.entries()) {
    const label = counted.label(index % 2 === 0 ? 'GET /even' : 'GET /odd');
    label.requests += 1;
    label.answered(latency);
    label.statuses.set(200, (label.statuses.get(200) ?? 0) + 1);
    counted.span(startedAt + index * 100, latency);
  }
  return {
    tool: 'k6',
    format: 'NDJSON',
    ...counted.finish({ population: { failures: true, timeouts: true } }),
    checks: new Map(),
    thresholds: [],
    settings: {},
    notes: [],
    absent: {},
    ...changes,
  };
}

const named = (...results: readonly LoadResult[]) => results.map((result, index) => ({ name: `part-${index + 1}.json`, result }));
const upTo = (count: number, factor = 1) => Array.from({ length: count }, (_, index) => (index + 1) * factor);

describe('parts of one test', () => {
  test('have the percentiles of all their requests, and not the mean of their percentiles', () => {
    const { all } = mergeShards(named(part(upTo(90)), part(upTo(10, 1000))));
    const whole = part([...upTo(90), ...upTo(10, 1000)]).all;
    if (all.latency === undefined || whole.latency === undefined) throw new Error('no latency');
    for (const percent of [0, 50, 90, 95, 99, 100]) {
      expect(percentileIn(all.latency, percent)).toBe(percentileIn(whole.latency, percent));
    }
    expect(all.requests).toBe(100);
    expect(all.statuses).toEqual(new Map([[200, 100]]));
  });

  test('have labels of their own', () => {
    const { labels } = mergeShards(named(part(upTo(10)), part(upTo(20))));
    expect(labels.get('GET /even')?.requests).toBe(15);
  });

  test('must be as many as the plan says, and the message names what is there', () => {
    expect(() => mergeShards(named(part([1]), part([2])), 3)).toThrow(/^2 of 3 shards are there: part-1\.json, part-2\.json\./);
    expect(() => mergeShards(named(part([1]), part([2])), 1)).toThrow(/says `shards: 1`, and there are 2 files/);
  });

  test('are of one tool and one format', () => {
    expect(() => mergeShards(named(part([1]), part([2], { tool: 'locust' })))).toThrow(
      /part-1\.json is a result of k6, and part-2\.json one of locust/,
    );
    expect(() => mergeShards(named(part([1]), part([2], { format: '--summary-export' })))).toThrow(/two forms of a result of k6/);
  });

  test('are not counted twice', () => {
    expect(() => mergeShards(named(part([1, 2, 3]), part([1, 2, 3])))).toThrow(
      /part-1\.json and part-2\.json hold the same figures/,
    );
  });

  test('of which only figures are known have no percentiles together, and the reason says what would', () => {
    const figures = (p95: number): LoadResult => ({
      ...part([p95]),
      format: '--summary-export',
      all: {
        requests: 100,
        population: {},
        latency: { kind: 'figures', percentiles: new Map([[95, p95]]), exactness: { kind: 'exact' } },
      },
    });
    const { all, absent } = mergeShards(named(figures(100), figures(200)));
    expect(all.requests).toBe(200);
    expect(all.latency).toBeUndefined();
    expect(absent['percentiles']).toContain('--out json=part.json.gz');
  });

  test('have no count that one of them does not tell', () => {
    const { all } = mergeShards(named(part([1]), part([2], { all: { requests: 5, population: {} } })));
    expect(all.requests).toBe(6);
    expect(all.timeouts).toBeUndefined();
  });

  test('met a limit of the tool’s own when every one did', () => {
    const limit = (met: boolean) => ({ thresholds: [{ source: 'p(95)<500', met }] });
    expect(mergeShards(named(part([1], limit(true)), part([2], limit(false)))).thresholds).toEqual([
      { source: 'p(95)<500', met: false },
    ]);
  });
});
