/** One measured figure with the limit that the project sets itself. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Smallest and largest of the single runs. */
  readonly spread?: readonly [number, number];
  /** The figure should be at most this. */
  readonly limit?: number;
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

export function describeFigure({ name, value, unit, spread, limit }: Figure): string {
  const digits = (amount: number) => (unit === '×' || unit === 'MB' ? String(Number(amount.toPrecision(3))) : amount.toFixed(0));
  const range = spread ? ` (${digits(spread[0])} to ${digits(spread[1])})` : '';
  const judged = limit === undefined ? '' : ` – at most ${digits(limit)} ${unit}: ${value <= limit ? 'met' : 'MISSED'}`;
  return `${name}: ${digits(value)} ${unit}${range}${judged}`;
}
