import { countOf, type Latencies, percentile, runsOf, sketchOf } from './latencies.ts';
import { countBelow, valueAtRank } from './ranks.ts';
import { ACCURACY, sketch } from './sketch.ts';

/**
 * How near a figure is to what was measured.
 *
 * - `exact`: as it was measured.
 * - `relative`: within a share of it (HdrHistogram, DDSketch).
 * - `bucketed`: rounded into buckets, at most this share wide (Locust).
 * - `rank`: near in rank, with no bound on the value (t-digest).
 */
export type Exactness =
  | { readonly kind: 'exact' }
  | { readonly kind: 'relative' | 'bucketed'; readonly by: number }
  | { readonly kind: 'rank' };

export interface Precision {
  readonly exactness: Exactness;
  /** Figures are written in steps of so many milliseconds (whole milliseconds: 1). */
  readonly stepMs?: number;
}

/** Latencies in milliseconds, in the detail that the tool's file has them. */
export type Distribution =
  /** Each request's own. */
  | {
      readonly kind: 'values';
      readonly answered: readonly Latencies[];
      /** Of requests without an answer, where the tool counts the time until it gave up as a latency. */
      readonly unanswered: readonly Latencies[];
      readonly stepMs?: number;
    }
  /** How many requests took about so long. */
  | (Precision & {
      readonly kind: 'buckets';
      /** Ascending by `value`. */
      readonly buckets: readonly Bucket[];
      /** Where a percentile falls between two ranks, the tool takes the upper one (Locust). */
      readonly upperRank?: true;
      readonly min?: number;
      readonly mean?: number;
      readonly max?: number;
    })
  /** Only the figures that the tool worked out. */
  | (Precision & {
      readonly kind: 'figures';
      /** How many requests they are of; undefined: not told. */
      readonly count?: number;
      readonly min?: number;
      readonly mean?: number;
      readonly max?: number;
      /** By percent: 95 for p95. */
      readonly percentiles: ReadonlyMap<number, number>;
    });

export interface Bucket {
  readonly value: number;
  readonly count: number;
}

export function exactnessOf(distribution: Distribution): Exactness {
  if (distribution.kind !== 'values') return distribution.exactness;
  const { answered, unanswered } = distribution;
  return runsOf([...answered, ...unanswered]) === undefined ? { kind: 'relative', by: ACCURACY } : { kind: 'exact' };
}

/** How far off a figure may be, in milliseconds; undefined: there is no bound. */
export function errorMs(distribution: Distribution, value: number): number | undefined {
  const exactness = exactnessOf(distribution);
  if (exactness.kind === 'rank') return undefined;
  const relative = exactness.kind === 'exact' ? 0 : exactness.by * value;
  return Math.max(relative, (distribution.stepMs ?? 0) / 2);
}

/** How many requests it is of; undefined when the file does not tell. */
export function countIn(distribution: Distribution): number | undefined {
  switch (distribution.kind) {
    case 'values':
      return countOf([...distribution.answered, ...distribution.unanswered]);
    case 'buckets':
      return distribution.buckets.reduce((sum, { count }) => sum + count, 0);
    case 'figures':
      return distribution.count;
  }
}

export function extremesOf(distribution: Distribution): {
  readonly min?: number | undefined;
  readonly mean?: number | undefined;
  readonly max?: number | undefined;
} {
  if (distribution.kind === 'figures') return distribution;
  if (distribution.kind === 'buckets') {
    const { buckets, min = buckets[0]?.value, max = buckets.at(-1)?.value } = distribution;
    const count = countIn(distribution) ?? 0;
    const mean =
      distribution.mean ?? (count === 0 ? undefined : buckets.reduce((sum, each) => sum + each.value * each.count, 0) / count);
    return { min, mean, max };
  }
  const stores = [...distribution.answered, ...distribution.unanswered].filter(({ count }) => count > 0);
  if (stores.length === 0) return {};
  return {
    min: Math.min(...stores.map(({ min = Number.POSITIVE_INFINITY }) => min)),
    mean: stores.reduce((sum, store) => sum + store.sum, 0) / countOf(stores),
    max: Math.max(...stores.map(({ max = Number.NEGATIVE_INFINITY }) => max)),
  };
}

/** The percentile as the tool counts, in milliseconds; undefined when the file does not hold it. Nothing is interpolated between figures. */
export function percentileIn(distribution: Distribution, percent: number): number | undefined {
  switch (distribution.kind) {
    case 'values':
      return percentile([...distribution.answered, ...distribution.unanswered], percent);
    case 'buckets':
      return bucketAtRank(distribution.buckets, rankOf(percent, countIn(distribution) ?? 0, distribution.upperRank));
    case 'figures':
      return distribution.percentiles.get(percent);
  }
}

/**
 * The percentile with each request that got no answer counted as infinitely slow. undefined when the file does not hold what it takes.
 *
 * @param unanswered how many requests got none, whether or not the tool counts their time.
 */
export function percentileWithTimeouts(distribution: Distribution, percent: number, unanswered: number): number | undefined {
  switch (distribution.kind) {
    case 'values':
      return percentile(distribution.answered, percent, unanswered);
    case 'buckets': {
      const answered = countIn(distribution) ?? 0;
      const rank = rankOf(percent, answered + unanswered, distribution.upperRank);
      return rank >= answered && unanswered > 0 ? Number.POSITIVE_INFINITY : bucketAtRank(distribution.buckets, rank);
    }
    case 'figures':
      return unanswered === 0 ? distribution.percentiles.get(percent) : undefined;
  }
}

/** The rank that a histogram gives for a percentile: of a hundred values, the 95th is the one below which 94 lie (HdrHistogram). */
const rankOf = (percent: number, count: number, upper?: true): number =>
  upper ? Math.min(count - 1, Math.floor((percent / 100) * count)) : Math.max(0, Math.ceil((percent / 100) * count) - 1);

function bucketAtRank(buckets: readonly Bucket[], rank: number): number | undefined {
  let seen = 0;
  for (const { value, count } of buckets) {
    seen += count;
    if (rank < seen) return value;
  }
  return buckets.at(-1)?.value;
}

/** How many values are at most each of the ascending bounds; undefined when only figures are known. */
export function countsUpTo(distribution: Distribution, bounds: readonly number[]): readonly number[] | undefined {
  if (distribution.kind === 'figures') return undefined;
  if (distribution.kind === 'buckets') return bounds.map((bound) => bucketsUpTo(distribution.buckets, bound));
  const stores = [...distribution.answered, ...distribution.unanswered];
  const runs = runsOf(stores);
  if (runs === undefined) {
    const buckets = sketchOf(stores).buckets();
    return bounds.map((bound) => bucketsUpTo(buckets, bound));
  }
  return bounds.map((bound) => runs.reduce((sum, run) => sum + countBelow(run, bound, true), 0));
}

const bucketsUpTo = (buckets: readonly Bucket[], bound: number): number =>
  buckets.reduce((sum, { value, count }) => (value <= bound ? sum + count : sum), 0);

/**
 * Several parts of one test as one, by their values or buckets; undefined where one of them has only figures, because percentiles
 * of parts say nothing of the whole.
 */
export function mergeDistributions(parts: readonly Distribution[]): Distribution | undefined {
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first;
  if (parts.every((part) => part.kind === 'values')) {
    return {
      kind: 'values',
      answered: parts.flatMap(({ answered }) => answered),
      unanswered: parts.flatMap(({ unanswered }) => unanswered),
      ...stepOf(parts),
    };
  }
  const coarsest = parts.reduce<Exactness>((worst, part) => coarser(worst, exactnessOf(part)), { kind: 'exact' });
  const all = new Map<number, number>();
  for (const part of parts) {
    const buckets = bucketsOf(part);
    if (buckets === undefined) return undefined;
    for (const { value, count } of buckets) all.set(value, (all.get(value) ?? 0) + count);
  }
  const extremes = parts.map(extremesOf);
  const count = [...all.values()].reduce((sum, each) => sum + each, 0);
  const means = parts.map((part, index) => (extremes[index]?.mean ?? 0) * (countIn(part) ?? 0));
  return {
    kind: 'buckets',
    buckets: [...all].sort(([one], [other]) => one - other).map(([value, times]) => ({ value, count: times })),
    exactness: coarsest,
    min: Math.min(...extremes.map(({ min = Number.POSITIVE_INFINITY }) => min)),
    max: Math.max(...extremes.map(({ max = Number.NEGATIVE_INFINITY }) => max)),
    mean: means.reduce((sum, each) => sum + each, 0) / Math.max(1, count),
    ...stepOf(parts),
    ...(parts.some((part) => part.kind === 'buckets' && part.upperRank) ? { upperRank: true as const } : {}),
  };
}

function bucketsOf(part: Distribution): readonly Bucket[] | undefined {
  if (part.kind === 'figures') return undefined;
  if (part.kind === 'buckets') return part.buckets;
  const stores = [...part.answered, ...part.unanswered];
  const runs = runsOf(stores);
  if (runs === undefined) return sketchOf(stores).buckets();
  const fine = sketch();
  for (const run of runs) for (let index = 0; index < run.length; index += 1) fine.add(run.at(index));
  return fine.buckets();
}

function stepOf(parts: readonly Distribution[]): { readonly stepMs?: number } {
  const steps = parts.flatMap(({ stepMs }) => (stepMs === undefined ? [] : [stepMs]));
  return steps.length === 0 ? {} : { stepMs: Math.max(...steps) };
}

const ORDER = ['exact', 'relative', 'bucketed', 'rank'] as const;

function coarser(one: Exactness, other: Exactness): Exactness {
  const [a, b] = [ORDER.indexOf(one.kind), ORDER.indexOf(other.kind)];
  if (a !== b) return a > b ? one : other;
  return 'by' in one && 'by' in other && other.by > one.by ? other : one;
}

/** The latency at a rank, from 0; undefined of figures alone. */
export function valueAtRankIn(distribution: Distribution, rank: number): number | undefined {
  if (distribution.kind === 'figures') return undefined;
  if (distribution.kind === 'buckets') return bucketAtRank(distribution.buckets, rank);
  const stores = [...distribution.answered, ...distribution.unanswered];
  const runs = runsOf(stores);
  return runs === undefined ? sketchOf(stores).atRank(rank) : valueAtRank(runs, rank);
}
