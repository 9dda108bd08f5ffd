import { countIn, countsUpTo, type Distribution, errorMs, extremesOf, percentileIn } from './distribution.ts';

/** Milliseconds; each bin holds what is above `from`, up to `to` and with it. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

const MOST_BINS = 24;
/** Within one factor of this, equal steps tell more than equal ratios. */
const NARROW = 4;
/** In milliseconds: nothing on a network is faster. */
const NANOSECOND = 1e-6;
/** Past so many times the fastest is nothing that a chart could show beside the slowest. */
const WIDEST = 1_000_000;
/** Percent: what is far beyond this is told by powers of ten. */
const BULK = 99.5;
/** What one in a hundred does at most. */
const RARE = 0.01;
/** Round amounts of a decade, the closest first. */
const PACES = [[1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8], [1, 1.5, 2.5, 4, 6], [1, 2, 5], [1]] as const;

/**
 * How many latencies lie between round bounds, from the bin of the fastest to that of the slowest. No bin is narrower than what the
 * figures are rounded to, which would tear a smooth curve into a comb. undefined where only figures are known, or all are the same.
 */
export function binsOf(distribution: Distribution): readonly Bin[] | undefined {
  const { min, max } = extremesOf(distribution);
  const all = countIn(distribution);
  if (all === undefined || all < 2 || min === undefined || max === undefined || !(max > min)) return undefined;
  if (max < NANOSECOND || !Number.isFinite(max)) return undefined;
  const least = (value: number): number => 2 * (errorMs(distribution, value) ?? 0);
  const isRare = (edge: number): boolean => (countsUpTo(distribution, [edge])?.[0] ?? 0) <= RARE * all;
  const bulk = percentileIn(distribution, BULK) ?? max;
  // One answer that took a hundred times as long would leave a single bin for all others.
  const isFar = bulk > min && max / bulk > NARROW;
  const tail = isFar ? decades([1], bulk, max).slice(1) : [];
  const most = MOST_BINS - tail.length;
  const high = isFar ? bulk : max;
  const near = high / min <= NARROW ? equalSteps(min, high, least(high), most) : equalRatios(min, high, least, isRare, most);
  const edges = [...near, ...tail.filter((edge) => edge > (near.at(-1) ?? 0))];
  const upTo = countsUpTo(distribution, edges);
  if (upTo === undefined || edges.length < 3) return undefined;
  // What stands for a bucket may lie a little beyond the slowest; the first bin starts below the fastest.
  const below = (at: number): number => (at === 0 ? 0 : at === edges.length - 1 ? all : (upTo[at] ?? 0));
  return edges.slice(1).map((to, at) => ({ from: edges[at] ?? 0, to, count: below(at + 1) - below(at) }));
}

function equalSteps(min: number, max: number, least: number, most: number): readonly number[] {
  // Three digits are what a report shows of a bound.
  const finest = Math.max(least, 10 ** (Math.floor(Math.log10(max)) - 2), (max - min) / most);
  for (let power = 10 ** Math.floor(Math.log10(finest)); ; power *= 10) {
    for (const factor of [1, 2, 5]) {
      const step = factor * power;
      const [first, last] = [Math.ceil(min / step - 1e-9) - 1, Math.ceil(max / step - 1e-9)];
      if (step < finest * (1 - 1e-9) || last - first > most) continue;
      return Array.from({ length: last - first + 1 }, (_, at) => round((first + at) * step));
    }
  }
}

/** @param isRare whether hardly any were as fast: then they share a bin, rather than that the slow ones get coarser bins. */
function equalRatios(
  min: number,
  max: number,
  least: (value: number) => number,
  isRare: (edge: number) => boolean,
  most: number,
): readonly number[] {
  // Tools that write whole milliseconds have zeros: ratios cannot start from there.
  const low = Math.max(min, min > 0 ? 0 : least(0), max / WIDEST);
  for (const pace of PACES) {
    const edges = thinned(low > min ? [0, ...decades(pace, low, max).slice(1)] : decades(pace, low, max), least);
    const over = edges.length - (most + 1);
    if (over <= 0) return edges;
    if (isRare(edges[over + 1] ?? max)) return [edges[0] ?? 0, ...edges.slice(over + 1)];
  }
  return [];
}

/** The amounts of a pace from the last below `low` to the first that is at least `high`. */
function decades(pace: readonly number[], low: number, high: number): readonly number[] {
  const edges: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; ; power += 1) {
    for (const factor of pace) {
      const edge = round(factor * 10 ** power);
      if (edge < low) edges.splice(0, edges.length, edge);
      else edges.push(edge);
      if (edge >= high) return edges;
    }
  }
}

/** Without the edges that are too near to the one before them; the last stays. Where the first bin starts says nothing of its width. */
function thinned(edges: readonly number[], least: (value: number) => number): number[] {
  const kept: number[] = [];
  for (const [at, edge] of edges.entries()) {
    const before = kept.at(-1);
    if (before === undefined || kept.length === 1 || edge - before >= least(edge) * (1 - 1e-9)) kept.push(edge);
    else if (at === edges.length - 1) {
      if (kept.length > 1) kept.pop();
      kept.push(edge);
    }
  }
  return kept;
}

const round = (n: number): number => Number(n.toPrecision(12));
