import type { Evidence } from '../checklist/model.ts';
import { formatNumber, formatPair, formatValue } from '../criteria/format.ts';
import type { Dimension, Measurement, Measurements, Quantity } from '../criteria/value.ts';
import { shortLine } from '../report/escape.ts';

type Direction = 'lower' | 'higher' | 'neither';

const LOWER_IS_BETTER =
  /^(?:p\d{1,2}(?:\.\d+)?(?:\.with_timeouts)?|min|mean|max|failures|timeouts|errors|error_rate|dropped_iterations|failed_thresholds|status\.[45](?:\d\d|xx))$/;
const HIGHER_IS_BETTER = /^(?:success_rate|rate|throughput|checks)$/;
const LONGEST_NAME = 120;

/**
 * What became of the named figures since the baseline. A figure that one of the two does not hold keeps its row, and says so: a
 * comparison that leaves out what it lacks looks better than it is.
 */
export function comparisonTable(now: Measurements, before: Measurements, names: readonly string[]): Evidence {
  return {
    kind: 'table',
    title: 'Compared with the baseline',
    columns: ['Figure', 'Baseline', 'Now', 'Change', 'Change in %', 'Better or worse'],
    rows: names.map((name) => [shortLine(name, LONGEST_NAME), ...compared(name, held(now, name), held(before, name))]),
  };
}

type Cells = readonly [baseline: string, now: string, change: string, share: string, judged: string];

function compared(name: string, now: Measurement | undefined, before: Measurement | undefined): Cells {
  const [value, known] = [quantityOf(now), quantityOf(before)];
  if (value === undefined || known === undefined) {
    const missing = value === undefined ? (known === undefined ? 'in neither' : 'not measured now') : 'not in the baseline';
    return [shown(before), shown(now), '–', '–', missing];
  }
  if (!isSame(value.dimension, known.dimension)) return [shown(before), shown(now), '–', '–', 'another unit: not comparable'];
  const [nowText, beforeText] = formatPair(value, known);
  const change = value.amount - known.amount;
  // Two that are endless have no distance.
  const difference = Number.isNaN(change) ? 0 : change;
  const error = (now?.tolerance ?? 0) + (before?.tolerance ?? 0);
  return [
    beforeText,
    nowText,
    signed(difference, changeText(difference, value.dimension)),
    known.amount === 0 || !Number.isFinite(difference / known.amount)
      ? '–'
      : signed(difference, `${formatNumber((100 * difference) / Math.abs(known.amount))} %`),
    judged(name, difference, error),
  ];
}

function judged(name: string, difference: number, error: number): string {
  if (difference === 0) return '= the same';
  if (Math.abs(difference) <= error) return '≈ within the error of the figures';
  const arrow = difference > 0 ? '▲' : '▼';
  const wanted = directionOf(name);
  if (wanted === 'neither') return `${arrow} ${difference > 0 ? 'higher' : 'lower'}`;
  return `${arrow} ${difference > 0 === (wanted === 'higher') ? 'better' : 'worse'}`;
}

/** Of `p95 of "POST /"` as of `p95`. How many requests there were, or how long it took, is neither good nor bad. */
function directionOf(name: string): Direction {
  const plain = name.replace(/ of ".*"$/s, '');
  if (LOWER_IS_BETTER.test(plain)) return 'lower';
  return HIGHER_IS_BETTER.test(plain) ? 'higher' : 'neither';
}

const held = (measurements: Measurements, name: string): Measurement | undefined =>
  Object.hasOwn(measurements, name) ? measurements[name] : undefined;

/** undefined: there is no such figure. Endless is one: each request got no answer. */
function quantityOf(measurement: Measurement | undefined): Quantity | undefined {
  if (measurement === undefined || measurement.absent !== undefined || measurement.value.kind !== 'quantity') return undefined;
  return Number.isNaN(measurement.value.amount) ? undefined : measurement.value;
}

const shown = (measurement: Measurement | undefined): string => {
  const value = quantityOf(measurement);
  return value === undefined ? '–' : formatValue(value);
};

const isSame = (one: Dimension, other: Dimension): boolean =>
  one.time === other.time && one.bytes === other.bytes && one.share === other.share;

/** Of shares, points: a change of an error rate from 1 % to 2 % is one point, and 100 %. */
function changeText(difference: number, dimension: Dimension): string {
  if (dimension.share && Number.isFinite(difference)) {
    const points = Number((difference * 100).toPrecision(3));
    return `${formatNumber(points)} ${Math.abs(points) === 1 ? 'point' : 'points'}`;
  }
  // In the unit of the two, which small changes of a rate would leave.
  if (dimension.time === -1 && dimension.bytes === 0) return `${formatNumber(difference)}/s`;
  return formatValue({ kind: 'quantity', amount: Number(difference.toPrecision(12)), dimension });
}

const signed = (difference: number, text: string): string => (difference > 0 ? `+${text}` : text);
