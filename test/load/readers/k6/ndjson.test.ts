import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { extremesOf, percentileIn } from '../../../../src/load/distribution.ts';
import { measurementsOf } from '../../../../src/load/measurements.ts';
import { K6_NDJSON, k6SoFar } from '../../../../src/load/readers/k6/ndjson.ts';
import { pointLines } from '../../../../src/load/readers/k6/point-lines.ts';
import { samples } from '../../../../src/load/readers/k6/samples.ts';
import { readResult } from '../../../../src/load/readers/read.ts';
import type { LoadResult } from '../../../../src/load/result.ts';
import { resultSource } from '../../../support/result-source.ts';
import { sharedLoadData } from '../../../support/shared-data.ts';

interface Given {
  readonly value?: number | string;
  readonly time?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const TIME = '2026-01-02T03:04:05.678901+01:00';

const point = (metric: string, { value = 1, time = TIME, tags = {} }: Given = {}): string =>
  `{"metric":"${metric}","type":"Point","data":{"time":"${time}","value":${value},"tags":${JSON.stringify(tags)}}}\n`;

/** The samples of one request that count here. */
function request(given: Given & { readonly failed?: boolean } = {}): string {
  const { value = 10, time = TIME, failed = false } = given;
  const tags = { method: 'GET', name: 'http://localhost/', status: '200', ...given.tags };
  return [
    point('http_reqs', { time, tags }),
    point('http_req_duration', { value, time, tags }),
    point('http_req_blocked', { value: 0.001, time, tags }),
    point('http_req_failed', { value: failed ? 1 : 0, time, tags }),
  ].join('');
}

const read = (text: string): Promise<LoadResult> => K6_NDJSON.read(resultSource(text));
const measured = async (text: string, ...names: readonly string[]) => {
  const found = measurementsOf(await read(text), { wanted: new Set(names) });
  return names.map((name) => {
    const { value, ...rest } = found[name] ?? { value: undefined };
    return { ...rest, amount: value !== undefined && 'amount' in value ? value.amount : undefined };
  });
};

/** By sorting, from the text; nothing of what is tested here is used. */
function workedOut(text: string) {
  const durations: number[] = [];
  const ends: number[] = [];
  const starts: number[] = [];
  let failed = 0;
  let sent = 0;
  for (const line of text.trim().split('\n')) {
    const { metric, type, data } = JSON.parse(line);
    if (type !== 'Point') continue;
    if (metric === 'http_reqs') sent += data.value;
    if (metric === 'http_req_failed') failed += data.value;
    if (metric !== 'http_req_duration') continue;
    durations.push(data.value);
    ends.push(Date.parse(data.time));
    starts.push(Date.parse(data.time) - data.value);
  }
  durations.sort((one, other) => one - other);
  const at = (percent: number): number => {
    const rank = (percent / 100) * (durations.length - 1);
    const [below = 0, above = below] = [durations[Math.floor(rank)], durations[Math.ceil(rank)]];
    return below + (above - below) * (rank - Math.floor(rank));
  };
  return { sent, failed, durations, at, durationMs: Math.max(...ends) - Math.min(...starts) };
}

const REAL = [
  { file: 'k6/ndjson-2024.json', requests: 61, failures: 0, users: 31, labels: 2, iterations: 31 },
  { file: 'k6/ndjson-2025-2.7MB.json.gz', requests: 771, failures: 154, users: 5, labels: 5, iterations: 154 },
];

for (const { file, requests, failures, users, labels } of REAL) {
  const path = sharedLoadData(file) ?? '';
  describe.skipIf(!existsSync(path))(`the real file ${file}`, () => {
    const bytes = () => (file.endsWith('.gz') ? gunzipSync(readFileSync(path)) : readFileSync(path));

    test('has the figures that are worked out from its lines', async () => {
      const result = await readResult(path, file);
      const expected = workedOut(bytes().toString());
      expect([result.tool, result.format]).toEqual(['k6', 'NDJSON']);
      expect([result.all.requests, result.all.failures]).toEqual([requests, failures]);
      expect([expected.sent, expected.failed]).toEqual([requests, failures]);
      expect([result.all.timeouts, result.all.unanswered, result.droppedIterations]).toEqual([0, 0, 0]);
      expect(result.settings.users).toBe(users);
      expect(result.labels.size).toBe(labels);
      expect(result.all.durationMs).toBeCloseTo(expected.durationMs, -0.5);
      for (const percent of [0, 50, 75, 90, 95, 99, 99.9, 100]) {
        const { latency } = result.all;
        expect(latency && percentileIn(latency, percent)).toBeCloseTo(expected.at(percent), 9);
      }
      const sum = expected.durations.reduce((all, each) => all + each, 0);
      expect(result.all.latency && extremesOf(result.all.latency).mean).toBeCloseTo(sum / expected.durations.length, 9);
    });

    test('is read from its bytes but for the lines that declare a metric', () => {
      const all = samples({ name: file });
      const others: string[] = [];
      pointLines(all, (text) => others.push(text)).take(bytes());
      expect(others.every((line) => line.startsWith('{"type":"Metric"'))).toBe(true);
    });
  });
}

test('statuses, labels, checks, bytes, users and dropped iterations are those of the samples', async () => {
  const result = await read(
    [
      request({ tags: { name: 'login', method: 'POST', status: '201' } }),
      request({ tags: { name: 'login', method: 'POST', status: '500', error_code: '1500' }, failed: true }),
      request({ tags: { status: '204' } }),
      point('checks', { value: 1, tags: { check: 'is ok' } }),
      point('checks', { value: 0, tags: { check: 'is ok' } }),
      point('data_received', { value: 100 }),
      point('data_received', { value: 20 }),
      point('vus', { value: 3 }),
      point('vus_max', { value: 7 }),
      point('iterations'),
      point('dropped_iterations', { value: 2 }),
    ].join(''),
  );
  expect([...result.labels.keys()]).toEqual(['POST login', 'GET http://localhost/']);
  expect(result.labels.get('POST login')).toMatchObject({ requests: 2, failures: 1 });
  expect(result.all.statuses).toEqual(
    new Map([
      [201, 1],
      [500, 1],
      [204, 1],
    ]),
  );
  expect(result.checks).toEqual(new Map([['is ok', { passes: 1, fails: 1 }]]));
  expect(result.all.bytes).toBe(120);
  expect([result.settings.users, result.droppedIterations]).toEqual([7, 2]);
  expect(result.settings.target).toBe('http://localhost');
  expect(result.notes).toEqual([]);
});

test('a request without an answer is told by its status 0, and a timeout by its error code', async () => {
  const result = await read(
    [
      request(),
      request({ value: 60_000, tags: { status: '0', error_code: '1050' }, failed: true }),
      request({ value: 0, tags: { status: '0', error_code: '1211' }, failed: true }),
      request({ value: 0, tags: { status: '0', error_code: '1212' }, failed: true }),
    ].join(''),
  );
  expect(result.all).toMatchObject({ requests: 4, failures: 3, timeouts: 2, unanswered: 3 });
  expect(result.all.statuses).toEqual(new Map([[200, 1]]));
  expect(result.all.errors).toEqual(
    new Map([
      ['request timeout', 1],
      ['dial timeout', 1],
      ['connection refused', 1],
    ]),
  );
  expect(result.all.population).toEqual({ failures: true, timeouts: true });
  expect(result.notes.join()).toContain('2 requests without an answer');
  expect(result.notes.join()).toContain('lowers');
});

test('a dead server has no latency, though k6 counts refused connections with a duration of 0', async () => {
  const refused = request({ value: 0, tags: { status: '0', error_code: '1212' }, failed: true });
  const [p95, errors] = await measured(refused.repeat(5), 'p95', 'errors');
  expect(p95?.amount).toBeNaN();
  expect(p95?.note).toBe('no request was answered');
  expect(errors?.amount).toBe(5);
});

test('without the tag of the status nothing is said of timeouts and statuses, and how to have it', async () => {
  const bare = request()
    .replaceAll(/,"status":"200"/g, '')
    .repeat(2);
  const [timeouts, status, failures] = await measured(bare, 'timeouts', 'status.500', 'failures');
  expect(timeouts?.absent).toContain('--system-tags');
  expect(status?.absent).toContain('--system-tags');
  expect(failures?.amount).toBe(0);
});

test('without http_req_failed, failures are statuses from 400 and requests without an answer', async () => {
  const text = [request(), request({ tags: { status: '404' } }), request({ tags: { status: '0', error_code: '1212' } })].join('');
  const result = await read(text.replaceAll(/^.*http_req_failed.*\n/gm, ''));
  expect(result.all.failures).toBe(2);
  expect(result.notes.join('\n')).toContain('there is no http_req_failed');
});

test('counts that do not agree are said: a line is missing', async () => {
  const lines = request().repeat(3).split('\n');
  const result = await read(lines.toSpliced(1, 1).join('\n'));
  expect(result.notes.join()).toContain('http_reqs 3, http_req_duration 2, http_req_failed 3');
});

test('a torn last line is left out and counted; a torn line before it is refused with its number', async () => {
  const torn = request().slice(0, -40);
  const result = await read(request() + torn);
  expect(result.notes[0]).toContain('the last line is torn');
  expect(result.all.requests).toBe(2);
  await expect(read(`${torn}\n${request()}`)).rejects.toThrow(/results, line 4: the line is torn/);
  await expect(read(`${torn}${request()}`)).rejects.toThrow(/results, line 4: /);
});

test('a last line without a line end counts when it is whole', async () => {
  const result = await read(request().trimEnd());
  expect([result.all.failures, result.notes]).toEqual([0, []]);
});

test.each([
  ['a negative duration', { value: -1 }, 'is -1'],
  ['more than a day', { value: 86_400_001 }, 'more than a day'],
  ['a value that is no number', { value: '"10"' }, 'no number'],
  ['a value that JSON does not have', { value: 'NaN' }, 'no JSON'],
  ['a time that is none', { time: '2026-02-30T00:00:00Z' }, 'time'],
])('%s is refused', async (_, given, message) => {
  const tags = { status: '200' };
  await expect(read(request() + point('http_req_duration', { tags, ...given }))).rejects.toThrow(
    new RegExp(`results, line 5: .*${message}`),
  );
});

test('a line that is JSON and no sample is refused', async () => {
  await expect(read(`${request()}{"level":"info"}\n`)).rejects.toThrow(/line 5: the line is neither/);
});

test('thresholds are noted and not judged: their result is not in this file', async () => {
  const metric =
    '{"type":"Metric","data":{"name":"http_req_duration","type":"trend","contains":"time","thresholds":["p(95)<500","p(99)<900"],"submetrics":null},"metric":"http_req_duration"}\n';
  const result = await read(metric + request());
  expect(result.thresholds).toEqual([]);
  expect(result.notes.join()).toContain('2 thresholds');
  expect(result.absent['failed_thresholds']).toContain('--summary-export');
});

test('gRPC calls are the requests when there are none of HTTP', async () => {
  const call = (status: string, value: number) =>
    point('grpc_req_duration', { value, tags: { method: '/main.Guide/Get', name: '127.0.0.1:1/main.Guide/Get', status } });
  const result = await read(call('0', 5) + call('4', 1000) + call('14', 1));
  expect(result.all).toMatchObject({ requests: 3, failures: 2, timeouts: 1 });
  expect(result.all.statuses).toBeUndefined();
  const both = await read(call('0', 5) + request());
  expect(both.all.requests).toBe(1);
  expect(both.notes.join()).toContain('1 gRPC calls');
});

test('a test of another protocol has no requests, with the reason; one that sent nothing has none at all', async () => {
  const [requests, p95] = await measured(
    point('iterations') + point('ws_session_duration', { value: 12 }) + point('ws_msgs_sent'),
    'requests',
    'p95',
  );
  expect(requests?.absent).toContain('only ws_session_duration, ws_msgs_sent');
  expect(p95?.absent).toContain('no samples of HTTP requests');
  const [none] = await measured(point('vus'), 'requests');
  expect(none?.amount).toBe(0);
});

test('a query string is left out of a label, for it may hold a token', async () => {
  const result = await read(request({ tags: { name: 'https://shop.test/pay?token=s3cr3t&x=1' } }));
  expect([...result.labels.keys()]).toEqual(['GET https://shop.test/pay']);
  expect(JSON.stringify([...result.notes, result.settings])).not.toContain('s3cr3t');
  expect(result.notes.join()).toContain('query strings');
});

test('requests of setup and teardown count, as they do in k6’s own summary', async () => {
  const result = await read(request({ tags: { group: '::setup' } }) + request() + request({ tags: { group: '::teardown' } }));
  expect(result.all.requests).toBe(3);
});

test('older k6 writes the metric last and may have null for tags', async () => {
  const old = (metric: string, value: number, tags: string) =>
    `{"type":"Point","data":{"time":"2020-05-01T10:00:00Z","value":${value},"tags":${tags}},"metric":"${metric}"}\n`;
  const tags = '{"method":"GET","name":"home","status":"200"}';
  const text = [
    old('vus', 1, 'null'),
    old('http_reqs', 1, tags),
    old('http_req_duration', 12.5, tags),
    old('http_req_failed', 0, tags),
  ];
  const result = await read(text.join('').repeat(3));
  expect(result.labels.get('GET home')).toMatchObject({ requests: 3, failures: 0 });
  const others: string[] = [];
  const lines = pointLines(samples({ name: 'old' }), (line) => others.push(line));
  lines.take(Buffer.from(text.join('').repeat(3)));
  expect(others.length).toBe(3);
});

test.each([
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
  ['2026-01-02T03:04:05.5+00:00', '2026-01-02T03:04:05.500Z'],
  ['2026-01-02T03:04:05.123456789-03:30', '2026-01-02T06:34:05.123Z'],
])('the time %s is read with its fraction and offset', async (time, instant) => {
  const result = await read(request({ time, value: 1000 }) + request({ time: time.replace('03:04', '03:05'), value: 1000 }));
  expect(result.all.durationMs).toBeCloseTo(61_000, 3);
  const [first] = result.overTime;
  expect(first?.at).toBe(Math.floor(Date.parse(instant) / 1000) * 1000);
});

describe('a file that k6 is still writing', () => {
  const path = sharedLoadData('k6/ndjson-2024.json');

  test.skipIf(path === undefined)('says more with each part, and at last what the whole file says', () => {
    const bytes = readFileSync(path ?? '');
    const sofar = k6SoFar('k6.json');
    const counts: number[] = [];
    let last: LoadResult | undefined;
    for (let at = 0; at < bytes.length; at += 10_007) {
      last = sofar(bytes.subarray(at, at + 10_007));
      counts.push(last?.all.requests ?? 0);
    }
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    expect(last?.all.requests).toBe(61);
    expect(last?.all.latency === undefined ? undefined : percentileIn(last.all.latency, 95)).toBeCloseTo(14_300, -2);
  });
});
