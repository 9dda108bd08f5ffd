import { MeasurementError } from '../../checklist/errors.ts';
import type { Distribution } from '../distribution.ts';
import type { LoadResult, Population, Settings } from '../result.ts';
import { decodeHdrHistogram, type HdrHistogram } from './hdr-histogram.ts';
import { isObject, type JsonObject, numberAt, objectAt, textAt } from './json.ts';
import { countAt, countIn, plausibleMs, times } from './plausible.ts';
import { cleaned, printedLines } from './printed.ts';
import type { DocumentReader, ResultSource, StreamReader } from './reader.ts';
import { target } from './shown.ts';
import { unreadable } from './unreadable.ts';

const FORMAT = 'result JSON';
const NO_P95 =
  'autocannon writes p90 and p97.5 but no p95. Put the limit on p97.5, which is stricter; or let Holdpoint make the load; or write the result with `skipAggregateResult`, whose histograms hold every percentile';
const OTHER_PERCENTILES =
  'autocannon writes 50, 75, 90, 97.5, 99, 99.9, 99.99 and 99.999 of those that are asked for. Write the result with `skipAggregateResult`, whose histograms hold every percentile';

/** autocannon's result object (https://github.com/mcollina/autocannon#autocannonopts-cb), as `-j` prints it. */
export const AUTOCANNON: DocumentReader = {
  tool: 'autocannon',
  format: FORMAT,
  recognises: (document) => isResult(document) || (Array.isArray(document) && document.some(isResult)),
  read(document, source) {
    if (isObject(document)) return resultOf(document, source);
    throw unreadable(source, `these are ${several(document)} of autocannon in one list. ${ONE_EACH}`);
  },
};

/** The same among lines of other things: `-j` with standard error in the same file, or several results. */
export const AUTOCANNON_LINES: StreamReader = {
  tool: 'autocannon',
  format: FORMAT,
  recognises: (text) => /^\{.*"statusCodeStats":\{/m.test(cleaned(text)),
  async read(source) {
    const found = (await printedLines(source)).flatMap((line, index) => {
      const document = line.startsWith('{') ? parsed(line) : undefined;
      return isResult(document) ? [{ document, line: index + 1 }] : [];
    });
    const [first, second] = found;
    if (first === undefined)
      throw unreadable(source, 'the result of autocannon in it is cut off. Check that the run came to its end.');
    if (second !== undefined) {
      throw unreadable(
        source,
        `results of autocannon are at lines ${first.line} and ${second.line}, and it is not clear which is meant. ${ONE_EACH}`,
        second.line,
      );
    }
    return resultOf(first.document, source);
  },
};

const ONE_EACH = 'Percentiles of several runs cannot be joined: write each run into a file of its own.';
const several = (document: unknown): string => (Array.isArray(document) ? `${document.length} results` : 'results');

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isResult(document: unknown): document is JsonObject {
  if (!isObject(document) || numberAt(document, 'errors') === undefined || numberAt(document, 'timeouts') === undefined)
    return false;
  return (
    numberAt(document, 'non2xx') !== undefined &&
    (objectAt(document, 'latency') !== undefined || textAt(document, 'latencies') !== undefined)
  );
}

function resultOf(document: JsonObject, source: ResultSource): LoadResult {
  const packed = objectAt(document, 'latency') === undefined;
  const count = (...path: readonly string[]): number => countIn(source, document, ...path);
  const completed = packed ? count('totalCompletedRequests') : count('requests', 'total');
  const sent = packed ? countAt(source, document, 'totalRequests') : countAt(source, document, 'requests', 'sent');
  const unanswered = count('errors');
  const timeouts = count('timeouts');
  if (timeouts > unanswered)
    throw unreadable(
      source,
      `\`timeouts\` is ${timeouts} and \`errors\`, which holds them, is ${unanswered}: the file was changed.`,
    );
  const mismatches = countAt(source, document, 'mismatches') ?? 0;
  const requests = completed + unanswered;
  const failures = Math.min(requests, unanswered + count('4xx') + count('5xx') + mismatches);
  const answers = answersOf(document, source, completed);
  const statuses = statusesOf(document, source);
  const seconds = numberAt(document, 'duration');
  const durationMs = seconds === undefined || seconds <= 0 ? undefined : times(seconds, 1000);
  const ratePerS =
    numberAt(document, 'requests', 'average') ?? (durationMs === undefined ? undefined : completed / (durationMs / 1000));
  const bytes = packed ? countAt(source, document, 'totalBytes') : countAt(source, document, 'throughput', 'total');
  return {
    tool: 'autocannon',
    format: packed ? 'result JSON, not aggregated' : FORMAT,
    all: {
      requests,
      failures,
      timeouts,
      unanswered,
      ...(statuses === undefined ? {} : { statuses }),
      errors: new Map(
        Object.entries({ timeouts, 'connection errors': unanswered - timeouts, mismatches }).filter(([, n]) => n > 0),
      ),
      ...(bytes === undefined ? {} : { bytes }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...(ratePerS === undefined ? {} : { ratePerS }),
      ...(answers.latency === undefined ? {} : { latency: answers.latency }),
      population: answers.population,
    },
    labels: new Map(),
    checks: new Map(),
    thresholds: [],
    settings: settingsOf(document),
    overTime: [],
    notes: [...answers.notes, ...openNote(sent === undefined ? 0 : sent - requests)],
    absent: {
      ...answers.absent,
      ...(statuses === undefined
        ? { statuses: 'this version of autocannon does not write `statusCodeStats`; run a newer one' }
        : {}),
    },
  };
}

/** A timed run ends with a request under way on each connection: it has no fate, good or bad. */
function openNote(open: number): readonly string[] {
  if (open <= 0) return [];
  return [
    `${open} more are counted as sent and had no answer when the run ended: they are not among the requests. With a rate, autocannon also counts some that it never sent.`,
  ];
}

function settingsOf(document: JsonObject): Settings {
  const url = textAt(document, 'url');
  const where = url === undefined ? undefined : target(url);
  const users = numberAt(document, 'connections');
  return { ...(where === undefined ? {} : { target: where }), ...(users === undefined ? {} : { users }) };
}

function statusesOf(document: JsonObject, source: ResultSource): ReadonlyMap<number, number> | undefined {
  const stats = objectAt(document, 'statusCodeStats');
  if (stats === undefined) return undefined;
  const counts = Object.keys(stats).map((status) => [Number(status), countAt(source, stats, status, 'count') ?? 0] as const);
  return new Map(counts.filter(([, count]) => count > 0));
}

interface Answers {
  readonly latency?: Distribution;
  readonly population: Population;
  readonly notes: readonly string[];
  readonly absent: Readonly<Record<string, string>>;
}

const CUT = 'autocannon cuts latencies down to whole milliseconds: each may have been up to 1 ms more.';

/**
 * With a rate, autocannon fills in latencies for what it takes for coordinated omission, with an interval that is a thousand times too
 * short (`Math.ceil(1 / rate)` milliseconds): a server of constant 100 ms then has a median of 51 ms. What gives it away is that there
 * are more latencies than answers.
 */
function answersOf(document: JsonObject, source: ResultSource, completed: number): Answers {
  const histogram = histogramOf(document, source);
  const recorded =
    histogram === undefined
      ? countAt(source, document, 'latency', 'totalCount')
      : histogram.buckets.reduce((sum, { count }) => sum + count, 0);
  const population: Population = { failures: true, timeouts: false };
  if (completed === 0) return { population, notes: [], absent: {} };
  const unusable = (why: string, notes: readonly string[]): Answers => ({
    population,
    notes,
    absent: Object.fromEntries(['percentiles', 'min', 'mean', 'max'].map((name) => [name, why])),
  });
  if (recorded === undefined) {
    return unusable(
      'this autocannon does not write `latency.totalCount`, so it cannot be told whether it filled in latencies of its own. Run a newer one',
      [],
    );
  }
  const successes = countIn(source, document, '2xx');
  if (recorded !== completed && recorded !== successes) {
    const synthetic = `there are ${recorded} latencies of ${completed} answers: with a rate, autocannon fills in latencies of its own, far too small. Run it with \`--ignoreCoordinatedOmission\``;
    return unusable(synthetic, ['The latencies are synthetic, so none of them is used.']);
  }
  if (recorded === 0) return { population, notes: [], absent: {} };
  const failures = recorded === completed;
  return {
    latency: histogram === undefined ? figuresOf(document, source, recorded) : bucketed(histogram),
    population: { failures, timeouts: false },
    notes: [CUT, ...(failures ? [] : ['Latencies are of 2xx answers only (`excludeErrorStats`).'])],
    absent: histogram === undefined ? { p95: NO_P95, percentiles: OTHER_PERCENTILES } : {},
  };
}

function figuresOf(document: JsonObject, source: ResultSource, count: number): Distribution {
  const latency = objectAt(document, 'latency') ?? {};
  const percentiles = new Map<number, number>();
  for (const name of Object.keys(latency)) {
    const [, whole, part = '0'] = /^p(\d+)(?:_(\d+))?$/.exec(name) ?? [];
    const value = numberAt(latency, name);
    if (whole === undefined || value === undefined) continue;
    percentiles.set(Number(`${whole}.${part}`), plausibleMs(source, value, `\`latency.${name}\``));
  }
  const extremes = ['min', 'mean', 'max'].flatMap((name) => {
    const value = numberAt(latency, name);
    return value === undefined ? [] : [[name, plausibleMs(source, value, `\`latency.${name}\``)] as const];
  });
  return { kind: 'figures', count, ...Object.fromEntries(extremes), percentiles, exactness: { kind: 'exact' }, stepMs: 1 };
}

const bucketed = ({ buckets, digits }: HdrHistogram): Distribution => ({
  kind: 'buckets',
  buckets,
  exactness: { kind: 'relative', by: 1 / 10 ** digits },
  stepMs: 1,
});

function histogramOf(document: JsonObject, source: ResultSource): HdrHistogram | undefined {
  const base64 = textAt(document, 'latencies');
  if (base64 === undefined) return undefined;
  try {
    const histogram = decodeHdrHistogram(base64);
    for (const { value } of histogram.buckets) plausibleMs(source, value, 'a latency');
    return histogram;
  } catch (cause) {
    if (cause instanceof MeasurementError) throw cause;
    const why = cause instanceof Error ? cause.message : 'it is damaged';
    throw unreadable(source, `the histogram \`latencies\` cannot be read: ${why}.`, undefined, cause);
  }
}
