import { describe, expect, it } from 'vitest';
import { sharedLoadData } from '../../support/shared-data.ts';
import { at, readFixture, readText, refusal, whyAbsent } from './reading.ts';

const SCHEMA = sharedLoadData('oha', 'schema.json');

const result = (
  statuses: Readonly<Record<string, number>>,
  errors: Readonly<Record<string, number>>,
  more: object = {},
): string =>
  JSON.stringify({
    summary: {
      successRate: 1,
      total: 2,
      slowest: 0.2751,
      fastest: 0.0131,
      average: 0.02,
      requestsPerSec: 150,
      totalData: 900,
      ...more,
    },
    latencyPercentiles: { p10: 0.005, p50: 0.0131, p95: 0.055627, p99: 0.253971225, 'p99.9': null },
    statusCodeDistribution: statuses,
    errorDistribution: errors,
  });

describe('a result of oha', () => {
  it('has a 503 as a failure, whatever oha calls a success', async () => {
    const { all, notes } = await readText(result({ '200': 90, '503': 10 }, {}));
    expect(all).toMatchObject({ requests: 100, failures: 10, timeouts: 0, unanswered: 0, durationMs: 2000, bytes: 900 });
    expect([50, 95, 99].map((percent) => at(percent, all))).toEqual([13.1, 55.627, 253.971225]);
    expect(notes.join(' ')).toContain('successRate');
  });

  it('takes null for what is not there', async () => {
    const read = await readText(result({ '200': 1 }, {}, { average: null }));
    expect(at(99.9, read.all)).toBeUndefined();
    expect(read.all.latency).not.toHaveProperty('mean');
    expect(whyAbsent(read, 'p97')).toContain('oha writes 10, 25, 50');
  });

  it('counts a timeout as one, and what was cut off by the end of the run as nothing', async () => {
    const { all, notes } = await readText(
      result({ '200': 90 }, { timeout: 5, 'Connection refused (os error 111)': 2, 'aborted due to deadline': 4 }),
    );
    expect(all).toMatchObject({ requests: 97, failures: 7, timeouts: 5, unanswered: 7 });
    expect(notes.join(' ')).toContain('4 requests had no answer when the time was over');
  });

  it('has no requests where all were cut off, and so meets no limit', async () => {
    const { all } = await readText(result({}, { 'aborted due to deadline': 4 }));
    expect(all.requests).toBe(0);
    expect(all.latency).toBeUndefined();
  });

  it('is refused where a count is none', async () => {
    expect(await refusal(readText(result({ '200': -1 }, {})))).toContain('`200` is -1, which is no count');
  });

  it.skipIf(SCHEMA === undefined)('is not its schema', async () => {
    expect(await refusal(readFixture(SCHEMA))).toContain('this is a JSON Schema');
  });
});
