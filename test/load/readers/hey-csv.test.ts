import { describe, expect, test } from 'vitest';
import { measurementsOf } from '../../../src/load/measurements.ts';
import { readResult } from '../../../src/load/readers/read.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { expectedOf, FIXTURES_ARE_THERE, percentiles, readFiles, readFixture, reasonFor } from './result-files.ts';

const HEADER = 'response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset\n';

describe.skipIf(!FIXTURES_ARE_THERE)('what hey wrote', () => {
  test.each(['healthy', 'stalling', 'silent'])('%s.csv has the latencies of the answers', async (name) => {
    const { all } = await readFixture(`hey/${name}.csv`);
    const { p50, p95, p99 } = expectedOf(`hey/${name}.csv`);
    expect(percentiles(all)).toEqual([p50, p95, p99].map((value) => value ?? undefined));
  });

  test('of a server that never answers has nothing that a limit could be met by', async () => {
    const measured = measurementsOf(await readFixture('hey/silent.csv'), { wanted: new Set(['p95', 'status.500', 'timeouts']) });
    expect(measured['p95']).toMatchObject({ samples: 0, note: 'no request was answered' });
    expect(measured['timeouts']?.absent).toContain('hey without `-o csv`');
    expect(measured['status.500']).toMatchObject({ samples: 0, note: 'no request was answered' });
  });
});

test.skipIf(sharedLoadData('generated', 'hey-mix.csv') === undefined)(
  'the 196 answers of 200 requests are not taken for all',
  async () => {
    const result = await readResult(sharedLoadData('generated', 'hey-mix.csv') ?? '', 'hey-mix.csv');
    expect([result.all.requests, result.all.failures, percentiles(result.all)]).toEqual([
      undefined,
      undefined,
      [9.55, 19.5, 20.2],
    ]);
    expect(measurementsOf(result, { wanted: new Set(['status.500', 'status.503']) })).toMatchObject({
      'status.500': { value: { amount: 8 } },
      'status.503': { value: { amount: 0 } },
    });
  },
);

test('what counts requests is absent, with the output that has it', async () => {
  const result = await readFiles({ 'hey.csv': `${HEADER}0.0019,0,0,0,0,0,200,0.0010\n` });
  for (const name of ['requests', 'failures', 'timeouts', 'error_rate', 'rate', 'duration']) {
    expect(reasonFor(result, name)).toContain('without `-o csv`');
  }
  expect(result.all.population).toEqual({ failures: true, timeouts: false });
  expect(result.all.latency).toMatchObject({ stepMs: 0.1, answered: [{ max: 1.9 }] });
});

test.each([
  ['a cut line', `${HEADER}0.0019,0,0\n`, 'hey.csv, line 2: 3 cells, where 8 were expected'],
  ['no status', `${HEADER}0.0019,0,0,0,0,0,0,0.0010\n`, 'line 2: “0” is no status code'],
  ['NaN', `${HEADER}NaN,0,0,0,0,0,200,0.0010\n`, 'line 2: the time of a request, “NaN”, is no number'],
])('a table with %s is refused', async (_, text, message) => {
  await expect(readFiles({ 'hey.csv': text })).rejects.toThrow(message);
});
