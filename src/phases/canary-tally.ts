import type { Judgement, Verdict } from '../checklist/model.ts';
import type { ReasonCode } from '../checklist/reasons.ts';
import type { PlannedCriterion } from '../plan/plan.ts';
import { type CanaryWords, canaryWords } from './words/canary.ts';

/** So many violated polls one after the other are no flicker. */
const VIOLATED_IN_A_ROW = 3;
/** More of a hold's polls than this may not be violated, however they lie. */
const VIOLATED_SHARE = 0.1;
/** Fewer of a hold's polls than this that could be judged are no evidence. */
const JUDGED_SHARE = 0.5;

export interface Finding {
  readonly state: Verdict;
  readonly reason: ReasonCode;
}

/**
 * How a hold's criteria stand after each poll. See docs/canary.md for the rules and their reasons.
 */
export interface Tally {
  /** Takes the judgements of one poll, in the order of the criteria. `last`: the hold is over, windowed `expect`s are judged. */
  add(judgements: readonly Judgement[], last: boolean): void;
  /** Why the hold must end now; undefined while it may go on. */
  stop(): Finding | undefined;
  /** Whether an `expect` was violated in the last poll: a hold does not end on that. */
  unsettled(): boolean;
  /**
   * How the hold ended, and one judgement for each criterion. `planned`: polls that there should have been. `early`: it was ended
   * before, so nobody asks what had no time to be judged.
   */
  finish(planned: number, early?: boolean): Finding & { readonly judgements: readonly Judgement[] };
}

interface Count {
  readonly planned: PlannedCriterion;
  holds: number;
  violated: number;
  /** Polls whose window was not full yet. */
  incomplete: number;
  /** Violated polls up to now, one after the other; what could not be judged does not interrupt them. */
  run: number;
  last: Judgement | undefined;
  lastHeld: Judgement | undefined;
  lastViolated: Judgement | undefined;
}

export function tally(criteria: readonly PlannedCriterion[], words: CanaryWords = canaryWords('en')): Tally {
  const counts = criteria.map(
    (planned): Count => ({
      planned,
      holds: 0,
      violated: 0,
      incomplete: 0,
      run: 0,
      last: undefined,
      lastHeld: undefined,
      lastViolated: undefined,
    }),
  );
  const of = (intent: PlannedCriterion['intent']) => counts.filter(({ planned }) => planned.intent === intent);

  return {
    add(judgements, last) {
      counts.forEach((count, index) => {
        const judgement = judgements[index];
        if (judgement === undefined || (atTheEnd(count) && !last)) return;
        addTo(count, judgement);
      });
    },
    stop() {
      if (of('abort').some(({ holds }) => holds > 0)) return { state: 'fail', reason: 'canary_aborted' };
      if (of('expect').some(({ run }) => run >= VIOLATED_IN_A_ROW)) return { state: 'fail', reason: 'criterion_failed' };
      return undefined;
    },
    unsettled: () => of('expect').some((count) => count.run > 0 && !atTheEnd(count)),
    finish(planned, early = false) {
      const asked = early ? counts.filter((count) => !hadNoTime(count)) : counts;
      const judgements = asked.map((count) => judged(count, planned, words));
      return { ...worst(judgements), judgements };
    },
  };
}

/** An `expect` with a window is judged once, over the end of the hold. */
const atTheEnd = ({ planned }: Count): boolean => planned.intent === 'expect' && planned.criterion.windowMs > 0;

const hadNoTime = ({ holds, violated, incomplete, last }: Count): boolean =>
  last === undefined || (holds + violated === 0 && incomplete > 0);

function addTo(count: Count, judgement: Judgement): void {
  count.last = judgement;
  switch (judgement.outcome) {
    case 'holds':
      count.holds += 1;
      count.run = 0;
      count.lastHeld = judgement;
      break;
    case 'violated':
      count.violated += 1;
      count.run += 1;
      count.lastViolated = judgement;
      break;
    case 'unknown':
      if (judgement.reason === 'window_incomplete') count.incomplete += 1;
  }
}

/** One judgement for the whole hold: its comparisons are those of the last poll that speaks for it. */
function judged(count: Count, plannedPolls: number, words: CanaryWords): Judgement {
  const { planned, holds, violated, incomplete, run } = count;
  const known = holds + violated;
  const base: Judgement = {
    criterion: planned.criterion.source,
    intent: planned.intent,
    outcome: 'unknown',
    comparisons: [],
    position: planned.position,
  };
  // One poll is enough for what must not hold: the rest is about what must.
  if (planned.intent !== 'expect' && count.lastHeld) {
    return { ...count.lastHeld, outcome: 'holds', detail: words.reached(holds, known) };
  }
  const share = violated / known;
  if (
    planned.intent === 'expect' &&
    count.lastViolated &&
    (run >= VIOLATED_IN_A_ROW || share > VIOLATED_SHARE || atTheEnd(count))
  ) {
    const detail = atTheEnd(count) ? count.lastViolated.detail : violatedDetail(run, violated, known, words);
    return { ...count.lastViolated, outcome: 'violated', ...(detail === undefined ? {} : { detail }) };
  }
  if (known === 0) {
    return { ...base, ...count.last, outcome: 'unknown', reason: count.last?.reason ?? 'no_data' };
  }
  if (!atTheEnd(count) && known < (plannedPolls - incomplete) * JUDGED_SHARE) {
    return { ...base, reason: 'too_few_samples', detail: words.judgedTooRarely(known, plannedPolls) };
  }
  const speaker = (planned.intent === 'expect' ? count.lastHeld : count.lastViolated) ?? count.last ?? base;
  const detail = planned.intent === 'expect' ? words.held(holds, known) : words.notReached(known);
  return { ...speaker, outcome: planned.intent === 'expect' ? 'holds' : 'violated', detail };
}

function violatedDetail(run: number, violated: number, known: number, words: CanaryWords): string {
  if (run >= VIOLATED_IN_A_ROW) return words.violatedInARow(run);
  return words.violated(violated, known, known * VIOLATED_SHARE >= 1);
}

const PASSED: Finding = { state: 'pass', reason: 'criteria_met' };
const SEVERITY: readonly Verdict[] = ['fail', 'error', 'inconclusive', 'warn', 'pass'];

function worst(judgements: readonly Judgement[]): Finding {
  if (!judgements.some(({ intent }) => intent !== 'warn')) return { state: 'inconclusive', reason: 'nothing_checked' };
  const findings = judgements.map(findingOf);
  for (const state of SEVERITY) {
    const finding = findings.find((candidate) => candidate.state === state);
    if (finding) return finding;
  }
  return PASSED;
}

function findingOf({ intent, outcome, reason = 'no_data' }: Judgement): Finding {
  if (outcome === 'unknown') {
    if (intent === 'warn') return { state: 'warn', reason };
    return { state: reason === 'unknown_metric' || reason === 'unit_mismatch' ? 'error' : 'inconclusive', reason };
  }
  if (intent === 'expect') return outcome === 'holds' ? PASSED : { state: 'fail', reason: 'criterion_failed' };
  if (outcome === 'violated') return PASSED;
  return intent === 'abort' ? { state: 'fail', reason: 'canary_aborted' } : { state: 'warn', reason: 'warning_criterion_held' };
}
