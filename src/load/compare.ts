import { countIn, type Distribution, errorMs, exactnessOf, percentileIn, valueAtRankIn } from './distribution.ts';
import type { Figures, LoadResult } from './result.ts';
import { scenarioOf } from './scenario.ts';

/** One figure of two results. */
export interface ComparedFigure {
  readonly name: string;
  readonly unit: 'ms' | 'ratio' | 'per_second' | 'number';
  readonly base: number | null;
  readonly now: number | null;
  /** `better` and `worse` only beyond what chance and rounding explain; `unclear` where that cannot be told. */
  readonly change: 'better' | 'worse' | 'same' | 'unclear';
}

export interface ComparedResults {
  /** What was tested; undefined where the two are not of one scenario. */
  readonly scenario: string | undefined;
  readonly scenarios: readonly [string, string];
  readonly figures: readonly ComparedFigure[];
}

const PERCENTILES = [50, 75, 90, 95, 99];
/** Of a normal distribution, for 95 % on both sides. */
const Z = 1.96;

/** Two results of one scenario, figure by figure. */
export function compareResults(base: LoadResult, now: LoadResult): ComparedResults {
  const scenarios = [scenarioOf(base.tool, base.settings), scenarioOf(now.tool, now.settings)] as const;
  const rate = (figures: Figures): number | null => figures.ratePerS ?? null;
  return {
    scenario: scenarios[0] === scenarios[1] ? scenarios[0] : undefined,
    scenarios,
    figures: [
      plain('requests', 'number', base.all.requests ?? null, now.all.requests ?? null),
      share('error_rate', base.all, now.all),
      plain('rate', 'per_second', rate(base.all), rate(now.all)),
      ...PERCENTILES.map((percent) => latency(percent, base.all.latency, now.all.latency)),
    ],
  };
}

const plain = (name: string, unit: ComparedFigure['unit'], base: number | null, now: number | null): ComparedFigure => ({
  name,
  unit,
  base,
  now,
  change: base === null || now === null ? 'unclear' : base === now ? 'same' : 'unclear',
});

/** Two shares differ when their 95 % intervals (Wilson) do not meet. */
function share(name: string, base: Figures, now: Figures): ComparedFigure {
  const [one, two] = [interval(base), interval(now)];
  const value = ({ failures, requests }: Figures): number | null =>
    failures === undefined || !requests ? null : failures / requests;
  const change =
    one === undefined || two === undefined ? 'unclear' : two.low > one.high ? 'worse' : two.high < one.low ? 'better' : 'same';
  return { name, unit: 'ratio', base: value(base), now: value(now), change };
}

function interval({ failures, requests }: Figures): { readonly low: number; readonly high: number } | undefined {
  if (failures === undefined || !requests) return undefined;
  const share = failures / requests;
  const centre = (share + Z ** 2 / (2 * requests)) / (1 + Z ** 2 / requests);
  const half = (Z / (1 + Z ** 2 / requests)) * Math.sqrt((share * (1 - share)) / requests + Z ** 2 / (4 * requests ** 2));
  return { low: centre - half, high: centre + half };
}

function latency(percent: number, base: Distribution | undefined, now: Distribution | undefined): ComparedFigure {
  const [one, two] = [range(percent, base), range(percent, now)];
  const value = (of: Distribution | undefined): number | null => (of === undefined ? null : (percentileIn(of, percent) ?? null));
  const change =
    one === undefined || two === undefined ? 'unclear' : two.low > one.high ? 'worse' : two.high < one.low ? 'better' : 'same';
  return { name: `p${percent}`, unit: 'ms', base: value(base), now: value(now), change };
}

/**
 * Between which latencies the percentile lies with 95 % confidence, by order statistics: the ranks `np ± 1.96 √(np(1−p))`. Widened by
 * the figures' own error. undefined of figures alone.
 */
function range(percent: number, of: Distribution | undefined): { readonly low: number; readonly high: number } | undefined {
  const count = of === undefined ? undefined : countIn(of);
  if (of === undefined || count === undefined || count === 0 || exactnessOf(of).kind === 'rank') return undefined;
  const p = percent / 100;
  const half = Z * Math.sqrt(count * p * (1 - p));
  const [lowest, highest] = [Math.floor(count * p - half), Math.ceil(count * p + half)];
  // Beyond the first or last request nothing bounds it.
  const low = lowest < 0 ? 0 : valueAtRankIn(of, lowest);
  const high = highest > count - 1 ? Number.POSITIVE_INFINITY : valueAtRankIn(of, highest);
  if (low === undefined || high === undefined) return undefined;
  return { low: low - (errorMs(of, low) ?? 0), high: high + (errorMs(of, high) ?? 0) };
}
