import { evaluateCriterion, type Observation } from '../criteria/evaluate.ts';
import type { Criterion } from '../criteria/syntax.ts';
import type { Locale, Measurements } from '../criteria/value.ts';
import type { Intent, ItemState, Judgement, Position, Verdict } from './model.ts';
import type { ReasonCode } from './reasons.ts';

export interface Judged {
  readonly state: Verdict;
  readonly reason: ReasonCode;
  readonly judgements: readonly Judgement[];
}

/** What `inconclusive` and `error` do: block, or only warn. */
export interface JudgingPolicy {
  readonly inconclusive: 'block' | 'warn';
  readonly error: 'block' | 'warn';
}

/**
 * Judges an item by its criteria. What is measured and over the limit is a `fail`; a name that nothing measured, or a unit that does
 * not fit, is an `error`; too little evidence is `inconclusive`. No criteria at all is never a pass.
 */
export function judgeCriteria(
  criteria: readonly { readonly criterion: Criterion; readonly intent: Intent; readonly position?: Position }[],
  given: { readonly observations: readonly Observation[]; readonly baseline?: Measurements; readonly locale?: Locale },
  policy: JudgingPolicy = { inconclusive: 'block', error: 'block' },
): Judged {
  if (criteria.length === 0) return { state: 'inconclusive', reason: 'nothing_checked', judgements: [] };
  const judgements = criteria.map(({ criterion, intent, position }): Judgement => {
    const { outcome, reason, detail, comparisons } = evaluateCriterion(criterion, given, given.locale);
    return {
      criterion: criterion.source,
      intent,
      outcome,
      comparisons,
      ...(reason === undefined ? {} : { reason }),
      ...(detail === undefined ? {} : { detail }),
      ...(position === undefined ? {} : { position }),
    };
  });
  return { ...soften(worst(judgements), policy), judgements };
}

interface Finding {
  readonly state: Verdict;
  readonly reason: ReasonCode;
}

const SEVERITY: readonly Verdict[] = ['fail', 'error', 'inconclusive', 'warn', 'pass'];

function worst(judgements: readonly Judgement[]): Finding {
  const findings = judgements.map(findingOf);
  for (const state of SEVERITY) {
    const finding = findings.find((candidate) => candidate.state === state);
    if (finding) return finding;
  }
  return { state: 'inconclusive', reason: 'nothing_checked' };
}

const MET: Finding = { state: 'pass', reason: 'criteria_met' };

function findingOf({ intent, outcome, reason = 'no_data' }: Judgement): Finding {
  if (outcome === 'unknown') {
    if (intent === 'warn') return { state: 'warn', reason };
    const misfit = reason === 'unknown_metric' || reason === 'unit_mismatch';
    return { state: misfit ? 'error' : 'inconclusive', reason };
  }
  const holds = outcome === 'holds';
  switch (intent) {
    case 'expect':
      return holds ? MET : { state: 'fail', reason: 'criterion_failed' };
    case 'abort':
      return holds ? { state: 'fail', reason: 'abort_criterion_held' } : MET;
    case 'warn':
      return holds ? { state: 'warn', reason: 'warning_criterion_held' } : MET;
  }
}

/** Applies the plan's policy: a state that the plan lets through is a warning with its own reason kept. */
export function soften(finding: Finding, policy: JudgingPolicy): Finding {
  const { state, reason } = finding;
  if ((state === 'inconclusive' || state === 'error') && policy[state] === 'warn') return { state: 'warn', reason };
  return finding;
}

/**
 * Whether a run may be compared with later: nothing spoke against it, but perhaps that there was no baseline yet. A first run may, a
 * failed one never.
 */
export function mayBecomeBaseline({
  state,
  judgements,
}: {
  readonly state: ItemState;
  readonly judgements: readonly Pick<Judgement, 'intent' | 'outcome' | 'reason'>[];
}): boolean {
  if (state === 'pass' || state === 'warn') return true;
  return (
    state === 'inconclusive' &&
    judgements.every(
      ({ intent, outcome, reason }) =>
        intent === 'warn' || reason === 'no_baseline' || outcome === (intent === 'expect' ? 'holds' : 'violated'),
    )
  );
}
