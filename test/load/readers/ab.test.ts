import { describe, expect, it } from 'vitest';
import { sharedLoadData } from '../../support/shared-data.ts';
import { at, fixture, readFixture, readText, refusal, textOf, whyAbsent } from './reading.ts';

const PERCENTS = sharedLoadData('generated', 'ab-percent.csv');
const STOPPING = fixture('ab', 'stopping.txt');

describe.skipIf(STOPPING === undefined)('what ab prints', () => {
  it('has ab’s failed requests and those that are not 2xx as failures, at most all, and says why', async () => {
    const { all, notes } = await readFixture(STOPPING);
    expect(all).toMatchObject({ requests: 100, failures: 100, durationMs: 341, ratePerS: 292.92, bytes: 4854 });
    expect(all.errors).toEqual(new Map(Object.entries({ receive: 44, 'other length': 45, exceptions: 22, 'not 2xx': 2 })));
    expect(notes.join(' ')).toMatch(/one request more than once.*45 answers.*length.*`-l`.*latencies are too low/);
  });

  it('has whole milliseconds, and no count of timeouts', async () => {
    const read = await readFixture(fixture('ab', 'healthy.txt'));
    expect(read.all.latency).toMatchObject({ count: 200, min: 5, mean: 25, max: 275, stepMs: 1 });
    expect([50, 66, 95, 98, 99].map((percent) => at(percent, read.all))).toEqual([13, 22, 57, 216, 254]);
    expect(read.settings.users).toBe(4);
    expect(whyAbsent(read, 'timeouts')).toContain('it gives up');
    expect(whyAbsent(read, 'p99.with_timeouts')).toContain('how many requests got no answer');
    expect(whyAbsent(read, 'p97.5')).toContain('`-e`');
    expect(whyAbsent(read, 'status.500')).toContain('prints no statuses');
  });

  it('is refused where ab gave up', async () => {
    for (const name of ['dead.txt', 'stalling.txt'])
      expect(await refusal(readFixture(fixture('ab', name)))).toContain('ab gave up and printed no figures');
  });

  it('has no latency where nothing was answered', async () => {
    const text = (await textOf(STOPPING)).replace('Receive: 44', 'Receive: 100');
    expect((await readText(text)).all.latency).toBeUndefined();
  });

  it('is refused where it is cut off, or there are two runs', async () => {
    const text = await textOf(STOPPING);
    expect(await refusal(readText(text.slice(0, text.indexOf('Requests per second'))))).toContain('has no “Requests per second”');
    expect(await refusal(readText(text + text))).toContain('two runs of ab');
  });
});

describe('the percents of `ab -e`', () => {
  const rows = (until: number) =>
    `Percentage served,Time in ms\n${Array.from({ length: until }, (_, percent) => `${percent},${percent + 0.25}\n`).join('')}`;

  it.skipIf(PERCENTS === undefined)('are exact, and say nothing else', async () => {
    const read = await readFixture(PERCENTS);
    expect([1, 50, 95, 99].map((percent) => at(percent, read.all))).toEqual([1.331, 10.827, 19.131, 19.993]);
    expect(read.all.latency).toMatchObject({ min: 1.253, max: 20.147, stepMs: 0.001 });
    for (const name of ['requests', 'success_rate', 'timeouts']) expect(whyAbsent(read, name)).toContain('latencies only');
  });

  it('are refused where one is missing, negative or cut off', async () => {
    expect(await refusal(readText(rows(60)))).toContain('it ends after 59 %');
    expect(await refusal(readText(rows(101).replace('\n7,7.25', '')))).toContain('line 9: “8,8.25” is not the line of 7 %');
    expect(await refusal(readText(rows(101).replace('7,7.25', '7,-7')))).toContain('line 9');
  });

  it('are of no request where there are none', async () => {
    expect((await readText(rows(0))).all.requests).toBe(0);
  });
});

describe('the requests of `ab -g`', () => {
  const HEADER = 'starttime\tseconds\tctime\tdtime\tttime\twait\n';
  const row = (total: string) => `Wed Nov 25 15:20:22 2026\t1795620022\t0\t5\t${total}\t4\n`;

  it('are each there, in whole milliseconds, without what became of them', async () => {
    const read = await readText(HEADER + row('5') + row('9').replace('\n', '\r\n') + row('7'));
    expect(read.all).toMatchObject({ requests: 3, latency: { kind: 'values', stepMs: 1 } });
    expect(at(50, read.all)).toBe(7);
    expect(read.overTime).toHaveLength(1);
    for (const name of ['failures', 'timeouts', 'p50.with_timeouts']) expect(whyAbsent(read, name)).toContain('latencies only');
  });

  it('may be none', async () => {
    expect((await readText(HEADER)).all.requests).toBe(0);
  });

  it.each([
    ['5\t6', 'is no line of a request'],
    ['NaN', 'is no line of a request'],
    ['-1', 'is negative'],
    ['90000000', 'more than a day'],
  ])('are refused with a time of %j, with the line', async (total, message) => {
    expect(await refusal(readText(HEADER + row('5') + row(total)))).toMatch(new RegExp(`result, line 3: .*${message}`));
  });
});
