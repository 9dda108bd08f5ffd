import { describe, expect, it } from 'vitest';
import { at, fixture, readFixture, readText, refusal, textOf, whyAbsent } from './reading.ts';

const TEXT = fixture('siege', 'healthy.txt');
const FIRST = fixture('siege', 'first-run.json');

describe.skipIf(TEXT === undefined || FIRST === undefined)('what siege prints', () => {
  it('has counts, and times in hundredths of a second', async () => {
    const { format, all } = await readFixture(TEXT);
    expect(format).toBe('text');
    expect(all).toMatchObject({ requests: 200, failures: 8, durationMs: 1660, ratePerS: 115.66 });
    expect(all.latency).toMatchObject({ min: 0, mean: 30, max: 270, stepMs: 10 });
  });

  it('is the same in JSON, also behind the words of a first run', async () => {
    const { format, all } = await readFixture(FIRST);
    expect(format).toBe('JSON');
    expect(all).toMatchObject({ requests: 40, failures: 1, latency: { max: 210 } });
  });

  it('has no percentiles and no count of timeouts, and says why', async () => {
    const read = await readFixture(TEXT);
    expect(at(95, read.all)).toBeUndefined();
    expect(whyAbsent(read, 'p95')).toContain('siege prints no percentiles');
    expect(whyAbsent(read, 'timeouts')).toContain('together');
  });

  it('says nothing of failures where answers were neither successful nor failed: a 401 is none to siege', async () => {
    const read = await readText((await textOf(TEXT)).replace(/(Successful transactions:\s+)192/, '$10'));
    expect(read.all.requests).toBe(200);
    expect(read.all.failures).toBeUndefined();
    expect(whyAbsent(read, 'success_rate')).toContain('192 answers were neither successful nor failed to siege');
  });

  it('has no latency where every transaction failed', async () => {
    for (const name of ['dead.json', 'dead.txt']) {
      const { all } = await readFixture(fixture('siege', name));
      expect(all).toMatchObject({ requests: 20, failures: 20 });
      expect(all.latency).toBeUndefined();
    }
  });

  it('is refused where it is cut off, or there are two runs', async () => {
    const text = await textOf(TEXT);
    expect(await refusal(readText(text.slice(0, text.indexOf('Failed transactions'))))).toContain('has no “Failed transactions”');
    expect(await refusal(readText(text + text))).toContain('two runs of siege');
  });
});
