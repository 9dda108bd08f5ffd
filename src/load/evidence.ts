import type { Evidence } from '../checklist/model.ts';
import { formatDuration, formatNumber } from '../criteria/format.ts';
import { percentile } from './latencies.ts';
import type { Recording } from './recording.ts';

const SHOWN_PERCENTILES = [50, 75, 90, 95, 99, 99.9];
/** A chart has no use for more points than it has columns. */
const LONGEST_SERIES = 240;

/** What shows how a load run came to its figures: latencies, statuses, what went wrong, and the p95 over time. */
export function loadEvidence(recording: Recording): readonly Evidence[] {
  const { latencies, statuses, timeouts, faults, p95BySecond } = recording;
  const evidence: Evidence[] = [];
  if (latencies.count > 0) {
    const ascending = latencies.sorted();
    const at = (percent: number): string => formatDuration(percentile(ascending, percent) ?? Number.NaN);
    evidence.push({
      kind: 'table',
      title: `Latency of ${formatNumber(latencies.count)} answers`,
      columns: ['min', ...SHOWN_PERCENTILES.map((percent) => `p${percent}`), 'max'],
      rows: [[at(0), ...SHOWN_PERCENTILES.map(at), at(100)]],
    });
    const counts = [...statuses].sort(([one], [other]) => one - other);
    const rows = counts.map(([status, count]) => [String(status), formatNumber(count)]);
    evidence.push({ kind: 'table', title: 'Answers by status', columns: ['Status', 'Answers'], rows });
  }
  if (timeouts > 0 || faults.size > 0) {
    const rows = [
      ...(timeouts > 0 ? [['timed out', formatNumber(timeouts)]] : []),
      ...[...faults].map(([fault, count]) => [fault, formatNumber(count)]),
    ];
    evidence.push({ kind: 'table', title: 'Requests without an answer', columns: ['What happened', 'Requests'], rows });
  }
  if (p95BySecond.length > 2) {
    evidence.push({ kind: 'series', title: 'p95 by second', unit: 's', points: thinned(p95BySecond) });
  }
  return evidence;
}

/** The highest of each group of neighbours, in seconds, so that no peak is lost. */
function thinned(points: Recording['p95BySecond']): { at: number; amount: number }[] {
  const group = Math.ceil(points.length / LONGEST_SERIES);
  const kept: { at: number; amount: number }[] = [];
  for (let start = 0; start < points.length; start += group) {
    const peak = points.slice(start, start + group).reduce((one, other) => (other.milliseconds > one.milliseconds ? other : one));
    kept.push({ at: peak.at, amount: peak.milliseconds / 1000 });
  }
  return kept;
}
