import type { LoadResult, Tool } from '../result.ts';

/** Figures of a run that goes on, as a tool tells them on its way. */
export interface FiguresSoFar {
  readonly requests: number;
  readonly failures?: number;
  readonly timeouts?: number;
  /** The 95th percentile in milliseconds. */
  readonly p95?: number;
}

/** As a result, so that criteria see them like any other. */
export function resultSoFar(tool: Tool, { requests, failures, timeouts, p95 }: FiguresSoFar): LoadResult {
  return {
    tool,
    format: 'figures so far',
    all: {
      requests,
      ...(failures === undefined ? {} : { failures }),
      ...(timeouts === undefined ? {} : { timeouts }),
      ...(p95 === undefined
        ? {}
        : { latency: { kind: 'figures', count: requests, percentiles: new Map([[95, p95]]), exactness: { kind: 'rank' } } }),
      population: {},
    },
    labels: new Map(),
    checks: new Map(),
    thresholds: [],
    settings: {},
    overTime: [],
    notes: [],
    absent: {},
  };
}
