import { exactnessOf, extremesOf, percentileIn } from './distribution.ts';
import { exactnessLabel } from './exactness.ts';
import type { Figures, LoadResult, Population, Tool } from './result.ts';

/** What `holdpoint load read --json` prints: null where the file does not hold it. */
export interface LoadSummary extends FiguresSummary {
  readonly tool: Tool;
  readonly format: string;
  readonly labels: readonly (FiguresSummary & { readonly label: string })[];
  readonly notes: readonly string[];
}

interface FiguresSummary {
  readonly requests: number | null;
  readonly failures: number | null;
  readonly timeouts: number | null;
  readonly duration_ms: number | null;
  readonly rate_per_s: number | null;
  readonly latency_ms: Readonly<Record<'min' | 'mean' | 'p50' | 'p90' | 'p95' | 'p99' | 'max', number | null>>;
  /** `exact`, `±1 %`, `bucketed (±5 %)`, `rank only`. */
  readonly exactness: string | null;
  /** Which requests the latencies are of. */
  readonly population: string;
}

export function summaryOf({ tool, format, all, labels, notes }: LoadResult): LoadSummary {
  return {
    tool,
    format,
    ...figuresSummary(all),
    labels: [...labels].map(([label, figures]) => ({ label, ...figuresSummary(figures) })),
    notes,
  };
}

function figuresSummary({ requests, failures, timeouts, durationMs, ratePerS, latency, population }: Figures): FiguresSummary {
  const { min, mean, max } = latency === undefined ? {} : extremesOf(latency);
  const at = (percent: number): number | null => (latency === undefined ? null : (percentileIn(latency, percent) ?? null));
  return {
    requests: requests ?? null,
    failures: failures ?? null,
    timeouts: timeouts ?? null,
    duration_ms: durationMs ?? null,
    rate_per_s: ratePerS ?? null,
    latency_ms: { min: min ?? null, mean: mean ?? null, p50: at(50), p90: at(90), p95: at(95), p99: at(99), max: max ?? null },
    exactness: latency === undefined ? null : exactnessLabel(exactnessOf(latency)),
    population: populationLabel(population),
  };
}

/** `all requests`, `answers, failed ones too; timeouts not` … */
export function populationLabel({ failures, timeouts }: Population): string {
  if (failures === undefined && timeouts === undefined) return 'unknown';
  const failed =
    failures === undefined ? 'failed answers: unknown' : failures ? 'failed answers included' : 'failed answers excluded';
  const late = timeouts === undefined ? 'timeouts: unknown' : timeouts ? 'timeouts included' : 'timeouts excluded';
  return `${failed}, ${late}`;
}
