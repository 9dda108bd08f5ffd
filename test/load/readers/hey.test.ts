import { describe, expect, it } from 'vitest';
import { sharedLoadData } from '../../support/shared-data.ts';
import { at, fixture, readFixture, readText, refusal, textOf, whyAbsent } from './reading.ts';

const TIMEOUTS = sharedLoadData('generated', 'hey-all-timeout.txt');
const STALLING = fixture('hey', 'stalling.txt');

describe.skipIf(STALLING === undefined)('what hey prints', () => {
  it('counts answers by status, and errors by what they say', async () => {
    const { all, settings } = await readFixture(STALLING);
    expect(all).toMatchObject({ requests: 120, failures: 24, timeouts: 20, unanswered: 20, bytes: 300, durationMs: 5226.6 });
    expect(all.errors).toEqual(new Map([['context deadline exceeded (Client.Timeout exceeded while awaiting headers)', 20]]));
    expect(all.latency).toMatchObject({ count: 100, min: 5, mean: 26, max: 273.7, stepMs: 0.1 });
    expect(settings).toEqual({});
  });

  it('has no percentile that it leaves out of few answers', async () => {
    const read = await readFixture(fixture('hey', 'few.txt'));
    expect(at(90, read.all)).toBe(212.8);
    expect(at(0, read.all)).toBeUndefined();
    for (const name of ['p95', 'p99']) expect(whyAbsent(read, name)).toContain('only of enough answers');
  });

  it('is refused where its last lists are cut off, which would hide failures', async () => {
    const text = await textOf(STALLING);
    const cut = text.slice(0, text.indexOf('Error distribution:'));
    expect(await refusal(readText(cut))).toContain(
      'statuses and errors are of 100 requests, and the rate and the time of about 120',
    );
    expect(await refusal(readText(text.slice(0, text.indexOf('Status code'))))).toContain('has no “Status code distribution”');
  });

  it('is refused where there are two runs', async () => {
    const text = await textOf(STALLING);
    expect(await refusal(readText(text + text))).toMatch(/two runs of hey are in this text, at lines 2 and \d+/);
  });

  it('says so where it kept a million answers only', async () => {
    const text = (await textOf(STALLING)).replace('96 responses', '999996 responses');
    const { notes } = await readText(text);
    expect(notes).toEqual(['hey keeps a million answers and no more: all figures but the rate are of these.']);
  });

  it('does not keep the URL of an error', async () => {
    const text = (await textOf(STALLING)).replace('127.0.0.1:46841/', '127.0.0.1/?token=s3cret');
    const { all } = await readText(text);
    expect([...(all.errors?.keys() ?? [])].join()).not.toContain('s3cret');
  });
});

describe.skipIf(TIMEOUTS === undefined)('hey on a server that never answers', () => {
  it('has eight timeouts and no latency', async () => {
    const read = await readFixture(TIMEOUTS);
    expect(read.all).toMatchObject({ requests: 8, failures: 8, timeouts: 8, unanswered: 8, ratePerS: 3.9978 });
    expect(read.all.latency).toBeUndefined();
  });
});
