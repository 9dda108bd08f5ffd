import type { Comparison, Item, Judgement } from '../checklist/model.ts';
import { formatNumber, formatPair, formatValue } from '../criteria/format.ts';
import type { Locale, Value } from '../criteria/value.ts';
import { plainLine, shortLine } from './escape.ts';
import { type Words, wordsOf } from './locale/words.ts';

/** A value longer than this is cut in a sentence; the whole of it is in the JSON report. */
const VALUE_LENGTH = 120;
const CRITERION_LENGTH = 160;
const MESSAGE_LENGTH = 500;
const RESULT_LENGTH = 160;

/** One thing that a reader must know of an item, in parts that a table can hold and as a sentence. Plain text, one line each. */
export interface Finding {
  /** What was compared: `p95`. Absent when the item has a message but no comparison. */
  readonly subject?: string;
  /** `2.41 s` */
  readonly measured?: string;
  /** `< 2 s` */
  readonly allowed?: string;
  /** `20 % over` */
  readonly margin?: string;
  /** What happened, where no comparison tells it: the item's message, or a judgement's detail. */
  readonly message?: string;
  /** All of it: `p95 was 2.41 s, allowed < 2 s (20 % over)`. */
  readonly sentence: string;
  /** Fractions for a drawing; both in the unit of the comparison. */
  readonly gauge?: Gauge;
}

/** The two amounts that a margin bar draws. */
export interface Gauge {
  readonly measured: number;
  readonly limit: number;
}

/** What went wrong with an item or asks for attention, worst first; empty for one that passed, waits or does not apply. */
export function findings(item: Item, locale: Locale = 'en'): readonly Finding[] {
  if (item.state === 'pass' || item.state === 'pending' || item.state === 'running' || item.state === 'skipped') return [];
  const words = wordsOf(locale);
  const judged = troubling(item).flatMap((judgement) => fromJudgement(judgement, item, words, locale));
  if (judged.length === 0) return [fromReason(item, words)];
  const message = item.message === undefined ? '' : shortLine(item.message, MESSAGE_LENGTH);
  return message === '' || judged.some((finding) => finding.message === message)
    ? judged
    : [...judged, { message, sentence: message }];
}

/** All findings of an item in one line. */
export function findingLine(item: Item, locale: Locale = 'en'): string {
  return findings(item, locale)
    .map((finding) => finding.sentence)
    .join('; ');
}

/** What to do next about an item, or undefined when nothing is to be done. */
export function nextStep(item: Item, locale: Locale = 'en'): string | undefined {
  const next = wordsOf(locale).reasons[item.reason].next;
  return next === '' ? undefined : next;
}

/** What an item showed, in a few words: `p95 1.2 s, success_rate 99.8 %`, what it is doing, or why it was skipped. May be empty. */
export function resultLine(item: Item, locale: Locale = 'en'): string {
  if (item.state === 'running' || item.state === 'pending') return shortLine(item.progress ?? '', RESULT_LENGTH);
  if (item.state === 'skipped') return fromReason(item, wordsOf(locale)).sentence;
  const seen = new Map<string, string>();
  for (const judgement of item.judgements) {
    for (const { subject, measured } of judgement.comparisons) {
      if (measured !== undefined) seen.set(subject, show(measured, locale));
    }
  }
  const figures = [...seen].slice(0, 4).map(([subject, value]) => shortLine(`${subject} ${value}`, 60));
  if (figures.length > 0) return figures.join(', ');
  return item.message === undefined ? '' : shortLine(item.message, RESULT_LENGTH);
}

/** Judgements that say no, or cannot say: those that stop before those that are unknown before those that warn. */
export function troubling(item: Item): readonly Judgement[] {
  const rank = (judgement: Judgement): number => {
    if (judgement.outcome === 'unknown') return 2;
    if (judgement.intent === 'warn') return 3;
    return judgement.intent === 'abort' ? 0 : 1;
  };
  return item.judgements.filter(isTroubling).sort((a, b) => rank(a) - rank(b));
}

/** `expect` must hold, `abort` must not, `warn` should not; what is unknown is never good. */
export function isTroubling({ intent, outcome }: Judgement): boolean {
  if (outcome === 'unknown') return true;
  return intent === 'expect' ? outcome === 'violated' : outcome === 'holds';
}

/** How a judgement weighs, as a state. */
export function judgementState(judgement: Judgement): 'pass' | 'warn' | 'fail' | 'inconclusive' {
  if (judgement.outcome === 'unknown') return 'inconclusive';
  if (!isTroubling(judgement)) return 'pass';
  return judgement.intent === 'warn' ? 'warn' : 'fail';
}

/** Whether a criterion holds, in words that fit its intent: a limit at which to stop is "reached". */
export function outcomeWord({ intent, outcome }: Judgement, words: Words): string {
  return intent === 'expect' ? words.outcomes[outcome] : words.limitOutcomes[outcome];
}

function fromReason(item: Item, words: Words): Finding {
  const label = words.reasons[item.reason].label;
  const said = shortLine(item.message ?? '', MESSAGE_LENGTH);
  const message = said === '' ? label : said.toLowerCase().startsWith(label.toLowerCase()) ? said : `${label}: ${said}`;
  return { message, sentence: message };
}

function fromJudgement(judgement: Judgement, item: Item, words: Words, locale: Locale): readonly Finding[] {
  const criterion = shortLine(judgement.criterion, CRITERION_LENGTH);
  const detail = shortLine(judgement.detail ?? '', MESSAGE_LENGTH);
  if (judgement.outcome === 'unknown') {
    const label = words.reasons[judgement.reason ?? 'no_data'].label;
    const message = detail === '' ? label : `${label}: ${detail}`;
    const only = judgement.comparisons.length === 1 ? judgement.comparisons[0] : undefined;
    const seen = only?.measured === undefined ? {} : { subject: plainLine(only.subject), measured: show(only.measured, locale) };
    return [{ ...seen, allowed: criterion, message, sentence: `${words.finding.cannotJudge(criterion)} – ${message}` }];
  }
  const culprits = responsible(judgement);
  if (culprits.length === 0) {
    const message = detail === '' ? words.finding.notAllowed(criterion) : detail;
    return [
      // What was found rather than compared speaks for itself.
      { allowed: criterion, message, sentence: detail === '' ? message : `${criterion}: ${detail}` },
    ];
  }
  return culprits.map((comparison, at) => {
    const finding = fromComparison(comparison, words, locale);
    // The detail belongs to the criterion, so it is said once; a measurement's note belongs to its figure.
    const said = at === 0 && detail !== '' ? detail : noteOf(item, comparison);
    return said === '' ? finding : { ...finding, message: said, sentence: `${finding.sentence} – ${said}` };
  });
}

function noteOf({ measurements }: Item, { subject }: Comparison): string {
  const note = Object.hasOwn(measurements, subject) ? measurements[subject]?.note : undefined;
  return shortLine(note ?? '', MESSAGE_LENGTH);
}

/** The comparisons that made the judgement come out as it did; all of them when a `not` or `or` hides which. */
function responsible({ outcome, comparisons }: Judgement): readonly Comparison[] {
  const guilty = comparisons.filter((comparison) => comparison.outcome === outcome);
  return guilty.length > 0 ? guilty : comparisons;
}

function fromComparison(comparison: Comparison, words: Words, locale: Locale): Finding {
  const subject = shortLine(comparison.subject, VALUE_LENGTH);
  const say = words.finding;
  // A limit that must not come true (`abort: p95 > 10s`) allows its opposite.
  const limit = allowedText(comparison, comparison.outcome === 'holds', words, locale);
  if (comparison.measured === undefined) {
    return { subject, allowed: limit, sentence: `${say.noValue(subject)}, ${say.allowed(limit)}` };
  }
  const measured = measuredText(comparison, locale);
  const gauge = gaugeOf(comparison);
  const margin = marginText(gauge, comparison, words, locale);
  return {
    subject,
    measured,
    allowed: limit,
    ...(margin === undefined ? {} : { margin }),
    ...(gauge === undefined ? {} : { gauge }),
    sentence: `${say.was(subject, measured)}, ${say.allowed(limit)}${margin === undefined ? '' : ` (${margin})`}`,
  };
}

/** A comparison's right side with its operator: `< 2 s`, `between 1 and 8`. */
export function allowedText(comparison: Comparison, opposite: boolean, words: Words, locale: Locale): string {
  const { operator, allowed, measured } = comparison;
  const [first, second] = allowed;
  const ordinary = (): string =>
    first === undefined
      ? plainLine(operator)
      : measured === undefined || allowed.length > 1
        ? show(first, locale)
        : visible(formatPair(measured, first, locale)[1]);
  const all = (): string => shortLine(allowed.map((value) => show(value, locale)).join(', '), VALUE_LENGTH);
  switch (operator) {
    case 'between': {
      const low = first === undefined ? '?' : show(first, locale);
      const high = second === undefined ? '?' : show(second, locale);
      return opposite ? words.operators.outside(low, high) : words.operators.between(low, high);
    }
    case 'in':
      return opposite ? words.operators.notIn(all()) : words.operators.in(all());
    case 'matches':
      return opposite ? words.operators.notMatches(ordinary()) : words.operators.matches(ordinary());
    default: {
      const sign = plainLine(operator);
      const mirrored = OPPOSITE[sign];
      if (!opposite) return `${SIGN[sign] ?? sign} ${ordinary()}`;
      return mirrored === undefined
        ? words.operators.not(`${sign} ${ordinary()}`)
        : `${SIGN[mirrored] ?? mirrored} ${ordinary()}`;
    }
  }
}

const OPPOSITE: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '>': '<=', '>=': '<', '==': '!=', '!=': '==' };
const SIGN: Readonly<Record<string, string>> = { '<=': '≤', '>=': '≥', '==': '=', '!=': '≠' };

function measuredText({ measured, allowed }: Comparison, locale: Locale): string {
  const [limit] = allowed;
  if (measured === undefined) return '';
  return limit === undefined || allowed.length > 1 ? show(measured, locale) : visible(formatPair(measured, limit, locale)[0]);
}

function show(value: Value, locale: Locale): string {
  return visible(formatValue(value, locale));
}

/** An empty text is shown as one, not as nothing. */
function visible(formatted: string): string {
  return shortLine(formatted, VALUE_LENGTH) || '""';
}

/** The amount of a value; for a series its last point. */
function amountOf(value: Value | undefined): number | undefined {
  if (value?.kind === 'quantity') return value.amount;
  return value?.kind === 'series' ? value.points.at(-1)?.amount : undefined;
}

function gaugeOf({ measured, allowed, operator }: Comparison): Gauge | undefined {
  const amount = amountOf(measured);
  if (amount === undefined || !Number.isFinite(amount)) return undefined;
  const limits = allowed.map(amountOf).filter((limit) => limit !== undefined && Number.isFinite(limit));
  if (limits.length !== allowed.length || operator === 'in' || operator === 'matches') return undefined;
  const [low, high] = limits;
  if (low === undefined) return undefined;
  return { measured: amount, limit: high !== undefined && amount > low ? high : low };
}

const ORDERED: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', 'between']);

function marginText(gauge: Gauge | undefined, { operator }: Comparison, words: Words, locale: Locale): string | undefined {
  if (gauge === undefined || !ORDERED.has(operator)) return undefined;
  const { measured, limit } = gauge;
  // How far from nothing is no share of it.
  if (limit === 0) return undefined;
  if (measured === limit) return words.finding.atLimit;
  const factor = measured / limit;
  if (factor >= 3)
    return words.finding.timesOver(formatNumber(factor >= 10 ? Math.round(factor) : Math.round(factor * 10) / 10, locale));
  const percent = (Math.abs(measured - limit) / Math.abs(limit)) * 100;
  const share = percent < 1 ? '< 1 %' : `${formatNumber(Math.round(percent), locale)} %`;
  return measured > limit ? words.finding.over(share) : words.finding.under(share);
}
