import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { LoadResult } from '../../../src/load/result.ts';
import { at, fixture, readFixture } from './reading.ts';

const EXPECTED = fixture('expected.json');

/** The formats of the readers of documents and of printed summaries. */
const FORMATS: ReadonlySet<string> = new Set([
  'ab text',
  'ab -e CSV',
  'ab -g TSV',
  'Artillery report JSON',
  'autocannon result JSON',
  'autocannon result JSON, not aggregated',
  'hey text',
  'oha JSON',
  'siege JSON',
  'siege text',
  'vegeta report JSON',
  'wrk text',
]);

const NAMES = ['requests', 'failures', 'timeouts', 'p50', 'p95', 'p99'] as const;
type Figures = Readonly<Partial<Record<(typeof NAMES)[number], number | null>>>;

/** Where we say more, or less, than the tool's own figures do, and why. */
const OTHERWISE: Readonly<Record<string, Figures>> = {
  // Failed requests and those that are not 2xx, at most all.
  'ab/healthy.txt': { failures: 8 },
  'ab/stopping.txt': { failures: 100 },
  // The histograms hold every percentile.
  'autocannon/histograms.json': { p95: 55 },
  // Latencies that autocannon made up.
  'autocannon/synthetic.json': { p50: null, p99: null },
  // Cut off by the end of the run: neither good nor bad.
  'oha/deadline.json': { requests: 0, failures: 0 },
  // All errors are timeouts, or none is, and each is of a request without an answer.
  'vegeta/healthy.report.json': { timeouts: 0 },
  'vegeta/stalling.report.json': { timeouts: 10 },
  'vegeta/stopping.report.json': { timeouts: 0 },
  // Nothing was answered: how soon connections were refused is no latency.
  'vegeta/dead.report.json': { timeouts: 0, p50: null, p95: null, p99: null },
  // Broken connections are requests too. Timeouts are not counted where the answer never comes.
  'wrk/stopping.txt': { requests: 76_373, failures: 76_319, timeouts: null },
  // Four connections might hang: too many beside so few answers.
  'wrk/no-percentiles.txt': { failures: null },
  'wrk/stalling.txt': { failures: null },
};

const NO_RESULT: ReadonlySet<string> = new Set(['ab/dead.txt', 'ab/stalling.txt', 'wrk/dead.txt']);

function ours({ all }: LoadResult): Figures {
  const { requests = null, failures = null, timeouts = null } = all;
  return { requests, failures, timeouts, p50: at(50, all) ?? null, p95: at(95, all) ?? null, p99: at(99, all) ?? null };
}

describe.skipIf(EXPECTED === undefined)('what the tools themselves say', () => {
  const entries: Readonly<Record<string, Figures & { readonly format: string }>> =
    EXPECTED === undefined ? {} : JSON.parse(readFileSync(EXPECTED, 'utf8'));
  const files = Object.entries(entries).filter(([name, { format }]) => FORMATS.has(format) && !NO_RESULT.has(name));

  it('is there for every reader', () => {
    expect(new Set(files.map(([, { format }]) => format))).toEqual(FORMATS);
  });

  it.each(files)('%s', async (name, theirs) => {
    const wanted = { ...theirs, ...OTHERWISE[name] };
    const read = ours(await readFixture(fixture(...name.split('/'))));
    for (const figure of NAMES) {
      const value = wanted[figure] ?? null;
      if (value === null) expect(read[figure], figure).toBeNull();
      // The tools' figures are rounded to four digits where they were worked out from single requests.
      else expect(read[figure], figure).toBeCloseTo(value, 3);
    }
  });
});
