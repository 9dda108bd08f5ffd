import { describe, expect, test } from 'vitest';
import { expectedOf, FIXTURES_ARE_THERE, percentiles, readFiles, readFixture, shownAs } from './result-files.ts';

describe.skipIf(!FIXTURES_ARE_THERE)('what vegeta encoded', () => {
  test.each(['healthy', 'stalling', 'stopping', 'dead'])('%s has the same figures as CSV and as JSON', async (name) => {
    for (const ending of ['csv', 'json']) {
      const file = `vegeta/${name}.results.${ending}`;
      expect(shownAs(await readFixture(file))).toEqual(expectedOf(file));
    }
  });

  test('has no answers where connections were refused', async () => {
    const { all } = await readFixture('vegeta/dead.results.csv');
    expect([all.unanswered, [...(all.errors?.values() ?? [])]]).toEqual([20, [20]]);
  });

  test('keeps the time of requests that were given up apart', async () => {
    const { all } = await readFixture('vegeta/stalling.results.json');
    expect(all.latency).toMatchObject({ answered: [{ count: 50 }], unanswered: [{ count: 10 }] });
  });
});

const line = (code: number, nanoseconds: number | string, error = '', url = 'http://shop.test/a?token=abc'): string =>
  `1700000000000000000,${code},${nanoseconds},0,3,${error},b2sK,,0,GET,${url},Q29v\n`;
const object = (more: Record<string, unknown>): string =>
  `${JSON.stringify({ attack: '', seq: 0, code: 200, timestamp: '2026-11-25T15:20:37.892007194Z', latency: 839841, bytes_out: 0, bytes_in: 3, error: '', body: 'b2sK', method: 'GET', url: 'http://shop.test/a?token=abc', headers: { Cookie: ['secret'] }, ...more })}\n`;

test('a label is the method and the URL without its query, and nothing of body or headers is kept', async () => {
  for (const text of [line(200, 1_000_000) + line(500, 2_000_000), object({}) + object({ code: 500 })]) {
    const result = await readFiles({ results: text });
    expect([...result.labels.keys()]).toEqual(['GET http://shop.test/a']);
    expect([result.all.failures, [...(result.all.statuses ?? [])]]).toEqual([
      1,
      [
        [200, 1],
        [500, 1],
      ],
    ]);
    expect(JSON.stringify([...result.labels, result.notes])).not.toMatch(/abc|b2sK|secret/);
  }
});

test('latencies are exact to the nanosecond', async () => {
  const { all } = await readFiles({ results: line(200, 1_234_567) });
  expect(percentiles(all)[0]).toBe(1.2346);
  expect(all.latency).toMatchObject({ answered: [{ max: 1.234567 }] });
});

test.each([
  'Get x: context deadline exceeded',
  'net/http: request canceled (Client.Timeout exceeded while awaiting headers)',
  'dial tcp: i/o timeout',
])('an error “%s” is a timeout', async (error) => {
  const { all } = await readFiles({ results: line(200, 1) + line(0, 5_000_000, error) });
  expect([all.timeouts, all.unanswered]).toEqual([1, 1]);
});

test.each([
  ['CSV', line(200, 1) + line(200, 2).slice(0, 40)],
  ['JSON', object({}) + object({}).slice(0, 40)],
])('%s that was cut off has the lines before, and says so', async (_, text) => {
  const { all, notes } = await readFiles({ results: text });
  expect([all.requests, notes.join()]).toEqual([1, expect.stringContaining('the last line was cut off')]);
});

test.each([
  [
    'a cut line in the middle',
    `${line(200, 1)}1700000000000000000,200\n${line(200, 1)}`,
    'results, line 2: 2 cells, where 12 were expected',
  ],
  ['a negative latency', line(200, 1) + line(200, -5), 'results, line 2: the time of a request, “-5”, is negative'],
  ['a line that is no JSON', `${object({})}oops\n${object({})}`, 'results, line 2: this is no JSON object'],
  ['an object without a latency', object({}) + object({ latency: null }), 'results, line 2: an object without a code, a latency'],
])('%s is refused', async (_, text, message) => {
  await expect(readFiles({ results: text })).rejects.toThrow(message);
});
