/**
 * Every latency of a run, kept as it was measured: eight bytes each. Nothing is bucketed, so that a percentile is one that
 * the server really showed.
 */
export interface Latencies {
  /** Adds one latency in milliseconds. */
  add(milliseconds: number): void;
  readonly count: number;
  readonly mean: number | undefined;
  /** All latencies in ascending order, in milliseconds. Sorted when asked for; do not change it. */
  sorted(): Float64Array;
  /** The latencies from the `from`-th on, in the order of their arrival; a copy, sorted. */
  sortedSince(from: number): Float64Array;
}

const FIRST_CAPACITY = 1024;

export function latencies(): Latencies {
  let values = new Float64Array(FIRST_CAPACITY);
  let count = 0;
  let sum = 0;
  let inOrder: Float64Array | undefined;
  return {
    add(milliseconds) {
      if (count === values.length) {
        const larger = new Float64Array(values.length * 2);
        larger.set(values);
        values = larger;
      }
      values[count] = milliseconds;
      count += 1;
      sum += milliseconds;
      inOrder = undefined;
    },
    get count() {
      return count;
    },
    get mean() {
      return count === 0 ? undefined : sum / count;
    },
    sorted() {
      inOrder ??= values.slice(0, count).sort();
      return inOrder;
    },
    sortedSince(from) {
      return values.slice(from, count).sort();
    },
  };
}

/**
 * The `percent`-th percentile (0 to 100) of values in ascending order, by linear interpolation between the two nearest ranks: rank
 * `percent / 100 × (n − 1)`, counted from zero. This is definition 7 of Hyndman and Fan, which k6 and NumPy use too.
 *
 * `unanswered` further values are counted as infinite: requests that never got an answer. The percentile is infinite as soon
 * as one of its two ranks is among them. undefined when there are no values at all.
 */
export function percentile(ascending: Float64Array, percent: number, unanswered = 0): number | undefined {
  const count = ascending.length + unanswered;
  if (count === 0) return undefined;
  const rank = (percent / 100) * (count - 1);
  const below = Math.floor(rank);
  const lower = ascending[below] ?? Number.POSITIVE_INFINITY;
  if (below === rank) return lower;
  const upper = ascending[below + 1] ?? Number.POSITIVE_INFINITY;
  if (upper === Number.POSITIVE_INFINITY) return upper;
  return lower + (upper - lower) * (rank - below);
}
