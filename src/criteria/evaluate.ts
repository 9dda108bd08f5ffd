import { compare } from './compare.ts';
import type { Comparison, Truth } from './comparison.ts';
import { momentAt, momentsOf, type Timeline, timelineOf } from './moments.ts';
import { type Missing, type Moment, type Resolved, resolve } from './resolve.ts';
import type { Criterion, Expression, HeldCondition, Relation, Span, Term } from './syntax.ts';
import { isTerm, namesIn, partsOf } from './tree.ts';
import type { Measurements, Value } from './value.ts';

export interface Observation {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly measurements: Measurements;
}

export type UnknownReason =
  | 'no_data'
  | 'too_few_samples'
  | 'window_incomplete'
  | 'no_baseline'
  | 'unknown_metric'
  | 'unit_mismatch';

/** How one part of a criterion was worked out. */
export interface TraceNode {
  /** The part as written. */
  readonly source: string;
  readonly value?: Value;
  readonly outcome?: Truth;
  readonly note?: string;
  readonly parts: readonly TraceNode[];
}

export interface Evaluation {
  readonly outcome: Truth;
  /** Why the outcome is unknown. */
  readonly reason?: UnknownReason;
  /** One sentence where the outcome needs words. */
  readonly detail?: string;
  readonly comparisons: readonly Comparison[];
  readonly trace: TraceNode;
}

/** What a criterion is judged by. `observations` are in time order and the last is "now". */
export interface Given {
  readonly observations: readonly Observation[];
  readonly baseline?: Measurements;
}

/** Judges a criterion. Never throws: what cannot be told is `unknown`, with its reason. */
export function evaluateCriterion(criterion: Criterion, given: Given): Evaluation {
  const timeline = timelineOf(given);
  const now = given.observations.at(-1)?.at;
  if (now === undefined) {
    const detail = 'Nothing was measured.';
    return {
      outcome: 'unknown',
      reason: 'no_data',
      detail,
      comparisons: [],
      trace: { source: criterion.source, outcome: 'unknown', note: detail, parts: [] },
    };
  }
  const text = ({ offset, length }: Span) => criterion.source.slice(offset, offset + length).trim();
  return judge(criterion.expression, momentAt(timeline, now), { timeline, now, text });
}

interface Frame {
  readonly timeline: Timeline;
  readonly now: number;
  /** A part as written. */
  readonly text: (span: Span) => string;
}

function judge(expression: Expression, moment: Moment, frame: Frame): Evaluation {
  switch (expression.kind) {
    case 'relation':
      return relation(expression.operator, expression.left, expression.right, expression, moment, frame);
    case 'between': {
      const lower = relation('>=', expression.subject, expression.lower, expression, moment, frame);
      const upper = relation('<=', expression.subject, expression.upper, expression, moment, frame);
      return oneComparison(expression, 'between', [lower, upper], allOf, moment, frame);
    }
    case 'in': {
      const options = expression.options.map((option) => relation('==', expression.subject, option, expression, moment, frame));
      return oneComparison(expression, 'in', options, anyOf, moment, frame);
    }
    case 'matches':
      return matches(expression, moment, frame);
    case 'bare':
      return bare(expression, moment, frame);
    case 'not': {
      const inner = judge(expression.operand, moment, frame);
      const outcome = opposite(inner.outcome);
      return {
        ...inner,
        outcome,
        comparisons: inner.comparisons.map(negate),
        trace: { source: frame.text(expression), outcome, parts: [inner.trace] },
      };
    }
    case 'and':
    case 'or':
      return logical(expression.kind, expression.operands, expression, moment, frame);
    case 'held':
      return held(expression, frame);
  }
}

function relation(operator: Relation, leftTerm: Term, rightTerm: Term, span: Span, moment: Moment, frame: Frame): Evaluation {
  // `500ms > p95` speaks of p95 all the same.
  const flipped = namesIn(leftTerm).length === 0 && namesIn(rightTerm).length > 0;
  const [subjectTerm, limitTerm] = flipped ? [rightTerm, leftTerm] : [leftTerm, rightTerm];
  const seen = flipped ? FLIPPED[operator] : operator;
  const subject = frame.text(subjectTerm);
  const [left, right] = [resolve(subjectTerm, moment), resolve(limitTerm, moment)];
  const parts = [termTrace(subjectTerm, left, moment, frame), termTrace(limitTerm, right, moment, frame)];
  const unknown = ({ missing, detail }: Missing): Evaluation => {
    const comparison: Comparison = {
      subject,
      operator: seen,
      allowed: 'missing' in right ? [] : [right.value],
      outcome: 'unknown',
      ...('missing' in left ? {} : { measured: left.value }),
    };
    const trace: TraceNode = { source: frame.text(span), outcome: 'unknown', note: detail, parts };
    return { outcome: 'unknown', reason: missing, detail, comparisons: [comparison], trace };
  };
  if ('missing' in left) return unknown(left);
  if ('missing' in right) return unknown(right);
  const compared = compare(seen, left, right);
  if ('missing' in compared) return unknown(compared);
  const { outcome, margin } = compared;
  const comparison: Comparison = {
    subject,
    operator: seen,
    measured: compared.left,
    allowed: [compared.right],
    outcome,
    ...(margin === undefined ? {} : { margin }),
  };
  return { outcome, comparisons: [comparison], trace: { source: frame.text(span), outcome, parts } };
}

const FLIPPED: Readonly<Record<Relation, Relation>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' };

type Negatable = Extract<Expression, { kind: 'between' | 'in' }>;

/** Several limits of one subject are one comparison to a reader. */
function oneComparison(
  expression: Negatable,
  operator: string,
  judged: readonly Evaluation[],
  combine: (outcomes: readonly Truth[]) => Truth,
  moment: Moment,
  frame: Frame,
): Evaluation {
  const combined = combine(judged.map(({ outcome }) => outcome));
  const outcome = expression.negated ? opposite(combined) : combined;
  const comparisons = judged.flatMap((each) => each.comparisons);
  const measured = comparisons.find((each) => each.measured !== undefined)?.measured;
  const margins = comparisons.flatMap(({ margin }) => (margin === undefined ? [] : [margin]));
  const blamed = judged.find((each) => each.outcome === 'unknown');
  const comparison: Comparison = {
    subject: frame.text(expression.subject),
    operator: expression.negated ? `not ${operator}` : operator,
    allowed: comparisons.flatMap(({ allowed }) => allowed),
    outcome,
    ...(measured === undefined ? {} : { measured }),
    ...(margins.length === 0 || expression.negated ? {} : { margin: Math.min(...margins) }),
  };
  const terms = partsOf(expression).filter(isTerm);
  const parts = terms.map((term) => termTrace(term, resolve(term, moment), moment, frame));
  return {
    outcome,
    ...(outcome === 'unknown' ? whyOf(blamed) : {}),
    comparisons: [comparison],
    trace: {
      source: frame.text(expression),
      outcome,
      parts,
      ...(outcome === 'unknown' && blamed?.detail ? { note: blamed.detail } : {}),
    },
  };
}

/** Text beyond this is not searched: a pattern of the plan must not keep a gate busy for ever. */
const LONGEST_MATCH = 65_536;

function matches(expression: Extract<Expression, { kind: 'matches' }>, moment: Moment, frame: Frame): Evaluation {
  const subject = resolve(expression.subject, moment);
  const source = frame.text(expression);
  const parts = [termTrace(expression.subject, subject, moment, frame)];
  const shown = { subject: frame.text(expression.subject), operator: expression.negated ? 'not matches' : 'matches' };
  const allowed: readonly Value[] = [{ kind: 'text', text: expression.pattern }];
  const unknown = ({ missing, detail }: Missing): Evaluation => ({
    outcome: 'unknown',
    reason: missing,
    detail,
    comparisons: [{ ...shown, allowed, outcome: 'unknown' }],
    trace: { source, outcome: 'unknown', note: detail, parts },
  });
  if ('missing' in subject) return unknown(subject);
  const { value } = subject;
  const content = value.kind === 'text' ? value.text : value.kind === 'version' ? value.version : undefined;
  if (content === undefined)
    return unknown({ missing: 'unit_mismatch', detail: `Only a text can match a pattern; ${shown.subject} is a ${value.kind}.` });
  if (content.length > LONGEST_MATCH) {
    return unknown({
      missing: 'no_data',
      detail: `${shown.subject} is longer than ${LONGEST_MATCH} characters, which is too long for a pattern.`,
    });
  }
  const found = new RegExp(expression.pattern, expression.ignoreCase ? 'iu' : 'u').test(content);
  const outcome: Truth = found === expression.negated ? 'violated' : 'holds';
  return { outcome, comparisons: [{ ...shown, measured: value, allowed, outcome }], trace: { source, outcome, parts } };
}

function bare(expression: Extract<Expression, { kind: 'bare' }>, moment: Moment, frame: Frame): Evaluation {
  const subject = resolve(expression.subject, moment);
  const source = frame.text(expression);
  const missing: Missing | undefined =
    'missing' in subject
      ? subject
      : subject.value.kind === 'flag'
        ? undefined
        : { missing: 'unit_mismatch', detail: `${source} is not a flag, so it cannot stand alone as a condition.` };
  const allowed: readonly Value[] = [{ kind: 'flag', flag: true }];
  if (missing !== undefined || 'missing' in subject) {
    const { missing: reason, detail } = missing ?? { missing: 'no_data' as const, detail: '' };
    const comparison: Comparison = { subject: source, operator: '==', allowed, outcome: 'unknown' };
    return {
      outcome: 'unknown',
      reason,
      detail,
      comparisons: [comparison],
      trace: { source, outcome: 'unknown', note: detail, parts: [] },
    };
  }
  const outcome: Truth = subject.value.kind === 'flag' && subject.value.flag ? 'holds' : 'violated';
  const comparison: Comparison = { subject: source, operator: '==', measured: subject.value, allowed, outcome };
  return { outcome, comparisons: [comparison], trace: { source, value: subject.value, outcome, parts: [] } };
}

function logical(kind: 'and' | 'or', operands: readonly Expression[], span: Span, moment: Moment, frame: Frame): Evaluation {
  const judged = operands.map((operand) => judge(operand, moment, frame));
  const outcome = (kind === 'and' ? allOf : anyOf)(judged.map((each) => each.outcome));
  return {
    outcome,
    ...(outcome === 'unknown' ? whyOf(judged.find((each) => each.outcome === 'unknown')) : detailOf(judged)),
    comparisons: judged.flatMap(({ comparisons }) => comparisons),
    trace: { source: frame.text(span), outcome, parts: judged.map(({ trace }) => trace) },
  };
}

/** Held over the whole trailing window: at every point that was observed in it, and with no hole that could hide a violation. */
function held(expression: HeldCondition, frame: Frame): Evaluation {
  const { operand, windowMs } = expression;
  const { moments, coveredMs, complete } = momentsOf(frame.timeline, namesIn(operand), frame.now, windowMs);
  const judged = moments.map(({ at }) => ({ at, ...judge(operand, momentAt(frame.timeline, at), frame) }));
  const last = judge(operand, momentAt(frame.timeline, frame.now), frame);
  const source = frame.text(expression);
  const finish = (outcome: Truth, rest: Pick<Evaluation, 'reason' | 'detail'>): Evaluation => {
    const note = rest.detail;
    const trace: TraceNode = { source, outcome, parts: [last.trace], ...(note === undefined ? {} : { note }) };
    const comparisons = last.comparisons.map((comparison) => ({
      ...comparison,
      outcome: comparison.outcome === 'unknown' ? comparison.outcome : outcome,
    }));
    return { outcome, ...rest, comparisons, trace };
  };
  const broken = judged.findLast((each) => each.outcome === 'violated');
  if (broken) {
    const since = frame.now - broken.at;
    const detail = since === 0 ? 'It does not hold now.' : `It has held for ${spoken(since)} of ${spoken(windowMs)}.`;
    return finish('violated', { detail });
  }
  if (last.outcome === 'unknown') return finish('unknown', whyOf(last));
  if (!complete || judged.some((each) => each.outcome === 'unknown')) {
    return finish('unknown', {
      reason: 'window_incomplete',
      detail: `It has been watched for ${spoken(coveredMs)} of ${spoken(windowMs)}.`,
    });
  }
  return finish('holds', { detail: `It has held for ${spoken(windowMs)}.` });
}

function spoken(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${Number((ms / 1000).toFixed(1))} s`;
  if (ms < 7_200_000) return `${Number((ms / 60_000).toFixed(1))} min`;
  return `${Number((ms / 3_600_000).toFixed(1))} h`;
}

function termTrace(term: Term, resolved: Resolved | Missing, moment: Moment, frame: Frame): TraceNode {
  const parts = partsOf(term)
    .filter(isTerm)
    .map((part) => termTrace(part, resolve(part, moment), moment, frame));
  const source = frame.text(term);
  return 'missing' in resolved ? { source, note: resolved.detail, parts } : { source, value: resolved.value, parts };
}

function whyOf(evaluation: Evaluation | undefined): Pick<Evaluation, 'reason' | 'detail'> {
  if (evaluation === undefined) return { reason: 'no_data' };
  const { reason = 'no_data', detail } = evaluation;
  return detail === undefined ? { reason } : { reason, detail };
}

function detailOf(judged: readonly Evaluation[]): Pick<Evaluation, 'detail'> {
  const detail = judged.find((each) => each.outcome !== 'unknown' && each.detail !== undefined)?.detail;
  return detail === undefined ? {} : { detail };
}

const opposite = (truth: Truth): Truth => (truth === 'holds' ? 'violated' : truth === 'violated' ? 'holds' : 'unknown');

/** Kleene's conjunction: one violation is enough, and otherwise one unknown. */
const allOf = (outcomes: readonly Truth[]): Truth =>
  outcomes.includes('violated') ? 'violated' : outcomes.includes('unknown') ? 'unknown' : 'holds';

const anyOf = (outcomes: readonly Truth[]): Truth =>
  outcomes.includes('holds') ? 'holds' : outcomes.includes('unknown') ? 'unknown' : 'violated';

/** Under `not`, a comparison is what the reader wants not to be so. */
function negate(comparison: Comparison): Comparison {
  const { margin, ...rest } = comparison;
  const operator = NEGATED[comparison.operator] ?? `not ${comparison.operator}`;
  return { ...rest, operator, outcome: opposite(comparison.outcome), ...(margin === undefined ? {} : { margin: -margin }) };
}

const NEGATED: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' };
