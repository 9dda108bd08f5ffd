import type { Precision } from '../distribution.ts';
import type { Population } from '../result.ts';

/**
 * Locust rounds each latency before it counts it: to 1 ms under 100 ms, to 10 under 1000, to 100 under 10000, to 1000 above
 * (locust/stats.py), so that half a step is at most 5 % of it.
 */
export const LOCUST_PRECISION: Precision = { exactness: { kind: 'bucketed', by: 0.05 }, stepMs: 1 };

/** Each failure has its time among the others', and a timeout is a failure. */
export const LOCUST_POPULATION: Population = { failures: true, timeouts: true };
