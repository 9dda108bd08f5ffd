import { DIMENSION, type Promised } from '../criteria/value.ts';

export const WITH_TIMEOUTS = '.with_timeouts';

/** The measurements that every load run may have, with their dimensions. */
export function promisedByLoad(): { readonly names: Readonly<Record<string, Promised>>; readonly open: readonly string[] } {
  const whole = Array.from({ length: 100 }, (_, percent) => String(percent));
  const percentiles = [...whole, '97.5', '99.5', '99.9', '99.95', '99.99'].flatMap((percent) => [
    `p${percent}`,
    `p${percent}${WITH_TIMEOUTS}`,
  ]);
  const names: Readonly<Record<string, Promised>> = {
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
    checks: DIMENSION.ratio,
    dropped_iterations: DIMENSION.number,
    failed_thresholds: DIMENSION.number,
    scenario: 'text',
    ...Object.fromEntries(percentiles.map((name) => [name, DIMENSION.time])),
  };
  // Decimal percentiles, a count for each status, and all of it for a label.
  const labelled = Object.keys(names).map((name) => `${name} of "`);
  return { names, open: [...whole.map((percent) => `p${percent}.`), 'status.', ...labelled] };
}
