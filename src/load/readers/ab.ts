import type { Distribution } from '../distribution.ts';
import { latencies } from '../latencies.ts';
import { p95OverTime } from '../over-time.ts';
import type { LoadResult } from '../result.ts';
import { plausibleMs, times } from './plausible.ts';
import { cleaned, cutOff, findLine, onlyLine, printedLines, written } from './printed.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { unreadable } from './unreadable.ts';

const BEGINS = /^This is ApacheBench, Version /;
const COMPLETE = /^Complete requests:\s+(\d+)/;
const FAILED = /^Failed requests:\s+(\d+)/;
const KINDS = /^\s+\(Connect: (\d+), Receive: (\d+), Length: (\d+), Exceptions: (\d+)\)/;
const NOT_2XX = /^Non-2xx responses:\s+(\d+)/;
const CONCURRENCY = /^Concurrency Level:\s+(\d+)/;
const SECONDS = /^Time taken for tests:\s+([\d.]+) seconds/;
const BYTES = /^Total transferred:\s+(\d+) bytes/;
const RATE = /^Requests per second:\s+([\d.]+) /;
const LAST_COUNT = /^Transfer rate:\s+[\d.]+ /;
const TOTAL_TIMES = /^Total:\s+(\d+)\s+(\d+)\s+[\d.]+\s+\d+\s+(\d+)/;
const PERCENTILES = /^Percentage of the requests served within a certain time \(ms\)/;
const PERCENTILE = /^\s+(\d+)%\s+(\d+)/;
const LAST_PERCENTILE = /^\s+100%\s+\d+ \(longest request\)/;

const TIMEOUTS = 'ab has no count of timeouts: it gives up when nothing comes for a while (`-s`)';
const UNANSWERED = 'ab does not tell how many requests got no answer, only how often something failed';
const BROKEN =
  'ab counts a broken connection as a request that took until it broke, which may be 0 ms: where there are any, latencies are too low.';
const STATUSES = 'ab prints no statuses, only how many are not 2xx';

/** What is printed by ab (https://httpd.apache.org/docs/2.4/programs/ab.html, support/ab.c). */
export const AB: StreamReader = {
  tool: 'ab',
  format: 'text',
  recognises: (text) => /^This is ApacheBench, Version |^Complete requests:[ \t]+\d+\r?\nFailed requests:/m.test(cleaned(text)),
  async read(source) {
    const lines = await printedLines(source);
    const from = onlyLine(source, lines, BEGINS, 'ab')?.index ?? 0;
    const complete = onlyLine(source, lines, COMPLETE, 'ab');
    if (complete === undefined) {
      throw unreadable(
        source,
        'ab gave up and printed no figures: the server did not answer, or not in time. With `-r` it goes on after broken connections; `-s` is how long it waits.',
        from + 1,
      );
    }
    const at = (pattern: RegExp): number | undefined => {
      const found = findLine(lines, pattern, from);
      return found === undefined ? undefined : Number(found.groups[0]);
    };
    const requests = Number(complete.groups[0]);
    const failed = at(FAILED);
    const rate = at(RATE);
    if (failed === undefined || rate === undefined)
      throw cutOff(source, 'ab', failed === undefined ? 'Failed requests' : 'Requests per second', complete.index + 1);
    if (findLine(lines, LAST_COUNT, from) === undefined) throw cutOff(source, 'ab', 'Transfer rate', complete.index + 1);
    const [connect = 0, receive = 0, length = 0, exceptions = 0] = findLine(lines, KINDS, from)?.groups.map(Number) ?? [];
    const not2xx = at(NOT_2XX) ?? 0;
    const broken = connect + receive + exceptions;
    const seconds = at(SECONDS) ?? 0;
    const bytes = at(BYTES);
    const users = at(CONCURRENCY);
    const latency = requests === 0 || broken >= requests ? undefined : latencyOf(source, lines, from, requests);
    return {
      tool: 'ab',
      format: 'text',
      all: {
        requests,
        failures: Math.min(requests, failed + not2xx),
        errors: new Map(
          Object.entries({ connect, receive, 'other length': length, exceptions, 'not 2xx': not2xx }).filter(
            ([, count]) => count > 0,
          ),
        ),
        ...(bytes === undefined ? {} : { bytes }),
        ...(seconds > 0 ? { durationMs: times(seconds, 1000) } : {}),
        ratePerS: rate,
        ...(latency === undefined ? {} : { latency }),
        population: { failures: true, timeouts: true },
      },
      labels: new Map(),
      checks: new Map(),
      thresholds: [],
      settings: users === undefined ? {} : { users },
      overTime: [],
      notes: notesOf({ failed, not2xx, length, broken }),
      absent: {
        percentiles:
          'ab prints 50, 66, 75, 80, 90, 95, 98 and 99 only. Give the file of `-e`, which has each whole percent, or that of `-g`',
        with_timeouts: UNANSWERED,
        timeouts: TIMEOUTS,
        errors: UNANSWERED,
        statuses: STATUSES,
      },
    } satisfies LoadResult;
  },
};

function notesOf(counts: { readonly failed: number; readonly not2xx: number; readonly length: number; readonly broken: number }) {
  const notes: string[] = [];
  if (counts.failed > 0 || counts.not2xx > 0)
    notes.push(
      'Failures are ab’s failed requests and those that are not 2xx, redirects too: at most so many, as ab counts one request more than once.',
    );
  if (counts.length > 0)
    notes.push(
      `${counts.length} answers count as failed because their length is another than the first one’s. Run ab with \`-l\` where lengths vary.`,
    );
  if (counts.broken > 0) notes.push(BROKEN);
  return notes;
}

function latencyOf(source: ResultSource, lines: readonly string[], from: number, count: number): Distribution | undefined {
  const times = findLine(lines, TOTAL_TIMES, from);
  const heading = findLine(lines, PERCENTILES, from);
  if (times === undefined || heading === undefined) return undefined;
  if (findLine(lines, LAST_PERCENTILE, heading.index) === undefined)
    throw cutOff(source, 'ab', '100% … (longest request)', heading.index + 1);
  const ms = (digits: string | undefined, name: string, line: number): number => plausibleMs(source, Number(digits), name, line);
  const [min, mean, max] = times.groups.map((digits) => ms(digits, 'a time', times.index + 1));
  const percentiles = new Map<number, number>();
  for (let index = heading.index + 1; index < lines.length; index += 1) {
    const [, percent, digits] = PERCENTILE.exec(lines[index] ?? '') ?? [];
    if (percent === undefined) break;
    if (percent !== '100') percentiles.set(Number(percent), ms(digits, `the ${percent} % line`, index + 1));
  }
  return {
    kind: 'figures',
    count,
    ...(min === undefined ? {} : { min }),
    ...(mean === undefined ? {} : { mean }),
    ...(max === undefined ? {} : { max }),
    percentiles,
    exactness: { kind: 'exact' },
    stepMs: 1,
  };
}

const NO_COUNTS = 'this file of ab holds latencies only. Give what ab printed';

/** What neither the file of `ab -e` nor that of `ab -g` holds. */
const ONLY_LATENCIES = {
  successes: NO_COUNTS,
  failures: NO_COUNTS,
  success_rate: NO_COUNTS,
  error_rate: NO_COUNTS,
  timeouts: NO_COUNTS,
  with_timeouts: NO_COUNTS,
  errors: NO_COUNTS,
  statuses: NO_COUNTS,
  bytes: NO_COUNTS,
  duration: NO_COUNTS,
  rate: NO_COUNTS,
  throughput: NO_COUNTS,
};

const nothingElse = (format: string) => ({
  tool: 'ab' as const,
  format,
  labels: new Map(),
  checks: new Map(),
  thresholds: [],
  settings: {},
  notes: [BROKEN],
});

const PERCENT_HEADER = 'Percentage served,Time in ms';

/** The file of `ab -e`: the time within which each whole percent was served. */
export const AB_PERCENTS: StreamReader = {
  tool: 'ab',
  format: '-e CSV',
  recognises: (head) => head.startsWith(PERCENT_HEADER),
  async read(source) {
    const [, ...rows] = (await source.text()).trimEnd().split(/\r?\n/);
    const figures = rows.map((row, index) => {
      const [, percent, digits] = /^(\d+),([\d.]+)$/.exec(row) ?? [];
      if (percent !== String(index) || digits === undefined)
        throw unreadable(
          source,
          `“${row.slice(0, 40)}” is not the line of ${index} %. Give the file as \`ab -e\` wrote it.`,
          index + 2,
        );
      return { ...written(digits), ms: plausibleMs(source, Number(digits), `the time of ${percent} %`, index + 2) };
    });
    const last = figures[100];
    if (figures.length > 0 && last === undefined)
      throw unreadable(source, `it ends after ${figures.length - 1} %: the file was cut off.`, rows.length + 1);
    const min = figures[0]?.ms;
    const percentiles = new Map(figures.slice(1, 100).map(({ ms }, index) => [index + 1, ms]));
    const stepMs = Math.max(...figures.map(({ step }) => step));
    return {
      ...nothingElse('-e CSV'),
      notes: [BROKEN, 'How many requests the percentiles are of is not in this file.'],
      all: {
        ...(last === undefined || min === undefined
          ? { requests: 0 }
          : { latency: { kind: 'figures', min, max: last.ms, percentiles, exactness: { kind: 'exact' }, stepMs } }),
        population: { failures: true, timeouts: true },
      },
      overTime: [],
      absent: {
        percentiles: 'the file of `ab -e` holds whole percents only. Give that of `ab -g`, which has each request',
        ...ONLY_LATENCIES,
        requests: NO_COUNTS,
        mean: NO_COUNTS,
      },
    } satisfies LoadResult;
  },
};

const REQUESTS_HEADER = 'starttime\tseconds\tctime\tdtime\tttime\twait';

/** The file of `ab -g`: a line for each request, in whole milliseconds, without what became of it. */
export const AB_REQUESTS: StreamReader = {
  tool: 'ab',
  format: '-g TSV',
  recognises: (head) => head.startsWith(REQUESTS_HEADER),
  async read(source) {
    const text = await source.text();
    const store = latencies();
    const overTime = p95OverTime();
    let line = 1;
    for (let from = lineEnd(text, 0) + 1; from < text.length; from = lineEnd(text, from) + 1) {
      line += 1;
      const row = text.slice(from, lineEnd(text, from)).trimEnd();
      const columns = row.split('\t');
      const [seconds = Number.NaN, , , total = Number.NaN] = columns
        .slice(1)
        .map((column) => (column === '' ? Number.NaN : Number(column)));
      if (columns.length !== 6 || !Number.isInteger(seconds) || Number.isNaN(total))
        throw unreadable(source, `“${row.slice(0, 60)}” is no line of a request. Give the file as \`ab -g\` wrote it.`, line);
      const milliseconds = plausibleMs(source, total, '`ttime`', line);
      store.add(milliseconds);
      overTime.add(seconds * 1000 + milliseconds, milliseconds);
    }
    return {
      ...nothingElse('-g TSV'),
      all: {
        requests: store.count,
        ...(store.count === 0 ? {} : { latency: { kind: 'values', answered: [store], unanswered: [], stepMs: 1 } }),
        population: { failures: true, timeouts: true },
      },
      overTime: overTime.points(),
      absent: ONLY_LATENCIES,
    } satisfies LoadResult;
  },
};

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end;
}
