import type { Evidence } from '../checklist/model.ts';
import { formatNumber, formatPair, formatValue } from '../criteria/format.ts';
import type { Locale } from '../criteria/value.ts';
import { shortLine } from './escape.ts';
import { amountIn } from './series.ts';
import { shareText } from './share.ts';
import { columnsOf, pad } from './width.ts';

export type HistogramEvidence = Extract<Evidence, { kind: 'histogram' }>;

export interface Bin {
  /** undefined: without an end on that side. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly count: number;
}

export interface Mark {
  readonly label: string;
  readonly amount: number;
}

/** Each bin with both its ends. What is no bin is left out: a bound that is no number or not above the one before, an open bin before the last. */
export function binsOf({ from, bins }: HistogramEvidence): readonly Bin[] {
  const found: Bin[] = [];
  let start = from !== undefined && Number.isFinite(from) ? from : undefined;
  for (const [at, { upTo, count }] of bins.entries()) {
    const counted = Number.isFinite(count) ? Math.max(0, count) : 0;
    if (upTo === undefined ? at < bins.length - 1 : !Number.isFinite(upTo) || (start !== undefined && upTo <= start)) continue;
    found.push({ from: start, to: upTo, count: counted });
    start = upTo;
  }
  return found;
}

export const countIn = (bins: readonly Bin[]): number => bins.reduce((sum, { count }) => sum + count, 0);

export const marksOf = ({ marks = [] }: HistogramEvidence): readonly Mark[] =>
  marks.filter(({ amount }) => Number.isFinite(amount)).toSorted((one, other) => one.amount - other.amount);

/** Neighbours joined until there are at most `most`. */
export function joined(bins: readonly Bin[], most: number): readonly Bin[] {
  const group = Math.ceil(bins.length / most);
  if (group <= 1) return bins;
  const kept: Bin[] = [];
  for (let start = 0; start < bins.length; start += group) {
    const part = bins.slice(start, start + group);
    kept.push({ from: part[0]?.from, to: part.at(-1)?.to, count: countIn(part) });
  }
  return kept;
}

export const holds = ({ from, to }: Bin, amount: number): boolean =>
  (from === undefined || amount > from) && (to === undefined || amount <= to);

/** Title and marks in one line: `Latency: p50 92 ms, p95 1.8 s`. */
export function histogramSummary(evidence: HistogramEvidence, locale: Locale): string {
  const title = shortLine(evidence.title, 160);
  const marks = marksOf(evidence).map((mark) => markText(mark, evidence, locale));
  return marks.length === 0 ? title : `${title}: ${marks.join(', ')}`;
}

const markText = ({ label, amount }: Mark, { unit }: HistogramEvidence, locale: Locale): string =>
  `${shortLine(label, 40)} ${formatValue(amountIn(unit, amount), locale)}`;

const MOST_LINES = 24;
const BAR = 30;

/**
 * A line for each bin: its bound, count and share, a bar, and the marks that lie in it. The figures stand before the bars, so that they
 * stay in their columns where a font draws the blocks in another width.
 */
export function histogramLines(evidence: HistogramEvidence, locale: Locale): readonly string[] {
  const bins = joined(binsOf(evidence), MOST_LINES);
  const all = countIn(bins);
  if (all === 0) return [];
  const highest = Math.max(...bins.map(({ count }) => count));
  const marks = marksOf(evidence);
  const rows = bins.map((bin, at) => ({
    bound: boundText(bin, evidence, locale),
    count: formatNumber(bin.count, locale),
    share: shareText(bin.count, all, locale),
    bar: bar(bin.count / highest),
    marks: marks
      .filter(({ amount }) => holds(bin, amount) || (at === 0 && bin.from !== undefined && amount <= bin.from))
      .map((mark) => markText(mark, evidence, locale)),
  }));
  const widest = (column: 'bound' | 'count' | 'share'): number => Math.max(...rows.map((row) => columnsOf(row[column])));
  const [boundWidth, countWidth, shareWidth] = [widest('bound'), widest('count'), widest('share')];
  return rows.map(({ bound, count, share, bar: drawn, marks: here }) => {
    const figures = `${right(bound, boundWidth)}  ${right(count, countWidth)}  ${right(share, shareWidth)}`;
    const said = here.length === 0 ? '' : `◄ ${here.join(', ')}`;
    return `${figures}  ${said === '' ? drawn : `${pad(drawn, BAR)} ${said}`}`.trimEnd();
  });
}

const right = (text: string, width: number): string => ' '.repeat(Math.max(0, width - columnsOf(text))) + text;

/** Halves of a cell: these two blocks are in every monospaced font. What is there is never drawn as nothing. */
function bar(share: number): string {
  const halves = Math.round(share * BAR * 2);
  if (halves === 0) return share > 0 ? '·' : '';
  return '█'.repeat(Math.floor(halves / 2)) + (halves % 2 === 1 ? '▌' : '');
}

/** `≤ 100 ms`, `> 5 s`. */
function boundText({ from, to }: Bin, evidence: HistogramEvidence, locale: Locale): string {
  if (to !== undefined) return `≤ ${endText(to, from, evidence, locale)}`;
  return from === undefined ? '' : `> ${endText(from, undefined, evidence, locale)}`;
}

/** `80 ms – 100 ms`, `> 5 s`. */
export function rangeText(bin: Bin, evidence: HistogramEvidence, locale: Locale): string {
  const { from, to } = bin;
  if (from === undefined || to === undefined) return boundText(bin, evidence, locale);
  return `${endText(from, to, evidence, locale)} – ${endText(to, from, evidence, locale)}`;
}

/** With as many digits as it takes to tell it from the bin's other end. */
function endText(end: number, other: number | undefined, { unit }: HistogramEvidence, locale: Locale): string {
  const value = amountIn(unit, end);
  return other === undefined ? formatValue(value, locale) : formatPair(value, amountIn(unit, other), locale)[0];
}
