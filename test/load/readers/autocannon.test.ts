import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { countIn } from '../../../src/load/distribution.ts';
import { decodeHdrHistogram } from '../../../src/load/readers/hdr-histogram.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { at, fixture, readFixture, readText, refusal, textOf, whyAbsent } from './reading.ts';

const EXAMPLE = sharedLoadData('autocannon', 'example-result.json');
const HEALTHY = fixture('autocannon', 'healthy.json');
const HISTOGRAMS = fixture('autocannon', 'histograms.json');

const result = (more: object = {}, latency: object = {}): string =>
  JSON.stringify({
    url: 'http://user:pw@127.0.0.1:3000/a?token=s3cret',
    connections: 4,
    duration: 2,
    errors: 0,
    timeouts: 0,
    mismatches: 0,
    non2xx: 0,
    '1xx': 0,
    '2xx': 100,
    '3xx': 0,
    '4xx': 0,
    '5xx': 0,
    statusCodeStats: { '200': { count: 100 } },
    latency: { min: 1, mean: 5, max: 9, p50: 5, p90: 8, p97_5: 9, p99: 9, p99_9: 9, totalCount: 100, ...latency },
    requests: { average: 50, total: 100, sent: 104 },
    throughput: { total: 5000 },
    ...more,
  });

describe.skipIf(EXAMPLE === undefined)('autocannon’s own example', () => {
  it('is read, its counts as texts and all', async () => {
    const { all, settings } = await readFixture(EXAMPLE);
    expect(all).toMatchObject({ requests: 500, failures: 0, timeouts: 0, unanswered: 0, durationMs: 2060, ratePerS: 250 });
    expect(all.statuses).toEqual(new Map([[200, 500]]));
    expect([50, 90, 97.5, 99, 99.9].map((percent) => at(percent, all))).toEqual([67, 126, 378, 386, 424]);
    expect(all.latency).toMatchObject({ count: 500, min: 47, mean: 100.1, max: 424, stepMs: 1, exactness: { kind: 'exact' } });
    expect(settings).toEqual({ target: 'https://httpbin.org/get', users: 40 });
  });
});

describe('a result of autocannon', () => {
  it('has no p95, and says how to have one', async () => {
    const read = await readText(result());
    expect(at(95, read.all)).toBeUndefined();
    expect(whyAbsent(read, 'p95')).toMatch(/p97\.5.*stricter.*Holdpoint.*skipAggregateResult/);
    expect(whyAbsent(read, 'p42')).toContain('skipAggregateResult');
  });

  it('leaves requests that were under way at its end out of the count, and says so', async () => {
    const { all, notes } = await readText(result());
    expect(all.requests).toBe(100);
    expect(notes.join(' ')).toContain('4 more are counted as sent');
  });

  it('counts neither 1xx nor 3xx as failures, but bodies that do not match', async () => {
    const counts = { '2xx': 90, '1xx': 1, '3xx': 4, '4xx': 3, '5xx': 2, non2xx: 10, mismatches: 6 };
    expect((await readText(result(counts))).all.failures).toBe(11);
  });

  it('has no latency where it filled in latencies of its own', async () => {
    const read = await readText(result({}, { totalCount: 12_203 }));
    expect(read.all.latency).toBeUndefined();
    for (const name of ['p50', 'p99', 'max', 'p99.with_timeouts'])
      expect(whyAbsent(read, name)).toContain('--ignoreCoordinatedOmission');
    expect(read.notes.join(' ')).toContain('synthetic');
  });

  it('has no latency where it cannot be told whether it filled any in', async () => {
    const read = await readText(result({}, { totalCount: undefined }));
    expect(whyAbsent(read, 'p99')).toContain('does not write `latency.totalCount`');
  });

  it('says when latencies are of successes only', async () => {
    const { all, notes } = await readText(result({ '2xx': 60, '5xx': 40, non2xx: 40 }, { totalCount: 60 }));
    expect(all.population).toEqual({ failures: false, timeouts: false });
    expect(notes.join(' ')).toContain('excludeErrorStats');
  });

  it('has no percentile of zero where nothing was answered', async () => {
    const read = await readText(
      result(
        { '2xx': 0, errors: 8, timeouts: 8, requests: { average: 0, total: 0, sent: 12 } },
        { p50: 0, p99: 0, totalCount: 0 },
      ),
    );
    expect(read.all).toMatchObject({ requests: 8, failures: 8, timeouts: 8, unanswered: 8 });
    expect(read.all.latency).toBeUndefined();
  });

  it('keeps neither the password nor the query of its URL', async () => {
    expect((await readText(result())).settings.target).toBe('http://127.0.0.1:3000/a');
  });

  it('is found among other lines', async () => {
    const read = await readText(
      `$ npx autocannon -j http://127.0.0.1\nRunning 2s test @ http://127.0.0.1\n${result()}\n$ echo done\n`,
    );
    expect(read.all.requests).toBe(100);
  });

  it('is refused where there are two of them, with both lines', async () => {
    expect(await refusal(readText(`${result()}\n${result()}\n`))).toContain('at lines 1 and 2');
    expect(await refusal(readText(`[${result()},${result()}]`))).toContain('2 results of autocannon in one list');
  });

  it.each([
    [{ errors: 1, timeouts: 2 }, '`timeouts` is 2 and `errors`, which holds them, is 1'],
    [{ errors: 1.5 }, '`errors` is 1.5, which is no count'],
    [{ requests: {} }, '`requests.total` is missing'],
  ])('is refused where it cannot be: %j', async (more, message) => {
    expect(await refusal(readText(result(more)))).toContain(message);
  });

  it('is refused where a latency is absurd', async () => {
    expect(await refusal(readText(result({}, { p99: 9e9 })))).toContain('`latency.p99` is more than a day');
  });
});

describe.skipIf(HISTOGRAMS === undefined || HEALTHY === undefined)('a result with histograms', () => {
  it('holds any percentile, as hdr-histogram-js decodes it', async () => {
    const { latencies } = JSON.parse(await textOf(HISTOGRAMS));
    const { all } = await readFixture(HISTOGRAMS);
    const reference = hdrHistogramJs(latencies, [50, 90, 95, 99, 99.9, 100]);
    expect([50, 90, 95, 99, 99.9, 100].map((percent) => at(percent, all))).toEqual(reference.percentiles);
    expect(all.latency === undefined ? 0 : countIn(all.latency)).toBe(reference.count);
    expect(all.latency).toMatchObject({ kind: 'buckets', exactness: { kind: 'relative', by: 1e-5 } });
  });

  it('is refused where the histogram is damaged', async () => {
    const document = JSON.parse(await textOf(HISTOGRAMS));
    const cut = { ...document, latencies: document.latencies.slice(0, 40) };
    expect(await refusal(readText(JSON.stringify(cut)))).toContain('the histogram `latencies` cannot be read: it is cut off');
    const other = { ...document, latencies: 'AAAAAAAAAAAAAAAA' };
    expect(await refusal(readText(JSON.stringify(other)))).toContain('it is no HdrHistogram in the V2 compressed format');
  });
});

describe('an HdrHistogram', () => {
  it('is decoded as hdr-histogram-js decodes it, also where values share buckets', () => {
    for (const digits of [1, 3, 5]) {
      const values = [1, 7, 99, 1000, 262_143, 262_145, 9_999_999, 123_456_789];
      const encoded = encodeWithHdrHistogramJs(values, digits);
      const { buckets } = decodeHdrHistogram(encoded);
      const reference = hdrHistogramJs(encoded, [5, 12.5, 40, 60, 80, 100]);
      expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
      const ranks = [5, 12.5, 40, 60, 80, 100].map((percent) => Math.max(0, Math.ceil((percent / 100) * values.length) - 1));
      const listed = buckets.flatMap(({ value, count }) => Array.from({ length: count }, () => value));
      expect(ranks.map((rank) => listed[rank])).toEqual(reference.percentiles);
    }
  });

  it.each([
    ['a count beyond all measure', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7e], 'beyond all measure'],
    ['a gap beyond all measure', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 2], 'beyond all measure'],
    ['a count that is cut off', [0x82], 'cut off within a count'],
  ])('is refused with %s', (_, payload, message) => {
    expect(() => decodeHdrHistogram(packed(payload))).toThrow(message);
  });

  it('is refused with a header that promises more than there is', () => {
    expect(() => decodeHdrHistogram(packed([2], 100))).toThrow('cut off');
  });
});

function packed(payload: readonly number[], length = payload.length): string {
  const header = Buffer.alloc(40);
  header.writeUInt32BE(0x1c849313, 0);
  header.writeUInt32BE(length, 4);
  header.writeUInt32BE(3, 12);
  header.writeBigUInt64BE(1n, 16);
  const body = deflateSync(Buffer.concat([header, Buffer.from(payload)]));
  const outer = Buffer.alloc(8);
  outer.writeUInt32BE(0x1c849314, 0);
  outer.writeUInt32BE(body.length, 4);
  return Buffer.concat([outer, body]).toString('base64');
}

/** By autocannon's own library, in a process of its own: it has no types. */
function askHdrHistogramJs(code: string): string {
  const library = createRequire(createRequire(import.meta.url).resolve('autocannon')).resolve('hdr-histogram-js');
  return execFileSync(process.execPath, ['-e', `const hdr = require(${JSON.stringify(library)});${code}`], { encoding: 'utf8' });
}

function hdrHistogramJs(
  encoded: string,
  percents: readonly number[],
): { readonly percentiles: readonly number[]; readonly count: number } {
  return JSON.parse(
    askHdrHistogramJs(
      `const h = hdr.decodeFromCompressedBase64(${JSON.stringify(encoded)});
       console.log(JSON.stringify({ percentiles: ${JSON.stringify(percents)}.map((p) => h.getValueAtPercentile(p)), count: h.totalCount }));`,
    ),
  );
}

function encodeWithHdrHistogramJs(values: readonly number[], digits: number): string {
  return askHdrHistogramJs(
    `const h = hdr.build({ bitBucketSize: 32, autoResize: true, numberOfSignificantValueDigits: ${digits} });
     for (const v of ${JSON.stringify(values)}) h.recordValue(v);
     process.stdout.write(hdr.encodeIntoCompressedBase64(h));`,
  );
}
