import type { Measurements } from '../criteria/value.ts';
import type { Item, Outcome } from './model.ts';

/** What a step is given while it runs. */
export interface StepContext {
  /** Aborted on cancellation and when the step's time limit is over. */
  readonly signal: AbortSignal;
  /** Shows what is going on beside the running item. */
  progress(text: string): void;
  /** What the item with this id measured; undefined if it has not (yet). */
  measured(itemId: string): Measurements | undefined;
}

/** One item of a checklist together with the work behind it. */
export interface Step {
  readonly item: Pick<Item, 'id' | 'title' | 'group' | 'kind' | 'required' | 'position'>;
  /** Ids of items that must have ended before this one starts, however they ended. */
  readonly after?: readonly string[];
  /** Ids of items that must have ended in `pass` or `warn`; otherwise this one is skipped with `needs_unmet`. */
  readonly needs?: readonly string[];
  /**
   * `failure`: the step mends. It runs only when one of its `needs` ended in fail, error or inconclusive, and is skipped with
   * `not_applicable` otherwise. It also runs after a cancellation, with a fresh signal and at most four seconds: traffic must
   * not stay on a canary because somebody pressed cancel.
   */
  readonly on?: 'success' | 'failure';
  /** Runs alone: a load test must not share the machine with other items. */
  readonly exclusive?: boolean;
  /** Milliseconds; past it the signal is aborted and the item is `error` with `timed_out`. */
  readonly limitMs?: number;
  /**
   * Carries the item out. Throws `MeasurementError` for what the world refused; any other error is a bug and is shown as
   * `internal_error`.
   */
  carryOut(context: StepContext): Promise<Outcome>;
}
