/** The share that a percentile's name speaks of: 0.95 for `p95`, `p95.with_timeouts` and `p95 of "POST /"`; 0.999 for `p99.9` and `p99_9`. */
export function percentileOf(name: string): number | undefined {
  const digits = /^(?:.*\.)?p(\d{1,2}(?:[._]\d+)?)(?=$|\.[a-z]| of ")/.exec(name)?.[1];
  if (digits === undefined) return undefined;
  const percent = Number(digits.replace('_', '.'));
  return percent > 0 ? percent / 100 : undefined;
}

/** The fewest observations from which a percentile can be read at all: 20 for p95, 100 for p99. */
export function leastSamples(percentile: number): number {
  return Math.ceil(Number((1 / (1 - percentile)).toPrecision(12)));
}
