import type { Checklist, Item, Outcome, Phase, PlanOrigin, Subject } from './model.ts';
import type { Step } from './step.ts';
import { verdictOf } from './verdict.ts';

/** What happens to a checklist while it is carried out. A checklist is the sum of its events. */
export type ChecklistEvent =
  | { readonly kind: 'item-started'; readonly id: string; readonly at: number }
  | { readonly kind: 'item-progress'; readonly id: string; readonly text: string }
  | { readonly kind: 'item-finished'; readonly id: string; readonly at: number; readonly outcome: Outcome }
  | { readonly kind: 'note'; readonly text: string }
  | { readonly kind: 'finished'; readonly at: number };

export interface ChecklistHead {
  readonly phase: Phase;
  readonly service?: string;
  readonly subject: Subject;
  readonly plan: PlanOrigin;
  readonly dryRun: boolean;
  readonly notes?: readonly string[];
  readonly startedAt: number;
}

/** The checklist before anything has happened: every item is pending. */
export function openChecklist(head: ChecklistHead, steps: readonly Step[]): Checklist {
  const items: Item[] = steps.map(({ item }) => ({
    ...item,
    state: 'pending',
    reason: 'waiting',
    measurements: {},
    judgements: [],
    evidence: [],
  }));
  return { ...head, notes: head.notes ?? [], items, verdict: 'running', reason: 'waiting' };
}

/** The checklist after the event. */
export function apply(checklist: Checklist, event: ChecklistEvent): Checklist {
  switch (event.kind) {
    case 'item-started':
      return changeItem(checklist, event.id, (item) => ({ ...item, state: 'running', startedAt: event.at }));
    case 'item-progress':
      return changeItem(checklist, event.id, (item) => ({ ...item, progress: event.text }));
    case 'item-finished':
      return changeItem(checklist, event.id, (item) => finishItem(item, event.at, event.outcome));
    case 'note':
      return checklist.notes.includes(event.text) ? checklist : { ...checklist, notes: [...checklist.notes, event.text] };
    case 'finished':
      return { ...checklist, ...verdictOf(checklist.items), finishedAt: event.at };
  }
}

function changeItem(checklist: Checklist, id: string, change: (item: Item) => Item): Checklist {
  return { ...checklist, items: checklist.items.map((item) => (item.id === id ? change(item) : item)) };
}

function finishItem(item: Item, at: number, outcome: Outcome): Item {
  const { progress: _, ...rest } = item;
  return {
    ...rest,
    state: outcome.state,
    reason: outcome.reason,
    ...(outcome.message === undefined ? {} : { message: outcome.message }),
    measurements: outcome.measurements ?? {},
    judgements: outcome.judgements ?? [],
    evidence: outcome.evidence ?? [],
    ...(item.startedAt === undefined ? {} : { durationMs: at - item.startedAt }),
  };
}
