import type { LoadResult } from '../result.ts';
import { eachRow, type Row } from './csv.ts';
import { cutOffNotes } from './cut-off.ts';
import { interned } from './interned.ts';
import { jtlFacts, responseCode, type SampleCounter, sampleCounter, TRANSACTION } from './jmeter-samples.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';

/** `jmeter -l results.jtl`: a line for each sample, with a header, in the columns that `jmeter.save.saveservice.*` chooses. */
export const JMETER_CSV: StreamReader = {
  tool: 'jmeter',
  format: 'JTL (CSV)',
  recognises: (head) => layoutOf(head) !== undefined,
  read,
};

/** JMeter 5's own order, of a file without a header (`jmeter.save.saveservice.print_field_names=false`). */
const DEFAULT_COLUMNS = [
  'timeStamp',
  'elapsed',
  'label',
  'responseCode',
  'responseMessage',
  'threadName',
  'dataType',
  'success',
  'failureMessage',
  'bytes',
  'sentBytes',
  'grpThreads',
  'allThreads',
  'URL',
  'Latency',
  'IdleTime',
  'Connect',
] as const;
/** All versions write these first, in this order; what follows differs. */
const COMMON_COLUMNS = 8;
const KNOWN = new Set<string>([...DEFAULT_COLUMNS, 'Filename', 'Encoding', 'SampleCount', 'ErrorCount', 'Hostname']);
const HEADER = /^"?([A-Za-z]+)"?([^\w"\r\n])[^\r\n]*/;
const HEADLESS = /^(?:\d{13}|\d{4}[/-]\d\d[/-]\d\d[ T][\d:.]+)([,;\t|])\d+\1[^\r\n]*/;

/** Stands in a text for bytes that are no UTF-8. */
const REPLACED = '\uFFFD';

interface Layout {
  readonly delimiter: string;
  readonly headed: boolean;
  readonly columns: readonly string[];
}

function layoutOf(head: string): Layout | undefined {
  const text = head.trimStart();
  const [line, first = '', delimiter = ''] = HEADER.exec(text) ?? [];
  if (line !== undefined && KNOWN.has(first)) {
    const columns = line.split(delimiter).map((name) => name.replaceAll('"', ''));
    const told = columns.filter((name) => KNOWN.has(name));
    return told.includes('elapsed') && told.length >= 3 ? { delimiter, headed: true, columns } : undefined;
  }
  const [row, separator = ''] = HEADLESS.exec(text) ?? [];
  if (row === undefined) return undefined;
  // Only a rough cut, for a quoted message may hold delimiters and line breaks; it is enough to know the kind.
  if (!new RegExp(`[${separator}]"?(?:true|false)"?[${separator}]`).test(text.slice(0, 4096))) return undefined;
  return { delimiter: separator, headed: false, columns: DEFAULT_COLUMNS };
}

async function read(source: ResultSource): Promise<LoadResult> {
  const layout = layoutOf(source.head);
  if (layout === undefined) throw unreadable(source, 'this is no JTL.');
  const counter = sampleCounter();
  const begun: { rows?: RowCounter } = {};
  const ended = await eachRow(source, { delimiter: layout.delimiter }, (row) => {
    if (begun.rows === undefined) {
      begun.rows = rowCounter(source, columnsOf(source, layout, row), counter);
      if (layout.headed) return;
    }
    begun.rows.see(row);
  });
  const { rows } = begun;
  if (rows === undefined) throw unreadable(source, 'there is no line in the file.');
  return resultOf(layout, counter, rows, ended);
}

function resultOf({ headed }: Layout, counter: SampleCounter, rows: RowCounter, ended: boolean): LoadResult {
  const { torn, users, target, times } = rows.finish();
  const has = (name: string): boolean => rows.columns.at(name) >= 0;
  const { absent, unknown } = lacks(has, times);
  const counted = counter.finish({ unknown, stepMs: 1 });
  const notes: string[] = [];
  if (!headed) notes.push('the file has no header line, so JMeter’s own order of columns was taken');
  if (!has('responseMessage') && !has('dataType')) {
    notes.push(
      'the file has neither response messages nor data types, so transactions cannot be told from requests and may be counted twice',
    );
  }
  if (!has('success') && has('responseCode')) {
    notes.push('failures are statuses of 400 and more and requests without an answer');
  }
  if (times === 'text') notes.push('times are written without a time zone and were taken as UTC');
  if ([...counted.labels.keys()].some((label) => label.includes(REPLACED))) {
    notes.push('labels are not in UTF-8, so letters in them are replaced: convert the file to UTF-8');
  }
  notes.push(...cutOffNotes(torn, ended));
  return {
    tool: 'jmeter',
    format: JMETER_CSV.format,
    ...counted,
    checks: new Map(),
    thresholds: [],
    ...jtlFacts({ counter, absent, notes, users, target }),
  };
}

interface Columns {
  readonly count: number;
  readonly at: (name: string) => number;
}

/** Which column is where. A header's names may be quoted; a row in place of one tells how many there are. */
function columnsOf(source: ResultSource, layout: Layout, row: Row): Columns {
  const count = row.cells;
  if (layout.headed) {
    const names = Array.from({ length: count }, (_, cell) => row.text(cell).trim());
    return { count, at: (name) => names.indexOf(name) };
  }
  if (count < COMMON_COLUMNS || !/^(?:true|false)$/.test(row.text(7))) {
    throw unreadable(
      source,
      'the file has no header line, and its columns are not in JMeter’s own order. Set `jmeter.save.saveservice.print_field_names=true`.',
      row.line,
    );
  }
  const names: readonly string[] = DEFAULT_COLUMNS;
  const whole = count >= names.length && [9, 10, 11, 12, 14, 15, 16].every((cell) => Number.isFinite(row.number(cell)));
  const known = whole ? names : names.slice(0, COMMON_COLUMNS);
  return { count, at: (name) => known.indexOf(name) };
}

interface RowFacts {
  readonly torn: number;
  readonly users: number;
  readonly target: string | undefined;
  /** How times are written: milliseconds, a text that was read, a text of a form that says too little, not at all. */
  readonly times: 'milliseconds' | 'text' | 'unknown' | 'none';
}

interface RowCounter {
  readonly columns: Columns;
  see(row: Row): void;
  finish(): RowFacts;
}

function rowCounter(source: ResultSource, columns: Columns, counter: SampleCounter): RowCounter {
  const { count, at } = columns;
  const [elapsedAt, labelAt, codeAt, messageAt, successAt] = [
    at('elapsed'),
    at('label'),
    at('responseCode'),
    at('responseMessage'),
    at('success'),
  ];
  const [typeAt, bytesAt, usersAt, urlAt, timeAt] = [at('dataType'), at('bytes'), at('allThreads'), at('URL'), at('timeStamp')];
  const requestLabel = interned((text) => counter.label(text, false));
  const transactionLabel = interned((text) => counter.label(text, true));
  const codeOf = interned(responseCode);
  const unlabelled = labelAt < 0 ? counter.label('', false) : undefined;
  let torn = 0;
  let users = 0;
  let times: RowFacts['times'] = timeAt < 0 ? 'none' : 'milliseconds';
  const origins = originFollower();

  const timeOf = (row: Row): number => {
    if (timeAt < 0 || times === 'unknown') return Number.NaN;
    const milliseconds = row.number(timeAt);
    if (times === 'milliseconds' && milliseconds > 0) return milliseconds;
    const text = row.text(timeAt);
    const read = timeIn(text);
    if (read !== undefined && times !== 'milliseconds') return read;
    if (counter.requests + counter.transactions > 0) {
      throw unreadable(
        source,
        `the timeStamp is “${text.slice(0, 40)}”, and those before it were written in another way.`,
        row.line,
      );
    }
    times = read === undefined ? 'unknown' : 'text';
    return read ?? Number.NaN;
  };
  const successOf = (row: Row): boolean | undefined => {
    if (successAt < 0) return undefined;
    const length = row.to(successAt) - row.from(successAt);
    // `true` has four letters and `false` five: which of them it is shows in the length, once it is one of them.
    const first = row.bytes[row.from(successAt)];
    if (length === 4 && first === 0x74) return true;
    if (length === 5 && first === 0x66) return false;
    const text = row.text(successAt).toLowerCase();
    if (text !== 'true' && text !== 'false') {
      throw unreadable(source, `the column success holds “${text.slice(0, 40)}” in place of true or false.`, row.line);
    }
    return text === 'true';
  };

  // A line that is cut inside a figure is as good as none.
  const lastIsUsed = [elapsedAt, labelAt, codeAt, successAt, timeAt].includes(count - 1);
  const see = (row: Row): void => {
    if (row.cells !== count || row.torn || (lastIsUsed && !row.ended)) {
      if (row.ended) {
        throw unreadable(
          source,
          `${row.cells} cells, where ${count} were expected. Check that the file is one of one run and was not changed by hand.`,
          row.line,
        );
      }
      torn += 1;
      return;
    }
    const elapsed = requestTime(source, row.number(elapsedAt), () => row.text(elapsedAt), row.line);
    const transaction = isTransaction(row, messageAt, typeAt, urlAt);
    const code = codeAt < 0 ? undefined : codeOf(row, codeAt);
    counter.count(
      {
        label: unlabelled ?? (transaction ? transactionLabel : requestLabel)(row, labelAt),
        startedAt: timeOf(row),
        elapsed,
        code,
        timedOut: code?.unanswered === true && messageAt >= 0 && /timed out/i.test(row.text(messageAt)),
        success: successOf(row),
        bytes: bytesAt < 0 ? Number.NaN : row.number(bytesAt),
      },
      transaction && unlabelled === undefined,
    );
    if (usersAt >= 0) {
      const now = row.number(usersAt);
      if (now > users) users = now;
    }
    if (urlAt >= 0 && !transaction) origins.see(row, urlAt);
  };
  return { columns, see, finish: () => ({ torn, users, target: origins.only(), times }) };
}

/** A transaction controller's own row: by its message, or where messages are not saved by an empty type and no URL. */
function isTransaction(row: Row, messageAt: number, typeAt: number, urlAt: number): boolean {
  if (messageAt >= 0) {
    const from = row.from(messageAt);
    if (row.bytes[from] !== 0x4e || row.to(messageAt) - from < TRANSACTION.length) return false;
    return row.bytes.toString('latin1', from, from + TRANSACTION.length) === TRANSACTION;
  }
  if (typeAt < 0 || row.to(typeAt) > row.from(typeAt)) return false;
  return urlAt < 0 || row.to(urlAt) === row.from(urlAt) || row.text(urlAt) === 'null';
}

/** The one origin that all URLs have; undefined when there are several. */
function originFollower() {
  let origin: Buffer | undefined;
  let several = false;
  return {
    see(row: Row, cell: number): void {
      if (several) return;
      const [from, to] = [row.from(cell), row.to(cell)];
      if (origin === undefined) {
        const [found] = /^https?:\/\/(?:[^/@\s]*@)?[^/?#\s]+/.exec(row.text(cell)) ?? [];
        if (found !== undefined && !found.includes('@')) origin = Buffer.from(found);
        return;
      }
      const { length } = origin;
      const { bytes } = row;
      if (to - from < length) {
        if (to > from && row.text(cell) !== 'null') several = true;
        return;
      }
      for (let at = 0; at < length; at += 1) if (bytes[from + at] !== origin[at]) several = true;
      const after = bytes[from + length];
      // http://one.test:80 begins like http://one.test:8080.
      if (to - from > length && after !== 0x2f && after !== 0x3f && after !== 0x23) several = true;
    },
    only: (): string | undefined => (several ? undefined : origin?.toString('utf8')),
  };
}

const TIME = /^(\d{4})[-/.](\d\d)[-/.](\d\d)[ T](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,3}))?$/;

/** A time that is written as a date of which there is one reading only: year first. JMeter writes no zone. */
function timeIn(text: string): number | undefined {
  const [, year, month, day, hour, minute, second, fraction = '0'] = TIME.exec(text.trim()) ?? [];
  if (year === undefined) return undefined;
  const milliseconds = Number(fraction.padEnd(3, '0'));
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), milliseconds);
}

function lacks(has: (name: string) => boolean, times: RowFacts['times']) {
  const absent: Record<string, string> = {};
  const unknown: ('failures' | 'timeouts' | 'unanswered' | 'statuses' | 'bytes')[] = [];
  if (!has('responseCode')) {
    const reason = 'the file has no response codes: set `jmeter.save.saveservice.response_code=true`';
    unknown.push('timeouts', 'unanswered', 'statuses');
    Object.assign(absent, { timeouts: reason, errors: reason, with_timeouts: reason, statuses: reason });
  }
  if (!has('success') && !has('responseCode')) {
    unknown.push('failures');
    absent['failures'] = 'the file does not say which requests failed: set `jmeter.save.saveservice.successful=true`';
  }
  if (!has('bytes')) {
    unknown.push('bytes');
    absent['bytes'] = 'the file has no bytes: set `jmeter.save.saveservice.bytes=true`';
  }
  if (times === 'none' || times === 'unknown') {
    const what =
      times === 'none'
        ? 'the file has no times'
        : 'the times in the file are written in a form that can be read in more than one way';
    absent['duration'] = `${what}: set \`jmeter.save.saveservice.timestamp_format=ms\``;
    absent['rate'] = absent['duration'];
  }
  return { absent, unknown };
}
