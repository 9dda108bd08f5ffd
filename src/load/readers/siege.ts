import type { LoadResult } from '../result.ts';
import { plausibleMs, times } from './plausible.ts';
import { cleaned, cutOff, findLine, onlyLine, printedLines } from './printed.ts';
import type { ResultSource, StreamReader } from './reader.ts';

/** Two decimals of a second. */
const STEP_MS = 10;
const SECONDS = 1000;
const NO_PERCENTILES =
  'siege prints no percentiles, only the mean, the longest and the shortest. Put the limit on `max`; use a tool that prints them; or let Holdpoint make the load';
const NOT_TOLD = 'siege counts timeouts, broken connections and bad statuses together, as failed transactions';

/** Where a figure stands: in words, and in the JSON of `-j`. */
const PLACES = {
  transactions: place('Transactions', 'transactions'),
  successful: place('Successful transactions', 'successful_transactions'),
  failed: place('Failed transactions', 'failed_transactions'),
  elapsed: place('Elapsed time', 'elapsed_time'),
  mean: place('Response time', 'response_time'),
  rate: place('Transaction rate', 'transaction_rate'),
  max: place('Longest transaction', 'longest_transaction'),
  min: place('Shortest transaction', 'shortest_transaction'),
};

function place(words: string, key: string): RegExp {
  return new RegExp(`^[\\s{]*(?:${words}:|"${key}":)\\s+(\\d+(?:\\.\\d+)?)`);
}

/** What is printed by siege, and its JSON of `-j`, before which it may print other lines (https://www.joedog.org/siege-manual). */
export const SIEGE: StreamReader = {
  tool: 'siege',
  format: 'summary',
  recognises: (text) =>
    /^[ \t]*Transactions:[ \t]+\d+ hits|^[ \t]*(?:\{[ \t]*)?"transactions":[ \t]+\d+,\r?\n[ \t]*"availability":/m.test(
      cleaned(text),
    ),
  async read(source) {
    const lines = await printedLines(source);
    const begins = onlyLine(source, lines, PLACES.transactions, 'siege');
    const from = begins?.index ?? 0;
    const at = (name: keyof typeof PLACES): { readonly value: number; readonly line: number } => {
      const found = findLine(lines, PLACES[name], from);
      if (found === undefined) throw cutOff(source, 'siege', NAMES[name], from + 1);
      return { value: Number(found.groups[0]), line: found.index + 1 };
    };
    const answered = at('transactions').value;
    const failures = at('failed').value;
    // A server that answers 401 to everything has no failed transaction, and no successful one.
    const neither = answered - at('successful').value;
    const elapsed = at('elapsed').value;
    const rate = at('rate').value;
    const json = (lines[from] ?? '').includes('"');
    return {
      tool: 'siege',
      format: json ? 'JSON' : 'text',
      all: {
        requests: answered + failures,
        ...(neither === 0 ? { failures } : {}),
        ...(elapsed > 0 ? { durationMs: times(elapsed, SECONDS), ratePerS: rate } : {}),
        ...(answered === 0
          ? {}
          : {
              latency: {
                kind: 'figures',
                count: answered,
                ...timesOf(source, at),
                percentiles: new Map(),
                exactness: { kind: 'exact' },
                stepMs: STEP_MS,
              },
            }),
        population: {},
      },
      labels: new Map(),
      checks: new Map(),
      thresholds: [],
      settings: {},
      overTime: [],
      notes: ['siege gives times in hundredths of a second.'],
      absent: {
        percentiles: NO_PERCENTILES,
        timeouts: NOT_TOLD,
        ...Object.fromEntries(
          ['failures', 'successes', 'success_rate', 'error_rate', 'throughput'].map((name) => [name, notSuccessful(neither)]),
        ),
        errors: NOT_TOLD,
        statuses: 'siege prints no statuses',
        bytes: 'siege rounds what was received to hundredths of a megabyte',
      },
    } satisfies LoadResult;
  },
};

const notSuccessful = (count: number): string =>
  `${count} answers were neither successful nor failed to siege, as redirects are, but also 401: it cannot be said how many failed. Use a tool that prints statuses`;

const NAMES: Readonly<Record<keyof typeof PLACES, string>> = {
  transactions: 'Transactions',
  successful: 'Successful transactions',
  failed: 'Failed transactions',
  elapsed: 'Elapsed time',
  mean: 'Response time',
  rate: 'Transaction rate',
  max: 'Longest transaction',
  min: 'Shortest transaction',
};

function timesOf(
  source: ResultSource,
  at: (name: 'min' | 'mean' | 'max') => { readonly value: number; readonly line: number },
): { readonly min: number; readonly mean: number; readonly max: number } {
  const ms = (name: 'min' | 'mean' | 'max'): number => {
    const { value, line } = at(name);
    return plausibleMs(source, times(value, SECONDS), NAMES[name], line);
  };
  return { min: ms('min'), mean: ms('mean'), max: ms('max') };
}
