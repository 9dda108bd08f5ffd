import type { Distribution } from '../distribution.ts';
import type { LoadResult } from '../result.ts';
import { listAt, numberAt, objectAt } from './json.ts';
import { countAt, countIn, plausibleMs } from './plausible.ts';
import type { DocumentReader, ResultSource } from './reader.ts';
import { shown } from './shown.ts';
import { unreadable } from './unreadable.ts';

const NANOSECONDS = 1e6;
const PERCENTILES: Readonly<Record<string, number>> = { '50th': 50, '90th': 90, '95th': 95, '99th': 99 };
/** Go's texts of requests that took too long. */
const TIMED_OUT = /time-?out|timed out|deadline exceeded/i;
/** Of an answer with a status that is none of success, the error is the status line. */
const STATUS_LINE = /^\d{3} /;

/** `vegeta report -type=json` (https://github.com/tsenart/vegeta#report--typejson). Durations are in nanoseconds. */
export const VEGETA_REPORT: DocumentReader = {
  tool: 'vegeta',
  format: 'report JSON',
  recognises: (document) =>
    objectAt(document, 'status_codes') !== undefined &&
    numberAt(document, 'success') !== undefined &&
    numberAt(document, 'latencies', '99th') !== undefined,
  read(document, source) {
    const requests = countIn(source, document, 'requests');
    const codes = objectAt(document, 'status_codes') ?? {};
    const counts = Object.keys(codes).map((code) => [Number(code), countIn(source, codes, code)] as const);
    const counted = counts.reduce((sum, [, count]) => sum + count, 0);
    if (counted !== requests)
      throw unreadable(
        source,
        `\`status_codes\` are of ${counted} requests, and \`requests\` is ${requests}: the report was changed.`,
      );
    const successes = counts.reduce((sum, [code, count]) => (code >= 200 && code < 400 ? sum + count : sum), 0);
    const unanswered = counts.find(([code]) => code === 0)?.[1] ?? 0;
    const errors = (listAt(document, 'errors') ?? []).filter((error) => typeof error === 'string');
    const timeouts = timeoutsOf(unanswered, errors);
    const attackMs = (numberAt(document, 'duration') ?? 0) / NANOSECONDS;
    const waitMs = (numberAt(document, 'wait') ?? 0) / NANOSECONDS;
    const bytes = countAt(source, document, 'bytes_in', 'total');
    const rate = numberAt(document, 'rate');
    const latency = requests === unanswered ? undefined : latencyOf(document, source, requests);
    return {
      tool: 'vegeta',
      format: 'report JSON',
      all: {
        requests,
        failures: requests - successes,
        ...(timeouts === undefined ? {} : { timeouts }),
        unanswered,
        statuses: new Map(counts.filter(([code]) => code !== 0)),
        ...(bytes === undefined ? {} : { bytes }),
        ...(attackMs + waitMs > 0 ? { durationMs: attackMs + waitMs } : {}),
        ...(rate === undefined ? {} : { ratePerS: rate }),
        ...(latency === undefined ? {} : { latency }),
        population: { failures: true, timeouts: true },
      },
      labels: new Map(),
      checks: new Map(),
      thresholds: [],
      settings: {},
      overTime: [],
      notes: errorsNote(errors),
      absent: {
        percentiles: 'this report of vegeta holds 50, 90, 95 and 99 only. Give the results themselves: `vegeta encode --to csv`',
        timeouts:
          'vegeta’s report names its errors and does not count them, so timeouts cannot be told from other errors. Give the results themselves: `vegeta encode --to csv`',
      },
    } satisfies LoadResult;
  },
};

/** The report lists each different error once. All without an answer timed out, or none did, where all their errors say so, or none. */
function timeoutsOf(unanswered: number, errors: readonly string[]): number | undefined {
  const broken = errors.filter((error) => !STATUS_LINE.test(error));
  const late = broken.filter((error) => TIMED_OUT.test(error));
  if (unanswered === 0) return 0;
  if (broken.length === 0) return undefined;
  if (late.length === 0) return 0;
  return late.length === broken.length ? unanswered : undefined;
}

const MOST_SHOWN = 5;

function errorsNote(errors: readonly string[]): readonly string[] {
  if (errors.length === 0) return [];
  const some = errors.slice(0, MOST_SHOWN).map((error) => `“${shown(error)}”`);
  const more = errors.length > MOST_SHOWN ? `, and ${errors.length - MOST_SHOWN} more` : '';
  return [`Errors, without their counts: ${some.join(', ')}${more}.`];
}

/** By t-digest: near in rank. */
function latencyOf(document: unknown, source: ResultSource, count: number): Distribution {
  const at = (name: string): number | undefined => {
    const nanoseconds = numberAt(document, 'latencies', name);
    return nanoseconds === undefined ? undefined : plausibleMs(source, nanoseconds / NANOSECONDS, `\`latencies.${name}\``);
  };
  const percentiles = new Map<number, number>();
  for (const [name, percent] of Object.entries(PERCENTILES)) {
    const value = at(name);
    if (value !== undefined) percentiles.set(percent, value);
  }
  const extremes = ['min', 'mean', 'max'].flatMap((name) => {
    const value = at(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { kind: 'figures', count, ...Object.fromEntries(extremes), percentiles, exactness: { kind: 'rank' } };
}
