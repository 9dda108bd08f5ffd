import { describe, expect, it } from 'vitest';
import { errorMs } from '../../../src/load/distribution.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { at, fixture, readFixture, readText, refusal, textOf, whyAbsent } from './reading.ts';

const README = [1, 2, 3].map((each) => sharedLoadData('wrk2', `extracted-README-${each}.txt`));
const LONG = sharedLoadData('wrk', 'WrkResultsLong.txt');

const run = (more = '', requests = 9_600): string => `Running 3s test @ http://127.0.0.1:3000/a?key=s3cret
  2 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    38.74ms   52.27ms   1.05s    88.83%
    Req/Sec   161.13     19.25   210.00     60.00%
  Latency Distribution
     50%  900.00us
     75%   41.29ms
     90%  109.13ms
     99%    1.02s
  ${requests} requests in 3.00s, 43.36KB read
${more}Requests/sec:   ${(requests / 3).toFixed(2)}
Transfer/sec:     14.39KB
`;
const SOCKETS = '  Socket errors: connect 1, read 2, write 3, timeout 4\n';

describe('what wrk prints', () => {
  it('has percentiles in whatever unit, and says how far they are rounded', async () => {
    const { all } = await readText(run());
    expect([50, 75, 90, 99].map((percent) => at(percent, all))).toEqual([0.9, 41.29, 109.13, 1020]);
    expect(all.latency).toMatchObject({ mean: 38.74, max: 1050, count: 9600 });
    // 1.02 s may have been 1015 ms, and as much was allowed of the rest.
    expect(all.latency === undefined ? 0 : errorMs(all.latency, 1020)).toBeCloseTo(5, 5);
    expect(all).toMatchObject({ requests: 9600, failures: 0, durationMs: 3000, ratePerS: 3200 });
  });

  it('has no count of timeouts, whether or not it speaks of socket errors', async () => {
    for (const more of ['', SOCKETS]) {
      const read = await readText(run(more));
      expect(read.all.timeouts).toBeUndefined();
      expect(read.all.unanswered).toBeUndefined();
      for (const name of ['timeouts', 'errors', 'p99.with_timeouts'])
        expect(whyAbsent(read, name)).toContain('only when its answer comes after all');
    }
  });

  it('counts broken connections as requests that failed, and late answers as failures', async () => {
    const { all } = await readText(run(SOCKETS));
    expect(all).toMatchObject({ requests: 9606, failures: 10, latency: { count: 9596 } });
    expect(all.errors).toEqual(new Map(Object.entries({ connect: 1, read: 2, write: 3, 'answered too late': 4 })));
  });

  it('counts what is neither 2xx nor 3xx as failures', async () => {
    expect((await readText(run('  Non-2xx or 3xx responses: 48\n'))).all.failures).toBe(48);
  });

  it('says nothing of failures where the requests that hang could be more than one in a hundred', async () => {
    const read = await readText(run('', 300));
    expect(read.all.failures).toBeUndefined();
    for (const name of ['failures', 'success_rate', 'error_rate']) {
      expect(whyAbsent(read, name)).toContain('up to 4 requests, one on each connection, may never have been answered');
    }
  });

  it('has no p95, and without `--latency` no percentile', async () => {
    expect(whyAbsent(await readText(run()), 'p95')).toContain('wrk prints 50, 75, 90 and 99 only');
    const without = run().replace(/ {2}Latency Distribution\n(?: .*%.*\n){4}/, '');
    expect(whyAbsent(await readText(without), 'p99')).toContain('only with `--latency`');
  });

  it('has no latency where nothing was answered', async () => {
    const silent = run('', 0).replace(/[\d.]+(?:us|ms|s) *$/gm, '0.00us');
    const { all } = await readText(silent);
    expect(all.requests).toBe(0);
    expect(all.latency).toBeUndefined();
  });

  it('is found in a longer log, with colours and with the times of a CI log', async () => {
    const logged = `+ wrk --latency http://127.0.0.1\n${run()}\u001b[32mdone\u001b[0m\n`
      .split('\n')
      .map((line) => `2026-11-25T15:19:57.1234567Z ${line}`)
      .join('\r\n');
    expect((await readText(logged)).all.requests).toBe(9600);
    const late = `${'a line of a build\n'.repeat(10_000)}${run()}`;
    expect((await readText(late)).all.requests).toBe(9600);
  });

  it('is refused where there are two runs, with both lines', async () => {
    expect(await refusal(readText(`${run()}\n${run()}`))).toContain('two runs of wrk are in this text, at lines 1 and 15');
  });

  it('is refused where it is cut off', async () => {
    expect(await refusal(readText(run().split('Requests/sec')[0] ?? ''))).toContain(
      'result, line 1: the summary that wrk begins here has no “Requests/sec”',
    );
    expect(await refusal(readText(run().split('\n').slice(0, 2).join('\n')))).toContain('has no “requests in”');
  });

  it('is refused beside the result of another tool', async () => {
    expect(await refusal(readText(`${run()}\nSummary:\n  Total:\t1.0000 secs\n`))).toContain(
      'results of wrk and hey are in this text',
    );
  });

  it('does not keep the query of its URL', async () => {
    expect((await readText(run())).settings).toEqual({ target: 'http://127.0.0.1:3000/a', users: 4, durationMs: 3000 });
  });

  it.skipIf(LONG === undefined)('has no rate where what it says of it contradicts the rest', async () => {
    const read = await readFixture(LONG);
    expect(read.all).toMatchObject({ requests: 1045, durationMs: 4_999_800, latency: { mean: 78_270, max: 235_540 } });
    expect(whyAbsent(read, 'rate')).toContain('contradicts');
    expect(whyAbsent(read, 'p95')).toContain('--latency');
  });

  it.skipIf(fixture('wrk', 'dead.stderr.txt') === undefined)('is not what it says of a server that is not there', async () => {
    expect(await refusal(readFixture(fixture('wrk', 'dead.stderr.txt')))).toContain('unable to connect to');
  });
});

describe.skipIf(README.includes(undefined))('what wrk2 prints', () => {
  it.each([
    [0, 60_018, 2000.28, { 50: 6.671, 90: 9.143, 95: 10.015, 97.5: 10.439, 99: 11.18, 99.9: 12.3 }, 12.496],
    [1, 60_031, 2000.67, { 50: 6.207, 90: 8.463, 95: 9.415, 97.5: 10.103, 99: 10.52, 99.9: 11.19 }, 11.312],
    [2, 60_055, 2001.42, { 50: 8.615, 90: 11.775, 95: 524.799, 97.5: 993.279, 99: 1270, 99.9: 1420 }, 1416.192],
  ])('has the percentiles of its spectrum, corrected ones (sample %i)', async (sample, requests, rate, percentiles, max) => {
    const { tool, all } = await readFixture(README[sample]);
    expect(tool).toBe('wrk2');
    expect(all).toMatchObject({ requests, failures: 0, ratePerS: rate, latency: { count: 39_500, max } });
    for (const [percent, value] of Object.entries(percentiles)) expect(at(Number(percent), all), `p${percent}`).toBe(value);
  });

  it('says what its latencies are of', async () => {
    const { notes } = await readFixture(README[1]);
    expect(notes.join(' ')).toContain('from when a request was due (corrected)');
  });

  it('has the mean and the maximum only without `--latency`', async () => {
    const text = await textOf(README[0]);
    const [head = '', rest = ''] = text.split('  Latency Distribution');
    const read = await readText(`${head}${rest.slice(rest.indexOf('60018 requests'))}`);
    expect(read.all.latency).toMatchObject({ mean: 6.6, max: 12.5 });
    expect(whyAbsent(read, 'p95')).toContain('wrk2 prints percentiles only with `--latency`');
  });
});
