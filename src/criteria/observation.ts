import type { Measurements } from './value.ts';

/** What was measured at one time. */
export interface Observation {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly measurements: Measurements;
}

/** What a criterion is judged by. `observations` are in the order in which they were made, and the last is "now". */
export interface Given {
  readonly observations: readonly Observation[];
  readonly baseline?: Measurements;
}
