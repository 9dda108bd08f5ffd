import type { Figures, LoadResult, Settings } from '../result.ts';
import { type LabelTally, type TallyFacts, tally } from '../tally.ts';
import { labelOf } from './label.ts';

/** What a response code of JMeter says. */
export interface ResponseCode {
  readonly status?: number;
  /** The exception's own name, of a request without an answer, or another sampler's code. */
  readonly error?: string;
  readonly unanswered: boolean;
  readonly timedOut: boolean;
}

export interface Sample {
  readonly label: LabelTally;
  /** Milliseconds since the epoch; NaN where the file has none that can be read. */
  readonly startedAt: number;
  readonly elapsed: number;
  readonly code: ResponseCode | undefined;
  /** A connection that the system gave up waiting for is no exception of its own; only its message says so. */
  readonly timedOut: boolean;
  /** undefined: the file does not say. */
  readonly success: boolean | undefined;
  /** NaN where the file has none. */
  readonly bytes: number;
}

/** What JMeter's transaction controllers write as the message of their rows, which are sums of requests and no requests. */
export const TRANSACTION = 'Number of samples in transaction';

const NO_ANSWER = /^Non HTTP response code:\s*(?:[\w$]+\.)*([\w$ -]+)/;

export function responseCode(text: string): ResponseCode {
  if (/^[1-5]\d\d$/.test(text)) return { status: Number(text), unanswered: false, timedOut: false };
  const [, exception] = NO_ANSWER.exec(text) ?? [];
  if (exception !== undefined)
    return { error: labelOf(exception), unanswered: true, timedOut: /time(?:d ?)?out/i.test(exception) };
  return { ...(text === '' ? {} : { error: `response code ${labelOf(text)}` }), unanswered: false, timedOut: false };
}

export interface SampleCounter {
  /** The figures of a label, of requests or of transactions. */
  label(name: string, transaction: boolean): LabelTally;
  count(sample: Sample, transaction: boolean): void;
  readonly requests: number;
  readonly transactions: number;
  finish(facts: Omit<TallyFacts, 'population'>): Pick<LoadResult, 'all' | 'labels' | 'overTime'>;
}

/** Counts requests, and beside them the transactions, which become labels of their own and are in no sum. */
export function sampleCounter(): SampleCounter {
  const requests = tally();
  const transactions = tally();
  let counted = 0;
  let summedUp = 0;
  return {
    label: (name, transaction) => (transaction ? transactions : requests).label(labelOf(name)),
    count(sample, transaction) {
      if (transaction) summedUp += 1;
      else counted += 1;
      countSample(sample);
      if (Number.isFinite(sample.startedAt)) (transaction ? transactions : requests).span(sample.startedAt, sample.elapsed);
    },
    get requests() {
      return counted;
    },
    get transactions() {
      return summedUp;
    },
    finish(facts) {
      // JMeter counts the time until it gave a request up as its latency.
      const all = { ...facts, population: { failures: true, timeouts: true } };
      const own = requests.finish(all);
      const sums = transactions.finish({ ...all, ...duration(own.all) });
      const labels = new Map(own.labels);
      for (const [name, figures] of sums.labels) {
        // Which of the samples in a transaction went unanswered is not in its row.
        const { timeouts, unanswered, ...rest } = figures;
        labels.set(labels.has(name) ? `${name} (transaction)` : name, rest);
      }
      return { ...own, labels };
    },
  };
}

const duration = ({ durationMs }: Figures): { readonly durationMs?: number } => (durationMs === undefined ? {} : { durationMs });

function countSample({ label, elapsed, code, timedOut, success, bytes }: Sample): void {
  const unanswered = code?.unanswered === true;
  const late = unanswered && (code.timedOut || timedOut);
  const status = code?.status;
  const failed = success === undefined ? unanswered || (status !== undefined && status >= 400) : !success;
  label.requests += 1;
  if (failed) label.failures += 1;
  if (bytes >= 0) label.bytes += bytes;
  if (status !== undefined) label.statuses.set(status, (label.statuses.get(status) ?? 0) + 1);
  if (unanswered) {
    label.unanswered += 1;
    if (late) label.timeouts += 1;
    label.gaveUp(elapsed);
  } else label.answered(elapsed);
  if (failed && (status === undefined || status < 400)) {
    const kind = code?.error ?? (status === undefined ? 'failed' : `failed with status ${status}`);
    label.errors.set(kind, (label.errors.get(kind) ?? 0) + 1);
  }
}

/** What both forms of a JTL say in the same words. */
export function jtlFacts({
  counter,
  absent,
  notes,
  users,
  target,
}: {
  readonly counter: SampleCounter;
  readonly absent: Record<string, string>;
  readonly notes: string[];
  readonly users: number;
  readonly target?: string | undefined;
}): { readonly settings: Settings; readonly notes: readonly string[]; readonly absent: Readonly<Record<string, string>> } {
  const { requests, transactions } = counter;
  const sums = transactions === 1 ? '1 transaction is' : `${transactions} transactions are`;
  if (transactions > 0) notes.push(`${sums} not counted as requests: JMeter writes each as a sum of its requests`);
  if (requests === 0 && transactions > 0) {
    notes.push(
      'the requests of the transactions are not in the file: untick “Generate parent sample” in the transaction controllers',
    );
  }
  return {
    settings: { ...(users > 0 ? { users } : {}), ...(target === undefined ? {} : { target }) },
    notes,
    absent,
  };
}
