import type { Clock } from './clock.ts';
import { MeasurementError } from './errors.ts';
import { apply, type ChecklistEvent } from './events.ts';
import type { Checklist, Outcome } from './model.ts';
import type { Step, StepContext } from './step.ts';
import { blocks } from './verdict.ts';

export interface ChecklistRun {
  readonly checklist: Checklist;
  readonly steps: readonly Step[];
  readonly clock: Clock;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** Steps that may run at a time. */
  readonly concurrency: number;
  /** Told of every event, with the checklist after it. Must not throw. */
  readonly observe: (checklist: Checklist, event: ChecklistEvent) => void;
}

/** How long a step may take to let go after its signal was aborted, before the run goes on without it. */
const GRACE_MS = 800;
/** How long a mending step may take after a cancellation; the runner kills the process some seconds later. */
const MENDING_MS = 3000;

/**
 * Carries out the steps in order: a step starts when what it waits for has ended and there is room; an exclusive step runs
 * alone and nothing overtakes it. Always ends with every item in a final state, whatever steps do.
 */
export async function runChecklist({ checklist, steps, clock, signal, concurrency, observe }: ChecklistRun): Promise<Checklist> {
  let current = checklist;
  const record = (event: ChecklistEvent): void => {
    current = apply(current, event);
    observe(current, event);
  };
  const finish = (id: string, outcome: Outcome): void => record({ kind: 'item-finished', id, at: clock.now(), outcome });
  const stateOf = (id: string) => current.items.find((item) => item.id === id);
  const ended = (id: string): boolean => {
    const state = stateOf(id)?.state;
    return state !== 'pending' && state !== 'running';
  };

  const waiting = [...steps];
  const running = new Map<Step, Promise<void>>();

  const start = (step: Step): void => {
    const { id } = step.item;
    record({ kind: 'item-started', id, at: clock.now() });
    const context = {
      progress: (text: string) => record({ kind: 'item-progress', id, text }),
      measured: (itemId: string) => {
        const item = stateOf(itemId);
        return item !== undefined && ended(itemId) ? item.measurements : undefined;
      },
    };
    const work = carryOut(step, context, clock, signal).then((outcome) => {
      running.delete(step);
      finish(id, outcome);
    });
    running.set(step, work);
  };

  const reason = (step: Step): Outcome | undefined => {
    const needs = (step.needs ?? []).map((id) => stateOf(id));
    const unmet = needs.filter((item) => item?.state !== 'pass' && item?.state !== 'warn');
    if (step.on === 'failure') {
      // What was never started has broken nothing; what failed or was interrupted has to be mended.
      const broken = needs.some((item) => item !== undefined && blocks(item.state));
      return broken ? undefined : { state: 'skipped', reason: 'not_applicable' };
    }
    if (signal.aborted) return { state: 'skipped', reason: 'cancelled' };
    if (unmet.length === 0) return undefined;
    const [first] = unmet;
    return { state: 'skipped', reason: 'needs_unmet', ...(first ? { message: `“${first.title}” has not passed.` } : {}) };
  };

  while (waiting.length > 0 || running.size > 0) {
    let changed = false;
    for (const step of [...waiting]) {
      const ready = [...(step.after ?? []), ...(step.needs ?? [])].every(ended);
      if (ready) {
        const skip = reason(step);
        if (skip !== undefined) {
          waiting.splice(waiting.indexOf(step), 1);
          finish(step.item.id, skip);
          changed = true;
          continue;
        }
        const alone = step.exclusive === true;
        if (running.size >= (alone ? 1 : concurrency)) {
          if (alone) break;
          continue;
        }
        if ([...running.keys()].some((other) => other.exclusive)) break;
        waiting.splice(waiting.indexOf(step), 1);
        start(step);
        changed = true;
      }
      // Nothing overtakes an exclusive step, or it might wait for ever.
      if (step.exclusive) break;
    }
    if (changed) continue;
    if (running.size > 0) await Promise.race(running.values());
    else if (waiting.length > 0) {
      throw new Error(
        `These items wait for each other or for an unknown item: ${waiting.map((step) => step.item.id).join(', ')}.`,
      );
    }
  }
  record({ kind: 'finished', at: clock.now() });
  return current;
}

/** Runs one step to an outcome: never throws, never outlives its time limit by more than the grace. */
async function carryOut(
  step: Step,
  context: Omit<StepContext, 'signal'>,
  clock: Clock,
  cancelled: AbortSignal,
): Promise<Outcome> {
  const mending = step.on === 'failure' && cancelled.aborted;
  const limitMs = mending ? MENDING_MS : step.limitMs;
  const stop = new AbortController();
  const settled = new AbortController();
  const { signal } = stop;
  // One signal of our own: `AbortSignal.any` costs each of many items more than all else that is made for it.
  const cancel = () => stop.abort(cancelled.reason);
  if (!mending) {
    if (cancelled.aborted) cancel();
    else cancelled.addEventListener('abort', cancel, { once: true });
  }
  let late = false;
  if (limitMs !== undefined) {
    clock.sleep(limitMs, settled.signal).then(
      () => {
        late = true;
        stop.abort(new Error(`over the time limit of ${limitMs / 1000} s`));
      },
      () => undefined,
    );
  }
  const stopped = (): Outcome | undefined => {
    if (!mending && cancelled.aborted) return { state: 'error', reason: 'cancelled' };
    if (late) return { state: 'error', reason: 'timed_out', message: `Not done within ${(limitMs ?? 0) / 1000} s.` };
    return undefined;
  };
  const work = Promise.resolve()
    .then(() => step.carryOut({ ...context, signal }))
    .catch((error: unknown): Outcome => stopped() ?? failureOf(error));
  const letGo = new Promise<Outcome>((resolve) => {
    const give = () => {
      clock.sleep(GRACE_MS, settled.signal).then(
        () => resolve(stopped() ?? { state: 'error', reason: 'internal_error' }),
        () => undefined,
      );
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  try {
    return await Promise.race([work, letGo]);
  } finally {
    // A reason of our own: the default one is an error with a stack, made for each of many items.
    settled.abort('settled');
    cancelled.removeEventListener('abort', cancel);
  }
}

function failureOf(error: unknown): Outcome {
  if (error instanceof MeasurementError) return { state: 'error', reason: error.reason, message: error.message };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    state: 'error',
    reason: 'internal_error',
    message: 'This is a bug in Holdpoint. The item is not known to be good.',
    evidence: [{ kind: 'output', title: 'Stack', text }],
  };
}
