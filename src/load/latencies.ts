import { type SortedRun, valueAtRank } from './ranks.ts';
import { type Sketch, sketch } from './sketch.ts';

/**
 * The latencies of a run, kept as they were measured: nothing is bucketed, so a percentile is one that the server really showed. A
 * latency that is a whole number of nanoseconds under 4.29 s, as all tools write nearly all of theirs, takes four bytes, any other
 * takes eight. Past twenty million they go on as a sketch, which is within 0.05 % of each.
 */
export interface Latencies {
  /** Adds one latency in milliseconds. */
  add(milliseconds: number): void;
  readonly count: number;
  readonly sum: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** All of them in ascending runs, in milliseconds; undefined once there are too many to keep. Sorted when asked for. */
  runs(): readonly SortedRun[] | undefined;
  /** All of them, as a sketch. */
  sketched(): Sketch;
}

/** Past this many a sketch is kept in place of the values. */
export const MOST_EXACT = 20_000_000;

const FIRST_CAPACITY = 64;
const LARGEST_CHUNK = 1 << 20;
const NANOSECONDS = 1_000_000;
const LARGEST_WHOLE = 2 ** 32;

export function latencies(mostExact = MOST_EXACT): Latencies {
  const whole = chunks((length) => new Uint32Array(length));
  const other = chunks((length) => new Float64Array(length));
  let instead: Sketch | undefined;
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;

  const runs = (): readonly SortedRun[] => [
    ...whole.sorted().map((chunk) => runOf(chunk, NANOSECONDS)),
    ...other.sorted().map((chunk) => runOf(chunk, 1)),
  ];
  const asSketch = (): Sketch => {
    const made = sketch();
    whole.each((value) => made.add(value / NANOSECONDS));
    other.each((value) => made.add(value));
    return made;
  };

  return {
    add(milliseconds) {
      count += 1;
      sum += milliseconds;
      if (milliseconds < min) min = milliseconds;
      if (milliseconds > max) max = milliseconds;
      if (instead !== undefined) {
        instead.add(milliseconds);
        return;
      }
      const nanoseconds = Math.round(milliseconds * NANOSECONDS);
      if (nanoseconds < LARGEST_WHOLE && nanoseconds / NANOSECONDS === milliseconds) whole.add(nanoseconds);
      else other.add(milliseconds);
      if (count > mostExact) {
        instead = asSketch();
        whole.clear();
        other.clear();
      }
    },
    get count() {
      return count;
    },
    get sum() {
      return sum;
    },
    get min() {
      return count === 0 ? undefined : min;
    },
    get max() {
      return count === 0 ? undefined : max;
    },
    runs: () => (instead === undefined ? runs() : undefined),
    sketched: () => instead ?? asSketch(),
  };
}

type Chunk = Uint32Array | Float64Array;

/** A list that grows by chunks, so that growing copies little, and is sorted chunk by chunk in its place. */
function chunks<Kind extends Chunk>(make: (length: number) => Kind) {
  let full: Kind[] = [];
  let current = make(0);
  let used = 0;
  let unsorted = false;
  const grow = (): void => {
    if (current.length === LARGEST_CHUNK) {
      full.push(current);
      current = make(FIRST_CAPACITY);
      used = 0;
      return;
    }
    const larger = make(Math.max(FIRST_CAPACITY, Math.min(LARGEST_CHUNK, current.length * 2)));
    larger.set(current);
    current = larger;
  };
  const all = (): readonly Chunk[] => [...full, ...(used === 0 ? [] : [current.subarray(0, used)])];
  return {
    add(value: number): void {
      if (used === current.length) grow();
      current[used] = value;
      used += 1;
      unsorted = true;
    },
    sorted(): readonly Chunk[] {
      const parts = all();
      if (unsorted) for (const part of parts) part.sort();
      unsorted = false;
      return parts;
    },
    each(see: (value: number) => void): void {
      for (const part of all()) for (const value of part) see(value);
    },
    clear(): void {
      full = [];
      current = make(0);
      used = 0;
    },
  };
}

function runOf(chunk: Chunk, divisor: number): SortedRun {
  return { length: chunk.length, at: (index) => (chunk[index] ?? Number.NaN) / divisor };
}

/** All values of several stores in one ascending list, by rank; undefined where one of them is a sketch only. */
export function runsOf(stores: readonly Latencies[]): readonly SortedRun[] | undefined {
  const runs: SortedRun[] = [];
  for (const store of stores) {
    const own = store.runs();
    if (own === undefined) return undefined;
    runs.push(...own);
  }
  return runs;
}

export function sketchOf(stores: readonly Latencies[]): Sketch {
  const all = sketch();
  for (const store of stores) all.merge(store.sketched());
  return all;
}

export const countOf = (stores: readonly Latencies[]): number => stores.reduce((sum, { count }) => sum + count, 0);

/**
 * The `percent`-th percentile (0 to 100) of all values of several stores, by linear interpolation between the two nearest ranks: rank
 * `percent / 100 × (n − 1)`, counted from zero. This is definition 7 of Hyndman and Fan, which k6 and NumPy use too. Of a sketch it is
 * the value at the lower of the two ranks.
 *
 * `unanswered` further values are counted as infinite: requests that never got an answer. The percentile is infinite as soon
 * as one of its two ranks is among them. undefined when there are no values at all.
 */
export function percentile(stores: readonly Latencies[], percent: number, unanswered = 0): number | undefined {
  const answered = countOf(stores);
  const count = answered + unanswered;
  if (count === 0) return undefined;
  const rank = (percent / 100) * (count - 1);
  const below = Math.floor(rank);
  const above = Math.ceil(rank);
  if (above >= answered) return Number.POSITIVE_INFINITY;
  const runs = runsOf(stores);
  if (runs === undefined) return sketchOf(stores).atRank(below);
  const lower = valueAtRank(runs, below);
  if (above === below) return lower;
  const upper = valueAtRank(runs, above);
  return lower + (upper - lower) * (rank - below);
}
