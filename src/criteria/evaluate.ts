import type { Comparison, Truth } from './comparison.ts';
import type { Criterion } from './syntax.ts';
import type { Measurements, Value } from './value.ts';

export interface Observation {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly measurements: Measurements;
}

export type UnknownReason =
  | 'no_data'
  | 'too_few_samples'
  | 'window_incomplete'
  | 'no_baseline'
  | 'unknown_metric'
  | 'unit_mismatch';

/** How one part of a criterion was worked out. */
export interface TraceNode {
  /** The part as written. */
  readonly source: string;
  readonly value?: Value;
  readonly outcome?: Truth;
  readonly note?: string;
  readonly parts: readonly TraceNode[];
}

export interface Evaluation {
  readonly outcome: Truth;
  /** Why the outcome is unknown. */
  readonly reason?: UnknownReason;
  /** One sentence where the outcome needs words. */
  readonly detail?: string;
  readonly comparisons: readonly Comparison[];
  readonly trace: TraceNode;
}

/** What a criterion is judged by. `observations` are in time order and the last is "now". */
export interface Given {
  readonly observations: readonly Observation[];
  readonly baseline?: Measurements;
}

/** Judges a criterion. Never throws: what cannot be told is `unknown`, with its reason. */
export function evaluateCriterion(criterion: Criterion, _given: Given): Evaluation {
  return {
    outcome: 'unknown',
    reason: 'no_data',
    detail: 'not built yet',
    comparisons: [],
    trace: { source: criterion.source, outcome: 'unknown', parts: [] },
  };
}
