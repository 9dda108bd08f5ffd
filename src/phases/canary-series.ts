import type { Evidence } from '../checklist/model.ts';
import type { Dimension, Measurements } from '../criteria/value.ts';
import type { Poll } from './canary-poll.ts';

type SeriesEvidence = Extract<Evidence, { kind: 'series' }>;

/** A chart has no use for more points than it has columns. */
const MOST_POINTS = 240;

/** One metric over a hold's polls, when it is a number and was seen more than once. */
export function pollSeries(
  name: string,
  polls: readonly Poll[],
  of: (poll: Poll) => Measurements,
  suffix = '',
): readonly SeriesEvidence[] {
  let unit: SeriesEvidence['unit'] = 'number';
  const points = polls.flatMap((poll) => {
    const value = of(poll)[name]?.value;
    if (value?.kind !== 'quantity' || !Number.isFinite(value.amount)) return [];
    unit = unitOf(value.dimension);
    return [{ at: poll.at, amount: value.amount }];
  });
  if (points.length < 2) return [];
  const stride = Math.ceil(points.length / MOST_POINTS);
  // Counted from the end: the last poll is the one that decided.
  const kept = points.filter((_, at) => (points.length - 1 - at) % stride === 0);
  return [{ kind: 'series', title: `${name}${suffix}`, unit, points: kept }];
}

function unitOf({ time, bytes, share }: Dimension): SeriesEvidence['unit'] {
  if (share) return 'ratio';
  if (time === 1 && bytes === 0) return 's';
  return time === 0 && bytes === 1 ? 'bytes' : 'number';
}
