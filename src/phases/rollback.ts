import { MeasurementError, PlanError } from '../checklist/errors.ts';
import type { Outcome } from '../checklist/model.ts';
import type { Step, StepContext } from '../checklist/step.ts';
import { nearestName } from '../criteria/nearest.ts';
import type { PlannedTask, RollbackOption, RollbackPlan } from '../plan/plan.ts';
import { checkSteps } from './checks.ts';
import type { PhaseContext } from './phase.ts';
import { inSequence } from './sequence.ts';
import { outcomeOfTask, taskContext } from './task-outcome.ts';
import { withinTime } from './time-limit.ts';
import { type RollbackWords, rollbackWords } from './words/rollback.ts';

/** A service needs a moment to come up again: its verification is asked this often (milliseconds). */
const VERIFY_EVERY_MS = 2000;

/**
 * Rollback carries out an option's tasks in their order, all within the option's time limit, and has passed only when the
 * verification says that the previous good state runs again.
 *
 * @throws PlanError when the plan has no such option, or several and the run names none.
 */
export function prepareRollback(section: RollbackPlan, option: string | undefined, context: PhaseContext): readonly Step[] {
  return rollbackSteps(section, rollbackOption(section, option), context);
}

/** The option that a run asks for: by name, the plan's default, or the only one. */
export function rollbackOption({ options, default: usual, position }: RollbackPlan, asked: string | undefined): RollbackOption {
  const [only, ...others] = options;
  const name = asked ?? usual ?? (others.length === 0 ? only?.name : undefined);
  const names = options.map((option) => option.name);
  if (name === undefined) throw new PlanError(`Say which rollback option to carry out: ${names.join(', ')}.`, position);
  const found = options.find((option) => option.name === name);
  if (found !== undefined) return found;
  const near = nearestName(name, names);
  const hint = near === undefined ? `The plan has ${names.join(', ')}.` : `Did you mean “${near}”?`;
  throw new PlanError(`The plan has no rollback option “${name}”. ${hint}`, position);
}

/** When the steps run: as a phase of their own, or to mend another one. */
export type Occasion = Pick<Step, 'on' | 'needs' | 'after'>;

export function rollbackSteps(
  section: RollbackPlan,
  option: RollbackOption,
  context: PhaseContext,
  occasion: Occasion = {},
): readonly Step[] {
  const words = rollbackWords(context.locale);
  const group = words.group(option.name);
  const limit = timeLimit(option.withinMs, context);
  const inOrder = inSequence();
  const mending = occasion.on === 'failure';
  const steps: Step[] = [];
  /** Each step waits for the one before it, and a mending one for the occasion too. */
  const add = (step: Step): void => {
    const previous = steps.at(-1)?.item.id;
    const after = [...(occasion.after ?? []), ...(step.after ?? []), ...(previous === undefined ? [] : [previous])];
    const carryOut = inOrder(step.carryOut);
    steps.push({
      ...step,
      ...(mending ? { on: 'failure', needs: occasion.needs ?? [] } : {}),
      after,
      // A mending step also runs after a cancellation, with seconds to live: too few to roll back.
      carryOut: (given) => (mending && context.signal.aborted ? Promise.resolve(CANCELLED) : carryOut(given)),
    });
  };

  for (const task of option.tasks) add(taskStep(task, group, limit, context));
  for (const check of checkSteps(section.verify, context, { group: words.verification })) add(verifyStep(check, limit, context));
  if (section.verify.length === 0) add(unverified(section, context));
  return steps;
}

const CANCELLED: Outcome = { state: 'skipped', reason: 'cancelled' };

/** The option's time: it runs from the first task's start. */
interface TimeLimit {
  readonly withinMs: number;
  start(): void;
  elapsed(): number;
  left(): number;
}

function timeLimit(withinMs: number, { clock }: PhaseContext): TimeLimit {
  let startedAt: number | undefined;
  const elapsed = () => (startedAt === undefined ? 0 : clock.now() - startedAt);
  return {
    withinMs,
    start() {
      startedAt ??= clock.now();
    },
    elapsed,
    left: () => withinMs - elapsed(),
  };
}

function taskStep(
  { id, title, task, limitMs, position }: PlannedTask,
  group: string,
  limit: TimeLimit,
  context: PhaseContext,
): Step {
  const words = rollbackWords(context.locale);
  return {
    item: { id, title, group, kind: task.name, required: true, position },
    async carryOut(step) {
      if (context.dryRun) return { state: 'skipped', reason: 'dry_run', message: task.description };
      limit.start();
      const own = limitMs < limit.left();
      const late = () =>
        own
          ? new MeasurementError('timed_out', words.ownLimit(limitMs))
          : new MeasurementError('time_limit_exceeded', words.limit(limit.withinMs));
      return outcomeOfTask(step, async () => {
        const around = { clock: context.clock, signal: step.signal };
        const done = await withinTime(Math.min(limitMs, limit.left()), around, late, (signal) =>
          task.perform({ ...taskContext(context, step), signal }),
        );
        return { ...done, message: `${done.message} ${timeUsed(limit, words)}` };
      });
    },
  };
}

/** Asks a check again and again until it passes or the option's time is over: then it has not been verified. */
function verifyStep(check: Step, limit: TimeLimit, context: PhaseContext): Step {
  const words = rollbackWords(context.locale);
  const { limitMs, ...rest } = check;
  if (context.dryRun) return { ...check, carryOut: (step) => informing(check, step, words) };
  return {
    ...rest,
    async carryOut(step) {
      limit.start();
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await attempted(check, limitMs, step, context);
        if (outcome.state === 'pass' || outcome.state === 'warn')
          return { ...outcome, message: `${words.verified} ${timeUsed(limit, words)}` };
        if (outcome.state === 'skipped') return outcome;
        if (limit.left() < VERIFY_EVERY_MS) return { ...outcome, ...notVerified(outcome, attempt, limit, words) };
        step.progress(words.asked(attempt, limit.left()));
        await context.clock.sleep(VERIFY_EVERY_MS, step.signal);
      }
    },
  };
}

/** One attempt; what cannot be measured now may be in two seconds. */
async function attempted(check: Step, limitMs: number | undefined, step: StepContext, context: PhaseContext): Promise<Outcome> {
  const late = () => new MeasurementError('timed_out', rollbackWords(context.locale).noAnswer(limitMs ?? 0));
  const around = { clock: context.clock, signal: step.signal };
  try {
    if (limitMs === undefined) return await check.carryOut(step);
    return await withinTime(limitMs, around, late, (signal) => check.carryOut({ ...step, signal }));
  } catch (error) {
    if (!(error instanceof MeasurementError) || step.signal.aborted) throw error;
    return { state: 'error', reason: error.reason, message: error.message };
  }
}

function notVerified(
  { state, message }: Outcome,
  attempts: number,
  limit: TimeLimit,
  words: RollbackWords,
): Pick<Outcome, 'state' | 'reason' | 'message'> {
  const tried = words.notVerified(attempts, words.used(limit.elapsed(), limit.withinMs));
  return { state, reason: 'not_verified', message: message === undefined ? tried : `${tried} ${message}` };
}

/** In a dry run the verification tells how things are, and decides nothing. */
async function informing(check: Step, step: StepContext, words: RollbackWords): Promise<Outcome> {
  try {
    const outcome = await check.carryOut(step);
    const now = outcome.state === 'pass' || outcome.state === 'warn' ? words.wouldPass : words.wouldNotPass;
    return { ...outcome, state: 'skipped', reason: 'dry_run', message: [now, outcome.message].filter(Boolean).join(' ') };
  } catch (error) {
    if (!(error instanceof MeasurementError) || step.signal.aborted) throw error;
    return { state: 'skipped', reason: 'dry_run', message: `${words.wouldNotPass} ${error.message}` };
  }
}

/** A rollback that nothing proves has not passed. */
function unverified({ position }: RollbackPlan, { dryRun, locale }: PhaseContext): Step {
  const { previousState, verification, unverified: message } = rollbackWords(locale);
  return {
    item: {
      id: 'rollback-verification',
      title: previousState,
      group: verification,
      kind: 'rollback',
      required: true,
      position,
    },
    carryOut: () =>
      Promise.resolve(
        dryRun ? { state: 'skipped', reason: 'dry_run', message } : { state: 'inconclusive', reason: 'not_verified', message },
      ),
  };
}

function timeUsed({ elapsed, withinMs }: TimeLimit, { used }: RollbackWords): string {
  const text = used(elapsed(), withinMs);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
