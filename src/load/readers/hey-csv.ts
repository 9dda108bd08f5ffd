import type { LoadResult } from '../result.ts';
import { tally } from '../tally.ts';
import { eachRow } from './csv.ts';
import { cutOffNotes } from './cut-off.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';

/** `hey -o csv`: a line for each answer, in seconds with four decimals. Requests without an answer have none (rakyll/hey#117). */
export const HEY_CSV: StreamReader = {
  tool: 'hey',
  format: '-o csv',
  recognises: (head) =>
    /^\s*response-time,DNS\+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset/.test(head),
  read,
};

const CELLS = 8;
const STATUS = 6;
const OFFSET = 7;
const STEP_MS = 0.1;
/** hey keeps no more than this (`maxRes`). */
const MOST_ROWS = 1_000_000;

/** Seconds with four decimals as the milliseconds that they say, without what binary fractions add. */
const milliseconds = (seconds: number): number => Math.round(seconds * 10_000) / 10;

async function read(source: ResultSource): Promise<LoadResult> {
  const counted = tally();
  const answers = counted.label('');
  let headed = false;
  const ended = await eachRow(source, { delimiter: ',' }, (row) => {
    if (!headed) {
      headed = true;
      return;
    }
    const status = row.number(STATUS);
    if (row.cells !== CELLS || row.torn) {
      throw unreadable(source, `${row.cells} cells, where ${CELLS} were expected. Check that hey ran to its end.`, row.line);
    }
    if (!(Number.isInteger(status) && status >= 100 && status <= 599)) {
      throw unreadable(source, `“${row.text(STATUS).slice(0, 40)}” is no status code.`, row.line);
    }
    const took = requestTime(source, milliseconds(row.number(0)), () => row.text(0), row.line);
    const offset = requestTime(source, milliseconds(row.number(OFFSET)), () => row.text(OFFSET), row.line);
    answers.requests += 1;
    answers.answered(took);
    answers.statuses.set(status, (answers.statuses.get(status) ?? 0) + 1);
    counted.span(offset, took);
  });
  const { all, overTime } = counted.finish({
    population: { failures: true, timeouts: false },
    unknown: ['failures', 'timeouts', 'unanswered', 'bytes'],
    stepMs: STEP_MS,
  });
  const { requests: rows = 0, durationMs, ratePerS, errors, ...figures } = all;
  const reason = 'hey writes no line for a request without an answer: give its text output (hey without `-o csv`)';
  return {
    tool: 'hey',
    format: HEY_CSV.format,
    all: figures,
    labels: new Map(),
    checks: new Map(),
    thresholds: [],
    settings: {},
    overTime,
    notes: [
      `the file has the ${rows} answers only: how many requests were made, and how many timed out, is not in it`,
      ...cutOffNotes(0, ended),
      ...(rows >= MOST_ROWS ? [`hey keeps the first ${MOST_ROWS} answers only`] : []),
    ],
    absent: {
      ...Object.fromEntries(
        ['requests', 'successes', 'failures', 'timeouts', 'errors', 'success_rate', 'error_rate', 'with_timeouts'].map((name) => [
          name,
          reason,
        ]),
      ),
      duration: reason,
      rate: reason,
      throughput: reason,
      bytes: 'hey’s CSV has no bytes: give its text output',
    },
  };
}
