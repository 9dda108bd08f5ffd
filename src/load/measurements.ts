import { nearestName } from '../criteria/nearest.ts';
import {
  bytes,
  type Measurement,
  type Measurements,
  milliseconds,
  number,
  perSecond,
  type Quantity,
  ratio,
} from '../criteria/value.ts';
import {
  countIn,
  type Distribution,
  errorMs,
  exactnessOf,
  extremesOf,
  percentileIn,
  percentileWithTimeouts,
} from './distribution.ts';
import { describeError } from './exactness.ts';
import { promisedByLoad, WITH_TIMEOUTS } from './promised.ts';
import type { Figures, LoadResult } from './result.ts';

const COMMON_PERCENTILES = ['50', '75', '90', '95', '99', '99.9'];
const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?)(\.with_timeouts)?$/;
const STATUS = /^status\.([1-5])(\d\d|xx)$/;
const LABELLED = /^(.*) of "(.*)"$/s;

export interface MeasuringRules {
  /** Which statuses are successes, in place of the tool's own count; a request without an answer never is one. */
  readonly succeeds?: (status: number) => boolean;
  /** Further names: any percentile (`p97.5`, `p95.with_timeouts`), any status (`status.503`, `status.5xx`), any label. */
  readonly wanted: ReadonlySet<string>;
  /** The fewest requests that a percentile may rest on, in place of what it can be read from at all. */
  readonly leastSamples?: number;
}

/**
 * What a result says, by the names that criteria use. Where nothing was answered there is no latency at all, rather than one of
 * zero: a dead server meets no limit. What the file does not hold is absent, with the tool's flag that adds it.
 */
export function measurementsOf(result: LoadResult, rules: MeasuringRules): Measurements {
  const { wanted } = rules;
  const measurements: Record<string, Measurement> = {
    ...measured(result.all, unlabelled(wanted), result, rules),
    ...beside(result, unlabelled(wanted)),
  };
  for (const name of wanted) {
    const [, plain, label] = LABELLED.exec(name) ?? [];
    if (plain === undefined || label === undefined) continue;
    measurements[name] = labelledMeasurement(plain, label, result, rules);
  }
  for (const name of unlabelled(wanted)) {
    if (measurements[name] === undefined && isName(name)) measurements[name] = absent(name, result);
  }
  return measurements;
}

const unlabelled = (wanted: ReadonlySet<string>): readonly string[] => [...wanted].filter((name) => !LABELLED.test(name));
const isName = (name: string): boolean =>
  Object.hasOwn(promisedByLoad().names, name) || PERCENTILE.test(name) || STATUS.test(name);

function labelledMeasurement(plain: string, label: string, result: LoadResult, rules: MeasuringRules): Measurement {
  const check = result.checks.get(label);
  if (plain === 'checks' && check !== undefined) return checksOf([check]);
  const figures = result.labels.get(label);
  if (figures === undefined) return { value: number(Number.NaN), absent: unknownLabel(label, result) };
  return measured(figures, [plain], result, rules)[plain] ?? absent(plain, result, label);
}

function saysNothingOf(name: string, { requests, unanswered, latency }: Figures): boolean {
  if (requests === 0) return true;
  const silent = (requests !== undefined && requests === unanswered) || (latency !== undefined && countIn(latency) === 0);
  return silent && (PERCENTILE.test(name) || STATUS.test(name) || name === 'min' || name === 'mean' || name === 'max');
}

function unknownLabel(label: string, { labels, checks, tool, format }: LoadResult): string {
  const names = [...labels.keys(), ...checks.keys()];
  if (names.length === 0) return `${tool}’s ${format} holds no figures of single labels`;
  const nearest = nearestName(label, names);
  if (nearest !== undefined) return `no requests are labelled “${label}”; did you mean “${nearest}”?`;
  const shown = names.slice(0, 5).map((name) => `“${name.slice(0, 60)}”`);
  return `no requests are labelled “${label}”; there are ${shown.join(', ')}${names.length > 5 ? `, and ${names.length - 5} more` : ''}`;
}

/** A figure that the file does not hold; or that there is none of, because nothing was answered. */
function absent(name: string, result: LoadResult, label?: string): Measurement {
  const { all, labels, tool, format, absent: reasons } = result;
  const figures = label === undefined ? all : labels.get(label);
  if (figures !== undefined && saysNothingOf(name, figures)) {
    const note = figures.requests === 0 ? 'no request was made' : 'no request was answered';
    return { value: number(Number.NaN), samples: 0, note };
  }
  const reason = reasons[name] ?? generalReason(name, figures, reasons) ?? `${tool}’s ${format} does not hold it`;
  return { value: number(Number.NaN), absent: label === undefined ? reason : `${reason} (for “${label}”)` };
}

/** Of all percentiles, of those that count requests without an answer, or of all statuses. */
function generalReason(name: string, figures: Figures | undefined, reasons: LoadResult['absent']): string | undefined {
  if (STATUS.test(name)) return reasons['statuses'];
  if (!PERCENTILE.test(name)) return undefined;
  const plain = name.replace(WITH_TIMEOUTS, '');
  if (plain === name) return reasons['percentiles'];
  const { latency, unanswered = 0 } = figures ?? {};
  if (reasons['with_timeouts'] !== undefined) return reasons['with_timeouts'];
  if (latency?.kind === 'figures' && unanswered > 0)
    return `${unanswered} requests got no answer, and they cannot be counted into percentiles that are finished figures`;
  return reasons['timeouts'] ?? reasons[plain] ?? reasons['percentiles'];
}

function beside(
  { checks, droppedIterations, thresholds, absent: reasons, settings }: LoadResult,
  wanted: readonly string[],
): Record<string, Measurement> {
  const found: Record<string, Measurement> = {};
  if (checks.size > 0) found['checks'] = checksOf([...checks.values()]);
  if (droppedIterations !== undefined) found['dropped_iterations'] = { value: number(droppedIterations) };
  if (thresholds.length > 0) {
    const failed = thresholds.filter(({ met }) => !met);
    const note =
      failed.length === 0
        ? {}
        : {
            note: failed
              .map(({ source }) => source)
              .slice(0, 5)
              .join('; '),
          };
    found['failed_thresholds'] = { value: number(failed.length), ...note };
  }
  if (wanted.includes('dropped_iterations') && droppedIterations === undefined && reasons['dropped_iterations'] === undefined) {
    // A closed model drops none; one that is open says so.
    if (settings.ratePerS === undefined)
      found['dropped_iterations'] = { value: number(Number.NaN), absent: 'the result has no count of dropped iterations' };
  }
  return found;
}

function checksOf(checks: readonly { readonly passes: number; readonly fails: number }[]): Measurement {
  const passes = checks.reduce((sum, each) => sum + each.passes, 0);
  const all = checks.reduce((sum, each) => sum + each.passes + each.fails, 0);
  return { value: ratio(passes / all), samples: all };
}

function measured(
  figures: Figures,
  wanted: readonly string[],
  result: LoadResult,
  rules: MeasuringRules,
): Record<string, Measurement> {
  const found: Record<string, Measurement> = {};
  const { requests, timeouts } = figures;
  // Nothing is said of requests that were not made: `timeouts == 0` is no success where there was none.
  const samples = requests === undefined ? {} : { samples: requests };
  const put = (name: string, value: Quantity | undefined, more: Omit<Measurement, 'value'> = {}): void => {
    if (value !== undefined) found[name] = { value, ...more };
  };
  const some = <Given>(given: Given | undefined, make: (given: Given) => Quantity): Quantity | undefined =>
    given === undefined ? undefined : make(given);
  const failures = failuresOf(figures, rules.succeeds);
  const successes = requests === undefined || failures === undefined ? undefined : requests - failures;
  put('requests', some(requests, number));
  put('successes', some(successes, number), samples);
  put('failures', some(failures, number), { ...samples, note: 'unexpected statuses, timeouts and connection errors' });
  put('timeouts', some(timeouts, number), samples);
  put('errors', errorsOf(figures), { ...samples, note: 'connection errors; timeouts not counted' });
  if (requests !== undefined && failures !== undefined) {
    put('success_rate', ratio((requests - failures) / requests), samples);
    put('error_rate', ratio(failures / requests), samples);
  } else if (figures.successShare !== undefined && rules.succeeds === undefined) {
    const { share, step } = figures.successShare;
    put('success_rate', ratio(share), { ...samples, tolerance: step / 2 });
    put('error_rate', ratio(1 - share), { ...samples, tolerance: step / 2 });
  }
  put('bytes', some(figures.bytes, bytes), samples);
  put('duration', some(figures.durationMs, milliseconds));
  put('rate', some(figures.ratePerS, perSecond), { ...samples, note: rateNote(result) });
  if (figures.durationMs !== undefined && successes !== undefined) {
    put('throughput', perSecond(successes / (figures.durationMs / 1000)), { ...samples, note: 'successful answers a second' });
  }
  Object.assign(found, latencyMeasurements(figures, wanted, rules));
  if (figures.statuses !== undefined && answersIn(figures) > 0) {
    const seen = [...figures.statuses.keys()].map((status) => `status.${status}`);
    // Asked for and never seen: zero, which can only be said where there were answers.
    for (const name of [...seen, ...wanted.filter((each) => STATUS.test(each))])
      put(name, number(countOf(name, figures.statuses)), samples);
  }
  return found;
}

/** A file may hold the answers only, and not how many requests were made. */
function answersIn({ requests, unanswered = 0, statuses = new Map() }: Figures): number {
  return requests === undefined ? [...statuses.values()].reduce((sum, count) => sum + count, 0) : requests - unanswered;
}

function rateNote({ settings, tool }: LoadResult): string {
  const what = tool === 'holdpoint' ? 'answers a second' : 'requests a second';
  return settings.ratePerS === undefined ? what : `${what}; ${settings.ratePerS} were asked for`;
}

/** By the statuses that the plan expects where it says so and the file has them, else by the tool's own count. */
function failuresOf({ requests, failures, statuses }: Figures, succeeds: MeasuringRules['succeeds']): number | undefined {
  if (succeeds === undefined) return failures;
  if (requests === undefined || statuses === undefined) return undefined;
  let successes = 0;
  for (const [status, count] of statuses) if (succeeds(status)) successes += count;
  return requests - successes;
}

function errorsOf({ timeouts, unanswered }: Figures): Quantity | undefined {
  return timeouts === undefined || unanswered === undefined ? undefined : number(unanswered - timeouts);
}

function latencyMeasurements(
  figures: Figures,
  wanted: readonly string[],
  { leastSamples }: MeasuringRules,
): Record<string, Measurement> {
  const { latency } = figures;
  if (latency === undefined) return {};
  const count = countIn(latency) ?? answersOf(figures);
  const least = leastSamples === undefined ? {} : { leastSamples };
  const samples = count === undefined ? {} : { samples: count, ...least };
  const note = populationNote(figures, latency);
  const found: Record<string, Measurement> = {};
  const put = (name: string, value: number | undefined, said: string, more: Partial<Measurement> = {}): void => {
    if (value === undefined) return;
    const error = errorMs(latency, value);
    const tolerance = error === undefined || error === 0 || !Number.isFinite(value) ? {} : { tolerance: error / 1000 };
    found[name] = { value: milliseconds(value), ...samples, ...tolerance, ...(said === '' ? {} : { note: said }), ...more };
  };
  const { min, mean, max } = extremesOf(latency);
  put('min', min, note);
  put('mean', mean, note);
  put('max', max, note);
  for (const name of [...COMMON_PERCENTILES.map((percent) => `p${percent}`), ...wanted]) {
    const [, percent, withTimeouts] = PERCENTILE.exec(name) ?? [];
    if (percent === undefined) continue;
    if (count === undefined) {
      const value = percentileIn(latency, Number(percent));
      if (value !== undefined) found[name] = { value: milliseconds(value), absent: OF_HOW_MANY };
      continue;
    }
    if (withTimeouts === undefined) {
      put(
        name,
        percentileIn(latency, Number(percent)),
        joined(note, describeError(exactnessOf(latency)), thinNote(Number(percent), count)),
      );
      continue;
    }
    const { unanswered } = figures;
    // Buckets that hold the waits of unanswered requests do not tell which they are.
    const mixed = latency.kind === 'buckets' && figures.population.timeouts !== false && unanswered !== 0;
    if (unanswered === undefined || mixed) continue;
    const outside = figures.population.timeouts === true ? 0 : unanswered;
    const all = { samples: count + outside };
    const said = unanswered === 0 ? '' : `each of ${unanswered} unanswered requests counted as infinitely slow`;
    put(name, percentileWithTimeouts(latency, Number(percent), unanswered), said, all);
  }
  return found;
}

const OF_HOW_MANY =
  'the file has it, but does not tell of how many requests it is, so too few cannot be told from enough; give a file that does';

/** The most that the latencies can be of, where the file does not tell. */
const answersOf = ({ requests, unanswered = 0, population }: Figures): number | undefined =>
  requests === undefined ? undefined : requests - (population.timeouts === false ? unanswered : 0);

const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join('; ');

/** Ten times as many as it can be read from at all are what it is steady with. */
function thinNote(percent: number, count: number): string {
  const comfortable = Math.ceil(Number((10 / (1 - percent / 100)).toPrecision(12)));
  return count >= comfortable ? '' : `rests on ${count} requests; ${comfortable} make it steady`;
}

function populationNote({ unanswered = 0, population }: Figures, latency: Distribution): string {
  if (unanswered === 0) return '';
  const count = countIn(latency);
  if (population.timeouts === true)
    return `${unanswered} requests without an answer are among them, with the time until they were given up`;
  if (population.timeouts === false)
    return `of the ${count === undefined ? '' : `${count} `}answers; ${unanswered} requests got none`;
  return `${unanswered} requests got no answer`;
}

function countOf(name: string, statuses: ReadonlyMap<number, number>): number {
  const [, hundreds = '', rest = ''] = STATUS.exec(name) ?? [];
  let sum = 0;
  for (const [status, count] of statuses) {
    if (rest === 'xx' ? Math.floor(status / 100) === Number(hundreds) : status === Number(hundreds + rest)) sum += count;
  }
  return sum;
}
