import type { Distribution } from '../distribution.ts';
import { latencies } from '../latencies.ts';
import type { Figures, LoadResult, PercentileAt } from '../result.ts';
import { isObject, listAt, numberAt, objectAt, textAt } from './json.ts';
import { countAt, countIn, plausibleMs } from './plausible.ts';
import type { DocumentReader, ResultSource } from './reader.ts';
import { shown, shownCounts } from './shown.ts';
import { unreadable } from './unreadable.ts';

/** Of each value (DDSketch, as Artillery sets it up); the summary is then rounded to a tenth of a millisecond. */
const SKETCH = { kind: 'relative', by: 0.01 } as const;
const ROUNDED_TO_MS = 0.1;
const TIMEOUTS: ReadonlySet<string> = new Set(['ETIMEDOUT', 'ESOCKETTIMEDOUT']);
const NAMES_OF_PERCENTILES: Readonly<Record<string, number>> = {
  p50: 50,
  median: 50,
  p75: 75,
  p90: 90,
  p95: 95,
  p99: 99,
  p999: 99.9,
};
const FIRST_BYTE = 'Artillery’s response time ends with the first byte of the answer.';
const BY_ENDPOINT = 'plugins.metrics-by-endpoint.';
const RESPONSE_TIME = 'http.response_time';

/** `artillery run --output`, version 2 (https://www.artillery.io/docs/reference/reported-metrics). */
export const ARTILLERY: DocumentReader = {
  tool: 'artillery',
  format: 'report (v2)',
  recognises: (document) =>
    objectAt(document, 'aggregate', 'counters') !== undefined &&
    objectAt(document, 'aggregate', 'summaries') !== undefined &&
    objectAt(document, 'aggregate', 'latency') === undefined,
  read(document, source) {
    const counters = countersOf(document, source);
    const requests = requestsOf(counters, source);
    const responses = counters.get('http.responses') ?? 0;
    const errors = under(counters, 'errors.');
    const fate = fateOf({ requests, responses, statuses: statusesOf(counters, 'http.codes.'), errors }, source);
    const durationMs = durationOf(document);
    const bytes = counters.get('http.downloaded_bytes');
    const latency = summaryOf(document, source, RESPONSE_TIME);
    const skipped = counters.get('vusers.skipped');
    return {
      tool: 'artillery',
      format: 'report (v2)',
      all: {
        ...fate.figures,
        ...(bytes === undefined ? {} : { bytes }),
        ...(durationMs === undefined ? {} : { durationMs, ratePerS: requests / (durationMs / 1000) }),
        ...(latency === undefined ? {} : { latency }),
      },
      labels: labelsOf(document, counters, source),
      checks: expectationsOf(counters),
      thresholds: [],
      ...(skipped === undefined ? {} : { droppedIterations: skipped }),
      settings: {},
      overTime: periodsOf(document, source),
      notes: [FIRST_BYTE, ...fate.notes, ...usersNote(counters.get('vusers.failed'), counters.get('vusers.created'))],
      absent: {
        percentiles: 'Artillery writes 50, 75, 90, 95, 99 and 99.9 only. Put the limit on the next one above, which is stricter',
        failed_thresholds: 'Artillery does not write into its report what `ensure` found; it ends with exit code 1',
        dropped_iterations: 'Artillery counts skipped virtual users only where `maxVusers` is set and was reached',
      },
    };
  },
};

/** The report of version 1, which keeps each latency in its periods. */
export const ARTILLERY_V1: DocumentReader = {
  tool: 'artillery',
  format: 'report (v1)',
  recognises: (document) =>
    numberAt(document, 'aggregate', 'requestsCompleted') !== undefined &&
    objectAt(document, 'aggregate', 'latency') !== undefined,
  read(document, source) {
    const aggregate = objectAt(document, 'aggregate');
    const responses = countIn(source, aggregate, 'requestsCompleted');
    const errors = countsIn(source, objectAt(aggregate, 'errors'));
    const ended = responses + sumOf(errors);
    const started = countAt(source, aggregate, 'rps', 'count') ?? ended;
    const statuses = numbered(countsIn(source, objectAt(aggregate, 'codes')));
    const fate = fateOf({ requests: Math.max(started, responses), responses, statuses, errors }, source);
    const mean = numberAt(aggregate, 'rps', 'mean');
    const avoided = countAt(source, aggregate, 'scenariosAvoided');
    const exact = responses === 0 ? undefined : eachLatency(document, source, responses);
    const latency =
      exact ?? (responses === 0 ? undefined : figuresOf(objectAt(aggregate, 'latency'), source, responses, 'exact'));
    const completed = countAt(source, aggregate, 'scenariosCompleted');
    const created = countAt(source, aggregate, 'scenariosCreated');
    return {
      tool: 'artillery',
      format: 'report (v1)',
      all: {
        ...fate.figures,
        ...(mean === undefined ? {} : { ratePerS: mean }),
        ...(latency === undefined ? {} : { latency }),
      },
      labels: new Map(),
      checks: new Map(),
      thresholds: [],
      ...(avoided === undefined ? {} : { droppedIterations: avoided }),
      settings: {},
      overTime: periodsOfV1(document, source),
      notes: [
        FIRST_BYTE,
        ...fate.notes,
        ...usersNote(created === undefined || completed === undefined ? undefined : created - completed, created),
      ],
      absent: {
        percentiles:
          'Artillery 1 writes the median, p95 and p99 only; with the latencies of each period in the report, any could be read',
        duration: 'a report of Artillery 1 has the ends of its periods only, not when the first request began',
      },
    };
  },
};

type Counters = ReadonlyMap<string, number>;

function countersOf(document: unknown, source: ResultSource): Counters {
  return countsIn(source, objectAt(document, 'aggregate', 'counters'));
}

function countsIn(source: ResultSource, holder: unknown): Counters {
  if (!isObject(holder)) return new Map();
  return new Map(
    Object.keys(holder).flatMap((name) => {
      const count = numberAt(holder, name);
      // Scripts count what they like, fractions too.
      return count === undefined ? [] : [[name, name.startsWith('http.') ? countIn(source, holder, name) : count] as const];
    }),
  );
}

const sumOf = (counts: ReadonlyMap<unknown, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

const under = (counters: Counters, prefix: string): Counters =>
  new Map([...counters].flatMap(([name, count]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), count]] : [])));

const numbered = (codes: Counters): ReadonlyMap<number, number> =>
  new Map([...codes].flatMap(([code, count]) => (/^[1-5]\d\d$/.test(code) ? [[Number(code), count]] : [])));

const statusesOf = (counters: Counters, prefix: string): ReadonlyMap<number, number> => numbered(under(counters, prefix));

function requestsOf(counters: Counters, source: ResultSource): number {
  const requests = counters.get('http.requests');
  if (requests !== undefined) return requests;
  if ((counters.get('vusers.created') ?? 0) === 0) return 0;
  const kinds = [...new Set([...counters.keys()].map((name) => name.split('.')[0] ?? ''))].slice(0, 6);
  throw unreadable(
    source,
    `this report of Artillery counts no HTTP requests, only ${kinds.map((kind) => `\`${kind.slice(0, 30)}.*\``).join(', ')}. Only reports of its HTTP engine are read.`,
  );
}

interface Fate {
  readonly figures: Pick<Figures, 'requests' | 'failures' | 'timeouts' | 'unanswered' | 'statuses' | 'errors' | 'population'>;
  readonly notes: readonly string[];
}

/**
 * Errors are of requests without an answer, but also of answers that a script would not have (`Failed capture or match`) and of the
 * script itself. Each counts as a failure; none counts twice as unanswered.
 */
function fateOf(
  {
    requests,
    responses,
    statuses,
    errors,
  }: {
    readonly requests: number;
    readonly responses: number;
    readonly statuses: ReadonlyMap<number, number>;
    readonly errors: Counters;
  },
  source: ResultSource,
): Fate {
  if (responses > requests)
    throw unreadable(
      source,
      `${responses} answers to ${requests} requests: the report was changed, or is cut together from several.`,
    );
  const allErrors = sumOf(errors);
  const timeouts = timeoutsIn(errors);
  const unanswered = Math.min(requests, Math.max(requests - responses, timeouts));
  const failures = Math.min(requests, failedIn(statuses) + Math.max(unanswered, allErrors));
  const open = requests - responses - allErrors;
  const notes: string[] = [];
  if (allErrors > requests - responses) {
    notes.push(
      `${allErrors - (requests - responses)} of ${allErrors} errors are not of requests without an answer (captures, expectations, the script, answers that broke off); they count as failures.`,
    );
  }
  if (open > 0)
    notes.push(`${open} requests have neither an answer nor an error, as of a run that was stopped; they count as unanswered.`);
  return {
    figures: {
      requests,
      failures,
      timeouts,
      unanswered,
      statuses,
      errors: shownCounts(errors),
      population: { failures: true, timeouts: false },
    },
    notes,
  };
}

const timeoutsIn = (errors: Counters): number =>
  [...errors].reduce((sum, [name, count]) => (TIMEOUTS.has(name) ? sum + count : sum), 0);

const failedIn = (statuses: ReadonlyMap<number, number>): number =>
  [...statuses].reduce((sum, [status, count]) => (status >= 400 ? sum + count : sum), 0);

function usersNote(failed: number | undefined, created: number | undefined): readonly string[] {
  if (failed === undefined || failed <= 0) return [];
  return [
    `${failed} of ${created ?? '?'} virtual users gave up before their scenario’s end: the requests after that were not made.`,
  ];
}

function durationOf(document: unknown): number | undefined {
  const first = numberAt(document, 'aggregate', 'firstMetricAt');
  const last = numberAt(document, 'aggregate', 'lastMetricAt');
  return first === undefined || last === undefined || last <= first ? undefined : last - first;
}

function summaryOf(document: unknown, source: ResultSource, name: string): Distribution | undefined {
  const summary = objectAt(objectAt(document, 'aggregate', 'summaries'), name);
  const count = countAt(source, summary, 'count') ?? 0;
  return summary === undefined || count === 0 ? undefined : figuresOf(summary, source, count, 'sketch');
}

function figuresOf(summary: unknown, source: ResultSource, count: number, kind: 'sketch' | 'exact'): Distribution {
  const percentiles = new Map<number, number>();
  for (const [name, percent] of Object.entries(NAMES_OF_PERCENTILES)) {
    const value = numberAt(summary, name);
    if (value !== undefined) percentiles.set(percent, plausibleMs(source, value, `\`${name}\``));
  }
  const extremes = ['min', 'mean', 'max'].flatMap((name) => {
    const value = numberAt(summary, name);
    return value === undefined ? [] : [[name, plausibleMs(source, value, `\`${name}\``)] as const];
  });
  return {
    kind: 'figures',
    count,
    ...Object.fromEntries(extremes),
    percentiles,
    exactness: kind === 'sketch' ? SKETCH : { kind: 'exact' },
    stepMs: ROUNDED_TO_MS,
  };
}

interface Endpoint {
  readonly statuses: Map<number, number>;
  readonly errors: Map<string, number>;
  /** Of each endpoint that has this name once nothing of its query is kept. */
  readonly summaries: string[];
}

/** Of the plugin `metrics-by-endpoint`, which is on by default. */
function labelsOf(document: unknown, counters: Counters, source: ResultSource): ReadonlyMap<string, Figures> {
  const endpoints = new Map<string, Endpoint>();
  const endpoint = (name: string): Endpoint => {
    const known = endpoints.get(shown(name)) ?? { statuses: new Map(), errors: new Map(), summaries: [] };
    endpoints.set(shown(name), known);
    return known;
  };
  for (const [name, count] of under(counters, BY_ENDPOINT)) {
    const [, coded, status] = /^(.*)\.codes\.([1-5]\d\d)$/s.exec(name) ?? [];
    const [, failed, error] = coded === undefined ? (/^(.*?)\.errors\.(.+)$/s.exec(name) ?? []) : [];
    if (coded !== undefined) add(endpoint(coded).statuses, Number(status), count);
    else if (failed !== undefined && error !== undefined) add(endpoint(failed).errors, error, count);
  }
  const timed = `${BY_ENDPOINT}response_time.`;
  for (const name of Object.keys(objectAt(document, 'aggregate', 'summaries') ?? {})) {
    if (name.startsWith(timed)) endpoint(name.slice(timed.length)).summaries.push(name);
  }
  return new Map(
    [...endpoints].map(([name, { statuses, errors, summaries }]) => {
      const responses = sumOf(statuses);
      const { figures } = fateOf({ requests: responses + sumOf(errors), responses, statuses, errors }, source);
      // Percentiles of several endpoints are none of their whole.
      const [only, ...others] = summaries;
      const latency = only === undefined || others.length > 0 ? undefined : summaryOf(document, source, only);
      return [name, { ...figures, ...(latency === undefined ? {} : { latency }) }];
    }),
  );
}

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** Of the plugin `expect`, by kind of expectation. */
function expectationsOf(counters: Counters): LoadResult['checks'] {
  const passes = under(counters, 'plugins.expect.ok.');
  const fails = under(counters, 'plugins.expect.failed.');
  const names = new Set([...passes.keys(), ...fails.keys()]);
  return new Map([...names].map((name) => [shown(name), { passes: passes.get(name) ?? 0, fails: fails.get(name) ?? 0 }]));
}

function periodsOf(document: unknown, source: ResultSource): readonly PercentileAt[] {
  return (listAt(document, 'intermediate') ?? [])
    .flatMap((period) => {
      const at = numberAt(period, 'period');
      const value = numberAt(objectAt(objectAt(period, 'summaries'), RESPONSE_TIME), 'p95');
      return at === undefined || value === undefined
        ? []
        : [{ at, milliseconds: plausibleMs(source, value, '`p95` of a period') }];
    })
    .sort((one, other) => one.at - other.at);
}

function periodsOfV1(document: unknown, source: ResultSource): readonly PercentileAt[] {
  return (listAt(document, 'intermediate') ?? []).flatMap((period) => {
    const at = Date.parse(textAt(period, 'timestamp') ?? '');
    const value = numberAt(period, 'latency', 'p95');
    return Number.isNaN(at) || value === undefined
      ? []
      : [{ at, milliseconds: plausibleMs(source, value, '`latency.p95` of a period') }];
  });
}

const NANOSECONDS = 1e6;

/** The latencies of all periods; undefined when they are not those of all answers. A latency is in nanoseconds, alone or third of its list. */
function eachLatency(document: unknown, source: ResultSource, responses: number): Distribution | undefined {
  const store = latencies();
  let whole = true;
  for (const period of listAt(document, 'intermediate') ?? []) {
    for (const entry of listAt(period, 'latencies') ?? []) {
      const value: unknown = Array.isArray(entry) ? entry[2] : entry;
      if (typeof value !== 'number') return undefined;
      const milliseconds = plausibleMs(source, value / NANOSECONDS, 'a latency');
      whole &&= Number.isInteger(milliseconds);
      store.add(milliseconds);
    }
  }
  if (store.count !== responses) return undefined;
  return { kind: 'values', answered: [store], unanswered: [], ...(whole ? { stepMs: 1 } : {}) };
}
