/**
 * The share that a percentile's name speaks of: 0.95 for `p95`, `P95`, `latency_p95`, `http.p95.with_timeouts` and `p95 of "POST /"`; 0.999 for
 * `p99.9`, `p99_9` and `p999`.
 */
export function percentileOf(name: string): number | undefined {
  const [, whole, part = ''] = /(?:^|[._])p(\d{1,2})(?:[._]?(\d+))?(?=$|[._]| of ")/i.exec(name.replace(/ of ".*$/s, '')) ?? [];
  if (whole === undefined) return undefined;
  const percent = Number(`${whole}.${part}`);
  // `p100` is the largest, and no percentile that is missing observations.
  return percent > 0 && `${whole}${part}` !== '100' ? percent / 100 : undefined;
}

/** The fewest observations from which a percentile can be read at all: 20 for p95, 100 for p99. */
export function leastSamples(percentile: number): number {
  return Math.ceil(Number((1 / (1 - percentile)).toPrecision(12)));
}
