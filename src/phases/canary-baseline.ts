import type { Outcome } from '../checklist/model.ts';
import type { StepContext } from '../checklist/step.ts';
import { formatValue } from '../criteria/format.ts';
import type { Criterion } from '../criteria/syntax.ts';
import { namedTerms } from '../criteria/tree.ts';
import type { Measurement, Measurements } from '../criteria/value.ts';
import type { CanaryPlan } from '../plan/plan.ts';
import { MISSED_IN_A_ROW, type Poll, pollOnce } from './canary-poll.ts';
import type { PhaseContext } from './phase.ts';
import { canaryWords } from './words/canary.ts';

/** One poll is an accident; the mean of three is a baseline that a reader can check. */
const BASELINE_POLLS = 3;

export interface Baseline {
  readonly outcome: Outcome;
  /** The mean of each metric; undefined when there is no baseline. */
  readonly measurements?: Measurements;
}

/** Polls the metrics before any traffic goes to the canary. */
export async function measureBaseline(section: CanaryPlan, context: PhaseContext, step: StepContext): Promise<Baseline> {
  const words = canaryWords(context.locale);
  const polls: Poll[] = [];
  let missed = 0;
  while (polls.length < BASELINE_POLLS) {
    if (polls.length + missed > 0) await context.clock.sleep(section.everyMs, step.signal);
    const poll = await pollOnce(section, context, step.signal);
    const [first] = poll.missed;
    if (first === undefined) {
      polls.push(poll);
      missed = 0;
    } else {
      missed += 1;
      if (missed > MISSED_IN_A_ROW) throw first;
    }
    step.progress(`${words.progress(polls.length, BASELINE_POLLS)}${first === undefined ? '' : `: ${first.message}`}`);
  }
  const measurements = meansOf(polls.map(({ canary }) => canary));
  const names = Object.keys(measurements);
  const compared = [...new Set(section.criteria.flatMap(({ criterion }) => comparedIn(criterion)))];
  const absent = compared.filter((name) => !names.includes(name));
  if (absent.length > 0) {
    const message = words.nothingToCompare(absent.join(', '));
    return { outcome: { state: 'inconclusive', reason: 'no_baseline', message, measurements } };
  }
  const shown = names.filter((name) => compared.includes(name));
  const rows = shown.map((name) => [
    name,
    ...polls.map(({ canary }) => textOf(canary[name], context)),
    textOf(measurements[name], context),
  ]);
  return {
    outcome: {
      state: 'pass',
      reason: 'task_done',
      message: words.mean(BASELINE_POLLS),
      measurements: Object.fromEntries(shown.flatMap((name) => (measurements[name] ? [[name, measurements[name]]] : []))),
      evidence: [
        {
          kind: 'table',
          title: words.table.title,
          columns: [words.table.metric, ...polls.map((_, at) => words.table.poll(at + 1)), words.table.mean],
          rows,
        },
      ],
    },
    measurements,
  };
}

/** The metrics whose baseline a criterion asks for; what else it speaks of needs none. */
const comparedIn = ({ expression }: Criterion): readonly string[] =>
  namedTerms(expression).flatMap((term) => (term.kind === 'baseline' ? [term.name] : []));

/** The mean of each quantity that is finite in every poll; what is no quantity has no mean. */
export function meansOf(polls: readonly Measurements[]): Measurements {
  const means: Record<string, Measurement> = {};
  for (const [name, { value }] of Object.entries(polls[0] ?? {})) {
    if (value.kind !== 'quantity') continue;
    const amounts = polls.map((poll) => {
      const found = poll[name]?.value;
      return found?.kind === 'quantity' ? found.amount : Number.NaN;
    });
    const mean = amounts.reduce((sum, amount) => sum + amount, 0) / amounts.length;
    if (Number.isFinite(mean)) means[name] = { value: { ...value, amount: mean }, note: `mean of ${polls.length} polls` };
  }
  return means;
}

const textOf = (measurement: Measurement | undefined, { locale }: PhaseContext): string =>
  measurement === undefined ? '–' : formatValue(measurement.value, locale);
