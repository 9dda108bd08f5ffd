import type { Item, ItemState, Verdict } from './model.ts';
import type { ReasonCode } from './reasons.ts';

export interface Judged {
  readonly verdict: Verdict;
  readonly reason: ReasonCode;
}

/** Worst first. A measured failure is told before what could not be measured: it is the surer knowledge. */
const BLOCKING: readonly Verdict[] = ['fail', 'error', 'inconclusive'];
const GOOD: readonly Verdict[] = ['warn', 'pass'];

/**
 * The verdict of a whole checklist: that of its worst item. An item that is not required weighs no more than a warning.
 * A checklist that checked nothing has not passed.
 */
export function verdictOf(items: readonly Item[]): Judged {
  if (items.some((item) => item.reason === 'cancelled')) return { verdict: 'error', reason: 'cancelled' };
  const worst = (order: readonly Verdict[]): Judged | undefined => {
    for (const verdict of order) {
      const item = items.find((candidate) => weight(candidate) === verdict);
      if (item) return { verdict, reason: item.reason };
    }
    return undefined;
  };
  const bad = worst(BLOCKING);
  if (bad) return bad;
  // What was only rehearsed proves nothing, however well the rest did.
  if (items.some((item) => item.reason === 'dry_run')) return { verdict: 'skipped', reason: 'dry_run' };
  return worst(GOOD) ?? { verdict: 'inconclusive', reason: 'nothing_checked' };
}

function weight(item: Item): ItemState {
  return item.required || !blocks(item.state) ? item.state : 'warn';
}

/** Whether a state stops a deployment. */
export function blocks(state: ItemState): boolean {
  return state === 'fail' || state === 'error' || state === 'inconclusive';
}
