import type { Latencies } from './latencies.ts';
import type { LoadResult, Settings } from './result.ts';
import type { Sketch } from './sketch.ts';

/** Why a request got no answer, other than that it took too long. */
export type ConnectionFault = 'refused' | 'reset' | 'closed' | 'host not found' | 'unreachable' | 'TLS' | 'other';

/** What a load run did: each request has exactly one fate, an answer with a status, a timeout or a fault. */
export interface Recording {
  /** Of answered requests, whatever their status. */
  readonly latencies: Latencies;
  /** Answers by status code. */
  readonly statuses: ReadonlyMap<number, number>;
  readonly timeouts: number;
  readonly faults: ReadonlyMap<ConnectionFault, number>;
  /** Received: headers and bodies. */
  readonly bytes: number;
  /** From the first request to the end of the last. */
  readonly durationMs: number;
  /** The 95th percentile (milliseconds) of the answers of each second that had any. */
  readonly p95BySecond: readonly { readonly at: number; readonly milliseconds: number }[];
}

export const sumOf = (counts: ReadonlyMap<unknown, number>): number => {
  let sum = 0;
  for (const count of counts.values()) sum += count;
  return sum;
};

/** All requests, whatever became of them. */
export const requestsOf = ({ latencies, timeouts, faults }: Recording): number => latencies.count + timeouts + sumOf(faults);

/**
 * As a result among those of other tools.
 *
 * @param sketch in place of the latencies, of a run that is still going on.
 */
export function resultOf(recording: Recording, settings: Settings, sketch?: Sketch): LoadResult {
  const { latencies, statuses, timeouts, faults, bytes, durationMs, p95BySecond } = recording;
  const failedStatuses = sumOf(new Map([...statuses].filter(([status]) => status >= 400)));
  const unanswered = timeouts + sumOf(faults);
  return {
    tool: 'holdpoint',
    format: 'generator',
    all: {
      requests: requestsOf(recording),
      failures: failedStatuses + unanswered,
      timeouts,
      unanswered,
      statuses,
      errors: faults,
      bytes,
      durationMs,
      ratePerS: latencies.count / (durationMs / 1000),
      latency:
        sketch === undefined
          ? { kind: 'values', answered: [latencies], unanswered: [] }
          : { kind: 'buckets', buckets: sketch.buckets(), exactness: { kind: 'relative', by: sketch.accuracy } },
      population: { failures: true, timeouts: false },
    },
    labels: new Map(),
    checks: new Map(),
    thresholds: [],
    settings,
    overTime: p95BySecond,
    notes: [],
    absent: {},
  };
}
