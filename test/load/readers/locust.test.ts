import { describe, expect, test } from 'vitest';
import { readResult } from '../../../src/load/readers/read.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { expectedOf, FIXTURES_ARE_THERE, percentiles, readFiles, readFixture, reasonFor, shownAs } from './result-files.ts';

const HEADER =
  'Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,95%,99%,100%';
const stats = (failures = 4): string =>
  [
    HEADER,
    `GET,/,80,${failures},15,25.5,5.25,270.75,3.0,20.0,1.0,15,57,240,270`,
    'GET,/basket,20,0,18,29.1,6.5,255.5,3.0,5.0,0.0,18,60,230,260',
    `,Aggregated,100,${failures},15,26.4,5.25,270.75,3.0,25.0,1.0,15,58,240,270`,
    '',
  ].join('\n');
const failures = (...rows: readonly string[]): string =>
  ['Method,Name,Error,Occurrences,First Seen,Last Seen', ...rows, ''].join('\n');
const LATE = `GET,/,"ReadTimeout(ReadTimeoutError(""HTTPConnectionPool(host='h', port=1): Read timed out. (read timeout=0.5)""))",2,a,b`;
const REFUSED = `GET,/,"ConnectionRefusedError(111, 'Connection refused')",1,a,b`;
const BAD = `GET,/,HTTPError('500 Server Error: Internal Server Error for url: /?token=abc'),1,a,b`;

describe.skipIf(!FIXTURES_ARE_THERE)('what Locust wrote', () => {
  test.each(['healthy', 'raising', 'stalling', 'table', 'idle'])(
    '%s_stats.csv has the figures of its last line',
    async (name) => {
      const result = await readFixture(`locust/${name}_stats.csv`);
      const { timeouts: _, ...expected } = expectedOf(`locust/${name}_stats.csv`);
      expect(shownAs(result)).toMatchObject(expected);
    },
  );

  test.each(['healthy', 'raising', 'stalling'])('%s_stats.csv takes its timeouts from the failures beside it', async (name) => {
    const { all } = await readFixture(`locust/${name}_stats.csv`);
    expect(all.timeouts).toBe(expectedOf(`locust/${name}_failures.csv`).timeouts);
  });

  test.each(['healthy', 'raising', 'stalling', 'printed'])('%s.json has the counts of its entries', async (name) => {
    const result = await readFixture(`locust/${name}.json`);
    const { requests, failures: failed } = expectedOf(`locust/${name}.json`);
    expect(shownAs(result)).toMatchObject({ requests, failures: failed, timeouts: null });
    expect(reasonFor(result, 'timeouts')).toContain('_failures.csv');
  });

  test('connection errors are unanswered, and answers of 500 are not', async () => {
    const { all } = await readFixture('locust/raising_stats.csv');
    expect([all.unanswered, all.failures]).toEqual([437, 439]);
  });

  test('a history beside it gives users, duration and the percentile over time', async () => {
    const { settings, all, overTime } = await readFixture('locust/healthy_stats.csv');
    expect([settings.users, all.durationMs, overTime.length]).toEqual([4, 4000, 4]);
  });

  test('nothing but an idle test has no latency', async () => {
    const result = await readFixture('locust/idle_stats.csv');
    expect([result.all.requests, result.all.latency]).toEqual([0, undefined]);
  });
});

describe.skipIf(sharedLoadData('locust') === undefined)('from the wild', () => {
  test('a table with other percentiles', async () => {
    const result = await readResult(sharedLoadData('locust', 'hub_stats.csv') ?? '', 'hub_stats.csv');
    expect(shownAs(result)).toEqual({ requests: 11_779, failures: 0, timeouts: 0, p50: 5100, p95: 7800, p99: 8200 });
    expect(reasonFor(result, 'p75')).toContain('50%, 60%, 70%, 80%, 90%, 95%, 99%');
    expect(reasonFor(result, 'p75')).toContain('PERCENTILES_TO_REPORT');
  });

  test('a table with blank lines, and without its failures beside it', async () => {
    const result = await readResult(sharedLoadData('locust', 'jenkins-stats.csv') ?? '', 'jenkins-stats.csv');
    expect(shownAs(result)).toEqual({ requests: 71_464, failures: 10_000, timeouts: null, p50: 450, p95: 570, p99: 620 });
    expect([...result.labels.keys()]).toEqual(['POST big', 'POST huge', 'POST medium', 'POST small']);
  });
});

describe('_stats.csv', () => {
  test('has timeouts by the failures beside it, for each label too', async () => {
    const result = await readFiles({ 'run_stats.csv': stats(), 'run_failures.csv': failures(LATE, REFUSED, BAD) });
    expect([result.all.timeouts, result.all.unanswered]).toEqual([2, 3]);
    expect([result.labels.get('GET /')?.timeouts, result.labels.get('GET /basket')?.timeouts]).toEqual([2, 0]);
    expect([...(result.all.errors?.keys() ?? [])].join()).not.toContain('abc');
  });

  test('has none where failures beside it are of another moment', async () => {
    const result = await readFiles({ 'run_stats.csv': stats(), 'run_failures.csv': failures(LATE) });
    expect([result.all.timeouts, result.all.unanswered]).toEqual([undefined, undefined]);
    expect(reasonFor(result, 'timeouts')).toContain('has 2 failures, and the file 4');
  });

  test('does not say how many went unanswered where an error does not tell', async () => {
    const result = await readFiles({ 'run_stats.csv': stats(), 'run_failures.csv': failures(LATE, 'GET,/,Strange,2,a,b') });
    expect([result.all.timeouts, result.all.unanswered]).toEqual([2, undefined]);
  });

  test('has no timeouts where nothing failed', async () => {
    const { all } = await readFiles({ 'run_stats.csv': stats(0) });
    expect([all.timeouts, all.unanswered, all.durationMs]).toEqual([0, 0, 4000]);
  });

  test('is rounded, by at most a twentieth and in steps of a millisecond', async () => {
    const { all } = await readFiles({ 'run_stats.csv': stats() });
    expect(all.latency).toMatchObject({
      exactness: { kind: 'bucketed', by: 0.05 },
      stepMs: 1,
      min: 5.25,
      max: 270.75,
      mean: 26.4,
      count: 100,
    });
    expect(all.population).toEqual({ failures: true, timeouts: true });
  });

  test('may be of an old version, with other words in its header', async () => {
    const old =
      '"Type","Name","# requests","# failures","Median response time","Average response time","Min response time","Max response time","Average Content Size","Requests/s","50%","95%"';
    const { all } = await readFiles({
      'run_stats.csv': `${old}\n"GET","/",10,0,5,6,1,9,3,2.5,5,8\n"None","Aggregated",10,0,5,6,1,9,3,2.5,5,8\n`,
    });
    expect([all.requests, percentiles(all)]).toEqual([10, [5, 8, undefined]]);
  });

  test.each([
    ['no last line', stats().replace(/\n,Aggregated.*/, ''), 'there is no line “Aggregated”'],
    ['a cut line', stats().replace('15,58,240,270\n', '15'), 'run_stats.csv, line 4: 12 cells, where 15 were expected'],
    [
      'a cut percentile',
      stats()
        .replaceAll(/,(?:100%|270|260)\n/g, '\n')
        .slice(0, -2),
      'run_stats.csv, line 4',
    ],
    ['more failures than requests', stats(101), 'line 2: 101 failures of 80 requests'],
    ['a count that is none', stats().replace('80', 'x'), 'line 2: “x” is no Request Count'],
    ['a negative time', stats().replace('25.5', '-25.5'), 'line 2: the time of a request, “-25.5”, is negative'],
  ])('with %s is refused', async (_, text, message) => {
    await expect(readFiles({ 'run_stats.csv': text })).rejects.toThrow(message);
  });
});

describe('--json', () => {
  const entry = (name: string, more: Record<string, unknown> = {}) => ({
    name,
    method: 'GET',
    last_request_timestamp: 110,
    start_time: 100,
    num_requests: 4,
    num_none_requests: 0,
    num_failures: 1,
    total_response_time: 2100,
    max_response_time: 2049,
    min_response_time: 9.5,
    total_content_length: 12,
    response_times: { '2000': 1, '10': 2, '30': 1 },
    ...more,
  });
  const read = (...entries: readonly unknown[]) => readFiles({ 'run.json': JSON.stringify(entries) });

  test('has the latencies of all entries together', async () => {
    const { all, labels } = await read(entry('/'), entry('/b', { response_times: { '10': 4 } }));
    expect([all.requests, all.failures, all.durationMs, all.ratePerS]).toEqual([8, 2, 10_000, 0.8]);
    expect(all.latency).toMatchObject({
      kind: 'buckets',
      buckets: [
        { value: 10, count: 6 },
        { value: 30, count: 1 },
        { value: 2000, count: 1 },
      ],
    });
    // Between two ranks Locust takes the upper one: two of four are below it.
    expect(percentiles(labels.get('GET /') ?? all)).toEqual([30, 2000, 2000]);
  });

  test.each([
    ['an empty list', [], 'give only one of them'],
    ['fewer latencies than requests', [entry('/', { response_times: { '10': 1 } })], 'entry 1 has 4 requests, and 1 latencies'],
    ['a latency that is none', [entry('/', { response_times: { x: 4 } })], 'the time of a request, “x”, is no number'],
    ['no count', [entry('/', { num_requests: null })], 'entry 1 has no num_requests'],
    ['two entries of one name', [entry('/'), entry('/')], 'two entries are called “GET /”'],
  ])('with %s is refused', async (_, entries, message) => {
    await expect(read(...entries)).rejects.toThrow(message);
  });
});
