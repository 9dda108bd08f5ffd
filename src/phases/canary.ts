import { judgeCriteria } from '../checklist/judging.ts';
import type { Outcome } from '../checklist/model.ts';
import type { Step, StepContext } from '../checklist/step.ts';
import { ratio } from '../criteria/value.ts';
import type { CanaryPlan, CanaryStep } from '../plan/plan.ts';
import { percentText } from '../tasks/percent.ts';
import { measureBaseline } from './canary-baseline.ts';
import { hold, namesOf, pollsOf, type Watch } from './canary-hold.ts';
import { pollOnce } from './canary-poll.ts';
import { factMeasurements } from './facts.ts';
import type { PhaseContext } from './phase.ts';
import { type Occasion, rollbackOption, rollbackSteps } from './rollback.ts';
import { inSequence } from './sequence.ts';
import { outcomeOfTask, taskContext } from './task-outcome.ts';
import { canaryWords } from './words/canary.ts';

/** The longest that taking the traffic back may last (milliseconds); after a cancellation it is a few seconds. */
const ABORT_LIMIT_MS = 10 * 60_000;
const ABORT_ID = 'canary-abort';

/**
 * A canary sends traffic to the new version step by step and holds each weight while its metrics are polled. Whatever ends it
 * early, cancellation included, takes the traffic from it; then the plan's rollback option is carried out. The run stays red.
 *
 * @throws PlanError when `on-abort` names a rollback option that the plan does not have.
 */
export function prepareCanary(section: CanaryPlan, context: PhaseContext): readonly Step[] {
  const watch: Watch = { baseline: undefined, history: [] };
  const inOrder = inSequence();
  const forward: Step[] = [];
  const add = (step: Step): void => {
    const previous = forward.at(-1)?.item.id;
    forward.push({ ...step, after: previous === undefined ? [] : [previous], carryOut: inOrder(step.carryOut) });
  };

  if (context.dryRun) add(trialStep(section, context));
  else if (comparesWithBefore(section)) add(baselineStep(section, watch, context));
  const beforeTraffic = forward.length;
  section.steps.forEach((step, index) => {
    add(weightStep(section, step, index, context));
    add(holdStep(section, step, index, watch, context));
  });

  const withTraffic = forward.slice(beforeTraffic).map(({ item }) => item.id);
  return [...forward, abortStep(section, withTraffic, context), ...onAbort(section, withTraffic, context)];
}

const comparesWithBefore = ({ control, criteria }: CanaryPlan): boolean =>
  control.length === 0 && criteria.some(({ criterion }) => criterion.usesBaseline);

function baselineStep(section: CanaryPlan, watch: Watch, context: PhaseContext): Step {
  return {
    item: {
      id: 'canary-baseline',
      title: canaryWords(context.locale).baseline,
      kind: 'canary',
      required: true,
      position: section.position,
    },
    async carryOut(step) {
      const { outcome, measurements } = await measureBaseline(section, context, step);
      watch.baseline = measurements;
      return outcome;
    },
  };
}

function weightStep({ rollout }: CanaryPlan, { weight, position }: CanaryStep, index: number, context: PhaseContext): Step {
  const words = canaryWords(context.locale);
  return {
    item: {
      id: `canary-${index + 1}-weight`,
      title: words.send(percentText(weight)),
      group: words.step(index + 1, percentText(weight)),
      kind: rollout.name,
      required: true,
      position,
    },
    carryOut(step) {
      if (context.dryRun) return Promise.resolve(wouldDo(rollout.describe(weight)));
      return outcomeOfTask(step, () => rollout.setWeight(weight, taskContext(context, step)));
    },
  };
}

function holdStep(section: CanaryPlan, planned: CanaryStep, index: number, watch: Watch, context: PhaseContext): Step {
  const { weight, holdMs, position } = planned;
  const { everyMs } = section;
  const words = canaryWords(context.locale);
  return {
    item: {
      id: `canary-${index + 1}-hold`,
      title: words.hold(percentText(weight), holdMs),
      group: words.step(index + 1, percentText(weight)),
      kind: 'canary',
      required: true,
      position,
    },
    carryOut(step) {
      if (!context.dryRun) return hold(section, planned, watch, context, step);
      return Promise.resolve(wouldDo(words.wouldPoll(pollsOf(holdMs, everyMs), everyMs)));
    },
  };
}

/** The traffic goes back whatever ended the canary; it is the one thing that a cancelled run still does. */
function abortStep({ rollout, position }: CanaryPlan, needs: readonly string[], context: PhaseContext): Step {
  const { takeBack, abort } = canaryWords(context.locale);
  return {
    item: { id: ABORT_ID, title: takeBack, group: abort, kind: rollout.name, required: true, position },
    on: 'failure',
    needs,
    limitMs: ABORT_LIMIT_MS,
    carryOut: (step) => outcomeOfTask(step, () => rollout.abort(taskContext(context, step))),
  };
}

function onAbort(section: CanaryPlan, needs: readonly string[], context: PhaseContext): readonly Step[] {
  const { rollback } = context.plan;
  if (section.onAbort === undefined || rollback === undefined) return [];
  const occasion: Occasion = { on: 'failure', needs, after: [ABORT_ID] };
  return rollbackSteps(rollback, rollbackOption(rollback, section.onAbort), context, occasion);
}

/** A dry run asks for every metric once: a query that finds nothing is better known before the traffic moves. */
function trialStep(section: CanaryPlan, context: PhaseContext): Step {
  return {
    item: {
      id: 'canary-metrics',
      title: canaryWords(context.locale).trial,
      kind: 'canary',
      required: true,
      position: section.position,
    },
    carryOut: (step) => tryMetrics(section, context, step),
  };
}

async function tryMetrics(section: CanaryPlan, context: PhaseContext, step: StepContext): Promise<Outcome> {
  const { at, canary, control, missed } = await pollOnce(section, context, step.signal);
  const [gone] = missed;
  if (gone !== undefined) throw gone;
  const weight = { value: ratio(section.steps[0]?.weight ?? 0) };
  const observations = [{ at, measurements: { ...factMeasurements(context), weight, ...canary } }];
  // Now is all that there is to compare with: the question is only whether it can be compared.
  const baseline = control ?? canary;
  const { judgements } = judgeCriteria(section.criteria, { observations, baseline, locale: context.locale });
  const words = canaryWords(context.locale);
  const measurements = Object.fromEntries(Object.entries(canary).filter(([name]) => namesOf(section).includes(name)));
  const dark = judgements.filter(({ outcome, reason }) => outcome === 'unknown' && reason !== 'window_incomplete');
  const [first] = dark;
  if (first !== undefined) {
    const message = words.cannotBeJudged(dark.map(({ criterion }) => criterion).join('; '));
    return { state: 'error', reason: first.reason ?? 'no_data', message, measurements, judgements };
  }
  return { ...wouldDo(words.canBeJudged), measurements, judgements };
}

const wouldDo = (message: string): Outcome => ({ state: 'skipped', reason: 'dry_run', message });
