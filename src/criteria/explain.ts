import type { Comparison, Truth } from './comparison.ts';
import type { Evaluation, TraceNode } from './evaluate.ts';
import { formatDuration, formatNumber, formatPair, formatValue } from './format.ts';
import type { Locale, Value } from './value.ts';
import { inWords } from './words.ts';

interface Words {
  readonly outcomes: Readonly<Record<Truth, string>>;
  readonly is: (subject: string, value: string) => string;
  readonly ago: (time: string) => string;
  /** How far a value is from its limit. */
  readonly above: (value: string, share: string, limit: string) => string;
  readonly below: (value: string, share: string, limit: string) => string;
  readonly exactly: (value: string) => string;
}

const WORDS: Readonly<Record<Locale, Words>> = {
  en: {
    outcomes: { holds: 'holds', violated: 'does not hold', unknown: 'cannot be told' },
    is: (subject, value) => `${subject} is ${value}`,
    ago: (time) => ` (${time} ago)`,
    above: (value, share, limit) => `${value}, ${share} above ${limit}`,
    below: (value, share, limit) => `${value}, ${share} below ${limit}`,
    exactly: (value) => `exactly ${value}`,
  },
  'pt-BR': {
    outcomes: { holds: 'vale', violated: 'não vale', unknown: 'não se pode dizer' },
    is: (subject, value) => `${subject} é ${value}`,
    ago: (time) => ` (há ${time})`,
    above: (value, share, limit) => `${value}, ${share} acima de ${limit}`,
    below: (value, share, limit) => `${value}, ${share} abaixo de ${limit}`,
    exactly: (value) => `exatamente ${value}`,
  },
};

/**
 * How a criterion was judged, step by step: one line a step, indented by two spaces a level. A comparison's line says what was measured and how
 * far that is from the limit; below it stands what the two were worked out of.
 */
export function explainEvaluation(evaluation: Evaluation, locale: Locale = 'en'): readonly string[] {
  return linesOf(evaluation.trace, locale);
}

function linesOf(node: TraceNode, locale: Locale): readonly string[] {
  const below = partsToTell(node).flatMap((part) => linesOf(part, locale));
  return [lineOf(node, locale), ...below.map((line) => `  ${line}`)];
}

function lineOf({ source, value, outcome, saying, comparison, agoMs }: TraceNode, locale: Locale): string {
  const words = WORDS[locale];
  if (outcome === undefined) {
    if (value !== undefined) return words.is(source, shown(value, locale));
    return saying === undefined ? source : `${source}: ${inWords(saying, locale)}`;
  }
  const ago = agoMs === undefined ? '' : words.ago(formatDuration(agoMs, locale));
  const seen = comparison === undefined || saying !== undefined ? undefined : seenOf(comparison, source, locale);
  const sentences = [seen, saying === undefined ? undefined : inWords(saying, locale)].filter(
    (sentence) => sentence !== undefined,
  );
  return [`${source}${ago}: ${words.outcomes[outcome]}`, ...sentences].map(ended).join(' ');
}

const ended = (sentence: string): string => (/[.?]$/.test(sentence) ? sentence : `${sentence}.`);

/** What was measured, and how far that is from the limit. */
function seenOf({ subject, measured, allowed, operator }: Comparison, source: string, locale: Locale): string | undefined {
  // A flag that stands alone is its own outcome.
  if (measured === undefined || source === subject) return undefined;
  const words = WORDS[locale];
  if (measured.kind !== 'quantity' || !ORDERED.has(operator)) return words.is(subject, shown(measured, locale));
  const limit = nearestLimit(measured, allowed);
  if (limit === undefined) return words.is(subject, shown(measured, locale));
  const [value, bound] = formatPair(measured, limit, locale);
  if (measured.amount === limit.amount) return words.is(subject, words.exactly(value));
  const side = measured.amount > limit.amount ? words.above : words.below;
  const share = Math.abs(measured.amount - limit.amount) / Math.abs(limit.amount);
  if (!Number.isFinite(share)) return words.is(subject, value);
  return words.is(subject, side(value, shareText(share, locale), bound));
}

const ORDERED: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', 'between', 'not between']);

type Amount = Extract<Value, { kind: 'quantity' }>;

/** Of a range, the limit that the value is nearer to. */
function nearestLimit(measured: Amount, allowed: readonly Value[]): Amount | undefined {
  const limits = allowed.flatMap((limit) => (limit.kind === 'quantity' ? [limit] : []));
  const distance = ({ amount }: Amount) => Math.abs(amount - measured.amount);
  return limits.reduce<Amount | undefined>(
    (best, limit) => (best && distance(best) <= distance(limit) ? best : limit),
    undefined,
  );
}

function shareText(share: number, locale: Locale): string {
  if (share < 0.0001) return `< ${formatNumber(0.01, locale)} %`;
  return share < 0.1 ? `${formatNumber(share * 100, locale, 2)} %` : `${formatNumber(Math.round(share * 100), locale)} %`;
}

/** The parts whose value the line itself does not tell. */
function partsToTell({ parts, comparison, saying, outcome }: TraceNode): readonly TraceNode[] {
  if (outcome === undefined) return parts;
  return parts.flatMap((part) => {
    if (part.outcome !== undefined) return [part];
    const told = part.value === undefined ? part.saying === saying : part.source === comparison?.subject && saying === undefined;
    return told ? part.parts : [part];
  });
}

/** Texts in quotes, so that an empty one is seen. */
const shown = (value: Value, locale: Locale): string =>
  value.kind === 'text'
    ? JSON.stringify(value.text.length > LONGEST ? `${value.text.slice(0, LONGEST)}…` : value.text)
    : formatValue(value, locale);

const LONGEST = 120;
