import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { percentileIn } from '../../../../src/load/distribution.ts';
import { measurementsOf } from '../../../../src/load/measurements.ts';
import { readResult } from '../../../../src/load/readers/read.ts';
import type { LoadResult } from '../../../../src/load/result.ts';
import { sharedLoadData } from '../../../support/shared-data.ts';

async function read(document: unknown): Promise<LoadResult> {
  const directory = await mkdtemp(join(tmpdir(), 'holdpoint-k6-'));
  try {
    const path = join(directory, 'summary.json');
    await writeFile(path, typeof document === 'string' ? document : JSON.stringify(document));
    return await readResult(path, 'summary.json');
  } finally {
    await rm(directory, { recursive: true });
  }
}

const measured = (result: LoadResult, name: string) => {
  const { value, ...rest } = measurementsOf(result, { wanted: new Set([name]) })[name] ?? { value: undefined };
  return { ...rest, amount: value !== undefined && 'amount' in value ? value.amount : undefined };
};
const at = (result: LoadResult, percent: number) => result.all.latency && percentileIn(result.all.latency, percent);

const real = (name: string) => {
  const path = sharedLoadData(`k6/${name}`) ?? '';
  return { path, there: existsSync(path) };
};

describe('--summary-export', () => {
  const trend = { avg: 4, min: 1, med: 3, max: 60, 'p(90)': 8, 'p(95)': 11 };
  const document = {
    root_group: {
      name: '',
      checks: {},
      groups: { child: { name: 'child', groups: {}, checks: { 'is ok': { name: 'is ok', passes: 5, fails: 10 } } } },
    },
    metrics: {
      http_reqs: { count: 100, rate: 20, thresholds: { 'rate>10': false } },
      http_req_failed: { value: 0.07, passes: 7, fails: 93 },
      http_req_duration: { ...trend, thresholds: { 'p(95)<5': true } },
      'http_req_duration{name:login}': { ...trend, 'p(95)': 20 },
      'http_req_duration{method:GET,name:http://a.test/x?t=1}': trend,
      'http_req_duration{expected_response:true}': trend,
      group_duration: trend,
      vus_max: { value: 9, min: 9, max: 9 },
      iterations: { count: 50, rate: 10 },
    },
  };

  test('its true means that a threshold was crossed, and its passes are failures', async () => {
    const result = await read(document);
    expect(result.thresholds).toEqual([
      { source: 'http_reqs: rate>10', met: true },
      { source: 'http_req_duration: p(95)<5', met: false },
    ]);
    expect(result.all).toMatchObject({ requests: 100, failures: 7, durationMs: 5000, ratePerS: 20 });
    expect(result.all.population).toEqual({ failures: true, timeouts: true });
    expect(result.checks).toEqual(new Map([['is ok', { passes: 5, fails: 10 }]]));
    expect([result.settings.users, result.droppedIterations]).toEqual([9, 0]);
  });

  test('what is not in it is absent, with the flag that adds it', async () => {
    const result = await read(document);
    expect([at(result, 50), at(result, 90), at(result, 95), at(result, 99)]).toEqual([3, 8, 11, undefined]);
    expect(measured(result, 'p99').absent).toContain('--summary-trend-stats="avg,min,med,max,p(90),p(95),p(99),count"');
    for (const name of ['timeouts', 'errors', 'status.500', 'p95.with_timeouts'])
      expect(measured(result, name).absent).toContain('--out json=');
  });

  test('submetrics by name are labels; those by another tag are not', async () => {
    const { labels } = await read(document);
    expect([...labels.keys()]).toEqual(['login', 'GET http://a.test/x']);
    const { latency } = labels.get('login') ?? {};
    expect(latency && percentileIn(latency, 95)).toBe(20);
  });

  test('zeros of a metric without a sample are no latencies, and neither are those of a dead server', async () => {
    const zeros = { avg: 0, min: 0, med: 0, max: 0, 'p(90)': 0, 'p(95)': 0 };
    const silent = await read({
      metrics: { http_req_duration: { ...zeros, thresholds: { 'p(95)<5': false } }, iterations: { count: 1, rate: 1 } },
    });
    expect(silent.all.requests).toBe(0);
    expect(measured(silent, 'p95')).toMatchObject({ amount: Number.NaN, note: 'no request was made' });
    const dead = await read({
      metrics: { http_req_duration: zeros, http_reqs: { count: 9, rate: 9 }, http_req_failed: { passes: 9, fails: 0, value: 1 } },
    });
    expect(dead.all).toMatchObject({ requests: 9, failures: 9, unanswered: 9 });
    expect(measured(dead, 'p95')).toMatchObject({ amount: Number.NaN, note: 'no request was answered' });
  });

  const { path, there } = real('extracted-summary-export-crush-test.json');
  test.skipIf(!there)('a real one', async () => {
    const result = await readResult(path, 'real');
    expect([result.format, result.all.requests, result.all.failures, result.droppedIterations]).toEqual([
      '--summary-export',
      1597,
      0,
      7,
    ]);
    expect([at(result, 50), at(result, 95), at(result, 99)]).toEqual([2.969171, 11.3877108, undefined]);
    expect(result.all.durationMs).toBeCloseTo(3003.8407, 3);
  });

  const ofTool = real('extracted-expectedOldJSONExportResult.json');
  test.skipIf(!ofTool.there)('k6’s own example', async () => {
    const result = await readResult(ofTool.path, 'example');
    expect(result.thresholds.map(({ met }) => met)).toEqual([true, false, false]);
    expect(result.checks.get('check2')).toEqual({ passes: 5, fails: 10 });
    expect(result.all.latency).toBeUndefined();
  });
});

describe('handleSummary', () => {
  const SECRET = 'hunter2-not-a-real-password';
  const document = {
    root_group: { groups: [], checks: [{ name: 'is ok', passes: 1, fails: 2 }] },
    state: { testRunDurationMs: 2500 },
    setup_data: { login: 'admin', password: SECRET },
    metrics: {
      http_reqs: { type: 'counter', contains: 'default', values: { count: 10, rate: 4 } },
      http_req_failed: { type: 'rate', contains: 'default', values: { rate: 0.3, passes: 3, fails: 7 } },
      http_req_duration: {
        type: 'trend',
        contains: 'time',
        values: { avg: 1, min: 0.5, med: 1, max: 9, 'p(99.9)': 8.9, count: 10 },
        thresholds: { 'p(99.9)<5': { ok: false }, 'med<5': { ok: true } },
      },
    },
  };

  test('its ok means that a threshold was met', async () => {
    const result = await read(document);
    expect(result.format).toBe('handleSummary');
    expect(result.thresholds.map(({ met }) => met)).toEqual([false, true]);
    expect(result.all).toMatchObject({ requests: 10, failures: 3, durationMs: 2500 });
    expect(at(result, 99.9)).toBe(8.9);
  });

  test('what setup returned is in no result and no message, also when the file is torn beside it', async () => {
    expect(inspect(await read(document), { depth: 20 })).not.toContain(SECRET);
    const text = JSON.stringify(document);
    for (const torn of [
      text.slice(0, text.indexOf(SECRET) + 30),
      text.replace(SECRET, `${SECRET}" x`),
      JSON.stringify({ setup_data: document.setup_data }),
      JSON.stringify({ ...document, metrics: {} }),
    ]) {
      const error: unknown = await read(torn).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: 20 })).not.toContain(SECRET);
    }
  });

  const simple = real('handlesummary-simple.json');
  test.skipIf(!simple.there)('a real one with p(99)', async () => {
    const result = await readResult(simple.path, 'real');
    expect([result.all.requests, result.all.failures, result.all.durationMs]).toEqual([878, 349, 24425.289882]);
    expect([at(result, 50), at(result, 95), at(result, 99)]).toEqual([20.090773, 30.0256841, 39.577136380000084]);
    expect(result.checks.get('Status is ok')).toEqual({ passes: 90, fails: 349 });
    expect(result.thresholds.every(({ met }) => met)).toBe(true);
  });

  const groups = real('handlesummary-groups.json');
  test.skipIf(!groups.there)('a real one with nested groups, without state and http_req_failed', async () => {
    const result = await readResult(groups.path, 'real');
    expect(result.checks.get('status is 201 in group one')).toEqual({ passes: 0, fails: 149 });
    expect(result.thresholds.filter(({ met }) => !met).length).toBe(4);
    expect(result.all.durationMs).toBeCloseTo(31_056.1323, 4);
    expect(measured(result, 'failures').absent).toContain('http_req_failed');
  });
});

test('the machine-readable summary has neither thresholds nor p(99), and says so', async () => {
  const values = { avg: 2, max: 9, med: 1.5, min: 1, 'p(90)': 4, 'p(95)': 5 };
  const result = await read({
    version: '1.0.0',
    metadata: { k6Version: '1.5.0', generatedAt: '2026-01-01T00:00:00Z' },
    config: { duration: 12.5, execution: 'local' },
    results: {
      metrics: [
        { name: 'http_reqs', type: 'counter', contains: 'default', values: { count: 50 } },
        { name: 'http_req_failed', type: 'rate', contains: 'default', values: { matches: 5, total: 50, rate: 0.1 } },
        { name: 'http_req_duration', type: 'trend', contains: 'time', values },
      ],
      checks: { metrics: [], results: [{ name: 'is ok', passes: 40, fails: 10 }] },
    },
  });
  expect(result.format).toBe('machine-readable summary');
  expect(result.all).toMatchObject({ requests: 50, failures: 5, durationMs: 12_500, ratePerS: 4 });
  expect(result.checks.get('is ok')).toEqual({ passes: 40, fails: 10 });
  expect(at(result, 95)).toBe(5);
  expect(measured(result, 'p99').absent).toContain('--out json=');
  expect(measured(result, 'failed_thresholds').absent).toContain('no thresholds');
});
