/** Values in ascending order. */
export interface SortedRun {
  readonly length: number;
  at(index: number): number;
}

/**
 * The value at a rank (from 0) of all runs taken together, without merging them: what is left of each run is halved around a pivot
 * until the pivot is at the rank.
 */
export function valueAtRank(runs: readonly SortedRun[], rank: number): number {
  const low = runs.map(() => 0);
  const high = runs.map(({ length }) => length);
  for (;;) {
    const pivot = middleOfLargest(runs, low, high);
    if (pivot === undefined) return Number.NaN;
    const less = runs.map((run) => countBelow(run, pivot, false));
    const upTo = runs.map((run) => countBelow(run, pivot, true));
    if (rank < sum(less)) for (const [index, count] of less.entries()) high[index] = Math.min(high[index] ?? 0, count);
    else if (rank >= sum(upTo)) for (const [index, count] of upTo.entries()) low[index] = Math.max(low[index] ?? 0, count);
    else return pivot;
  }
}

function middleOfLargest(runs: readonly SortedRun[], low: readonly number[], high: readonly number[]): number | undefined {
  let widest = 0;
  let pivot: number | undefined;
  for (const [index, run] of runs.entries()) {
    const [from = 0, to = 0] = [low[index], high[index]];
    if (to - from <= widest) continue;
    widest = to - from;
    pivot = run.at((from + to) >> 1);
  }
  return pivot;
}

/** How many values of a run are smaller than a bound, or not larger. */
export function countBelow(run: SortedRun, bound: number, orEqual: boolean): number {
  let [low, high] = [0, run.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = run.at(middle);
    if (value < bound || (orEqual && value === bound)) low = middle + 1;
    else high = middle;
  }
  return low;
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0);
