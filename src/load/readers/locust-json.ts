import { type Bucket, type Distribution, mergeDistributions } from '../distribution.ts';
import type { Figures, LoadResult } from '../result.ts';
import { numberAt, objectAt, textAt } from './json.ts';
import { locustLabel } from './locust-failures.ts';
import { LOCUST_POPULATION, LOCUST_PRECISION } from './locust-rounding.ts';
import type { DocumentReader, ResultSource } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';

/** `locust --json` or `--json-file run`: a list of entries with how often each rounded latency occurred. */
export const LOCUST_JSON: DocumentReader = {
  tool: 'locust',
  format: '--json',
  recognises: (document) => Array.isArray(document) && document.every((entry) => objectAt(entry, 'response_times') !== undefined),
  read,
};

interface Entry {
  readonly label: string;
  readonly figures: Figures;
  /** Seconds since the epoch. */
  readonly first: number | undefined;
  readonly last: number | undefined;
}

function read(document: unknown, source: ResultSource): LoadResult {
  const entries = (Array.isArray(document) ? document : []).map((entry: unknown, index) => entryOf(source, entry, index));
  if (entries.length === 0) {
    throw unreadable(
      source,
      'an empty list. Locust leaves it so when no request was made, and when `--json` and `--json-file` are given together: give only one of them.',
    );
  }
  const sum = (of: (figures: Figures) => number | undefined): number =>
    entries.reduce((all, { figures }) => all + (of(figures) ?? 0), 0);
  const requests = sum((figures) => figures.requests);
  const failures = sum((figures) => figures.failures);
  const first = Math.min(...entries.map((entry) => entry.first ?? Number.POSITIVE_INFINITY));
  const last = Math.max(...entries.map((entry) => entry.last ?? Number.NEGATIVE_INFINITY));
  const parts = entries.flatMap(({ figures: { latency } }) => (latency === undefined ? [] : [latency]));
  const latency = mergeDistributions(parts);
  const reason = 'Locust’s JSON does not count them: give `_stats.csv` with `_failures.csv` beside it (`--csv`)';
  return {
    tool: 'locust',
    format: LOCUST_JSON.format,
    all: {
      requests,
      failures,
      ...withoutFailures(failures),
      ...spanned(requests, first, last),
      ...(latency === undefined ? {} : { latency }),
      population: LOCUST_POPULATION,
    },
    labels: labelsOf(source, entries),
    checks: new Map(),
    thresholds: [],
    settings: {},
    overTime: [],
    notes: [],
    absent: {
      timeouts: reason,
      errors: reason,
      with_timeouts: reason,
      statuses: 'Locust does not count statuses',
      bytes: 'Locust’s JSON has the length of bodies only',
    },
  };
}

function labelsOf(source: ResultSource, entries: readonly Entry[]): ReadonlyMap<string, Figures> {
  const labels = new Map<string, Figures>();
  for (const { label, figures } of entries) {
    if (labels.has(label))
      throw unreadable(source, `two entries are called “${label}”. Give the file of one run as Locust wrote it.`);
    labels.set(label, figures);
  }
  return labels;
}

/** A timeout is a failure, so where nothing failed none timed out. */
const withoutFailures = (failures: number): Pick<Figures, 'timeouts' | 'unanswered'> =>
  failures === 0 ? { timeouts: 0, unanswered: 0 } : {};

function spanned(requests: number, first: number, last: number): Pick<Figures, 'durationMs' | 'ratePerS'> {
  return last > first ? { durationMs: (last - first) * 1000, ratePerS: requests / (last - first) } : {};
}

function entryOf(source: ResultSource, entry: unknown, index: number): Entry {
  const name = `entry ${index + 1}`;
  const count = (key: string): number => {
    const value = numberAt(entry, key);
    if (value !== undefined && Number.isInteger(value) && value >= 0) return value;
    throw unreadable(source, `${name} has no ${key}. Give the file as Locust wrote it.`);
  };
  const requests = count('num_requests');
  const failures = count('num_failures');
  const times = objectAt(entry, 'response_times') ?? {};
  const buckets = Object.entries(times)
    .map(([value, times]): Bucket => {
      const milliseconds = value.trim() === '' ? Number.NaN : Number(value);
      if (typeof times !== 'number' || !Number.isInteger(times) || times < 0) {
        throw unreadable(source, `${name} has a count in response_times that is none.`);
      }
      return { value: requestTime(source, milliseconds, () => value), count: times };
    })
    .sort((one, other) => one.value - other.value);
  const counted = buckets.reduce((all, bucket) => all + bucket.count, 0);
  const untimed = numberAt(entry, 'num_none_requests') ?? 0;
  if (counted + untimed !== requests) {
    throw unreadable(source, `${name} has ${requests} requests, and ${counted} latencies. Give the file as Locust wrote it.`);
  }
  const [first, last] = [numberAt(entry, 'start_time'), numberAt(entry, 'last_request_timestamp')];
  const latency = latencyOf(source, entry, buckets, counted);
  return {
    label: locustLabel(textAt(entry, 'method') ?? '', textAt(entry, 'name') ?? ''),
    first,
    last,
    figures: {
      requests,
      failures,
      ...withoutFailures(failures),
      ...(first === undefined || last === undefined ? {} : spanned(requests, first, last)),
      ...(latency === undefined ? {} : { latency }),
      population: LOCUST_POPULATION,
    },
  };
}

function latencyOf(source: ResultSource, entry: unknown, buckets: readonly Bucket[], counted: number): Distribution | undefined {
  if (counted === 0) return undefined;
  const time = (key: string): number | undefined => {
    const value = numberAt(entry, key);
    return value === undefined ? undefined : requestTime(source, value, () => String(value));
  };
  const [min, max, total] = [time('min_response_time'), time('max_response_time'), numberAt(entry, 'total_response_time')];
  return {
    kind: 'buckets',
    upperRank: true,
    ...LOCUST_PRECISION,
    buckets,
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(total === undefined ? {} : { mean: total / counted }),
  };
}
