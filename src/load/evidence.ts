import type { Evidence } from '../checklist/model.ts';
import { formatDuration, formatNumber } from '../criteria/format.ts';
import { leastSamples } from '../criteria/percentile.ts';
import { shortLine } from '../report/escape.ts';
import { shareText } from '../report/share.ts';
import { binsOf } from './bins.ts';
import { countIn, type Distribution, exactnessOf, extremesOf, percentileIn, percentileWithTimeouts } from './distribution.ts';
import { describeError } from './exactness.ts';
import type { Figures, LoadResult, PercentileAt, Population } from './result.ts';
import { populationLabel } from './summary.ts';

const SHOWN_PERCENTILES = [50, 75, 90, 95, 99, 99.9];
const MARKED_PERCENTILES = [50, 95, 99];
/** A chart has no use for more points than it has columns. */
const LONGEST_SERIES = 240;
const MOST_ERRORS = 20;
const MOST_LABELS = 10;
const MOST_CHECKS = 20;
const MOST_THRESHOLDS = 50;
const LONGEST_LABEL = 80;

/**
 * What shows how a load run came to its figures: first how long answers took, as figures, as a shape and over time; then where it was
 * slow, what went wrong, and what the tool itself thought of it. What the result does not hold is left out.
 */
export function loadEvidence(result: LoadResult): readonly Evidence[] {
  const { all } = result;
  return [
    latencyTable(all),
    histogram(all.latency),
    p95OverTime(result.overTime),
    slowestLabels(result),
    errorTable(all),
    statusTable(all),
    failedChecks(result),
    ownThresholds(result),
    notes(result),
  ].flatMap((evidence) => evidence ?? []);
}

type Column = readonly [heading: string, amount: number];

function latencyTable(figures: Figures): Evidence | undefined {
  const { latency, population, unanswered = 0 } = figures;
  if (latency === undefined || countIn(latency) === 0) return undefined;
  const { min, mean, max } = extremesOf(latency);
  const percentiles = SHOWN_PERCENTILES.filter((percent) => isReadable(latency, percent));
  const columns: readonly Column[] = [
    ...known('min', min),
    ...known('mean', mean),
    ...percentiles.flatMap((percent) => known(`p${percent}`, percentileIn(latency, percent))),
    ...known('max', max),
  ];
  if (columns.length === 0) return undefined;
  const rows = [['as measured', ...columns.map(([, amount]) => duration(amount))]];
  const withAll = withUnanswered(latency, percentiles, figures);
  if (withAll !== undefined) {
    const row = columns.map(([heading]) => duration(withAll.get(heading)));
    rows.push([`with ${formatNumber(unanswered)} unanswered as endless`, ...row]);
  }
  const alone = rows.length === 1 ? 1 : 0;
  return {
    kind: 'table',
    title: `Latency of ${whose(latency, figures)}: ${joined(precisionOf(latency), whichOnes(population))}`,
    columns: ['', ...columns.map(([heading]) => heading)].slice(alone),
    rows: rows.map((row) => row.slice(alone)),
  };
}

const known = (heading: string, amount: number | undefined): readonly Column[] =>
  amount === undefined ? [] : [[heading, amount]];

/** `10,000 answers`, `9,995 requests`; without a count where the file does not tell it. */
function whose(latency: Distribution, { population }: Figures): string {
  const count = countIn(latency);
  const what = population.timeouts === false ? 'answers' : 'requests';
  return count === undefined ? what : `${formatNumber(count)} ${what}`;
}

function precisionOf(latency: Distribution): string {
  const error = describeError(exactnessOf(latency));
  if (latency.stepMs === undefined) return error === '' ? 'exact' : error;
  return joined(error, `in steps of ${formatDuration(latency.stepMs)}`);
}

function whichOnes(population: Population): string {
  const label = populationLabel(population);
  return label === 'unknown' ? 'which ones is not told' : label;
}

/** A percentile of fewer is only the slowest under another name. */
function isReadable(latency: Distribution, percent: number): boolean {
  const count = countIn(latency);
  return count === undefined || count >= leastSamples(percent / 100);
}

/** The percentiles with each request that got no answer as infinitely slow, by heading; undefined where there are none, or the file does not hold it. */
function withUnanswered(
  latency: Distribution,
  percentiles: readonly number[],
  { unanswered = 0, population }: Figures,
): ReadonlyMap<string, number> | undefined {
  if (unanswered === 0) return undefined;
  // Where nobody tells which latencies are of requests without an answer, these would be counted twice.
  const areApart = population.timeouts === false || (latency.kind === 'values' && population.timeouts === true);
  if (!areApart) return undefined;
  const found = percentiles.flatMap((percent) => known(`p${percent}`, percentileWithTimeouts(latency, percent, unanswered)));
  return found.length === 0 ? undefined : new Map([...found, ...known('max', Number.POSITIVE_INFINITY)]);
}

function histogram(latency: Distribution | undefined): Evidence | undefined {
  const bins = latency === undefined ? undefined : binsOf(latency);
  const [first] = bins ?? [];
  if (latency === undefined || bins === undefined || first === undefined) return undefined;
  const marks = MARKED_PERCENTILES.filter((percent) => isReadable(latency, percent)).flatMap((percent) => {
    const value = percentileIn(latency, percent);
    return value === undefined ? [] : [{ label: `p${percent}`, amount: value / 1000 }];
  });
  return {
    kind: 'histogram',
    title: 'Latencies',
    unit: 's',
    from: first.from / 1000,
    bins: bins.map(({ to, count }) => ({ upTo: to / 1000, count })),
    marks,
  };
}

function p95OverTime(points: readonly PercentileAt[]): Evidence | undefined {
  if (points.length < 3) return undefined;
  const ascending = points.toSorted((one, other) => one.at - other.at);
  const group = Math.ceil(ascending.length / LONGEST_SERIES);
  const stretch = `p95 by ${stretchOf(ascending)}`;
  return {
    kind: 'series',
    title: group === 1 ? stretch : `${stretch}, the highest of every ${group}`,
    subject: 'p95',
    unit: 's',
    points: peaks(ascending, group),
  };
}

/** The stretches are of equal length, and the shortest distance is of two that adjoin: whole seconds, but for a late timer. */
function stretchOf(ascending: readonly PercentileAt[]): string {
  const distances = ascending.slice(1).map(({ at }, index) => at - (ascending[index]?.at ?? at));
  const seconds = Math.max(1, Math.round(Math.min(...distances) / 1000));
  return seconds === 1 ? 'second' : formatDuration(seconds * 1000);
}

/** The highest of each group of neighbours, in seconds, so that no peak is lost. */
function peaks(points: readonly PercentileAt[], group: number): { at: number; amount: number }[] {
  const kept: { at: number; amount: number }[] = [];
  for (let start = 0; start < points.length; start += group) {
    const peak = points.slice(start, start + group).reduce((one, other) => (other.milliseconds > one.milliseconds ? other : one));
    kept.push({ at: peak.at, amount: peak.milliseconds / 1000 });
  }
  return kept;
}

/** By p95, or by the mean where there is none; a label of which nothing was answered is slower than any. */
function slowestLabels({ labels }: LoadResult): Evidence | undefined {
  if (labels.size < 2) return undefined;
  const rated = [...labels].map(([label, figures]) => ({ label, figures, ...ratedBy(figures) }));
  const slowest = rated.toSorted((one, other) => other.slowness - one.slowness).slice(0, MOST_LABELS);
  const byMean = slowest.some(({ by }) => by === 'mean');
  const rows = slowest.map(({ label, figures: { requests, latency, failures } }) => {
    const mean = latency === undefined ? undefined : extremesOf(latency).mean;
    const percentiles = [50, 95, 99].map((percent) => (latency === undefined ? undefined : percentileIn(latency, percent)));
    return [
      shortLine(label, LONGEST_LABEL),
      amountOf(requests),
      ...(byMean ? [duration(mean)] : []),
      ...percentiles.map(duration),
      amountOf(failures),
    ];
  });
  const which =
    labels.size > slowest.length
      ? `The ${slowest.length} slowest of ${formatNumber(labels.size)} labels`
      : 'Labels, slowest first';
  const by = byMean ? 'by p95, or the mean where there is none' : 'by p95';
  return {
    kind: 'table',
    title: `${which}, ${by}`,
    columns: ['Label', 'Requests', ...(byMean ? ['mean'] : []), 'p50', 'p95', 'p99', 'Failures'],
    rows,
  };
}

function ratedBy({ requests = 0, unanswered, latency }: Figures): {
  readonly slowness: number;
  readonly by: 'p95' | 'mean' | 'none';
} {
  const p95 = latency === undefined ? undefined : percentileIn(latency, 95);
  if (p95 !== undefined) return { slowness: p95, by: 'p95' };
  const mean = latency === undefined ? undefined : extremesOf(latency).mean;
  if (mean !== undefined) return { slowness: mean, by: 'mean' };
  return { slowness: requests > 0 && unanswered === requests ? Number.MAX_VALUE : 0, by: 'none' };
}

function errorTable(figures: Figures): Evidence | undefined {
  const { timeouts = 0, errors = new Map<string, number>(), requests, unanswered } = figures;
  const kinds = [...errors].filter(([, count]) => count > 0);
  const all = [...(isAmongErrors(figures) ? [] : [['timed out', timeouts] as const]), ...kinds].toSorted(
    ([, one], [, other]) => other - one,
  );
  if (all.length === 0) return undefined;
  const sum = sumOf(all);
  const rest = all.slice(MOST_ERRORS);
  const shown: readonly (readonly [string, number])[] = [
    ...all.slice(0, MOST_ERRORS),
    ...(rest.length === 0 ? [] : [[`${formatNumber(rest.length)} other kinds`, sumOf(rest)] as const]),
  ];
  return {
    kind: 'table',
    // A tool's own errors may be answers that it did not like.
    title: sum === unanswered ? 'Requests without an answer' : 'What went wrong',
    columns: ['What happened', 'Requests', ...(requests === undefined ? [] : ['Share of all'])],
    rows: shown.map(([kind, count]) => [
      shortLine(kind, LONGEST_LABEL),
      formatNumber(count),
      ...(requests === undefined ? [] : [shareText(count, requests)]),
    ]),
  };
}

/** Whether the timeouts have no row of their own: there are none, or the tool counts them as one of its errors. */
function isAmongErrors({ timeouts = 0, errors = new Map<string, number>(), failures, unanswered }: Figures): boolean {
  if (timeouts === 0 || [...errors.keys()].some((kind) => /time(?:d)?[\s_-]*out/i.test(kind))) return true;
  return sumOf(errors) + timeouts > (failures ?? unanswered ?? Number.POSITIVE_INFINITY);
}

function statusTable({ statuses = new Map<number, number>() }: Figures): Evidence | undefined {
  if (statuses.size === 0) return undefined;
  const answers = sumOf(statuses);
  const rows = [...statuses]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => [String(status), formatNumber(count), shareText(count, answers)]);
  return { kind: 'table', title: 'Answers by status', columns: ['Status', 'Answers', 'Share'], rows };
}

function failedChecks({ checks }: LoadResult): Evidence | undefined {
  const failed = [...checks].filter(([, { fails }]) => fails > 0).toSorted(([, one], [, other]) => other.fails - one.fails);
  if (failed.length === 0) return undefined;
  return {
    kind: 'table',
    title: `Checks that failed: ${formatNumber(failed.length)} of ${formatNumber(checks.size)}${cut(failed.length, MOST_CHECKS)}`,
    columns: ['Check', 'Passed', 'Failed', 'Share that failed'],
    rows: failed
      .slice(0, MOST_CHECKS)
      .map(([check, { passes, fails }]) => [
        shortLine(check, LONGEST_LABEL),
        formatNumber(passes),
        formatNumber(fails),
        shareText(fails, passes + fails),
      ]),
  };
}

function ownThresholds({ thresholds, tool }: LoadResult): Evidence | undefined {
  if (thresholds.length === 0) return undefined;
  const missed = thresholds.filter(({ met }) => !met);
  const ordered = [...missed, ...thresholds.filter(({ met }) => met)];
  return {
    kind: 'table',
    title: `${tool}’s own limits: ${formatNumber(missed.length)} of ${formatNumber(thresholds.length)} not met${cut(ordered.length, MOST_THRESHOLDS)}`,
    columns: ['Limit', 'Outcome'],
    rows: ordered
      .slice(0, MOST_THRESHOLDS)
      .map(({ source, met }) => [shortLine(source, LONGEST_LABEL * 2), met ? 'met' : 'not met']),
  };
}

function notes({ notes: all }: LoadResult): Evidence | undefined {
  return all.length === 0 ? undefined : { kind: 'output', title: 'What to know of these figures', text: all.join('\n') };
}

const cut = (count: number, most: number): string => (count > most ? `, the first ${most}` : '');
const joined = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(', ');
const amountOf = (count: number | undefined): string => (count === undefined ? '–' : formatNumber(count));

function duration(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return '–';
  return Number.isFinite(milliseconds) ? formatDuration(milliseconds) : '∞';
}

const sumOf = (counts: Iterable<readonly [unknown, number]>): number => {
  let sum = 0;
  for (const [, count] of counts) sum += count;
  return sum;
};
