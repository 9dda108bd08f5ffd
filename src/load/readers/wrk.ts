import type { Distribution } from '../distribution.ts';
import type { LoadResult, Tool } from '../result.ts';
import { plausibleMs } from './plausible.ts';
import { cleaned, cutOff, findLine, onlyLine, printedLines, roundingOf, type Written, written } from './printed.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { target } from './shown.ts';
import { unreadable } from './unreadable.ts';

const BEGINS = /^\s*Running (\S+) test @ (\S+)/;
const CONNECTIONS = /^\s*\d+ threads and (\d+) connections/;
const TIME = /([\d.]+)(us|ms|s|m|h)/;
const THREAD_STATS = new RegExp(`^\\s*Latency\\s+${TIME.source}\\s+${TIME.source}\\s+${TIME.source}\\s`);
const TOTAL = new RegExp(`^\\s*(\\d+) requests in ${TIME.source}, [\\d.]+[KMGTP]?B read`);
const SOCKET_ERRORS = /^\s*Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/;
const BAD_STATUSES = /^\s*Non-2xx or 3xx responses: (\d+)/;
const RATE = /^\s*Requests\/sec:\s+([\d.]+)/;
const DISTRIBUTION = /^\s*Latency Distribution/;
const PERCENTILE = new RegExp(`^\\s*(\\d+(?:\\.\\d+)?)%\\s+${TIME.source}\\s*$`);

/** wrk2 says so only where a thread was calibrated (runs of over ten seconds), or with `--latency`. */
const OF_WRK2 = /Thread calibration: |HdrHistogram - Recorded Latency/;
const RECORDED = /HdrHistogram - Recorded Latency/;
const SPECTRUM = /^\s*(\d+\.\d+)\s+(\d\.\d{6})\s+(\d+)\s+(?:\d+\.\d+|inf)\s*$/;
const SPECTRUM_MEAN = /^#\[Mean\s+=\s+([\d.]+)/;
const SPECTRUM_MAX = /^#\[Max\s+=\s+([\d.]+), Total count\s+=\s+(\d+)/;
/** wrk2 keeps three decimal digits. */
const HDR_ERROR = 0.001;

const MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** What is printed by wrk (https://github.com/wg/wrk, `main` in src/wrk.c). */
export const WRK: StreamReader = {
  tool: 'wrk',
  format: 'text',
  recognises: (text) => isPrinted(text) && !OF_WRK2.test(text),
  read: async (source) => resultOf(source, await printedLines(source), 'wrk'),
};

/** What is printed by wrk2 (https://github.com/giltene/wrk2). */
export const WRK2: StreamReader = {
  tool: 'wrk2',
  format: 'text',
  recognises: (text) => isPrinted(text) && OF_WRK2.test(text),
  read: async (source) => resultOf(source, await printedLines(source), 'wrk2'),
};

const PRINTED = /^[ \t]*Running \S+ test @ \S+[ \t]*\r?\n[ \t]*\d+ threads and \d+ connections/m;
const isPrinted = (text: string): boolean => PRINTED.test(cleaned(text));

function resultOf(source: ResultSource, lines: readonly string[], tool: 'wrk' | 'wrk2'): LoadResult {
  const begins = onlyLine(source, lines, BEGINS, tool);
  const total = onlyLine(source, lines, TOTAL, tool);
  const from = begins?.index ?? 0;
  const at = <Value>(pattern: RegExp, value: (groups: readonly string[]) => Value): Value | undefined => {
    const found = findLine(lines, pattern, from);
    return found === undefined ? undefined : value(found.groups);
  };
  const rate = at(RATE, ([digits = '']) => Number(digits));
  if (total === undefined || rate === undefined)
    throw cutOff(source, tool, total === undefined ? 'requests in' : 'Requests/sec', from + 1);
  const answered = Number(total.groups[0]);
  const duration = time(total.groups[1], total.groups[2]);
  const [connect = 0, read = 0, write = 0, late = 0] = at(SOCKET_ERRORS, (groups) => groups.map(Number)) ?? [];
  const bad = at(BAD_STATUSES, ([digits = '']) => Number(digits)) ?? 0;
  const connections = at(CONNECTIONS, ([digits = '']) => Number(digits));
  const broken = connect + read + write;
  const requests = answered + broken;
  if (bad > answered)
    throw unreadable(source, `${bad} bad statuses of ${answered} answers: the text was changed.`, total.index + 1);
  const timed = answered - Math.min(late, answered);
  const latency = timed === 0 ? undefined : latencyOf(source, lines, from, tool, timed);
  const unknown = connections ?? 0;
  const told = requests > 0 && unknown <= requests * LARGEST_UNKNOWN_SHARE;
  const contradictory = answered > 0 && Math.abs(answered / (duration.value / 1000) - rate) > rate * 0.05 + 0.01;
  const where = target(begins?.groups[1] ?? '');
  const lasted = TIME.exec(begins?.groups[0] ?? '');
  const errors = new Map(Object.entries({ connect, read, write, 'answered too late': late }).filter(([, count]) => count > 0));
  return {
    tool,
    format: 'text',
    all: {
      requests,
      // Without any request there is none that failed, nor any that can be said to have not.
      ...(told || requests === 0 ? { failures: Math.min(requests, bad + broken + late) } : {}),
      errors,
      durationMs: duration.value,
      ...(contradictory ? {} : { ratePerS: rate }),
      ...(latency === undefined ? {} : { latency }),
      population: { failures: true, timeouts: false },
    },
    labels: new Map(),
    checks: new Map(),
    thresholds: [],
    settings: {
      ...(where === undefined ? {} : { target: where }),
      ...(connections === undefined ? {} : { users: connections }),
      ...(lasted === null ? {} : { durationMs: time(lasted[1], lasted[2]).value }),
    },
    overTime: [],
    notes: notesOf(tool, latency !== undefined, broken > 0, connections),
    absent: absentOf(tool, { withPercentiles: percentilesIn(latency), unknown, requests, contradictory }),
  };
}

/**
 * A request that is never answered appears nowhere. There can be one on each connection: where that could be more than this share of
 * all, nothing is said of failures.
 */
const LARGEST_UNKNOWN_SHARE = 0.01;

const percentilesIn = (latency: Distribution | undefined): boolean => latency?.kind === 'figures' && latency.percentiles.size > 0;

const time = (digits = '', unit = ''): Written => written(digits, MS[unit] ?? Number.NaN);

function notesOf(tool: Tool, withLatency: boolean, broken: boolean, connections: number | undefined): readonly string[] {
  const notes = [
    `A request that is never answered appears nowhere in what ${tool} prints; there may be one on each of ${connections ?? 'its'} connections.`,
  ];
  if (broken) notes.push(`Broken connections are counted as requests here; ${tool} counts answers only.`);
  if (!withLatency) return notes;
  return tool === 'wrk'
    ? [...notes, 'wrk adds latencies of its own for what it takes for coordinated omission, and does not say how many.']
    : [
        ...notes,
        'Latencies count from when a request was due (corrected), to about 1 ms, and leave out the ten seconds in which wrk2 calibrates itself.',
      ];
}

function absentOf(
  tool: Tool,
  facts: {
    readonly withPercentiles: boolean;
    readonly unknown: number;
    readonly requests: number;
    readonly contradictory: boolean;
  },
): Readonly<Record<string, string>> {
  const timeouts = `${tool} counts a request as timed out only when its answer comes after all, so it cannot be said how many did`;
  const without = `${tool} prints percentiles only with \`--latency\``;
  const others =
    tool === 'wrk'
      ? 'wrk prints 50, 75, 90 and 99 only. Put the limit on the next one above, which is stricter; or let Holdpoint make the load'
      : 'wrk2 does not print it. Put the limit on the next one above that it prints, which is stricter';
  return {
    percentiles: facts.withPercentiles ? others : without,
    with_timeouts: timeouts,
    timeouts,
    errors: timeouts,
    statuses: `${tool} prints no statuses, only how many are neither 2xx nor 3xx`,
    ...(facts.contradictory ? { rate: 'what the text says of the rate contradicts its requests and time' } : {}),
    failures: `up to ${facts.unknown} requests, one on each connection, may never have been answered, beside ${facts.requests} that were: too many to say how many failed. Make the run longer`,
    ...Object.fromEntries(
      ['successes', 'success_rate', 'error_rate', 'throughput'].map((name) => [
        name,
        `up to ${facts.unknown} requests, one on each connection, may never have been answered, beside ${facts.requests} that were: too many to say how many failed. Make the run longer`,
      ]),
    ),
  };
}

function latencyOf(source: ResultSource, lines: readonly string[], from: number, tool: Tool, count: number): Distribution {
  const seen: Written[] = [];
  const put = (figure: Written, name: string, line: number): number => {
    seen.push(figure);
    return plausibleMs(source, figure.value, name, line + 1);
  };
  const percentiles = new Map<number, number>();
  const spectrum = tool === 'wrk2' ? spectrumOf(source, lines, from) : undefined;
  for (const [percent, value] of spectrum?.percentiles ?? []) percentiles.set(percent, value);
  const table = findLine(lines, DISTRIBUTION, from);
  for (let index = (table?.index ?? lines.length) + 1; index < lines.length; index += 1) {
    const [, percent, digits, unit] = PERCENTILE.exec(lines[index] ?? '') ?? [];
    if (percent === undefined) break;
    if (Number(percent) < 100 && !percentiles.has(Number(percent)))
      percentiles.set(Number(percent), put(time(digits, unit), `the ${percent} % line`, index));
  }
  const stats = findLine(lines, THREAD_STATS, from);
  const [average, averageUnit, , , most, mostUnit] = stats?.groups ?? [];
  const mean = spectrum?.mean ?? (stats === undefined ? undefined : put(time(average, averageUnit), 'the average', stats.index));
  const max = spectrum?.max ?? (stats === undefined ? undefined : put(time(most, mostUnit), 'the maximum', stats.index));
  const by = Math.max(roundingOf(seen), tool === 'wrk2' ? HDR_ERROR : 0);
  const known = tool === 'wrk2' ? spectrum?.count : count;
  return {
    kind: 'figures',
    ...(known === undefined ? {} : { count: known }),
    ...(spectrum?.min === undefined ? {} : { min: spectrum.min }),
    ...(mean === undefined ? {} : { mean }),
    ...(max === undefined ? {} : { max }),
    percentiles,
    exactness: { kind: 'relative', by },
  };
}

interface Spectrum {
  readonly percentiles: ReadonlyMap<number, number>;
  readonly min?: number;
  readonly mean?: number;
  readonly max?: number;
  readonly count: number;
}

/** The “Detailed Percentile spectrum” of the corrected latencies; a second one, of uncorrected ones, follows with `--u_latency`. */
function spectrumOf(source: ResultSource, lines: readonly string[], from: number): Spectrum | undefined {
  const begins = findLine(lines, RECORDED, from);
  const ends = begins === undefined ? undefined : findLine(lines, SPECTRUM_MAX, begins.index);
  if (begins === undefined || ends === undefined) return undefined;
  const percentiles = new Map<number, number>();
  let min: number | undefined;
  for (let index = begins.index; index < ends.index; index += 1) {
    const [, digits, share] = SPECTRUM.exec(lines[index] ?? '') ?? [];
    if (digits === undefined || share === undefined) continue;
    const milliseconds = plausibleMs(source, Number(digits), 'a latency of the spectrum', index + 1);
    const percent = Math.round(Number(share) * 1e6) / 1e4;
    if (percent === 0) min = milliseconds;
    else if (percent < 100) percentiles.set(percent, milliseconds);
  }
  const mean = findLine(lines, SPECTRUM_MEAN, begins.index, ends.index);
  return {
    percentiles,
    ...(min === undefined ? {} : { min }),
    ...(mean === undefined ? {} : { mean: Number(mean.groups[0]) }),
    max: Number(ends.groups[0]),
    count: Number(ends.groups[1]),
  };
}
