import type { Value } from './value.ts';

/** Three-valued: what cannot be told is never taken for true. */
export type Truth = 'holds' | 'violated' | 'unknown';

/** One comparison inside a criterion, as a reader wants to see it: measured against allowed. */
export interface Comparison {
  /** The measured side as written: `p95`, `body.version`. */
  readonly subject: string;
  /** `<`, `between`, `in`, `matches` … */
  readonly operator: string;
  readonly measured?: Value;
  /** The other side, worked out; for `between` and `in` its parts in order. */
  readonly allowed: readonly Value[];
  readonly outcome: Truth;
  /** How far the measured value is inside (positive) or beyond (negative) the limit, as a fraction of the limit. */
  readonly margin?: number;
}
