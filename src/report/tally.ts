import type { Checklist, Item, ItemState } from '../checklist/model.ts';
import { blocks } from '../checklist/verdict.ts';

/** Worst first: the order in which a reader wants to hear of them. */
export const STATE_ORDER = [
  'fail',
  'error',
  'inconclusive',
  'warn',
  'running',
  'pending',
  'pass',
  'skipped',
] as const satisfies readonly ItemState[];

export type Tally = Readonly<Record<ItemState, number>>;

/**
 * How an item is shown and counted: what the plan does not require warns instead of blocking, and what a cancellation
 * stopped is no error of the system.
 */
export function shownState(item: Item): ItemState {
  if (!blocks(item.state)) return item.state;
  if (item.reason === 'cancelled') return 'skipped';
  return item.required ? item.state : 'warn';
}

/** How many items are shown in each state. */
export function tally(items: readonly Item[]): Tally {
  const counts: Record<ItemState, number> = {
    pass: 0,
    warn: 0,
    fail: 0,
    inconclusive: 0,
    error: 0,
    skipped: 0,
    pending: 0,
    running: 0,
  };
  for (const item of items) counts[shownState(item)] += 1;
  return counts;
}

/** Items that hold the deployment back, failures before errors before inconclusive ones. What a cancellation stopped is not among them. */
export function blockingItems(checklist: Checklist): readonly Item[] {
  return (['fail', 'error', 'inconclusive'] as const).flatMap((state) =>
    checklist.items.filter((item) => shownState(item) === state),
  );
}

/** Items that ask for attention and let the deployment go on: warnings, and whatever the plan does not require. */
export function warningItems(checklist: Checklist): readonly Item[] {
  return checklist.items.filter((item) => shownState(item) === 'warn');
}

export interface Group {
  /** undefined: items that the plan put under no heading. */
  readonly title: string | undefined;
  readonly items: readonly Item[];
}

/** Items under their headings, in the order in which the headings first appear. */
export function groups(items: readonly Item[]): readonly Group[] {
  const found = new Map<string | undefined, Item[]>();
  for (const item of items) {
    const members = found.get(item.group);
    if (members === undefined) found.set(item.group, [item]);
    else members.push(item);
  }
  return [...found].map(([title, members]) => ({ title, items: members }));
}
