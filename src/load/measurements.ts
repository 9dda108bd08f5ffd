import {
  bytes,
  DIMENSION,
  type Measurement,
  type Measurements,
  milliseconds,
  number,
  type Promised,
  perSecond,
  ratio,
} from '../criteria/value.ts';
import { percentile } from './latencies.ts';
import { type Recording, requestsOf, sumOf } from './recording.ts';

const COMMON_PERCENTILES = ['50', '75', '90', '95', '99', '99.9'];
const PERCENTILE = /^p(\d{1,2}(?:\.\d+)?)(\.with_timeouts)?$/;
const STATUS = /^status\.([1-5])(\d\d|xx)$/;
const WITH_TIMEOUTS = '.with_timeouts';

/** The measurements that every load run has, with their dimensions; percentiles only when something was answered. */
export function promisedByLoad(): { readonly names: Readonly<Record<string, Promised>>; readonly open: readonly string[] } {
  const whole = Array.from({ length: 100 }, (_, percent) => String(percent));
  const percentiles = [...whole, '99.5', '99.9', '99.95', '99.99'].flatMap((percent) => [
    `p${percent}`,
    `p${percent}${WITH_TIMEOUTS}`,
  ]);
  return {
    names: {
      requests: DIMENSION.number,
      successes: DIMENSION.number,
      failures: DIMENSION.number,
      timeouts: DIMENSION.number,
      errors: DIMENSION.number,
      success_rate: DIMENSION.ratio,
      error_rate: DIMENSION.ratio,
      rate: DIMENSION.rate,
      throughput: DIMENSION.rate,
      bytes: DIMENSION.bytes,
      duration: DIMENSION.time,
      min: DIMENSION.time,
      mean: DIMENSION.time,
      max: DIMENSION.time,
      ...Object.fromEntries(percentiles.map((name) => [name, DIMENSION.time])),
    },
    // Decimal percentiles, and a count for each status.
    open: [...whole.map((percent) => `p${percent}.`), 'status.'],
  };
}

/**
 * What a recording says, by the names that criteria use. Where nothing was answered there is no latency at all, rather than
 * one of zero: a dead server meets no limit.
 *
 * @param succeeds which statuses are successes; a timeout or a fault never is one.
 * @param wanted further names: any percentile (`p97.5`, `p95.with_timeouts`) and any status (`status.503`, `status.5xx`).
 */
export function measurementsOf(
  recording: Recording,
  succeeds: (status: number) => boolean,
  wanted: ReadonlySet<string>,
): Measurements {
  const { latencies, statuses, timeouts, faults, durationMs } = recording;
  const requests = requestsOf(recording);
  const successes = sumOf(new Map([...statuses].filter(([status]) => succeeds(status))));
  const seconds = durationMs / 1000;
  const measurements: Record<string, Measurement> = {
    requests: { value: number(requests) },
    successes: { value: number(successes) },
    failures: { value: number(requests - successes), note: 'unexpected statuses, timeouts and connection errors' },
    timeouts: { value: number(timeouts) },
    errors: { value: number(sumOf(faults)), note: 'connection errors; timeouts not counted' },
    success_rate: { value: ratio(successes / requests), samples: requests },
    error_rate: { value: ratio((requests - successes) / requests), samples: requests },
    bytes: { value: bytes(recording.bytes) },
    duration: { value: milliseconds(durationMs) },
    rate: { value: perSecond(latencies.count / seconds), samples: latencies.count, note: 'answers a second' },
    throughput: { value: perSecond(successes / seconds), samples: successes, note: 'successful answers a second' },
    ...latencyMeasurements(recording, wanted),
  };
  if (latencies.count > 0) {
    for (const status of statuses.keys()) measurements[`status.${status}`] = { value: number(statuses.get(status) ?? 0) };
    // Asked for and never seen: zero, which can only be said where there were answers.
    for (const name of wanted) if (STATUS.test(name)) measurements[name] = { value: number(countOf(name, statuses)) };
  }
  return measurements;
}

function latencyMeasurements(
  { latencies, timeouts, faults }: Recording,
  wanted: ReadonlySet<string>,
): Record<string, Measurement> {
  const { mean, count } = latencies;
  if (mean === undefined) return {};
  const ascending = latencies.sorted();
  const unanswered = timeouts + sumOf(faults);
  const population = unanswered === 0 ? {} : { note: `of the ${count} answers; ${unanswered} requests got none` };
  const measurements: Record<string, Measurement> = {
    min: { value: milliseconds(ascending[0] ?? Number.NaN), samples: count },
    mean: { value: milliseconds(mean), samples: count, ...population },
    max: { value: milliseconds(ascending[count - 1] ?? Number.NaN), samples: count, ...population },
  };
  for (const name of [...COMMON_PERCENTILES.map((percent) => `p${percent}`), ...wanted]) {
    const [, percent, withTimeouts] = PERCENTILE.exec(name) ?? [];
    if (percent === undefined) continue;
    const extra = withTimeouts === undefined ? 0 : unanswered;
    const value = percentile(ascending, Number(percent), extra);
    if (value === undefined) continue;
    const note =
      withTimeouts === undefined ? population : { note: `each of ${unanswered} unanswered requests counted as infinitely slow` };
    measurements[name] = { value: milliseconds(value), samples: count + extra, ...note };
  }
  return measurements;
}

function countOf(name: string, statuses: ReadonlyMap<number, number>): number {
  const [, hundreds = '', rest = ''] = STATUS.exec(name) ?? [];
  const matching = [...statuses].filter(([status]) =>
    rest === 'xx' ? Math.floor(status / 100) === Number(hundreds) : status === Number(hundreds + rest),
  );
  return sumOf(new Map(matching));
}
