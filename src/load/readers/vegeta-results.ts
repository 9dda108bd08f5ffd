import type { LoadResult } from '../result.ts';
import { type LabelTally, type Tally, tally } from '../tally.ts';
import { eachRow, type Row } from './csv.ts';
import { cutOffNotes } from './cut-off.ts';
import { isObject, numberAt, textAt } from './json.ts';
import { labelOf } from './label.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';

/** `vegeta encode -to csv`: a line for each request, without a header (vegeta’s lib/results.go, `NewCSVEncoder`). */
export const VEGETA_CSV: StreamReader = {
  tool: 'vegeta',
  format: 'encode -to csv',
  recognises: (head) => /^\d{19},\d{1,3},\d+,\d+,\d+,/.test(head.trimStart()),
  read: readCsv,
};

/** `vegeta encode -to json`: an object a line. */
export const VEGETA_JSON: StreamReader = {
  tool: 'vegeta',
  format: 'encode -to json',
  recognises: (head) => {
    const [line = ''] = head.trimStart().split('\n', 1);
    return (
      line.startsWith('{') &&
      ['"attack":', '"seq":', '"latency":', '"bytes_out":', '"timestamp":'].every((key) => line.includes(key))
    );
  },
  read: readJson,
};

/** The columns, by vegeta’s README: timestamp, code, latency, bytes out, bytes in, error, body, attack, seq, method, URL, headers. */
const COLUMNS = { timestamp: 0, code: 1, latency: 2, bytesIn: 4, error: 5, method: 9, url: 10 } as const;
/** Versions before 12 have no method, URL and headers. */
const FEWEST_CELLS = 9;
const NANOSECONDS = 1_000_000;
const TIMED_OUT = /Client\.Timeout|deadline exceeded|time(?:d )?[ -]?out/i;
const POPULATION = { failures: true, timeouts: true };

interface Hit {
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly latency: number;
  readonly code: number;
  readonly bytes: number;
  readonly error: string;
  readonly label: LabelTally;
}

async function readCsv(source: ResultSource): Promise<LoadResult> {
  const counted = tally();
  const labels = labelTallies(counted);
  let cells: number | undefined;
  let torn = 0;
  const whole = (row: Row, column: keyof typeof COLUMNS): number => {
    const value = row.number(COLUMNS[column]);
    if (Number.isInteger(value) && value >= 0) return value;
    throw unreadable(source, `“${row.text(COLUMNS[column]).slice(0, 40)}” is no ${column}.`, row.line);
  };
  const ended = await eachRow(source, { delimiter: ',' }, (row) => {
    cells ??= row.cells;
    if (row.torn || row.cells !== cells || cells < FEWEST_CELLS) {
      if (row.ended) {
        throw unreadable(
          source,
          `${row.cells} cells, where ${Math.max(cells, 12)} were expected. Give the file as \`vegeta encode -to csv\` wrote it.`,
          row.line,
        );
      }
      torn += 1;
      return;
    }
    const latency = row.number(COLUMNS.latency) / NANOSECONDS;
    count(counted, {
      startedAt: whole(row, 'timestamp') / NANOSECONDS,
      latency: requestTime(source, latency, () => row.text(COLUMNS.latency), row.line),
      code: whole(row, 'code'),
      bytes: whole(row, 'bytesIn'),
      error: row.text(COLUMNS.error),
      label: labels(row.text(COLUMNS.method), row.text(COLUMNS.url)),
    });
  });
  return resultOf(VEGETA_CSV.format, counted, cutOffNotes(torn, ended));
}

async function readJson(source: ResultSource): Promise<LoadResult> {
  const counted = tally();
  const labels = labelTallies(counted);
  let torn = 0;
  // A JSON text has no raw tab, so each line is one cell.
  const ended = await eachRow(source, { delimiter: '\t', quotes: false }, (row) => {
    const hit = parsed(row.text(0));
    if (hit === undefined) {
      if (row.ended)
        throw unreadable(source, 'this is no JSON object. Give the file as `vegeta encode -to json` wrote it.', row.line);
      torn += 1;
      return;
    }
    const [code, latency, bytes] = [numberAt(hit, 'code'), numberAt(hit, 'latency'), numberAt(hit, 'bytes_in')];
    const startedAt = timeIn(textAt(hit, 'timestamp') ?? '');
    if (code === undefined || latency === undefined || startedAt === undefined) {
      throw unreadable(source, 'an object without a code, a latency and a timestamp as vegeta writes them.', row.line);
    }
    count(counted, {
      startedAt,
      latency: requestTime(source, latency / NANOSECONDS, () => `${latency} ns`, row.line),
      code,
      bytes: bytes ?? 0,
      error: textAt(hit, 'error') ?? '',
      label: labels(textAt(hit, 'method') ?? '', textAt(hit, 'url') ?? ''),
    });
  });
  return resultOf(VEGETA_JSON.format, counted, cutOffNotes(torn, ended));
}

function parsed(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Milliseconds of a time with up to nine decimals (RFC 3339). */
function timeIn(text: string): number | undefined {
  const [, whole, fraction = '', zone] = TIME.exec(text) ?? [];
  if (whole === undefined || zone === undefined) return undefined;
  const at = Date.parse(`${whole}${zone}`);
  return Number.isNaN(at) ? undefined : at + (fraction === '' ? 0 : Number(fraction) * 1000);
}

function count(counted: Tally, { startedAt, latency, code, bytes, error, label }: Hit): void {
  label.requests += 1;
  label.bytes += bytes;
  counted.span(startedAt, latency);
  // vegeta's own success: a status from 200 to 399.
  if (code < 200 || code >= 400) label.failures += 1;
  if (code > 0) {
    label.statuses.set(code, (label.statuses.get(code) ?? 0) + 1);
    label.answered(latency);
    return;
  }
  label.unanswered += 1;
  if (TIMED_OUT.test(error)) label.timeouts += 1;
  label.gaveUp(latency);
  const kind = labelOf(withoutTarget(error));
  label.errors.set(kind, (label.errors.get(kind) ?? 0) + 1);
}

/** Go puts method and URL before what went wrong; a URL in one error and not in the next would make one kind into many. */
const withoutTarget = (error: string): string =>
  error.replace(/^\w+ "[^"]*": /, '').replace(/\d+\.\d+\.\d+\.\d+:\d+->/, '') || 'no answer';

function labelTallies(counted: Tally): (method: string, url: string) => LabelTally {
  const known = new Map<string, LabelTally>();
  return (method, url) => {
    const end = url.search(/[?#]/);
    const name = `${method} ${end < 0 ? url : url.slice(0, end)}`.trim();
    let label = known.get(name);
    if (label === undefined) {
      label = counted.label(labelOf(name));
      if (known.size < 10_000) known.set(name, label);
    }
    return label;
  };
}

function resultOf(format: string, counted: Tally, notes: readonly string[]): LoadResult {
  const finished = counted.finish({ population: POPULATION });
  return {
    tool: 'vegeta',
    format,
    ...finished,
    checks: new Map(),
    thresholds: [],
    settings: {},
    notes,
    absent: {},
  };
}
