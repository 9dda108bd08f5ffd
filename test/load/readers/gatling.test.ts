import { describe, expect, test } from 'vitest';
import { readResult } from '../../../src/load/readers/read.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { percentiles, readFiles, reasonFor } from './result-files.ts';

describe.skipIf(sharedLoadData('gatling') === undefined)('a simulation.log from the wild', () => {
  // Worked out in Python from the lines.
  test.each([
    ['gatling-2-000', 5, 1, [1279, 1788.6, 1833.72], 6906, 1],
    ['gatling-3-000', 243, 0, [63, 66, 119.32], 10_079, 4],
    ['gatling-351-000', 220, 0, [4, 15.1, 828.85], 22_129, 10],
  ])('%s', async (name, requests, failures, at, duration, users) => {
    const { all, settings } = await readResult(sharedLoadData('gatling', `${name}.simulation.log`) ?? '', name);
    expect([all.requests, all.failures, percentiles(all), all.durationMs, settings.users]).toEqual([
      requests,
      failures,
      at,
      duration,
      users,
    ]);
  });

  test.each(['gatling-8-314', 'known_stats-3.12'])('%s is binary, and refused with what to do', async (name) => {
    await expect(readResult(sharedLoadData('gatling', `${name}.simulation.log`) ?? '', name)).rejects.toThrow(
      /binary simulation\.log.*Gatling 3\.11.*dump-xml/,
    );
  });

  test('assertions.json is refused, for it has no requests', async () => {
    await expect(readResult(sharedLoadData('gatling', 'assertions.json') ?? '', 'assertions.json')).rejects.toThrow(
      'Gatling’s assertions.json',
    );
  });
});

const T = 1_700_000_000_000;
const rows = (...lines: readonly (readonly (string | number)[])[]): string =>
  `${lines.map((line) => line.join('\t')).join('\n')}\n`;
const read = (text: string) => readFiles({ 'simulation.log': text });

describe('a request', () => {
  test.each([
    ['2.0', ['Shop', 1, 'RUN', 'x', 'y', '2.1'], ['Shop', 1, 'REQUEST', 'Login', 'POST', T, T + 1, T + 18, T + 20, 'KO', 'bad']],
    ['2.2', ['RUN', 'Shop', 'x', 'shop', T, ' ', '2.3'], ['REQUEST', 'Shop', 1, 'Login', 'POST', T, T + 20, 'KO', 'bad']],
    ['3.0', ['RUN', 'Shop', 'x', T, ' ', '3.0.0'], ['REQUEST', 1, 'Login', 'POST', T, T + 20, 'KO', 'bad']],
    ['3.5', ['RUN', 'Shop', 'x', T, ' ', '3.5.1'], ['REQUEST', 'Login', 'POST', T, T + 20, 'KO', 'bad']],
  ])('of Gatling %s is read by its columns', async (_, run, request) => {
    const { all, labels } = await read(rows(run, request));
    expect([all.requests, all.failures, percentiles(all)[0], [...labels.keys()]]).toEqual([1, 1, 20, ['Login / POST']]);
  });

  test('may have nested groups and a name like a status', async () => {
    const { labels } = await read(rows(['RUN', 'S', 's', T, ' ', '3.5.1'], ['REQUEST', 'a,b', 'OK', T, T + 1, 'OK', ' ']));
    expect([...labels.keys()]).toEqual(['a / b / OK']);
  });

  test('that was given up is a timeout, one without a connection is unanswered, one that failed a check is answered', async () => {
    const ko = (message: string) => ['REQUEST', '', 'home', T, T + 9, 'KO', message];
    const { all } = await read(
      rows(
        ['RUN', 'S', 's', T, ' ', '3.5.1'],
        ko('i.g.h.c.i.RequestTimeoutException: Request timeout to shop.test/1.2.3.4:443 after 60000 ms'),
        ko('Request timeout after 60000 ms'),
        ko('j.n.ConnectException: Connection refused'),
        ko('Premature close'),
        ko('status.find.in(200,304), found 503'),
        ['REQUEST', '', 'home', T, T + 9, 'OK', ''],
      ),
    );
    expect([all.requests, all.failures, all.timeouts, all.unanswered]).toEqual([6, 5, 2, 4]);
    expect([...(all.errors ?? [])]).toContainEqual(['status.find.in(200,304), found 503', 1]);
    expect(all.latency).toMatchObject({ answered: [{ count: 2 }], unanswered: [{ count: 4 }] });
  });
});

test('a group’s line is no request', async () => {
  const { all } = await read(
    rows(
      ['ASSERTION', 'AAEC'],
      ['RUN', 'S', 's', T, ' ', '3.5.1'],
      ['GROUP', 'Login', T, T + 99, 99, 'OK'],
      ['REQUEST', 'Login', 'a', T, T + 9, 'OK', ''],
    ),
  );
  expect([all.requests, percentiles(all)[2]]).toEqual([1, 9]);
});

test('what the log does not have is absent, and assertions are left to the exit code', async () => {
  const result = await read(rows(['RUN', 'S', 's', T, ' ', '3.5.1'], ['REQUEST', '', 'a', T, T + 9, 'OK', '']));
  expect(reasonFor(result, 'status.500')).toContain('no statuses');
  expect(reasonFor(result, 'failed_thresholds')).toContain('exit code');
});

test('a run without a request has none', async () => {
  const { all } = await read(rows(['RUN', 'S', 's', T, ' ', '3.5.1']));
  expect(all.requests).toBe(0);
});

test.each([
  [
    'a cut line in the middle',
    ['REQUEST', '', 'a', T],
    'simulation.log, line 2: a request without a name, two times and OK or KO',
  ],
  ['an end before the start', ['REQUEST', '', 'a', T, T - 5, 'OK', ''], 'line 2: the time of a request'],
  ['a line of another kind', ['OOPS', '1'], 'line 2: “OOPS” begins no record'],
])('%s is refused', async (_, line, message) => {
  await expect(read(rows(['RUN', 'S', 's', T, ' ', '3.5.1'], line, ['REQUEST', '', 'a', T, T + 9, 'OK', '']))).rejects.toThrow(
    message,
  );
});

test('a cut last line is left out, and said', async () => {
  const { all, notes } = await read(
    `${rows(['RUN', 'S', 's', T, ' ', '3.5.1'], ['REQUEST', '', 'a', T, T + 9, 'OK', ''])}REQUEST\t\ta\t17000`,
  );
  expect([all.requests, notes.join('\n')]).toEqual([1, expect.stringContaining('the last line was cut off')]);
});

const figures = (total: number, ko: number) => ({
  name: 'home',
  numberOfRequests: { total, ok: total - ko, ko },
  minResponseTime: { total: 5, ok: 5, ko: 9 },
  maxResponseTime: { total: 900, ok: 900, ko: 9 },
  meanResponseTime: { total: 50, ok: 50, ko: 9 },
  percentiles1: { total: 40, ok: 40, ko: 9 },
  percentiles3: { total: 95, ok: 95, ko: 9 },
  meanNumberOfRequestsPerSecond: { total: 12.5, ok: 12, ko: 0.5 },
});

describe('the statistics of its report', () => {
  test('give counts and extremes, but no percentile that they do not name', async () => {
    const result = await readFiles({ 'global_stats.json': JSON.stringify(figures(100, 4)) });
    expect(result.all).toMatchObject({ requests: 100, failures: 4, ratePerS: 12.5, latency: { min: 5, max: 900, mean: 50 } });
    expect([percentiles(result.all), result.all.timeouts]).toEqual([[undefined, undefined, undefined], undefined]);
    expect(reasonFor(result, 'p95')).toContain('gatling.charting.indicators');
  });

  test('give them for each request in its groups', async () => {
    const leaf = { type: 'REQUEST', name: 'home', stats: figures(3, 0) };
    const group = { type: 'GROUP', name: 'Login', stats: figures(1, 0), contents: { leaf } };
    const { labels, all } = await readFiles({
      'stats.json': JSON.stringify({ type: 'GROUP', name: 'All Requests', stats: figures(3, 0), contents: { group } }),
    });
    expect([all.requests, [...labels.keys()]]).toEqual([3, ['Login / home']]);
  });
});
