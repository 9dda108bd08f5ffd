import type { Clock } from '../checklist/clock.ts';
import { type Connection, watchConnection } from './connection.ts';
import { latencies, percentile } from './latencies.ts';
import { type ConnectionFault, type Recording, requestsOf } from './recording.ts';
import { type Sketch, sketch } from './sketch.ts';

export interface Scenario {
  readonly url: string;
  /** So many requests, or as many as are made in a time. */
  readonly amount: { readonly requests: number } | { readonly durationMs: number };
  /** Connections; each has one request on its way at a time. */
  readonly concurrency: number;
  /** At most so many requests a second over all connections; undefined: as fast as the answers come. */
  readonly perSecond?: number;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds after which a request counts as timed out and its connection is replaced. */
  readonly timeoutMs: number;
}

export interface GeneratorPorts {
  readonly clock: Clock;
  /** Aborting closes every connection at once; the promise rejects with the signal's reason. */
  readonly signal: AbortSignal;
  /** Aborting ends the run early: what was recorded until then is the result. */
  readonly enough?: AbortSignal;
  /** Told once a second. */
  progress(sofar: SoFar): void;
}

/** A run that is still going on. */
export interface SoFar {
  readonly requests: number;
  readonly failedToAnswer: number;
  /** Of the last second's answers, in milliseconds. */
  readonly p95: number | undefined;
  readonly recording: Recording;
  /** All latencies within 1 %: to sort them each second would disturb what is measured. */
  readonly sketch: Sketch;
}

const ROUGH = 0.01;
/** When nothing at all has answered, so many refused connections per connection are enough to stop. */
const REFUSALS = 20;
/** autocannon looks this often whether it is done (milliseconds). */
const SAMPLE_MS = 100;

/**
 * Puts load on a URL with autocannon and records what became of each request. It is a closed model: a connection sends its
 * next request when the last one was answered, so a server that stalls is also asked less. Requests on their way when the time
 * is over are waited for, until their own time limit; none is dropped from the record.
 */
export async function generateLoad(scenario: Scenario, { clock, signal, enough, progress }: GeneratorPorts): Promise<Recording> {
  signal.throwIfAborted();
  const { default: autocannon } = await import('autocannon');
  signal.throwIfAborted();

  const answers = latencies();
  const statuses = new Map<number, number>();
  const faults = new Map<ConnectionFault, number>();
  const p95BySecond: { at: number; milliseconds: number }[] = [];
  const rough = sketch(ROUGH);
  let inSecond: number[] = [];
  let timeouts = 0;
  let bytes = 0;
  let lastAt = performance.now();
  const recording = (): Recording => ({
    latencies: answers,
    statuses,
    timeouts,
    faults,
    bytes,
    durationMs: lastAt - startedAt,
    p95BySecond,
  });

  const connections: Connection[] = [];
  const fates = {
    answered(status: number, size: number, milliseconds: number) {
      answers.add(milliseconds);
      rough.add(milliseconds);
      inSecond.push(milliseconds);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      bytes += size;
      lastAt = performance.now();
    },
    timedOut() {
      timeouts += 1;
      lastAt = performance.now();
    },
    faulted(fault: ConnectionFault) {
      const count = (faults.get(fault) ?? 0) + 1;
      faults.set(fault, count);
      lastAt = performance.now();
      // autocannon reconnects without a pause: a dead host would be asked thousands of times a second for nothing.
      const nothingThere = answers.count === 0 && timeouts === 0 && count >= REFUSALS * scenario.concurrency;
      if (nothingThere) for (const connection of connections) connection.destroy();
    },
  };

  const startedAt = performance.now();
  const run = autocannon({
    ...optionsOf(scenario),
    setupClient: (client) => {
      Reflect.set(client, 'timeout', scenario.timeoutMs);
      connections.push(watchConnection(client, scenario.timeoutMs, fates));
    },
  });
  const stop = () => {
    for (const connection of connections) connection.destroy();
  };
  const drain = () => {
    for (const connection of connections) connection.drain();
  };
  const tell = () => {
    const p95 = p95Of(inSecond);
    inSecond = [];
    if (p95 !== undefined) p95BySecond.push({ at: clock.now(), milliseconds: p95 });
    const requests = requestsOf(recording());
    progress({ requests, failedToAnswer: requests - answers.count, p95, recording: recording(), sketch: rough });
  };
  const ticking = setInterval(tell, 1000);
  const ending = 'durationMs' in scenario.amount ? setTimeout(drain, scenario.amount.durationMs) : undefined;
  const settled = new AbortController();
  enough?.addEventListener('abort', stop, { once: true, signal: settled.signal });
  const aborted = new Promise<never>((_, reject) => {
    const give = () => {
      stop();
      reject(signal.reason);
    };
    signal.addEventListener('abort', give, { once: true, signal: settled.signal });
  });
  try {
    await Promise.race([run, aborted]);
  } finally {
    settled.abort();
    clearInterval(ticking);
    clearTimeout(ending);
    stop();
  }
  tell();
  return recording();
}

function optionsOf({ url, amount, concurrency, perSecond, method, headers, body, timeoutMs }: Scenario) {
  const limit =
    'requests' in amount
      ? { amount: amount.requests, connections: Math.min(concurrency, amount.requests) }
      : // The end is ours, with the requests on their way; autocannon's own only has to be later.
        { duration: (amount.durationMs + timeoutMs) / 1000 + 60, connections: concurrency };
  return {
    url,
    method,
    headers: { ...headers },
    ...limit,
    ...(body === undefined ? {} : { body }),
    ...(perSecond === undefined ? {} : { overallRate: perSecond }),
    timeout: Math.max(1, timeoutMs / 1000),
    sampleInt: SAMPLE_MS,
    // Its aggregation is not used: its corrected histogram takes the expected interval for milliseconds.
    skipAggregateResult: true,
    pipelining: 1,
  };
}

function p95Of(values: readonly number[]): number | undefined {
  const kept = latencies();
  for (const value of values) kept.add(value);
  return percentile([kept], 95);
}
