import type { Checklist, Item } from '../../src/checklist/model.ts';

/** An item that passed, unless told otherwise. */
export function item(id: string, changes: Partial<Item> = {}): Item {
  return {
    id,
    title: `Item ${id}`,
    kind: 'http',
    required: true,
    position: { file: '.github/holdpoint.yml', line: 7, column: 5 },
    state: 'pass',
    reason: 'criteria_met',
    measurements: {},
    judgements: [],
    evidence: [],
    ...changes,
  };
}

/** A pre-deploy checklist that runs, unless told otherwise. */
export function checklist(changes: Partial<Checklist> = {}): Checklist {
  return {
    phase: 'pre-deploy',
    subject: {},
    plan: { file: '.github/holdpoint.yml', source: 'base' },
    dryRun: false,
    items: [item('one', { state: 'pending', reason: 'waiting' })],
    verdict: 'running',
    reason: 'waiting',
    notes: [],
    startedAt: 1_700_000_000_000,
    ...changes,
  };
}

/** The same, passed. */
export const passed = checklist({
  items: [item('one')],
  verdict: 'pass',
  reason: 'criteria_met',
  finishedAt: 1_700_000_005_000,
});
