import type { Evidence } from '../checklist/model.ts';
import { bytes, number, type Quantity, ratio, seconds } from '../criteria/value.ts';

export type SeriesEvidence = Extract<Evidence, { kind: 'series' }>;
export type Point = SeriesEvidence['points'][number];

/** An amount of evidence as a value, for its unit. */
export function amountIn(unit: SeriesEvidence['unit'], amount: number): Quantity {
  switch (unit) {
    case 's':
      return seconds(amount);
    case 'bytes':
      return bytes(amount);
    case 'ratio':
      return ratio(amount);
    case 'number':
      return number(amount);
  }
}

export interface SeriesShape {
  /** In time order, only those with a finite time and amount. */
  readonly points: readonly Point[];
  readonly low?: number;
  readonly high?: number;
  readonly last?: number;
}

export function pointsOf(evidence: SeriesEvidence): SeriesShape {
  const points = evidence.points
    .filter(({ at, amount }) => Number.isFinite(at) && Number.isFinite(amount))
    .sort((a, b) => a.at - b.at);
  const last = points.at(-1)?.amount;
  if (last === undefined) return { points };
  const low = points.reduce((least, { amount }) => Math.min(least, amount), last);
  const high = points.reduce((most, { amount }) => Math.max(most, amount), last);
  return { points, low, high, last };
}

/**
 * At most `most` points that keep the shape: of each stretch of time its lowest and highest, in time order, so that no
 * peak is lost.
 */
export function thinned(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  const stretch = Math.ceil(points.length / Math.max(1, Math.floor(most / 2)));
  const kept: Point[] = [];
  for (let from = 0; from < points.length; from += stretch) {
    const part = points.slice(from, from + stretch);
    const low = part.reduce((best, point) => (point.amount < best.amount ? point : best));
    const high = part.reduce((best, point) => (point.amount > best.amount ? point : best));
    kept.push(...(low === high ? [low] : low.at <= high.at ? [low, high] : [high, low]));
  }
  return kept;
}

const BARS = '▁▂▃▄▅▆▇█';

/** A line of bars, at most `width` of them, each the highest of its stretch. */
export function sparkline(points: readonly Point[], width: number): string {
  const stretch = Math.max(1, Math.ceil(points.length / width));
  const peaks: number[] = [];
  for (let from = 0; from < points.length; from += stretch) {
    peaks.push(points.slice(from, from + stretch).reduce((most, { amount }) => Math.max(most, amount), Number.NEGATIVE_INFINITY));
  }
  const low = Math.min(...peaks);
  const span = Math.max(...peaks) - low;
  return peaks.map((peak) => BARS[span === 0 ? 0 : Math.min(7, Math.floor(((peak - low) / span) * 8))] ?? '').join('');
}
