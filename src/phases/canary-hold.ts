import { judgeCriteria, soften } from '../checklist/judging.ts';
import type { Evidence, Outcome } from '../checklist/model.ts';
import type { StepContext } from '../checklist/step.ts';
import type { Observation } from '../criteria/evaluate.ts';
import { formatValue } from '../criteria/format.ts';
import { type Locale, type Measurement, type Measurements, number, ratio } from '../criteria/value.ts';
import type { CanaryPlan, CanaryStep } from '../plan/plan.ts';
import { MISSED_IN_A_ROW, type Poll, pollOnce } from './canary-poll.ts';
import { pollSeries } from './canary-series.ts';
import { type Finding, tally } from './canary-tally.ts';
import { factMeasurements } from './facts.ts';
import type { PhaseContext } from './phase.ts';
import { type CanaryWords, canaryWords } from './words/canary.ts';

/** A hold that ends on a violated poll goes on for at most so many more: then it has recovered, or is three in a row. */
const EXTRA_POLLS = 2;
/** Metrics that the progress line has room for. */
const SHOWN_METRICS = 3;

/** What the holds of one canary share. */
export interface Watch {
  /** The metrics before the first weight; undefined where a control, or nothing, is compared with. */
  baseline: Measurements | undefined;
  /** Over all steps, in time order: a window of an `abort` or `warn` criterion does not start anew with each step. */
  readonly history: Observation[];
}

export const pollsOf = (holdMs: number, everyMs: number): number => Math.max(1, Math.ceil(holdMs / everyMs));

/** Polls the canary for a step's hold and judges each poll; ends early when the canary has to be aborted. */
export async function hold(
  section: CanaryPlan,
  { weight, holdMs }: CanaryStep,
  watch: Watch,
  context: PhaseContext,
  step: StepContext,
): Promise<Outcome> {
  const { clock } = context;
  const { criteria, everyMs, policy } = section;
  const planned = pollsOf(holdMs, everyMs);
  const around = { ...factMeasurements(context), weight: { value: ratio(weight) } };
  const windowMs = Math.max(0, ...criteria.map(({ criterion }) => criterion.windowMs));
  const words = canaryWords(context.locale);
  const counts = tally(criteria, words);
  const polls: Poll[] = [];
  const own: Observation[] = [];
  const startedAt = clock.now();
  let missedInARow = 0;
  let missed = 0;

  const finish = (ended: Finding | undefined): Outcome => {
    // What ends early is judged by the polls that there were.
    const finding = ended === undefined ? counts.finish(planned) : counts.finish(polls.length, true);
    const end = ended ?? finding;
    return {
      ...soften(end, policy),
      message: sentence(polls.length, planned, missed, ended !== undefined, words),
      judgements: finding.judgements,
      measurements: {
        ...askedFor(polls.at(-1)?.canary ?? {}, section),
        polls: { value: number(polls.length) },
        missed_polls: { value: number(missed) },
      },
      evidence: evidenceOf(polls, section),
    };
  };

  for (let turn = 1; ; turn += 1) {
    const due = turn <= planned ? startedAt + Math.min(turn * everyMs, holdMs) : clock.now() + everyMs;
    await clock.sleep(Math.max(0, due - clock.now()), step.signal);
    const poll = await pollOnce(section, context, step.signal);
    polls.push(poll);
    const observation = { at: poll.at, measurements: { ...around, ...poll.canary } };
    own.push(observation);
    remember(watch.history, observation, windowMs + 2 * everyMs);

    const [gone] = poll.missed;
    missedInARow = gone === undefined ? 0 : missedInARow + 1;
    missed += gone === undefined ? 0 : 1;
    if (gone !== undefined && missedInARow > MISSED_IN_A_ROW) {
      const end = finish({ state: 'error', reason: gone.reason });
      // That nothing could be judged follows from the silence, and would stand before its cause.
      const judgements = (end.judgements ?? []).filter(({ outcome }) => outcome !== 'unknown');
      return { ...end, judgements, message: `${words.silence(missedInARow)} ${gone.message}` };
    }

    // A poll that took longer than the interval is followed by the next one that is still to come.
    turn = Math.max(turn, Math.min(planned, Math.floor((clock.now() - startedAt) / everyMs)));
    const over = turn >= planned || clock.now() - startedAt >= holdMs;
    counts.add(judgePoll(section, poll, own, watch, context.locale), over);
    step.progress(progressOf(words.progress(Math.min(turn, planned), planned), poll, section, context.locale));
    const stop = counts.stop();
    if (stop !== undefined) return finish(stop);
    if (over && (!counts.unsettled() || polls.length >= planned + EXTRA_POLLS)) return finish(undefined);
  }
}

/** The criteria's judgements of one poll: `expect` over this hold, `abort` and `warn` over all that was seen. */
function judgePoll(section: CanaryPlan, poll: Poll, own: readonly Observation[], watch: Watch, locale: Locale) {
  const baseline = poll.control ?? watch.baseline;
  return section.criteria.flatMap((planned) => {
    const observations = planned.intent === 'expect' ? own : watch.history;
    return judgeCriteria([planned], { observations, locale, ...(baseline === undefined ? {} : { baseline }) }).judgements;
  });
}

/** Keeps no more of the past than the longest window looks at. */
function remember(history: Observation[], observation: Observation, keepMs: number): void {
  history.push(observation);
  while ((history[0]?.at ?? observation.at) < observation.at - keepMs) history.shift();
}

function askedFor(measurements: Measurements, section: CanaryPlan): Measurements {
  const names = namesOf(section);
  return Object.fromEntries(Object.entries(measurements).filter(([name]) => names.includes(name)));
}

export const namesOf = ({ criteria }: CanaryPlan): readonly string[] => [
  ...new Set(criteria.flatMap(({ criterion }) => criterion.names)),
];

function progressOf(at: string, { canary, missed }: Poll, section: CanaryPlan, locale: Locale): string {
  const [gone] = missed;
  if (gone !== undefined) return `${at}: ${gone.message}`;
  const shown = namesOf(section)
    .flatMap((name) => textOf(name, canary[name], locale))
    .slice(0, SHOWN_METRICS);
  return shown.length === 0 ? at : `${at}: ${shown.join(', ')}`;
}

const textOf = (name: string, measurement: Measurement | undefined, locale: Locale): string[] =>
  measurement === undefined ? [] : [`${name} ${formatValue(measurement.value, locale)}`];

function sentence(polls: number, planned: number, missed: number, early: boolean, words: CanaryWords): string {
  const most = Math.max(polls, planned);
  const count = early && polls < planned ? words.endedAfter(polls, most) : words.polls(polls, most);
  return missed === 0 ? `${count}.` : `${count}, ${words.incomplete(missed)}.`;
}

function evidenceOf(polls: readonly Poll[], section: CanaryPlan): readonly Evidence[] {
  const names = namesOf(section);
  return [
    ...names.flatMap((name) => pollSeries(name, polls, ({ canary }) => canary)),
    ...names.flatMap((name) => pollSeries(name, polls, ({ control }) => control ?? {}, ' (control)')),
  ];
}
