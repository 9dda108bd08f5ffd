/** One measured figure with the limit that the project sets itself. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Smallest and largest of the single runs. */
  readonly spread?: readonly [number, number];
  /** The figure should be at most this. */
  readonly limit?: number;
  /** The figure should be at least this. */
  readonly least?: number;
}

/** Whether the figure is within what the project sets itself. */
export function isMet({ value, limit = Number.POSITIVE_INFINITY, least = Number.NEGATIVE_INFINITY }: Figure): boolean {
  return value <= limit && value >= least;
}

/**
 * Runs two pieces of work in turn, A B A B …, after one warm-up of each, and gives the median of the ratios of their wall-clock times.
 * Pairs are compared, so that a machine that slows down meanwhile does not favour either.
 */
export function paired(
  a: () => void,
  b: () => void,
  rounds: number,
): { readonly median: number; readonly spread: readonly [number, number] } {
  a();
  b();
  const ratios = Array.from({ length: rounds }, () => timed(a) / timed(b)).sort((left, right) => left - right);
  const at = (index: number) => ratios[index] ?? Number.NaN;
  return { median: at(Math.floor(rounds / 2)), spread: [at(0), at(rounds - 1)] };
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

export function describeFigure(figure: Figure): string {
  const { name, value, unit, spread, limit, least } = figure;
  const digits = (amount: number) => (unit === '×' || unit === 'MB' ? String(Number(amount.toPrecision(3))) : amount.toFixed(0));
  const range = spread ? ` (${digits(spread[0])} to ${digits(spread[1])})` : '';
  const bound = limit === undefined ? (least === undefined ? '' : ` – at least ${digits(least)}`) : ` – at most ${digits(limit)}`;
  const judged = bound === '' ? '' : `${bound} ${unit}: ${isMet(figure) ? 'met' : 'MISSED'}`;
  return `${name}: ${digits(value)} ${unit}${range}${judged}`;
}
