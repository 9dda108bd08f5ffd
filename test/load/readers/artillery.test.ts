import { describe, expect, it } from 'vitest';
import { measurementsOf } from '../../../src/load/measurements.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { at, fixture, readFixture, readText, refusal, whyAbsent } from './reading.ts';

const MIX = sharedLoadData('generated', 'artillery-v2-mix.json');
const V1 = sharedLoadData('artillery', 'v1-report-2021.json');

const report = (counters: Readonly<Record<string, number>>, more: object = {}): string =>
  JSON.stringify({ aggregate: { counters, rates: {}, summaries: {}, ...more }, intermediate: [] });

describe.skipIf(MIX === undefined)('a report of Artillery 2', () => {
  it('has the figures that Artillery printed', async () => {
    const { all, overTime } = await readFixture(MIX);
    expect(all).toMatchObject({ requests: 238, failures: 7, timeouts: 2, unanswered: 2, durationMs: 11_914 });
    expect(all.statuses).toEqual(
      new Map([
        [200, 231],
        [500, 5],
      ]),
    );
    expect(all.latency).toMatchObject({ count: 236, min: 0, mean: 10.3, max: 20, exactness: { kind: 'relative', by: 0.01 } });
    expect([50, 75, 90, 95, 99, 99.9].map((percent) => at(percent, all))).toEqual([10.1, 15, 19.1, 19.1, 19.9, 19.9]);
    expect(all.population).toEqual({ failures: true, timeouts: false });
    expect(overTime.map(({ at: when }) => when)).toEqual([1795345660000, 1795345670000, 1795345680000]);
  });

  it('has the figures of each endpoint, timeouts too', async () => {
    const { labels } = await readFixture(MIX);
    expect([...labels.keys()].sort()).toEqual(['/', '/mix']);
    expect(labels.get('/mix')).toMatchObject({ requests: 120, failures: 7, timeouts: 2, unanswered: 2 });
    expect(at(95, labels.get('/') ?? {})).toBe(19.9);
  });

  it('tells how many virtual users gave up, and that `ensure` is not in it', async () => {
    const result = await readFixture(MIX);
    expect(result.notes.join(' ')).toContain('2 of 120 virtual users gave up');
    expect(whyAbsent(result, 'p97')).toContain('50, 75, 90, 95, 99');
    expect(result.absent['failed_thresholds']).toContain('ensure');
  });
});

describe.skipIf(V1 === undefined)('a report of Artillery 1', () => {
  it('has each latency, whose percentiles are those that Artillery gave', async () => {
    const { all, labels } = await readFixture(V1);
    expect(all).toMatchObject({ requests: 3145, failures: 117, timeouts: 117, unanswered: 117, ratePerS: 9.49 });
    expect(all.latency).toMatchObject({ kind: 'values', stepMs: 1 });
    expect([50, 95, 99].map((percent) => at(percent, all))).toEqual([127, 133, 141]);
    expect(labels.size).toBe(0);
  });

  it('shows what 117 timeouts do to a percentile that leaves them out', async () => {
    const measured = measurementsOf(await readFixture(V1), { wanted: new Set(['p95.with_timeouts', 'p99.with_timeouts']) });
    expect(measured['p95.with_timeouts']?.value).toMatchObject({ amount: expect.closeTo(0.14, 1) });
    expect(measured['p99.with_timeouts']?.value).toMatchObject({ amount: Number.POSITIVE_INFINITY });
  });
});

describe.skipIf(fixture('artillery', 'dead.json') === undefined)('a report on a server that is not there', () => {
  it('has no latency at all', async () => {
    const { all } = await readFixture(fixture('artillery', 'dead.json'));
    expect(all).toMatchObject({ requests: 120, failures: 120, unanswered: 120, timeouts: 0 });
    expect(all.latency).toBeUndefined();
  });
});

describe('a report of Artillery', () => {
  it('counts errors of the script as failures, and not as unanswered requests', async () => {
    const counters = { 'http.requests': 10, 'http.responses': 10, 'http.codes.200': 10, 'errors.Failed capture or match': 4 };
    const { all, notes } = await readText(report(counters));
    expect(all).toMatchObject({ requests: 10, failures: 4, unanswered: 0, timeouts: 0 });
    expect(notes.join(' ')).toContain('4 of 4 errors are not of requests without an answer');
  });

  it('counts a request that has neither answer nor error as unanswered', async () => {
    const { all, notes } = await readText(report({ 'http.requests': 10, 'http.responses': 7, 'http.codes.200': 7 }));
    expect(all).toMatchObject({ failures: 3, unanswered: 3, timeouts: 0 });
    expect(notes.join(' ')).toContain('3 requests have neither an answer nor an error');
  });

  it('takes a timeout within an answer for one', async () => {
    const { all } = await readText(
      report({ 'http.requests': 5, 'http.responses': 5, 'http.codes.200': 5, 'errors.ETIMEDOUT': 1 }),
    );
    expect(all).toMatchObject({ failures: 1, timeouts: 1, unanswered: 1 });
  });

  it('has the expectations of the plugin `expect` as checks', async () => {
    const counters = {
      'http.requests': 1,
      'http.responses': 1,
      'plugins.expect.ok.statusCode': 8,
      'plugins.expect.failed.statusCode': 2,
    };
    expect((await readText(report(counters))).checks).toEqual(new Map([['statusCode', { passes: 8, fails: 2 }]]));
  });

  it('has no requests where no virtual user came', async () => {
    expect((await readText(report({}))).all.requests).toBe(0);
  });

  it('is refused where it is of another engine than HTTP', async () => {
    expect(await refusal(readText(report({ 'vusers.created': 4, 'websocket.messages_sent': 9 })))).toContain(
      'counts no HTTP requests, only `vusers.*`, `websocket.*`',
    );
  });

  it.each([
    [{ 'http.requests': 1, 'http.responses': 2 }, {}, '2 answers to 1 requests'],
    [{ 'http.requests': -1 }, {}, '`http.requests` is -1, which is no count'],
    [
      { 'http.requests': 1, 'http.responses': 1 },
      { summaries: { 'http.response_time': { count: 1, p95: -3 } } },
      '`p95` is negative',
    ],
    [
      { 'http.requests': 1, 'http.responses': 1 },
      { summaries: { 'http.response_time': { count: 1, p95: 1e9 } } },
      '`p95` is more than a day',
    ],
  ])('is refused where it cannot be: %j', async (counters, more, message) => {
    expect(await refusal(readText(report(counters, more)))).toContain(message);
  });

  it('does not keep what a query string says', async () => {
    const counters = {
      'http.requests': 3,
      'http.responses': 2,
      'plugins.metrics-by-endpoint./pay?token=s3cret.codes.200': 1,
      'plugins.metrics-by-endpoint./pay?token=0ther.codes.500': 1,
      'plugins.metrics-by-endpoint./pay?token=0ther.errors.read failed: a.b': 1,
    };
    const summaries = Object.fromEntries(
      ['s3cret', '0ther'].map((token) => [`plugins.metrics-by-endpoint.response_time./pay?token=${token}`, { count: 1, p95: 5 }]),
    );
    const { labels } = await readText(report(counters, { summaries }));
    expect([...labels.keys()]).toEqual(['/pay?token=…']);
    // Two endpoints under one name: their counts add up, their percentiles do not.
    expect(labels.get('/pay?token=…')).toMatchObject({ requests: 3, failures: 2, unanswered: 1 });
    expect(labels.get('/pay?token=…')?.latency).toBeUndefined();
  });
});
