import type { Evidence } from '../checklist/model.ts';
import { formatDuration, formatNumber } from '../criteria/format.ts';
import { countIn, type Distribution, extremesOf, percentileIn } from './distribution.ts';
import type { Figures, LoadResult, PercentileAt } from './result.ts';

const SHOWN_PERCENTILES = [50, 75, 90, 95, 99, 99.9];
/** A chart has no use for more points than it has columns. */
const LONGEST_SERIES = 240;
const MOST_ERRORS = 20;

/** What shows how a load run came to its figures: latencies, statuses, what went wrong, and the p95 over time. */
export function loadEvidence({ all, overTime }: LoadResult): readonly Evidence[] {
  const { latency, statuses = new Map<number, number>() } = all;
  const evidence: Evidence[] = [];
  if (latency !== undefined && countIn(latency) !== 0) evidence.push(latencyTable(latency));
  if (statuses.size > 0) {
    const counts = [...statuses].sort(([one], [other]) => one - other);
    const rows = counts.map(([status, count]) => [String(status), formatNumber(count)]);
    evidence.push({ kind: 'table', title: 'Answers by status', columns: ['Status', 'Answers'], rows });
  }
  const failed = errorRows(all);
  if (failed.length > 0) {
    evidence.push({ kind: 'table', title: 'Requests without an answer', columns: ['What happened', 'Requests'], rows: failed });
  }
  if (overTime.length > 2) {
    evidence.push({ kind: 'series', title: 'p95 by second', unit: 's', points: thinned(overTime) });
  }
  return evidence;
}

function latencyTable(latency: Distribution): Evidence {
  const count = countIn(latency);
  const { min, max } = extremesOf(latency);
  const shown = (value: number | undefined): string => (value === undefined ? '–' : formatDuration(value));
  const percentiles = SHOWN_PERCENTILES.map((percent) => shown(percentileIn(latency, percent)));
  return {
    kind: 'table',
    title: count === undefined ? 'Latency' : `Latency of ${formatNumber(count)} answers`,
    columns: ['min', ...SHOWN_PERCENTILES.map((percent) => `p${percent}`), 'max'],
    rows: [[shown(min), ...percentiles, shown(max)]],
  };
}

function errorRows({ timeouts = 0, errors = new Map<string, number>() }: Figures): string[][] {
  const kinds = [...errors].sort(([, one], [, other]) => other - one).slice(0, MOST_ERRORS);
  return [
    ...(timeouts > 0 ? [['timed out', formatNumber(timeouts)]] : []),
    ...kinds.map(([kind, count]) => [kind, formatNumber(count)]),
  ];
}

/** The highest of each group of neighbours, in seconds, so that no peak is lost. */
function thinned(points: readonly PercentileAt[]): { at: number; amount: number }[] {
  const group = Math.ceil(points.length / LONGEST_SERIES);
  const kept: { at: number; amount: number }[] = [];
  for (let start = 0; start < points.length; start += group) {
    const peak = points.slice(start, start + group).reduce((one, other) => (other.milliseconds > one.milliseconds ? other : one));
    kept.push({ at: peak.at, amount: peak.milliseconds / 1000 });
  }
  return kept;
}
