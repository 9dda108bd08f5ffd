import type { Judgement } from '../../checklist/model.ts';
import { formatNumber, formatValue } from '../../criteria/format.ts';
import { type Locale, ratio } from '../../criteria/value.ts';
import { html, shortLine } from '../escape.ts';
import {
  type Bin,
  binsOf,
  countIn,
  type HistogramEvidence,
  histogramSummary,
  joined,
  type Mark,
  marksOf,
  rangeText,
} from '../histogram.ts';
import type { Words } from '../locale/words.ts';
import { amountIn } from '../series.ts';
import { shareText } from '../share.ts';
import { type Bound, boundsOn } from './bounds.ts';
import { niceTicks } from './chart.ts';

const WIDTH = 600;
const HEIGHT = 160;
const MOST_BARS = 60;
const MOST_LABELS = 6;
/** What is there is never drawn as nothing. */
const LEAST_HEIGHT = 2;
/** Labels of marks nearer than this share of the width would stand on each other. */
const LABEL_WIDTH = 0.1;
/** Pixels. */
const LINE = 12;
const OF_THE_DISTRIBUTION = /^(?:p\d{1,2}(?:\.\d+)?(?:\.with_timeouts)?|min|mean|max)$/;

/** Bars of equal width, with the marks and the limits of the criteria that speak of percentiles; the figures fold out below. */
export function histogramChart(
  evidence: HistogramEvidence,
  judgements: readonly Judgement[],
  words: Words,
  locale: Locale,
): string {
  const bins = joined(binsOf(evidence), MOST_BARS);
  const all = countIn(bins);
  const title = html(shortLine(evidence.title, 160));
  if (all === 0) return `<p class="facts"><b>${title}</b> – ${html(words.emptyHistogram)}</p>`;
  const marks = marksOf(evidence);
  const bounds = boundsOn((subject) => OF_THE_DISTRIBUTION.test(subject), judgements, words, locale);
  const scale = scaleOf(
    bins,
    bounds.map(({ amount }) => amount),
  );
  const ticks = niceTicks(0, Math.max(...bins.map(({ count }) => count)) / all);
  const top = ticks.at(-1) ?? 1;
  const y = (share: number): number => round(HEIGHT - (share / top) * HEIGHT);
  const x = (share: number): number => round(share * WIDTH);
  const bars = bins.map((bin, at) => {
    const [left, right] = [x(scale.slot(at)), x(scale.slot(at + 1))];
    const tall = bin.count === 0 ? 0 : Math.max(LEAST_HEIGHT, HEIGHT - y(bin.count / all));
    const told = `${rangeText(bin, evidence, locale)}: ${formatNumber(bin.count, locale)} (${shareText(bin.count, all, locale)})`;
    // The whole column answers to the pointer, however low its bar is.
    return `<g><title>${html(told)}</title><rect class="column" x="${left}" width="${round(right - left)}" height="${HEIGHT}"/><rect class="bar" x="${round(left + 0.5)}" y="${round(HEIGHT - tall)}" width="${round(Math.max(0.5, right - left - 1))}" height="${round(tall)}"/></g>`;
  });
  const placed = bounds.map((bound) => ({ ...bound, at: scale.place(bound.amount) }));
  const marked = marks.flatMap((mark) => {
    const at = scale.place(mark.amount);
    return at === undefined ? [] : [{ ...mark, at }];
  });
  const line = (at: number): string => `M${x(at)} 0V${HEIGHT}`;
  return `<figure class="chart">
<figcaption><b>${title}</b>${marks.length === 0 ? '' : `: ${marks.map((mark) => markText(mark, evidence, locale)).join(' · ')}`}${placed.map((bound) => legend(bound, words)).join('')}</figcaption>
<div class="plot">
${markLabels(marked)}<div class="ticks" aria-hidden="true">${ticks
    .toReversed()
    .map((tick) => `<span>${html(formatValue(ratio(tick), locale))}</span>`)
    .join('')}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${html(histogramSummary(evidence, locale))}">
${ticks.map((tick) => `<path class="grid" d="M0 ${y(tick)}H${WIDTH}"/>`).join('')}
${bars.join('\n')}
${marked.map(({ at }) => `<path class="mark" d="${line(at)}"/>`).join('')}
${placed.flatMap(({ at, tone }) => (at === undefined ? [] : [`<path class="bound ${tone}" d="${line(at)}"/>`])).join('')}
</svg>
<div class="places" aria-hidden="true">${axisLabels(bins, scale, evidence, locale)}</div>
</div>
${counts(bins, all, evidence, words, locale)}
</figure>`;
}

const markText = ({ label, amount }: Mark, { unit }: HistogramEvidence, locale: Locale): string =>
  `${html(shortLine(label, 40))} <b>${html(formatValue(amountIn(unit, amount), locale))}</b>`;

function legend({ subject, label, tone, at }: Bound & { readonly at: number | undefined }, words: Words): string {
  const outside = at === undefined ? ` (${words.histogram.outside})` : '';
  return `<span class="limit-of ${tone}"><span class="legend"></span>${html(`${shortLine(subject, 40)} ${label}${outside}`)}</span>`;
}

/** Each on the first of three rows on which it is clear of the label before it. */
function markLabels(marks: readonly (Mark & { readonly at: number })[]): string {
  if (marks.length === 0) return '';
  const ends: number[] = [];
  const labels = marks.map(({ label, at }) => {
    const free = [0, 1, 2].find((row) => at - (ends[row] ?? -1) >= LABEL_WIDTH) ?? 2;
    ends[free] = at;
    return `<span style="left:${percent(at)};bottom:${free * LINE}px">${html(shortLine(label, 12))}</span>`;
  });
  return `<div class="marks" style="height:${ends.length * LINE}px" aria-hidden="true">${labels.join('')}</div>`;
}

/** Where amounts stand, as shares of the width from the left. */
interface Scale {
  /** The left edge of a bin. */
  readonly slot: (at: number) => number;
  /** undefined: outside of the drawing. */
  readonly place: (amount: number) => number | undefined;
  readonly last: number | undefined;
}

/**
 * Each bin is as wide as the other. A limit beyond the last bin widens the drawing, at the bins' own pace, as long as the bars keep half
 * of it; in the same way one below the first.
 */
function scaleOf(bins: readonly Bin[], limits: readonly number[]): Scale {
  const closed = bins.flatMap(({ from, to }) => (from !== undefined && to !== undefined ? [{ from, to }] : []));
  const [first, last] = [closed[0], closed.at(-1)];
  const outside = (amount: number): number | undefined => {
    if (first === undefined || last === undefined) return undefined;
    if (amount > last.to && bins.at(-1)?.to !== undefined) {
      const steps = stepsBeyond(first.from, last.to, closed.length, amount - last.to, amount / last.to);
      return steps <= bins.length ? bins.length + steps : undefined;
    }
    if (amount < first.from && bins[0]?.from !== undefined) {
      const steps = stepsBeyond(first.from, last.to, closed.length, first.from - amount, first.from / amount);
      return steps <= bins.length ? -steps : undefined;
    }
    return undefined;
  };
  const inBins = (amount: number): number | undefined => {
    const at = bins.findIndex(({ from, to }) => (from === undefined || amount >= from) && (to === undefined || amount <= to));
    const bin = bins[at];
    return bin === undefined ? undefined : at + shareInside(bin, amount);
  };
  const reached = limits.flatMap((limit) => outside(limit) ?? []);
  const low = Math.min(0, ...reached);
  const high = Math.max(bins.length, ...reached);
  const share = (slot: number): number => (slot - low) / (high - low);
  return {
    slot: share,
    place(amount) {
      const slot = inBins(amount) ?? outside(amount);
      return slot === undefined || slot < low || slot > high ? undefined : share(slot);
    },
    last: high > bins.length ? Math.max(...limits.filter((limit) => outside(limit) !== undefined)) : undefined,
  };
}

/** How many bins it would take to go on so far: by ratio where the bins grow by ratio, else by distance. */
function stepsBeyond(from: number, to: number, bins: number, distance: number, factor: number): number {
  const growing = from > 0 && to / from > 4;
  const steps = growing ? Math.log(factor) / (Math.log(to / from) / bins) : distance / ((to - from) / bins);
  return Number.isFinite(steps) ? steps : Number.POSITIVE_INFINITY;
}

function shareInside({ from, to }: Bin, amount: number): number {
  if (from === undefined || to === undefined) return 0.5;
  return from > 0 ? Math.log(amount / from) / Math.log(to / from) : (amount - from) / (to - from);
}

/** The ends of bins, as many as have room. */
function axisLabels(bins: readonly Bin[], scale: Scale, evidence: HistogramEvidence, locale: Locale): string {
  const ends = [bins[0]?.from, ...bins.map(({ to }) => to)].flatMap((amount, at) =>
    amount === undefined ? [] : [{ amount, at: scale.slot(at) }],
  );
  const apart = 1 / (MOST_LABELS - 1) - 0.03;
  const kept: { amount: number; at: number }[] = [];
  for (const end of ends) if (end.at - (kept.at(-1)?.at ?? -1) >= apart) kept.push(end);
  if (scale.last !== undefined) {
    // Where the drawing goes on to a limit, that is what its end is.
    if (1 - (kept.at(-1)?.at ?? 0) < apart) kept.pop();
    kept.push({ amount: scale.last, at: 1 });
  }
  return kept
    .map(
      ({ amount, at }) =>
        `<span style="left:${percent(at)}">${html(formatValue(amountIn(evidence.unit, amount), locale))}</span>`,
    )
    .join('');
}

function counts(bins: readonly Bin[], all: number, evidence: HistogramEvidence, words: Words, locale: Locale): string {
  const { bins: heading, range, count, share } = words.histogram;
  const head = [range, count, share]
    .map((column, at) => `<th scope="col"${at === 0 ? '' : ' class="number"'}>${html(column)}</th>`)
    .join('');
  const rows = bins.map(
    (bin) =>
      `<tr><th scope="row" class="short">${html(rangeText(bin, evidence, locale))}</th><td class="number">${html(formatNumber(bin.count, locale))}</td><td class="number">${html(shareText(bin.count, all, locale))}</td></tr>`,
  );
  return `<details class="counted"><summary>${html(heading)}</summary><div class="scroll"><table class="plain"><thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div></details>`;
}

const percent = (share: number): string => `${round(share * 100)}%`;
const round = (n: number): number => Number(n.toFixed(2));
