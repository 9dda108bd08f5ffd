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
/** Of so many looks in a row, one may have seen nothing. Two are a hole: a violation may come and go unseen between the ones that did. */
const BLIND_ONCE_IN = 10;
/** Without a third look between its ends, only a window this short is watched at all. */
const LONGEST_BLIND_MS = 300_000;
/** To ask takes its time: the newest figures may be so much older than now, in a window that is long enough. */
const ANSWER_MS = 10_000;

/** The longest time between two looks that is no hole. Milliseconds. */
export const largestGap = (windowMs: number, usualGapMs: number): number =>
  Math.min(LARGEST_GAP * usualGapMs, Math.max(LONGEST_BLIND_MS, windowMs / 2));

/** One look at a condition. */
export interface Look {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Whether it was seen to hold; false when nothing could be told. */
  readonly held: boolean;
}

/**
 * How far back from now a condition is known to have held without a hole.
 *
 * @param looks none of which saw a violation; in order, from a largest gap before the window on. `now` is in milliseconds, too.
 * @param usualGapMs the usual distance between two observations.
 */
export function coverage(looks: readonly Look[], now: number, windowMs: number, usualGapMs: number): Coverage {
  const largest = largestGap(windowMs, usualGapMs);
  const times = afterBlindness(looks).flatMap(({ at, held }) => (held ? [at] : []));
  const hole = times.findLastIndex((at, index) => index > 0 && at - (times[index - 1] ?? at) > largest);
  const unbroken = times.slice(Math.max(0, hole));
  const trailing = now - (unbroken.at(-1) ?? Number.NEGATIVE_INFINITY);
  const watchedNow = trailing <= Math.max(largest, Math.min(ANSWER_MS, windowMs / 4));
  const start = watchedNow ? (unbroken[0] ?? now) : now;
  const complete = watchedNow && unbroken.length >= 2 && start <= now - windowMs * (1 - START_TOLERANCE);
  return { coveredMs: Math.max(0, Math.min(windowMs, now - start)), complete };
}

/** The looks since the last two blind ones in so few a row; what came before the first that saw something is no blindness. */
function afterBlindness(looks: readonly Look[]): readonly Look[] {
  const first = looks.findIndex(({ held }) => held);
  const blind = looks.flatMap(({ held }, index) => (held || index < first ? [] : [index]));
  const last = blind.findLast((index, nth) => nth > 0 && index - (blind[nth - 1] ?? index) < BLIND_ONCE_IN);
  return last === undefined ? looks : looks.slice(last + 1);
}
