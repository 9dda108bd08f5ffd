import { MeasurementError } from '../checklist/errors.ts';
import { mergeDistributions } from './distribution.ts';
import type { Figures, LoadResult, PercentileAt, Settings } from './result.ts';
import { summaryOf } from './summary.ts';
import { addedUp } from './tally.ts';

/** A result and the file it was read from. */
export interface Shard {
  readonly name: string;
  readonly result: LoadResult;
}

/**
 * The parts of one test as one: a matrix of runners, execution segments, workers. Counts are added, latencies merged by their values
 * or buckets; percentiles of parts are never averaged, so of parts with figures only the whole has none.
 *
 * @param expected how many there must be, where the plan says so.
 * @throws MeasurementError `unreadable`: parts are missing, there twice, of several tools or formats.
 */
export function mergeShards(shards: readonly Shard[], expected?: number): LoadResult {
  const [first, ...others] = shards;
  if (first === undefined) throw new MeasurementError('not_found', 'There are no results to merge.');
  refuseWrongNumber(shards, expected);
  for (const other of others) refuseMixture(first, other);
  refuseTwins(shards);
  if (others.length === 0) return first.result;
  const results = shards.map(({ result }) => result);
  const { tool, format } = first.result;
  const all = mergedFigures(results.map((result) => result.all));
  const names = new Set(results.flatMap(({ labels }) => [...labels.keys()]));
  const labels = new Map(
    [...names].map((name) => [name, mergedFigures(results.flatMap(({ labels: own }) => own.get(name) ?? []))]),
  );
  const dropped = summed(results.map(({ droppedIterations }) => droppedIterations));
  return {
    tool,
    format,
    all,
    labels,
    checks: mergedChecks(results),
    thresholds: mergedThresholds(results),
    ...(dropped === undefined ? {} : { droppedIterations: dropped }),
    settings: mergedSettings(results.map(({ settings }) => settings)),
    overTime: slowestOf(results.map(({ overTime }) => overTime)),
    notes: [`${shards.length} parts of one test, merged`, ...new Set(results.flatMap(({ notes }) => notes))],
    absent: mergedAbsent(results, all),
  };
}

function refuseWrongNumber(shards: readonly Shard[], expected: number | undefined): void {
  if (expected === undefined || shards.length === expected) return;
  const names = shards.map(({ name }) => name);
  const shown = `${names.slice(0, 8).join(', ')}${names.length > 8 ? ', …' : ''}`;
  throw new MeasurementError(
    'unreadable',
    shards.length < expected
      ? `${shards.length} of ${expected} shards are there: ${shown}. A load of which a part is not known was not measured; look for the job that failed, or whose upload did.`
      : `The plan says \`shards: ${expected}\`, and there are ${shards.length} files: ${shown}. Are some of an earlier run?`,
  );
}

function refuseMixture(first: Shard, other: Shard): void {
  const [one, two] = [first.result, other.result];
  if (one.tool !== two.tool) {
    throw new MeasurementError(
      'unreadable',
      `${first.name} is a result of ${one.tool}, and ${other.name} one of ${two.tool}. Name the files of one test only.`,
    );
  }
  if (one.format === two.format) return;
  throw new MeasurementError(
    'unreadable',
    `${first.name} (${one.format}) and ${other.name} (${two.format}) are two forms of a result of ${one.tool}, perhaps of the same requests. Name one of them.`,
  );
}

/** The same part twice would count its requests twice. */
function refuseTwins(shards: readonly Shard[]): void {
  const seen = new Map<string, string>();
  for (const { name, result } of shards) {
    if (result.all.requests === 0) continue;
    const content = JSON.stringify([summaryOf(result), result.overTime]);
    const twin = seen.get(content);
    if (twin !== undefined) {
      throw new MeasurementError(
        'unreadable',
        `${twin} and ${name} hold the same figures, so one part would count twice. Name each once.`,
      );
    }
    seen.set(content, name);
  }
}

function mergedFigures(parts: readonly Figures[]): Figures {
  const [first] = parts;
  if (first === undefined || parts.length === 1) return first ?? { population: {} };
  const sum = (of: (part: Figures) => number | undefined): number | undefined => summed(parts.map(of));
  const durations = parts.flatMap(({ durationMs }) => (durationMs === undefined ? [] : [durationMs]));
  const requests = sum((part) => part.requests);
  // Parts run at the same time: the test lasts as long as the longest.
  const durationMs = durations.length === parts.length ? Math.max(...durations) : undefined;
  const ratePerS =
    requests !== undefined && durationMs !== undefined ? requests / (durationMs / 1000) : sum((part) => part.ratePerS);
  // A part in which nothing was answered has no latencies to add.
  const distributions = parts.filter(({ requests: own }) => own !== 0).map(({ latency }) => latency);
  const latency = distributions.every((each) => each !== undefined) ? mergeDistributions(distributions) : undefined;
  const statuses = parts.flatMap((part) => (part.statuses === undefined ? [] : [part.statuses]));
  const errors = parts.flatMap((part) => (part.errors === undefined ? [] : [part.errors]));
  return {
    ...optional('requests', requests),
    ...optional(
      'failures',
      sum((part) => part.failures),
    ),
    ...optional(
      'timeouts',
      sum((part) => part.timeouts),
    ),
    ...optional(
      'unanswered',
      sum((part) => part.unanswered),
    ),
    ...optional(
      'bytes',
      sum((part) => part.bytes),
    ),
    ...optional('statuses', statuses.length === parts.length ? addedUp(statuses) : undefined),
    ...optional('errors', errors.length === parts.length ? addedUp(errors) : undefined),
    ...optional('durationMs', durationMs),
    ...optional('ratePerS', ratePerS),
    ...optional('latency', latency),
    population: first.population,
  };
}

function optional<Name extends keyof Figures>(name: Name, value: Figures[Name]): Partial<Figures> {
  return value === undefined ? {} : { [name]: value };
}

/** The sum of counts that are all known. */
function summed(counts: readonly (number | undefined)[]): number | undefined {
  let sum = 0;
  for (const count of counts) {
    if (count === undefined) return undefined;
    sum += count;
  }
  return sum;
}

function mergedChecks(results: readonly LoadResult[]): LoadResult['checks'] {
  const merged = new Map<string, { passes: number; fails: number }>();
  for (const { checks } of results) {
    for (const [name, { passes, fails }] of checks) {
      const known = merged.get(name) ?? { passes: 0, fails: 0 };
      merged.set(name, { passes: known.passes + passes, fails: known.fails + fails });
    }
  }
  return merged;
}

/** Met when every part met it: each judged its own share only. */
function mergedThresholds(results: readonly LoadResult[]): LoadResult['thresholds'] {
  const met = new Map<string, boolean>();
  for (const { thresholds } of results) {
    for (const each of thresholds) met.set(each.source, (met.get(each.source) ?? true) && each.met);
  }
  return [...met].map(([source, all]) => ({ source, met: all }));
}

function mergedSettings(all: readonly Settings[]): Settings {
  const targets = new Set(all.map(({ target }) => target));
  const [target] = targets;
  const users = summed(all.map((each) => each.users));
  const ratePerS = summed(all.map((each) => each.ratePerS));
  const durations = all.flatMap(({ durationMs }) => (durationMs === undefined ? [] : [durationMs]));
  return {
    ...(target === undefined || targets.size > 1 ? {} : { target }),
    ...(users === undefined ? {} : { users }),
    ...(ratePerS === undefined ? {} : { ratePerS }),
    ...(durations.length < all.length ? {} : { durationMs: Math.max(...durations) }),
  };
}

/** The slowest part at each time: for the chart, where a percentile of the whole cannot be told any more. */
function slowestOf(all: readonly (readonly PercentileAt[])[]): readonly PercentileAt[] {
  const slowest = new Map<number, number>();
  for (const { at, milliseconds } of all.flat()) slowest.set(at, Math.max(slowest.get(at) ?? 0, milliseconds));
  return [...slowest].sort(([one], [other]) => one - other).map(([at, milliseconds]) => ({ at, milliseconds }));
}

function mergedAbsent(results: readonly LoadResult[], all: Figures): LoadResult['absent'] {
  const reasons: Record<string, string> = Object.assign({}, ...results.map(({ absent }) => absent));
  if (all.latency !== undefined || results.every(({ all: own }) => own.latency === undefined)) return reasons;
  const [tool, format] = [results[0]?.tool, results[0]?.format];
  return {
    ...reasons,
    percentiles: `percentiles of single parts say nothing of the whole, and ${tool}’s ${format} holds no more; give each part in a form with every request${RAW_FORMS[tool ?? 'mapped'] ?? ''}`,
  };
}

/** How to have a tool write each request, so that parts can be merged. */
const RAW_FORMS: Readonly<Partial<Record<LoadResult['tool'], string>>> = {
  k6: ' (`--out json=part.json.gz`)',
  vegeta: ' (`vegeta encode --to csv`)',
  autocannon: ' (its `skipAggregateResult` option)',
  hey: ' (`-o csv`)',
  jmeter: ' (the JTL that `-l` writes)',
  locust: ' (`--json-file`)',
  gatling: ' (its simulation.log)',
};
