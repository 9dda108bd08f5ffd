import { openChecklist } from '../../src/checklist/events.ts';
import type { Checklist, Intent, Item, Phase } from '../../src/checklist/model.ts';
import { runChecklist } from '../../src/checklist/run.ts';
import type { Step } from '../../src/checklist/step.ts';
import { parseCriterion } from '../../src/criteria/parse.ts';
import type { Measurements } from '../../src/criteria/value.ts';
import type { PhaseContext } from '../../src/phases/phase.ts';
import type { Plan, PlannedCheck, PlannedCriterion, PlannedTask } from '../../src/plan/plan.ts';
import type { BoundProbe } from '../../src/probes/probe.ts';
import type { BoundTask, Done } from '../../src/tasks/task.ts';
import { testPorts } from '../support/ports.ts';

export const position = { file: 'holdpoint.yml', line: 1, column: 1 };
export const policy = { inconclusive: 'block', error: 'block' } as const;
const origin = { file: 'holdpoint.yml', source: 'head' as const };

export function criteria(intent: Intent, ...sources: readonly string[]): readonly PlannedCriterion[] {
  return sources.map((source) => ({ criterion: parseCriterion(source), intent, position }));
}

/** A probe that measures what it is told to, or throws it. */
export function probeOf(
  measure: (signal: AbortSignal) => Measurements | Promise<Measurements>,
  defaultLimitMs = 10_000,
): BoundProbe {
  return {
    name: 'test',
    title: 'test metrics',
    exclusive: false,
    live: false,
    comparesWithBaseline: false,
    defaultLimitMs,
    provides: { names: {}, open: [''] },
    measure: async ({ signal }) => ({ measurements: await measure(signal) }),
  };
}

export function checkOf(id: string, probe: BoundProbe, planned: readonly PlannedCriterion[]): PlannedCheck {
  return {
    id,
    title: id,
    probe,
    criteria: planned,
    required: true,
    policy,
    limitMs: probe.defaultLimitMs,
    units: {},
    references: [],
    position,
  };
}

export function taskOf(id: string, perform: BoundTask['perform'] | (() => Promise<Done>), limitMs = 60_000): PlannedTask {
  const task: BoundTask = { name: 'test', title: id, defaultLimitMs: limitMs, description: `Would do ${id}.`, perform };
  return { id, title: id, task, limitMs, position };
}

export function phaseContext(overrides: Partial<PhaseContext> = {}, plan: Partial<Plan> = {}): PhaseContext {
  return {
    ...testPorts(overrides),
    plan: { origin, databases: {}, vars: {}, secrets: [], warnings: [], ...plan },
    databases: { url: () => Promise.reject(new Error('no databases here')) },
    dryRun: false,
    locale: 'en',
    facts: {},
    ...overrides,
  };
}

export interface Carried {
  readonly checklist: Checklist;
  readonly progress: readonly string[];
  item(title: string): Item;
  /** `Send 10 % to the canary: pass`, for each item that was not skipped as not applicable. */
  readonly lines: readonly string[];
}

export async function carryOut(phase: Phase, steps: readonly Step[], context: PhaseContext): Promise<Carried> {
  const { clock, signal } = context;
  const head = { phase, subject: {}, plan: origin, dryRun: context.dryRun, startedAt: clock.now() };
  const progress: string[] = [];
  const checklist = await runChecklist({
    checklist: openChecklist(head, steps),
    steps,
    clock,
    signal,
    concurrency: 1,
    observe: (_, event) => {
      if (event.kind === 'item-progress') progress.push(event.text);
    },
  });
  const shown = checklist.items.filter(({ reason }) => reason !== 'not_applicable');
  return {
    checklist,
    progress,
    lines: shown.map((item) => `${item.title}: ${item.state === 'pass' ? 'pass' : `${item.state} ${item.reason}`}`),
    item(title) {
      const found = checklist.items.find((item) => item.title === title);
      if (found === undefined) throw new Error(`There is no item “${title}”.`);
      return found;
    },
  };
}
