/**
 * A histogram with buckets of equal relative width (DDSketch; Masson, Rim and Lee, 2019): each value is given back within the accuracy,
 * however many there are, and two of one accuracy merge without a further error.
 */
export interface Sketch {
  readonly accuracy: number;
  readonly count: number;
  add(value: number, times?: number): void;
  /** Of the same accuracy. */
  merge(other: Sketch): void;
  /** The value at a rank, from 0. */
  atRank(rank: number): number | undefined;
  /** Each bucket that is not empty, ascending: a value that stands for it, and how often. */
  buckets(): readonly { readonly value: number; readonly count: number }[];
  /** For `merge`. */
  readonly counts: ReadonlyMap<number, number>;
}

/** Of latencies that are too many to keep. */
export const ACCURACY = 0.0005;
/** Zero and less has a bucket of its own. */
const ZERO = Number.NEGATIVE_INFINITY;

export function sketch(accuracy = ACCURACY): Sketch {
  const gamma = (1 + accuracy) / (1 - accuracy);
  const logGamma = Math.log(gamma);
  const counts = new Map<number, number>();
  let count = 0;
  const middleOf = (index: number): number => (index === ZERO ? 0 : (2 * gamma ** index) / (gamma + 1));
  const ascending = () => [...counts].sort(([one], [other]) => one - other);
  return {
    accuracy,
    counts,
    get count() {
      return count;
    },
    add(value, times = 1) {
      const index = value > 0 ? Math.ceil(Math.log(value) / logGamma) : ZERO;
      counts.set(index, (counts.get(index) ?? 0) + times);
      count += times;
    },
    merge(other) {
      if (other.accuracy !== accuracy) throw new RangeError('Only sketches of one accuracy merge.');
      for (const [index, times] of other.counts) counts.set(index, (counts.get(index) ?? 0) + times);
      count += other.count;
    },
    atRank(rank) {
      let seen = 0;
      for (const [index, times] of ascending()) {
        seen += times;
        if (rank < seen) return middleOf(index);
      }
      return undefined;
    },
    buckets: () => ascending().map(([index, times]) => ({ value: middleOf(index), count: times })),
  };
}
