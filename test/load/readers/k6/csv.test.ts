import { expect, test } from 'vitest';
import { percentileIn } from '../../../../src/load/distribution.ts';
import { K6_CSV } from '../../../../src/load/readers/k6/csv.ts';
import type { LoadResult } from '../../../../src/load/result.ts';
import { resultSource } from '../../../support/result-source.ts';

const read = (text: string): Promise<LoadResult> => K6_CSV.read(resultSource(text));

/** As k6 1.x writes it. */
const HEADER =
  'metric_name,timestamp,metric_value,check,error,error_code,expected_response,group,method,name,proto,scenario,service,status,subproto,tls_version,url,extra_tags,metadata';

const row = (metric: string, time: number | string, value: number, tags: Readonly<Record<string, string>> = {}): string =>
  [
    metric,
    time,
    value.toFixed(6),
    ...HEADER.split(',')
      .slice(3)
      .map((name) => tags[name] ?? ''),
  ].join(',');

function request(time: number | string, value: number, more: Readonly<Record<string, string>> = {}): string[] {
  const tags = { method: 'GET', name: 'http://localhost/', status: '200', url: 'http://localhost/', ...more };
  const failed = Number(tags.status) === 0 || Number(tags.status) >= 400 ? 1 : 0;
  return [
    row('http_reqs', time, 1, tags),
    row('http_req_duration', time, value, tags),
    row('http_req_waiting', time, value, tags),
    row('http_req_failed', time, failed, tags),
  ];
}

const csv = (...rows: readonly string[]): string => `${[HEADER, ...rows].join('\n')}\n`;

test('it is recognised by three of its columns, wherever they are', () => {
  expect(K6_CSV.recognises(`${HEADER}\n`)).toBe(true);
  expect(K6_CSV.recognises('status,metric_value,timestamp,metric_name\r\n')).toBe(true);
  expect(K6_CSV.recognises('timeStamp,elapsed,label\n')).toBe(false);
});

test('requests, failures, timeouts, statuses, checks and labels are those of the rows', async () => {
  const result = await read(
    csv(
      ...request(1_767_322_800, 10),
      ...request(1_767_322_810, 30, { status: '500', error_code: '1500' }),
      ...request(1_767_322_820, 60_000, { status: '0', error_code: '1050' }),
      row('checks', 1_767_322_820, 0, { check: 'is ok' }),
      row('data_received', 1_767_322_820, 77),
      row('iterations', 1_767_322_820, 1),
    ),
  );
  expect(result.all).toMatchObject({ requests: 3, failures: 2, timeouts: 1, unanswered: 1, bytes: 77 });
  expect(result.all.latency && percentileIn(result.all.latency, 50)).toBe(30);
  expect(result.all.statuses).toEqual(
    new Map([
      [200, 1],
      [500, 1],
    ]),
  );
  expect(result.labels.get('GET http://localhost/')).toMatchObject({ requests: 3 });
  expect(result.checks).toEqual(new Map([['is ok', { passes: 0, fails: 1 }]]));
  expect(result.droppedIterations).toBe(0);
});

test.each([
  ['unix_milli', '1767322800123', '1767322820123'],
  ['unix_micro', '1767322800123456', '1767322820123456'],
  ['unix_nano', '1767322800123456789', '1767322820123456789'],
  ['rfc3339_nano', '2026-01-02T03:00:00.123456789Z', '2026-01-02T03:00:20.123456789Z'],
])('times are told by their size and shape: %s', async (_, first, last) => {
  const result = await read(csv(...request(first, 1000), ...request(last, 500)));
  expect(result.all.durationMs).toBeCloseTo(21_000, 2);
  expect(result.overTime[0]?.at).toBe(Date.parse('2026-01-02T03:00:00Z'));
  expect(result.notes).toEqual([]);
});

test('of times in whole seconds, a long test has its duration with a note, a short one has none', async () => {
  const long = await read(csv(...request(1_767_322_800, 1), ...request(1_767_322_900, 1)));
  expect(long.all.durationMs).toBe(100_001);
  expect(long.notes.join()).toContain('whole seconds');
  const short = await read(csv(...request(1_767_322_800, 1), ...request(1_767_322_800, 1)));
  expect([short.all.durationMs, short.all.ratePerS]).toEqual([undefined, undefined]);
  expect(short.absent['rate']).toContain('K6_CSV_TIME_FORMAT=unix_milli');
});

test('columns are found by name; a tag that is no column is among the extra ones', async () => {
  const text = [
    'timestamp,metric_name,extra_tags,metric_value,status',
    '1767322800,http_req_duration,method=PUT&name=a=b&team=x,12.500000,204',
    '1767322830,http_req_duration,method=PUT&name=a=b&team=x,13.500000,204',
    '',
  ].join('\r\n');
  const result = await read(text);
  expect([...result.labels.keys()]).toEqual(['PUT a=b']);
  expect(result.all.requests).toBe(2);
});

test('a cell in quotation marks may hold commas, quotation marks and line ends', async () => {
  const quoted = '"say ""hi"",\nagain"';
  const result = await read(csv(...request(1_767_322_800, 10, { name: quoted }), ...request(1_767_322_830, 20)));
  expect([...result.labels.keys()]).toEqual(['GET say "hi", again', 'GET http://localhost/']);
});

test('a torn last row is left out and counted; another number of cells before it is refused with its line', async () => {
  const whole = csv(...request(1_767_322_800, 10), ...request(1_767_322_830, 10));
  const torn = await read(whole.slice(0, -30));
  expect(torn.notes.join()).toContain('the last row is torn');
  await expect(read(csv(...request(1, 1), 'http_reqs,2,1.000000', ...request(2, 1)))).rejects.toThrow(
    /results, line 6: the row has 3 cells, and the header 19/,
  );
  await expect(read(csv(row('http_req_duration', 1, -1)))).rejects.toThrow(/line 2: `http_req_duration` is -1/);
  await expect(read(csv(row('http_req_duration', 'noon', 1)))).rejects.toThrow(/line 2: the time/);
});

test('a header without rows is a test without requests', async () => {
  expect((await read(csv())).all.requests).toBe(0);
  expect((await read(HEADER)).all.requests).toBe(0);
});
