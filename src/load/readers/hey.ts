import type { Distribution } from '../distribution.ts';
import type { LoadResult } from '../result.ts';
import { plausibleMs, times } from './plausible.ts';
import { cleaned, cutOff, findLine, onlyLine, printedLines, written } from './printed.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { shown } from './shown.ts';
import { unreadable } from './unreadable.ts';

const BEGINS = /^\s*Summary:\s*$/;
const TOTAL = /^\s+Total:\s+([\d.]+) secs/;
const RATE = /^\s+Requests\/sec:\s+([\d.]+)/;
const BYTES = /^\s+Total data:\s+(\d+) bytes/;
const EXTREMES = {
  min: /^\s+Fastest:\s+([\d.]+) secs/,
  mean: /^\s+Average:\s+([\d.]+) secs/,
  max: /^\s+Slowest:\s+([\d.]+) secs/,
};
const PERCENTILES = /^\s*Latency distribution:/;
const PERCENTILE = /^\s+(\d+)%+ in ([\d.]+) secs/;
const STATUSES = /^\s*Status code distribution:/;
const STATUS = /^\s+\[(\d{3})\]\s+(\d+) responses/;
const ERRORS = /^\s*Error distribution:/;
const ERROR = /^\s+\[(\d+)\]\s+(.*)$/;
/** Go's texts of requests that took too long. */
const TIMED_OUT = /time-?out|timed out|deadline exceeded/i;
/** Go puts the method and the URL before what went wrong. */
const WHERE = /^[A-Z][a-z]+ "[^"]*": /;
const SECONDS = 1000;
/** hey keeps no more answers, and prints figures of these only. */
const MOST_KEPT = 1_000_000;

/** What is printed by hey (https://github.com/rakyll/hey, requester/print.go). */
export const HEY: StreamReader = {
  tool: 'hey',
  format: 'text',
  recognises: (text) => /^[ \t]*Summary:[ \t]*\r?\n[ \t]+Total:[ \t]+[\d.]+ secs/m.test(cleaned(text)),
  async read(source) {
    const lines = await printedLines(source);
    const begins = onlyLine(source, lines, BEGINS, 'hey');
    const from = begins?.index ?? 0;
    const at = (pattern: RegExp): string | undefined => findLine(lines, pattern, from)?.groups[0];
    const seconds = at(TOTAL);
    const rate = at(RATE);
    const listed = findLine(lines, STATUSES, from);
    if (seconds === undefined || rate === undefined || listed === undefined)
      throw cutOff(source, 'hey', listed === undefined ? 'Status code distribution' : 'Requests/sec', from + 1);
    const statuses = new Map(
      rows(lines, listed.index, STATUS).map(([status = '', count = '']) => [Number(status), Number(count)]),
    );
    const errorsAt = findLine(lines, ERRORS, listed.index);
    const errors = new Map<string, number>();
    let timeouts = 0;
    for (const [count = '', said = ''] of errorsAt === undefined ? [] : rows(lines, errorsAt.index, ERROR)) {
      const name = shown(said.replace(WHERE, ''));
      errors.set(name, (errors.get(name) ?? 0) + Number(count));
      if (TIMED_OUT.test(said)) timeouts += Number(count);
    }
    const answered = sumOf(statuses);
    const unanswered = sumOf(errors);
    const requests = answered + unanswered;
    const kept = answered < MOST_KEPT;
    // The last line of all: a text that ends within it may have lost what tells a timeout.
    const lastError = errorsAt === undefined ? 0 : errorsAt.index + rows(lines, errorsAt.index, ERROR).length;
    if (lastError === lines.length - 1) throw cutOff(source, 'hey', 'end of its errors', from + 1);
    if (kept) checkSum(source, requests, seconds, rate, listed.index + 1);
    const bytes = at(BYTES);
    const latency = answered === 0 ? undefined : latencyOf(source, lines, from, answered);
    const failed = [...statuses].reduce((sum, [status, count]) => (status >= 400 ? sum + count : sum), 0);
    return {
      tool: 'hey',
      format: 'text',
      all: {
        requests,
        failures: failed + unanswered,
        timeouts,
        unanswered,
        statuses,
        errors,
        ...(bytes === undefined ? {} : { bytes: Number(bytes) }),
        ...(Number(seconds) > 0 ? { durationMs: times(Number(seconds), SECONDS) } : {}),
        ratePerS: Number(rate),
        ...(latency === undefined ? {} : { latency }),
        population: { failures: true, timeouts: false },
      },
      labels: new Map(),
      checks: new Map(),
      thresholds: [],
      settings: {},
      overTime: [],
      notes: kept ? [] : ['hey keeps a million answers and no more: all figures but the rate are of these.'],
      absent: {
        percentiles:
          'hey prints 10, 25, 50, 75, 90, 95 and 99 only, and the high ones only of enough answers (99 from 100 on). Make more requests, or put the limit on the next one above, which is stricter',
      },
    } satisfies LoadResult;
  },
};

const sumOf = (counts: ReadonlyMap<unknown, number>): number => [...counts.values()].reduce((sum, count) => sum + count, 0);

/** The rows below a heading, up to the first line that is none. */
function rows(lines: readonly string[], heading: number, row: RegExp): readonly (readonly string[])[] {
  const found: string[][] = [];
  for (let index = heading + 1; index < lines.length; index += 1) {
    const match = row.exec(lines[index] ?? '');
    if (match === null) break;
    found.push(match.slice(1));
  }
  return found;
}

/** A text that was cut off within its last lists shows itself: the rate times the time is how many requests there were. */
function checkSum(source: ResultSource, requests: number, seconds: string, rate: string, line: number): void {
  const time = written(seconds);
  const perSecond = written(rate);
  const expected = time.value * perSecond.value;
  const slack = 1 + perSecond.value * time.step + time.value * perSecond.step;
  if (Math.abs(requests - expected) <= slack) return;
  throw unreadable(
    source,
    `statuses and errors are of ${requests} requests, and the rate and the time of about ${Math.round(expected)}: the text was cut off or changed.`,
    line,
  );
}

function latencyOf(source: ResultSource, lines: readonly string[], from: number, count: number): Distribution {
  const ms = (digits: string, name: string, line: number): number =>
    plausibleMs(source, times(Number(digits), SECONDS), name, line);
  const extremes = Object.entries(EXTREMES).flatMap(([name, pattern]) => {
    const found = findLine(lines, pattern, from);
    return found === undefined ? [] : [[name, ms(found.groups[0] ?? '', name, found.index + 1)] as const];
  });
  const heading = findLine(lines, PERCENTILES, from)?.index ?? lines.length;
  const percentiles = new Map(
    rows(lines, heading, PERCENTILE)
      // Of few answers the high ones are left as zeros.
      .filter(([percent]) => percent !== '0')
      .map(([percent = '', digits = ''], index) => [Number(percent), ms(digits, `the ${percent} % line`, heading + 2 + index)]),
  );
  // Four decimals of a second.
  return { kind: 'figures', count, ...Object.fromEntries(extremes), percentiles, exactness: { kind: 'exact' }, stepMs: 0.1 };
}
