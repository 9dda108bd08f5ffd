import type { Figures, LoadResult } from '../result.ts';
import { isObject, listAt, numberAt, objectAt, textAt } from './json.ts';
import { labelOf } from './label.ts';
import type { DocumentReader, ResultSource } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';

/** `js/global_stats.json` of the report of older versions. */
export const GATLING_GLOBAL_STATS: DocumentReader = {
  tool: 'gatling',
  format: 'global_stats.json',
  recognises: (document) =>
    objectAt(document, 'numberOfRequests') !== undefined && objectAt(document, 'percentiles1') !== undefined,
  read: (document, source) => resultOf(GATLING_GLOBAL_STATS.format, figuresOf(source, document), new Map()),
};

/** `js/stats.json` of the report of older versions: the same for each group and request. */
export const GATLING_STATS: DocumentReader = {
  tool: 'gatling',
  format: 'stats.json',
  recognises: (document) =>
    objectAt(document, 'stats', 'numberOfRequests') !== undefined && objectAt(document, 'contents') !== undefined,
  read(document, source) {
    const labels = new Map<string, Figures>();
    addLabels(source, document, '', labels);
    return resultOf(GATLING_STATS.format, figuresOf(source, objectAt(document, 'stats')), labels);
  },
};

const INSTEAD = 'give simulation.log, which is text up to Gatling 3.11';

function resultOf(format: string, all: Figures, labels: ReadonlyMap<string, Figures>): LoadResult {
  return {
    tool: 'gatling',
    format,
    all,
    labels,
    checks: new Map(),
    thresholds: [],
    settings: {},
    overTime: [],
    notes: [
      'percentiles1 to percentiles4 are not used: the file does not say which percentiles they are',
      'timeouts are not in this file, and their time is among the latencies',
    ],
    absent: {
      percentiles: `Gatling does not write which percentiles percentiles1 to percentiles4 are, for \`gatling.charting.indicators\` sets them: ${INSTEAD}`,
      timeouts: `the file does not tell them from other failures: ${INSTEAD}`,
      errors: `the file does not tell them from other failures: ${INSTEAD}`,
      with_timeouts: `the file does not tell timeouts from other failures: ${INSTEAD}`,
      duration: `the file has no times: ${INSTEAD}`,
      bytes: 'Gatling does not count bytes',
      failed_thresholds:
        'the file does not say whether assertions were met: take Gatling’s exit code, which is 2 when one was not',
      statuses: 'Gatling does not count statuses',
    },
  };
}

function addLabels(source: ResultSource, node: unknown, path: string, labels: Map<string, Figures>): void {
  const contents = objectAt(node, 'contents') ?? {};
  const children = listAt(node, 'contents') ?? Object.values(contents);
  for (const child of children) {
    const name = textAt(child, 'name') ?? textAt(child, 'stats', 'name') ?? '';
    const own = path === '' ? name : `${path} / ${name}`;
    // A group's own figures are of the whole group, and not of requests.
    if (textAt(child, 'type') === 'REQUEST') labels.set(labelOf(own), figuresOf(source, objectAt(child, 'stats')));
    else addLabels(source, child, own, labels);
  }
}

function figuresOf(source: ResultSource, stats: unknown): Figures {
  if (!isObject(stats)) throw unreadable(source, 'an entry without its figures. Give the file as Gatling wrote it.');
  const count = (key: string): number => {
    const value = numberAt(stats, 'numberOfRequests', key);
    if (value !== undefined && Number.isInteger(value) && value >= 0) return value;
    throw unreadable(source, `numberOfRequests has no ${key}. Give the file as Gatling wrote it.`);
  };
  const [requests, failures] = [count('total'), count('ko')];
  const rate = numberAt(stats, 'meanNumberOfRequestsPerSecond', 'total');
  const time = (key: string): number | undefined => {
    const value = numberAt(stats, key, 'total');
    return value === undefined ? undefined : requestTime(source, value, () => String(value));
  };
  return {
    requests,
    failures,
    ...(failures === 0 ? { timeouts: 0, unanswered: 0 } : {}),
    ...(rate === undefined ? {} : { ratePerS: rate }),
    ...(requests === 0 ? {} : { latency: latencyOf(requests, time) }),
    population: { failures: true, timeouts: true },
  };
}

function latencyOf(count: number, time: (key: string) => number | undefined): NonNullable<Figures['latency']> {
  const [min, mean, max] = [time('minResponseTime'), time('meanResponseTime'), time('maxResponseTime')];
  return {
    kind: 'figures',
    exactness: { kind: 'exact' },
    stepMs: 1,
    count,
    ...(min === undefined ? {} : { min }),
    ...(mean === undefined ? {} : { mean }),
    ...(max === undefined ? {} : { max }),
    percentiles: new Map(),
  };
}
