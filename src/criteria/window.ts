/** How well a trailing window was watched. */
export interface Coverage {
  /** How much of the window, back from now, was seen without a hole. Milliseconds. */
  readonly coveredMs: number;
  readonly complete: boolean;
}

/** So much of a window may be missing at its start: a twentieth. */
const START_TOLERANCE = 0.05;
/** A distance of more than so many usual ones is a hole, in which a violation could have come and gone. */
const LARGEST_GAP = 3;
/** Without a third look between its ends, only a window this short is watched at all. */
const LONGEST_BLIND_MS = 300_000;
/** To ask takes its time: the newest figures may be so much older than now, in a window that is long enough. */
const ANSWER_MS = 10_000;

/** The longest time between two looks that is no hole. Milliseconds. */
export const largestGap = (windowMs: number, usualGapMs: number): number =>
  Math.min(LARGEST_GAP * usualGapMs, Math.max(LONGEST_BLIND_MS, windowMs / 2));

/**
 * How far back from now a condition is known to have held without a hole.
 *
 * @param times when it held, in order, from a largest gap before the window on. Milliseconds since the epoch, as is `now`.
 * @param usualGapMs the usual distance between two observations.
 */
export function coverage(times: readonly number[], now: number, windowMs: number, usualGapMs: number): Coverage {
  const largest = largestGap(windowMs, usualGapMs);
  const hole = times.findLastIndex((at, index) => index > 0 && at - (times[index - 1] ?? at) > largest);
  const unbroken = times.slice(Math.max(0, hole));
  const trailing = now - (unbroken.at(-1) ?? Number.NEGATIVE_INFINITY);
  const watchedNow = trailing <= Math.max(largest, Math.min(ANSWER_MS, windowMs / 4));
  const start = watchedNow ? (unbroken[0] ?? now) : now;
  const complete = watchedNow && unbroken.length >= 2 && start <= now - windowMs * (1 - START_TOLERANCE);
  return { coveredMs: Math.max(0, Math.min(windowMs, now - start)), complete };
}
