import { describe, expect, it } from 'vitest';
import { at, readText, refusal, whyAbsent } from './reading.ts';

const REFUSED = 'Get "http://127.0.0.1/?token=s3cret": dial tcp: connect: connection refused';
const LATE = 'Get "http://127.0.0.1/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';

const report = (codes: Readonly<Record<string, number>>, errors: readonly string[] = [], more: object = {}): string => {
  const requests = Object.values(codes).reduce((sum, count) => sum + count, 0);
  return JSON.stringify({
    latencies: {
      total: 1,
      mean: 24_846_403,
      '50th': 12_850_235,
      '90th': 46_322_654,
      '95th': 54_859_022,
      '99th': 246_087_570,
      max: 274_927_232,
      min: 5_037_508,
    },
    bytes_in: { total: 360, mean: 3 },
    duration: 2_974_806_967,
    wait: 34_092_203,
    requests,
    rate: 40.3,
    throughput: 38.5,
    success: 1,
    status_codes: codes,
    errors,
    ...more,
  });
};

describe('vegeta’s report', () => {
  it('is in nanoseconds, near in rank, and of all requests', async () => {
    const { all } = await readText(report({ '200': 116, '302': 1, '500': 3 }));
    expect(all).toMatchObject({
      requests: 120,
      failures: 3,
      timeouts: 0,
      unanswered: 0,
      bytes: 360,
      durationMs: 3008.89917,
      ratePerS: 40.3,
    });
    expect([50, 90, 95, 99].map((percent) => at(percent, all))).toEqual([12.850235, 46.322654, 54.859022, 246.08757]);
    expect(all.latency).toMatchObject({ exactness: { kind: 'rank' }, count: 120 });
    expect(all.population).toEqual({ failures: true, timeouts: true });
  });

  it.each([
    [[LATE, '500 Internal Server Error'], 10],
    [[REFUSED], 0],
    [[], undefined],
    [[LATE, REFUSED], undefined],
  ])('tells timeouts only where all errors are, or none is: %j', async (errors, timeouts) => {
    const read = await readText(report({ '0': 10, '200': 50 }, errors));
    expect(read.all).toMatchObject({ failures: 10, unanswered: 10 });
    expect(read.all.timeouts).toBe(timeouts);
    if (timeouts === undefined) expect(whyAbsent(read, 'timeouts')).toContain('vegeta encode --to csv');
  });

  it('cannot count its unanswered requests into percentiles that are finished', async () => {
    expect(whyAbsent(await readText(report({ '0': 10, '200': 50 }, [LATE])), 'p99.with_timeouts')).toContain(
      '10 requests got no answer',
    );
  });

  it('has no latency where nothing was answered: how soon a connection is refused is none', async () => {
    expect((await readText(report({ '0': 20 }, [REFUSED]))).all.latency).toBeUndefined();
  });

  it('does not keep what a query string says', async () => {
    expect((await readText(report({ '0': 1, '200': 1 }, [REFUSED]))).notes.join(' ')).not.toContain('s3cret');
  });

  it('is refused where it contradicts itself', async () => {
    expect(await refusal(readText(report({ '200': 5 }, [], { requests: 6 })))).toContain(
      '`status_codes` are of 5 requests, and `requests` is 6',
    );
    expect(await refusal(readText(report({ '200': 5 }, [], { latencies: { '99th': -1 } })))).toContain(
      '`latencies.99th` is negative',
    );
  });

  it('is no report for people', async () => {
    const printed = 'Requests      [total, rate, throughput]         120, 40.34, 38.55\nDuration      [total, attack, wait]\n';
    expect(await refusal(readText(printed))).toContain('Give `vegeta report -type=json`');
  });
});
