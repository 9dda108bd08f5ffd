import { compare } from './compare.ts';
import type { Comparison, Truth } from './comparison.ts';
import type { Given } from './observation.ts';
import { compilePattern, type Pattern } from './pattern.ts';
import { resolve, type Worked } from './resolve.ts';
import { type Missing, noData, type Resolved } from './resolved.ts';
import { type Saying, sortOf, type UnknownReason } from './sayings.ts';
import type {
  BetweenCondition,
  Criterion,
  Expression,
  FlagCondition,
  HeldCondition,
  InCondition,
  LogicalCondition,
  MatchesCondition,
  NotCondition,
  Relation,
  RelationCondition,
  Span,
} from './syntax.ts';
import { type Moment, type Timeline, timelineOf } from './timeline.ts';
import { namesIn } from './tree.ts';
import type { Locale, Value } from './value.ts';
import { coverage, largestGap } from './window.ts';
import { inWords } from './words.ts';

export type { Given, Observation } from './observation.ts';
export type { UnknownReason } from './sayings.ts';

/** How one part of a criterion was worked out. */
export interface TraceNode {
  /** The part as written. */
  readonly source: string;
  readonly value?: Value;
  readonly outcome?: Truth;
  readonly saying?: Saying;
  /** What was compared here. */
  readonly comparison?: Comparison;
  /** It was so then, before now. Milliseconds. */
  readonly agoMs?: number;
  /** What it was worked out of; nothing that the criterion itself says. */
  readonly parts: readonly TraceNode[];
}

export interface Evaluation {
  readonly outcome: Truth;
  /** Why the outcome is unknown. */
  readonly reason?: UnknownReason;
  /** One sentence where the outcome needs words; `saying` in the language asked for. */
  readonly detail?: string;
  readonly saying?: Saying;
  readonly comparisons: readonly Comparison[];
  readonly trace: TraceNode;
}

/** An evaluation before it is put into words. */
type Judged = Omit<Evaluation, 'detail'>;

/** Judges a criterion. Never throws: what cannot be told is `unknown`, with its reason. */
export function evaluateCriterion(criterion: Criterion, given: Given, locale: Locale = 'en'): Evaluation {
  const timeline = timelineOf(given);
  const textOf = ({ offset, length }: Span) => criterion.source.slice(offset, offset + length).trim();
  const judged =
    timeline.now === undefined
      ? nothing(criterion.source)
      : judge(criterion.expression, { timeline, now: timeline.now, textOf, moment: timeline.atNow() });
  return { ...judged, ...(judged.saying === undefined ? {} : { detail: inWords(judged.saying, locale) }) };
}

function nothing(source: string): Judged {
  const saying: Saying = { code: 'nothing_measured' };
  return {
    outcome: 'unknown',
    reason: 'no_data',
    saying,
    comparisons: [],
    trace: { source, outcome: 'unknown', saying, parts: [] },
  };
}

interface Frame {
  readonly timeline: Timeline;
  readonly now: number;
  /** A part as written. */
  readonly textOf: (span: Span) => string;
  readonly moment: Moment;
}

function judge(expression: Expression, frame: Frame): Judged {
  switch (expression.kind) {
    case 'relation':
      return relation(expression, frame);
    case 'between':
      return between(expression, frame);
    case 'in':
      return oneOf(expression, frame);
    case 'matches':
      return matches(expression, frame);
    case 'bare':
      return bare(expression, frame);
    case 'not':
      return not(expression, frame);
    case 'and':
    case 'or':
      return logical(expression, frame);
    case 'held':
      return held(expression, frame);
  }
}

/** Compares two values that may be missing. */
function compared(operator: Relation, left: Resolved | Missing, right: Resolved | Missing): ReturnType<typeof compare> {
  if ('missing' in left) return left;
  if ('missing' in right) return right;
  return compare(operator, left, right);
}

function relation(expression: RelationCondition, frame: Frame): Judged {
  // `500ms > p95` speaks of p95 all the same.
  const flipped = namesIn(expression.left).length === 0 && namesIn(expression.right).length > 0;
  const [subjectTerm, limitTerm] = flipped ? [expression.right, expression.left] : [expression.left, expression.right];
  const operator = flipped ? FLIPPED[expression.operator] : expression.operator;
  const [subject, limit] = [resolve(subjectTerm, frame.moment, frame.textOf), resolve(limitTerm, frame.moment, frame.textOf)];
  const found = compared(operator, subject.result, limit.result);
  const judged = conclude(expression, [subject, limit], found, frame, {
    subject: frame.textOf(subjectTerm),
    operator,
    ...('missing' in found
      ? { allowed: valuesOf([limit]) }
      : { measured: found.left, allowed: [found.right], ...(found.margin === undefined ? {} : { margin: found.margin }) }),
  });
  const saying = withinError(subject.result, found);
  return saying === undefined ? judged : { ...judged, saying, trace: { ...judged.trace, saying } };
}

/** Said of a limit that is nearer to the measured value than the value's own error. */
function withinError(subject: Resolved | Missing, found: ReturnType<typeof compare>): Saying | undefined {
  if ('missing' in subject || 'missing' in found || subject.tolerance === undefined) return undefined;
  const { left, right } = found;
  if (left.kind !== 'quantity' || right.kind !== 'quantity' || Math.abs(left.amount - right.amount) > subject.tolerance)
    return undefined;
  return { code: 'within_error', error: { ...left, amount: subject.tolerance } };
}

const FLIPPED: Readonly<Record<Relation, Relation>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' };

function between(expression: BetweenCondition, frame: Frame): Judged {
  const worked = [expression.subject, expression.lower, expression.upper].map((term) =>
    resolve(term, frame.moment, frame.textOf),
  );
  const [subject, lower, upper] = worked.map(({ result }) => result);
  if (subject === undefined || lower === undefined || upper === undefined) return nothing(frame.textOf(expression));
  const range = compared('<=', lower, upper);
  const sides = [compared('>=', subject, lower), compared('<=', subject, upper)];
  // Nothing is between 5 and 1, which must not make everything `not between` them.
  const empty = !('missing' in range) && range.outcome === 'violated';
  const found: Found = empty
    ? noData({ code: 'empty_range', lower: range.left, upper: range.right })
    : together(sides, allOf, expression.negated);
  return conclude(expression, worked, found, frame, {
    subject: frame.textOf(expression.subject),
    operator: expression.negated ? 'not between' : 'between',
    allowed: sides.flatMap((side, index) => ('missing' in side ? valuesOf(worked.slice(index + 1, index + 2)) : [side.right])),
    ...measuredIn(sides),
    ...(expression.negated ? {} : leastMargin(sides)),
  });
}

function oneOf(expression: InCondition, frame: Frame): Judged {
  const subject = resolve(expression.subject, frame.moment, frame.textOf);
  const options = expression.options.map((option) => resolve(option, frame.moment, frame.textOf));
  const tried = options.map(({ result }) => compared('==', subject.result, result));
  return conclude(expression, [subject, ...options], together(tried, anyOf, expression.negated), frame, {
    subject: frame.textOf(expression.subject),
    operator: expression.negated ? 'not in' : 'in',
    allowed: tried.flatMap((each, index) => ('missing' in each ? valuesOf(options.slice(index, index + 1)) : [each.right])),
    ...measuredIn(tried),
  });
}

/** Text beyond this is not searched. */
const LONGEST_MATCH = 65_536;

function matches(expression: MatchesCondition, frame: Frame): Judged {
  const subject = resolve(expression.subject, frame.moment, frame.textOf);
  return conclude(expression, [subject], matched(expression, subject.result), frame, {
    subject: frame.textOf(expression.subject),
    operator: expression.negated ? 'not matches' : 'matches',
    allowed: [{ kind: 'text', text: expression.pattern }],
  });
}

/** Over a window one pattern is searched for thousands of times. */
const patterns = new WeakMap<MatchesCondition, Pattern>();

function patternOf(expression: MatchesCondition): Pattern {
  const pattern = patterns.get(expression) ?? compilePattern(expression.pattern, expression.ignoreCase);
  patterns.set(expression, pattern);
  return pattern;
}

function matched(expression: MatchesCondition, subject: Resolved | Missing): Found {
  if ('missing' in subject) return subject;
  const { value } = subject;
  const content = value.kind === 'text' ? value.text : value.kind === 'version' ? value.version : undefined;
  if (content === undefined) return { missing: 'unit_mismatch', saying: { code: 'not_a_text', sort: sortOf(value) } };
  if (content.length > LONGEST_MATCH) return noData({ code: 'text_too_long', longest: LONGEST_MATCH });
  const found = patternOf(expression).test(content);
  return { outcome: found === expression.negated ? 'violated' : 'holds' };
}

function bare(expression: FlagCondition, frame: Frame): Judged {
  const subject = resolve(expression.subject, frame.moment, frame.textOf);
  const { result } = subject;
  const found: Found =
    'missing' in result
      ? result
      : result.value.kind === 'flag'
        ? { outcome: result.value.flag ? 'holds' : 'violated' }
        : { missing: 'unit_mismatch', saying: { code: 'not_a_flag', sort: sortOf(result.value) } };
  return conclude(expression, [subject], found, frame, {
    subject: frame.textOf(expression),
    operator: '==',
    allowed: [{ kind: 'flag', flag: true }],
  });
}

type Found = { readonly outcome: Truth } | Missing;

/** One comparison, as judged; the first of the terms is its subject. */
function conclude(
  expression: Expression,
  terms: readonly Worked[],
  found: Found,
  { textOf }: Frame,
  shown: Omit<Comparison, 'outcome'>,
): Judged {
  const parts = terms.flatMap(({ trace, written }) => (written ? [] : [trace]));
  const source = textOf(expression);
  const [subject] = terms;
  const compared = { ...(subject ? measuredBy(subject) : {}), ...shown };
  if (!('missing' in found)) {
    const { outcome } = found;
    const comparison = { ...compared, outcome };
    return { outcome, comparisons: [comparison], trace: { source, outcome, comparison, parts } };
  }
  const { missing: reason, saying } = found;
  const comparison = { ...compared, outcome: 'unknown' } as const;
  return {
    outcome: 'unknown',
    reason,
    saying,
    comparisons: [comparison],
    trace: { source, outcome: 'unknown', saying, comparison, parts },
  };
}

const measuredBy = ({ result }: Worked): Pick<Comparison, 'measured'> => ('missing' in result ? {} : { measured: result.value });

const valuesOf = (worked: readonly Worked[]): readonly Value[] =>
  worked.flatMap(({ result }) => ('missing' in result ? [] : [result.value]));

type Compared = ReturnType<typeof compare>;

/** Several comparisons of one subject, as one. */
function together(sides: readonly Compared[], join: (outcomes: readonly Truth[]) => Truth, negated: boolean): Found {
  const joined = join(sides.map((side) => ('missing' in side ? 'unknown' : side.outcome)));
  if (joined !== 'unknown') return { outcome: negated ? opposite(joined) : joined };
  return sides.find((side) => 'missing' in side) ?? { outcome: joined };
}

/** The subject as it was compared: with the dimension that it took, or as the number that its text is. */
function measuredIn(sides: readonly Compared[]): Pick<Comparison, 'measured'> {
  for (const side of sides) if (!('missing' in side)) return { measured: side.left };
  return {};
}

function leastMargin(sides: readonly Compared[]): Pick<Comparison, 'margin'> {
  const margins = sides.flatMap((side) => ('missing' in side || side.margin === undefined ? [] : [side.margin]));
  return margins.length === sides.length ? { margin: Math.min(...margins) } : {};
}

function not(expression: NotCondition, frame: Frame): Judged {
  const inner = judge(expression.operand, frame);
  const outcome = opposite(inner.outcome);
  return {
    ...inner,
    outcome,
    comparisons: inner.comparisons.map(negate),
    trace: { source: frame.textOf(expression), outcome, parts: [inner.trace] },
  };
}

function logical(expression: LogicalCondition, frame: Frame): Judged {
  const judged = expression.operands.map((operand) => judge(operand, frame));
  const outcome = (expression.kind === 'and' ? allOf : anyOf)(judged.map((each) => each.outcome));
  // What is said is of the operand that decided.
  const decisive = judged.find((each) => each.outcome === outcome && each.saying !== undefined);
  return {
    outcome,
    ...sayingOf(decisive),
    comparisons: judged.flatMap(({ comparisons }) => comparisons),
    trace: { source: frame.textOf(expression), outcome, parts: judged.map(({ trace }) => trace) },
  };
}

/** Held over the whole trailing window: at every point that was observed in it, and with no hole that could hide a violation. */
function held(expression: HeldCondition, frame: Frame): Judged {
  const { operand, windowMs } = expression;
  const { timeline, now } = frame;
  const names = namesIn(operand);
  const usualGap = timeline.usualGapOf(names);
  const from = now - windowMs;
  // What held just before the window holds until its first point.
  const seen = timeline
    .instantsOf(names)
    .filter(({ at }) => at >= from - largestGap(windowMs, usualGap))
    .map((instant) => ({ at: instant.at, judged: judge(operand, { ...frame, moment: timeline.at(instant) }) }));
  const source = frame.textOf(expression);
  const finish = (
    judged: Judged,
    outcome: Truth,
    rest: Pick<Judged, 'reason' | 'saying'>,
    part: TraceNode = judged.trace,
  ): Judged => ({
    outcome,
    ...rest,
    comparisons: outcome === 'unknown' ? judged.comparisons.map((each) => ({ ...each, outcome })) : judged.comparisons,
    trace: { source, outcome, parts: [part], ...(rest.saying === undefined ? {} : { saying: rest.saying }) },
  });
  const last = judge(operand, frame);
  if (last.outcome === 'violated') return finish(last, 'violated', { saying: { code: 'not_now' } });
  const lastBroken = seen.findLastIndex(({ judged }) => judged.outcome === 'violated');
  const broken = seen[lastBroken];
  if (broken && broken.at >= from) {
    const sinceMs = now - broken.at;
    const saying: Saying = { code: 'held_since', sinceMs, windowMs };
    return finish(broken.judged, 'violated', { saying }, { ...broken.judged.trace, agoMs: sinceMs });
  }
  if (last.outcome === 'unknown') return finish(last, 'unknown', sayingOf(last));
  const looks = seen.slice(lastBroken + 1).map(({ at, judged }) => ({ at, held: judged.outcome === 'holds' }));
  const { coveredMs, complete } = coverage(looks, now, windowMs, usualGap);
  if (!complete)
    return finish(last, 'unknown', { reason: 'window_incomplete', saying: { code: 'watched', coveredMs, windowMs } });
  return finish(last, 'holds', { saying: { code: 'held', windowMs } });
}

function sayingOf(judged: Judged | undefined): Pick<Judged, 'reason' | 'saying'> {
  const { reason, saying } = judged ?? {};
  return { ...(reason === undefined ? {} : { reason }), ...(saying === undefined ? {} : { saying }) };
}

const opposite = (truth: Truth): Truth => (truth === 'holds' ? 'violated' : truth === 'violated' ? 'holds' : 'unknown');

/** Kleene's conjunction: one violation is enough, and otherwise one unknown. */
const allOf = (outcomes: readonly Truth[]): Truth =>
  outcomes.includes('violated') ? 'violated' : outcomes.includes('unknown') ? 'unknown' : 'holds';

const anyOf = (outcomes: readonly Truth[]): Truth =>
  outcomes.includes('holds') ? 'holds' : outcomes.includes('unknown') ? 'unknown' : 'violated';

/** Under `not`, a comparison is what the reader wants not to be so. */
function negate(comparison: Comparison): Comparison {
  const { margin, operator, outcome, ...rest } = comparison;
  return {
    ...rest,
    operator: NEGATED[operator] ?? (operator.startsWith('not ') ? operator.slice('not '.length) : `not ${operator}`),
    outcome: opposite(outcome),
    ...(margin === undefined ? {} : { margin: -margin }),
  };
}

const NEGATED: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' };
