import type { Figures, LoadResult } from '../../result.ts';
import { isObject, type JsonObject, listAt, numberAt, objectAt, textAt } from '../json.ts';
import type { DocumentReader } from '../reader.ts';
import { labelOf, shortText, targetOf } from './labels.ts';

/*
 * k6 writes the summary of a run in three shapes. None has a count of timeouts, and each may hold what `setup()` returned, passwords
 * too: only what is named here is looked at.
 */

/** What the shapes have in common once they are read. */
interface Summary {
  readonly format: string;
  /** By name, submetrics as `http_req_duration{name:login}`; the values by k6's names: `p(95)`, `count`. */
  readonly metrics: ReadonlyMap<string, JsonObject>;
  /** How many of a rate's samples were not zero. */
  readonly matched: 'passes' | 'matches';
  readonly thresholds: LoadResult['thresholds'];
  readonly checks: LoadResult['checks'];
  readonly durationMs: number | undefined;
  /** What adds the percentiles that are not there. */
  readonly percentilesBy: string;
  readonly thresholdsBy?: string;
}

const STATS = '--summary-trend-stats="avg,min,med,max,p(90),p(95),p(99),count"';
const MORE_STATS = `run k6 with ${STATS}`;

/** `--summary-export=summary.json`. */
export const K6_SUMMARY_EXPORT: DocumentReader = {
  tool: 'k6',
  format: '--summary-export',
  recognises: (document) =>
    metricsIn(document).length > 0 && !metricsIn(document).some(([, metric]) => isObject(metric['values'])),
  read: (document) =>
    resultOf({
      format: '--summary-export',
      metrics: new Map(metricsIn(document)),
      matched: 'passes',
      // Here true means that the threshold was crossed (grafana/k6#1498).
      thresholds: thresholdsIn(metricsIn(document), (crossed) => (typeof crossed === 'boolean' ? !crossed : undefined)),
      checks: checksIn(objectAt(document, 'root_group')),
      durationMs: undefined,
      percentilesBy: MORE_STATS,
    }),
};

/** The `data` of `handleSummary(data)`, written as it is. */
export const K6_HANDLE_SUMMARY: DocumentReader = {
  tool: 'k6',
  format: 'handleSummary',
  recognises: (document) => metricsIn(document).some(([, metric]) => isObject(metric['values'])),
  read: (document) =>
    resultOf({
      format: 'handleSummary',
      metrics: new Map(metricsIn(document).map(([name, metric]) => [name, objectAt(metric, 'values') ?? {}])),
      matched: 'passes',
      thresholds: thresholdsIn(metricsIn(document), (found) => {
        const ok = isObject(found) ? found['ok'] : undefined;
        return typeof ok === 'boolean' ? ok : undefined;
      }),
      checks: checksIn(objectAt(document, 'root_group')),
      durationMs: numberAt(document, 'state', 'testRunDurationMs'),
      percentilesBy: MORE_STATS,
    }),
};

/** `--new-machine-readable-summary --summary-export=summary.json`, version 1 (grafana/k6-summary). */
export const K6_MACHINE_SUMMARY: DocumentReader = {
  tool: 'k6',
  format: 'machine-readable summary',
  recognises: (document) => textAt(document, 'version') !== undefined && listAt(document, 'results', 'metrics') !== undefined,
  read(document) {
    const seconds = numberAt(document, 'config', 'duration');
    const named = (listAt(document, 'results', 'metrics') ?? []).flatMap((metric) => {
      const name = textAt(metric, 'name');
      return name === undefined ? [] : [[name, objectAt(metric, 'values') ?? {}] as const];
    });
    const checks = new Map<string, { passes: number; fails: number }>();
    for (const check of listAt(document, 'results', 'checks', 'results') ?? []) count(checks, check);
    return resultOf({
      format: 'machine-readable summary',
      metrics: new Map(named),
      matched: 'matches',
      thresholds: [],
      checks,
      durationMs: seconds === undefined ? undefined : seconds * 1000,
      percentilesBy: 'its machine-readable summary has no others: run k6 with --out json=results.json',
      thresholdsBy: 'k6’s machine-readable summary has no thresholds: run k6 without --new-machine-readable-summary',
    });
  },
};

const DURATION = 'http_req_duration';
const CALLS = 'grpc_req_duration';

/** k6 has at least one of these in each summary, and nothing else is so named. */
const OF_K6 = /^(?:http_req|iteration|vus|data_received|data_sent|checks|grpc_|ws_|browser_|dropped_iterations)/;

function metricsIn(document: unknown): readonly (readonly [string, JsonObject])[] {
  const metrics = Object.entries(objectAt(document, 'metrics') ?? {}).flatMap(([name, metric]) =>
    isObject(metric) ? [[name, metric] as const] : [],
  );
  return metrics.some(([name]) => OF_K6.test(name)) ? metrics : [];
}

function thresholdsIn(
  metrics: readonly (readonly [string, JsonObject])[],
  metOf: (found: unknown) => boolean | undefined,
): LoadResult['thresholds'] {
  return metrics.flatMap(([name, metric]) =>
    Object.entries(objectAt(metric, 'thresholds') ?? {}).flatMap(([text, found]) => {
      const met = metOf(found);
      return met === undefined ? [] : [{ source: shortText(`${name}: ${text}`), met }];
    }),
  );
}

/** Of a group and the groups in it: lists in one shape, and maps by name in the other. */
function checksIn(group: JsonObject | undefined): LoadResult['checks'] {
  const checks = new Map<string, { passes: number; fails: number }>();
  const visit = (each: unknown): void => {
    if (!isObject(each)) return;
    for (const check of membersOf(each['checks'])) count(checks, check);
    for (const inner of membersOf(each['groups'])) visit(inner);
  };
  visit(group);
  return checks;
}

const membersOf = (held: unknown): readonly unknown[] => (Array.isArray(held) ? held : isObject(held) ? Object.values(held) : []);

function count(checks: Map<string, { passes: number; fails: number }>, check: unknown): void {
  const name = shortText(textAt(check, 'name') ?? '');
  const [passes, fails] = [numberAt(check, 'passes'), numberAt(check, 'fails')];
  if (passes === undefined || fails === undefined) return;
  const known = checks.get(name);
  checks.set(name, { passes: passes + (known?.passes ?? 0), fails: fails + (known?.fails ?? 0) });
}

const notIn = (what: string): string => `no summary of k6 has ${what}: run k6 with --out json=results.json`;

function resultOf(summary: Summary): LoadResult {
  const { format, metrics, thresholds, checks, percentilesBy, thresholdsBy } = summary;
  const isHttp = metrics.has(DURATION) || metrics.has('http_reqs');
  const isGrpc = !isHttp && metrics.has(CALLS);
  const latencyMetric = isGrpc ? CALLS : DURATION;
  const trend = metrics.get(latencyMetric);
  const rate = numberAt(metrics.get('http_reqs'), 'rate');
  const requests = isGrpc ? numberAt(trend, 'count') : requestsIn(trend, metrics.get('http_reqs'));
  const durationMs = summary.durationMs ?? durationFrom(metrics);
  const bytes = numberAt(metrics.get('data_received'), 'count');
  const held = [...percentilesOf(trend).keys()].map((percent) => `p${percent}`);
  const absent: Record<string, string> = {
    percentiles: `k6 wrote only ${held.length === 0 ? 'other figures' : held.join(', ')}: ${percentilesBy}`,
    timeouts: notIn('timeouts'),
    errors: notIn('connection errors'),
    statuses: notIn('statuses'),
    ...(metrics.has('http_req_failed') || isGrpc ? {} : { failures: 'this k6 writes no http_req_failed: use k6 0.31 or later' }),
    ...(thresholdsBy === undefined ? {} : { failed_thresholds: thresholdsBy }),
  };
  if (isGrpc) {
    absent['failures'] = notIn('failed gRPC calls');
    if (requests === undefined) absent['requests'] = `the number of gRPC calls: ${MORE_STATS}`;
  } else if (!isHttp) {
    const reason = 'the summary has no HTTP requests or gRPC calls (http_reqs, grpc_req_duration)';
    for (const name of [
      'requests',
      'successes',
      'failures',
      'success_rate',
      'error_rate',
      'timeouts',
      'errors',
      'percentiles',
      'rate',
    ])
      absent[name] = reason;
  }
  for (const name of ['successes', 'success_rate', 'error_rate'])
    if (absent['failures'] !== undefined) absent[name] ??= absent['failures'];
  const labels = labelsOf(summary, latencyMetric, durationMs);
  const users = numberAt(metrics.get('vus_max'), 'max') ?? numberAt(metrics.get('vus'), 'max');
  const target = targetOf(labels.keys());
  // k6 has the metric only when iterations were dropped.
  const dropped = numberAt(metrics.get('dropped_iterations'), 'count') ?? (metrics.has('iterations') ? 0 : undefined);
  const failures = numberAt(metrics.get('http_req_failed'), summary.matched);
  return {
    tool: 'k6',
    format,
    all: {
      ...(requests === undefined ? {} : { requests }),
      ...(failures === undefined ? {} : { failures }),
      ...(bytes === undefined ? {} : { bytes }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...ratePerS(isGrpc ? undefined : rate, requests, durationMs),
      ...latencyOf(trend, requests),
      population: isHttp || isGrpc ? { failures: true, timeouts: true } : {},
    },
    labels,
    checks,
    thresholds,
    ...(dropped === undefined ? {} : { droppedIterations: dropped }),
    settings: { ...(target === undefined ? {} : { target }), ...(users === undefined ? {} : { users }) },
    overTime: [],
    notes: [
      ...(isHttp
        ? ['timeouts are not in this file, but their times are among the latencies: --out json=results.json has them']
        : []),
      ...(isGrpc ? ['these are gRPC calls (grpc_req_duration)'] : []),
    ],
    absent,
  };
}

/** k6 divides by the time that the whole run took. */
function durationFrom(metrics: Summary['metrics']): number | undefined {
  for (const name of ['http_reqs', 'iterations', 'data_received']) {
    const [counted, perSecond] = [numberAt(metrics.get(name), 'count'), numberAt(metrics.get(name), 'rate')];
    if (counted !== undefined && perSecond !== undefined && counted > 0 && perSecond > 0) return (counted / perSecond) * 1000;
  }
  return undefined;
}

function ratePerS(
  written: number | undefined,
  requests: number | undefined,
  durationMs: number | undefined,
): Pick<Figures, 'ratePerS'> {
  if (written !== undefined) return { ratePerS: written };
  return requests === undefined || durationMs === undefined || durationMs <= 0
    ? {}
    : { ratePerS: requests / (durationMs / 1000) };
}

const PERCENTILE = /^p\((\d+(?:\.\d+)?)\)$/;

function percentilesOf(trend: JsonObject | undefined): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const name of Object.keys(trend ?? {})) {
    const percent = name === 'med' ? 50 : Number(PERCENTILE.exec(name)?.[1]);
    const value = numberAt(trend, name);
    if (value !== undefined && percent >= 0 && percent <= 100) found.set(percent, value);
  }
  return new Map([...found].sort(([one], [other]) => one - other));
}

/**
 * How many; of a metric without a sample, which is only there because a threshold names it, k6 writes zeros, and no `http_reqs` beside
 * it.
 */
function requestsIn(trend: JsonObject | undefined, counter: JsonObject | undefined): number | undefined {
  const counted = numberAt(counter, 'count') ?? numberAt(trend, 'count');
  return counted ?? (trend !== undefined && numberAt(trend, 'max') === 0 ? 0 : undefined);
}

/** The latencies; none where nothing was sent. Where the longest took no time at all, nothing was answered: k6 counts refused connections so. */
function latencyOf(trend: JsonObject | undefined, requests: number | undefined): Pick<Figures, 'latency' | 'unanswered'> {
  if (trend === undefined || requests === 0) return {};
  const [min, mean, max] = [numberAt(trend, 'min'), numberAt(trend, 'avg'), numberAt(trend, 'max')];
  if (max === 0) return requests === undefined ? {} : { unanswered: requests };
  const percentiles = percentilesOf(trend);
  if (percentiles.size === 0 && min === undefined && mean === undefined && max === undefined) return {};
  const counted = numberAt(trend, 'count') ?? requests;
  return {
    latency: {
      kind: 'figures',
      exactness: { kind: 'exact' },
      ...(counted === undefined ? {} : { count: counted }),
      ...(min === undefined ? {} : { min }),
      ...(mean === undefined ? {} : { mean }),
      ...(max === undefined ? {} : { max }),
      percentiles,
    },
  };
}

/** Submetrics by name, URL or scenario, which k6 writes when a threshold asks for them. */
function labelsOf({ metrics, matched }: Summary, latencyMetric: string, durationMs: number | undefined): LoadResult['labels'] {
  const labels = new Map<string, Figures>();
  for (const [key, trend] of metrics) {
    const tags = tagsOf(key, latencyMetric);
    const label = tags === undefined ? undefined : labelIn(tags);
    if (label === undefined || labels.has(label)) continue;
    const suffix = key.slice(latencyMetric.length);
    const requests = requestsIn(trend, metrics.get(`http_reqs${suffix}`));
    const failures = numberAt(metrics.get(`http_req_failed${suffix}`), matched);
    labels.set(label, {
      ...(requests === undefined ? {} : { requests }),
      ...(failures === undefined ? {} : { failures }),
      ...(durationMs === undefined ? {} : { durationMs }),
      ...ratePerS(numberAt(metrics.get(`http_reqs${suffix}`), 'rate'), requests, durationMs),
      ...latencyOf(trend, requests),
      population: { failures: true, timeouts: true },
    });
  }
  return labels;
}

/** `metric{tag:value,tag:value}`, as k6 splits it. */
function tagsOf(key: string, metric: string): ReadonlyMap<string, string> | undefined {
  if (!key.startsWith(`${metric}{`) || !key.endsWith('}')) return undefined;
  const pairs = key.slice(metric.length + 1, -1).split(',');
  return new Map(
    pairs.map((pair) => {
      const at = pair.indexOf(':');
      const bare = (text: string): string => text.trim().replace(/^(["'])(.*)\1$/s, '$2');
      return at === -1 ? [bare(pair), ''] : [bare(pair.slice(0, at)), bare(pair.slice(at + 1))];
    }),
  );
}

function labelIn(tags: ReadonlyMap<string, string>): string | undefined {
  const own = (['name', 'url', 'scenario'] as const).filter((tag) => tags.has(tag));
  const method = tags.get('method');
  const [tag] = own;
  if (tag === undefined || tags.size !== (method === undefined ? 1 : 2)) return undefined;
  return labelOf(tags.get(tag), method);
}
