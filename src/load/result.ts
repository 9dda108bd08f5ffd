import type { Distribution } from './distribution.ts';

/** The tools whose results can be read; `holdpoint` is the generator here, `mapped` a text that the plan says how to read. */
export const TOOLS = [
  'k6',
  'artillery',
  'autocannon',
  'locust',
  'vegeta',
  'wrk',
  'wrk2',
  'hey',
  'oha',
  'ab',
  'siege',
  'jmeter',
  'gatling',
  'taurus',
  'mapped',
  'holdpoint',
] as const;
export type Tool = (typeof TOOLS)[number];

/** What a load test did, as its tool wrote it down. What a file does not hold is undefined: it is never taken for zero. */
export interface LoadResult {
  readonly tool: Tool;
  /** As the tool's users call it: `NDJSON`, `--summary-export`, `JTL (CSV)`. */
  readonly format: string;
  /** Of all requests. */
  readonly all: Figures;
  /** Of the requests with each name, URL or transaction: the tool's own labels. */
  readonly labels: ReadonlyMap<string, Figures>;
  /** The tool's assertions on single answers (k6). */
  readonly checks: ReadonlyMap<string, { readonly passes: number; readonly fails: number }>;
  /** The tool's own limits, and whether they were met. */
  readonly thresholds: readonly { readonly source: string; readonly met: boolean }[];
  /** Iterations that an open model should have started and did not. */
  readonly droppedIterations?: number;
  readonly settings: Settings;
  /** The 95th percentile over time; empty when the file has no times. */
  readonly overTime: readonly PercentileAt[];
  /** What a reader must know of these figures; one sentence each, the file's own words never in it unless they are short and plain. */
  readonly notes: readonly string[];
  /**
   * Why a figure that somebody may ask for is not there, and the tool's flag that adds it: by measurement name (`p99`, `timeouts`), and
   * under `percentiles` and `statuses` for all that have no entry of their own; `timeouts` is for percentiles with timeouts too.
   */
  readonly absent: Readonly<Record<string, string>>;
}

/** How the load was made, as far as the result tells. */
export interface Settings {
  /** Where the requests went: scheme, host and port, or a URL. */
  readonly target?: string;
  /** Virtual users, connections or threads at most. */
  readonly users?: number;
  /** Requests a second that were asked for. */
  readonly ratePerS?: number;
  /** How long it was to last, in milliseconds. */
  readonly durationMs?: number;
}

export interface PercentileAt {
  /** Milliseconds since the epoch; of a tool that keeps only relative times, since the start. */
  readonly at: number;
  readonly milliseconds: number;
}

export interface Figures {
  /** All that were sent, whatever became of them. */
  readonly requests?: number;
  /** By the tool's own count; where it has none: statuses of 400 and more, timeouts and connection errors. */
  readonly failures?: number;
  /** Requests that the tool gave up waiting for. */
  readonly timeouts?: number;
  /** Requests that got no answer: timeouts, refused and broken connections. */
  readonly unanswered?: number;
  /** Answers by HTTP status. */
  readonly statuses?: ReadonlyMap<number, number>;
  /** What went wrong, in the tool's own short words, and how often. */
  readonly errors?: ReadonlyMap<string, number>;
  /** Bytes received. */
  readonly bytes?: number;
  /** From the first request to the end of the last, in milliseconds. */
  readonly durationMs?: number;
  /** Requests a second, by the tool's own count or requests over duration. */
  readonly ratePerS?: number;
  /** undefined: no latency was recorded, or none that can be used (`absent` says why). */
  readonly latency?: Distribution;
  readonly population: Population;
}

/** Which requests the latencies are of. undefined: the file does not tell. */
export interface Population {
  /** Whether failed answers (4xx, 5xx) are among them. */
  readonly failures?: boolean;
  /** Whether requests without an answer are, with the time until they were given up. */
  readonly timeouts?: boolean;
}
