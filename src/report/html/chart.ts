import type { Judgement } from '../../checklist/model.ts';
import { formatDuration, formatValue } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';
import { html, plainLine, shortLine } from '../escape.ts';
import { formatClock, formatInstant } from '../instant.ts';
import type { Words } from '../locale/words.ts';
import { amountIn, type Point, pointsOf, type SeriesEvidence, thinned } from '../series.ts';
import { boundsOn } from './bounds.ts';

/** More points than this cannot be told apart at the width of a page. */
const MOST_POINTS = 600;
const WIDTH = 600;
const HEIGHT = 160;
const DAY_MS = 86_400_000;
/** Times before this are no instants, but counted from the start of a run. */
const YEAR_MS = 365 * DAY_MS;

/** A line chart of a series, with the limits of the criteria that speak of it. */
export function seriesChart(evidence: SeriesEvidence, judgements: readonly Judgement[], words: Words, locale: Locale): string {
  const { points, low, high, last } = pointsOf(evidence);
  const title = html(shortLine(evidence.title, 160));
  const [first, final] = [points[0], points.at(-1)];
  if (low === undefined || high === undefined || last === undefined || first === undefined || final === undefined) {
    return `<p class="facts"><b>${title}</b> – ${html(words.emptySeries)}</p>`;
  }
  const show = (amount: number): string => formatValue(amountIn(evidence.unit, amount), locale);
  const bounds = boundsOn((subject) => subject === (evidence.subject ?? evidence.title), judgements, words, locale);
  const ticks = niceTicks(
    Math.min(low, ...bounds.map(({ amount }) => amount)),
    Math.max(high, ...bounds.map(({ amount }) => amount)),
  );
  const [bottom = 0, top = 1] = [ticks[0], ticks.at(-1)];
  const y = (amount: number): number => round(HEIGHT - ((amount - bottom) / (top - bottom || 1)) * HEIGHT);
  const span = final.at - first.at;
  const x = (at: number): number => (span === 0 ? WIDTH / 2 : round(((at - first.at) / span) * WIDTH));
  const summary = words.seriesFrom(plainLine(evidence.title), show(low), show(high), show(last));
  return `<figure class="chart">
<figcaption>${words.seriesFrom(`<b>${title}</b>`, html(show(low)), html(show(high)), html(show(last)))}${bounds.map(({ label, tone }) => `<span class="limit-of ${tone}"><span class="legend"></span>${html(label)}</span>`).join('')}</figcaption>
<div class="plot">
<div class="ticks" aria-hidden="true">${ticks
    .toReversed()
    .map((tick) => `<span>${html(show(tick))}</span>`)
    .join('')}</div>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${html(summary)}">
${ticks.map((tick) => `<path class="grid" d="M0 ${y(tick)}H${WIDTH}"/>`).join('')}
${bounds.map(({ amount, tone }) => `<path class="bound ${tone}" d="M0 ${y(amount)}H${WIDTH}"/>`).join('')}
<path class="curve" d="${curve(thinned(points, MOST_POINTS), x, y)}"/>
</svg>
<div class="times" aria-hidden="true">${timeLabels(first.at, final.at, locale)}</div>
</div>
</figure>`;
}

function curve(points: readonly Point[], x: (at: number) => number, y: (amount: number) => number): string {
  const [only, ...more] = points;
  // A single point would be an invisible line.
  if (only !== undefined && more.length === 0) return `M0 ${y(only.amount)}H${WIDTH}`;
  return points.map(({ at, amount }, index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(amount)}`).join('');
}

function timeLabels(from: number, to: number, locale: Locale): string {
  const show = (at: number): string => {
    if (to < YEAR_MS) return formatDuration(at, locale);
    return to - from > DAY_MS ? formatInstant(at, locale) : `${formatClock(at)} UTC`;
  };
  const times = from === to ? [from] : [from, (from + to) / 2, to];
  return times.map((at) => `<span>${html(show(at))}</span>`).join('');
}

/** Three to six round amounts, evenly apart, that hold `low` and `high` between the first and the last; from zero where that is near. */
export function niceTicks(low: number, high: number): readonly number[] {
  const from = low > 0 && low < high * 0.7 ? 0 : low;
  const span = high - from || Math.abs(high) || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(from / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last - first > 12) return [low, high];
  return Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
}

const round = (n: number): number => Number(n.toFixed(2));
