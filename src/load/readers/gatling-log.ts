import type { LoadResult } from '../result.ts';
import { type LabelTally, tally } from '../tally.ts';
import { eachRow, type Row } from './csv.ts';
import { cutOffNotes } from './cut-off.ts';
import { labelOf } from './label.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';

/**
 * Gatling's simulation.log up to 3.11, a line for each record, with tabs. The columns before the name have changed from version to
 * version, and those after it have not, so a request is read from its status backwards:
 *
 * - 2.0, 2.1: scenario, user, `REQUEST`, groups, name, start, end of request, start of response, end, status, message
 * - 2.2, 2.3: `REQUEST`, scenario, user, groups, name, start, end, status, message
 * - 3.0 to 3.3: `REQUEST`, user, groups, name, start, end, status, message
 * - 3.4 to 3.11: `REQUEST`, groups, name, start, end, status, message
 */
export const GATLING_LOG: StreamReader = {
  tool: 'gatling',
  format: 'simulation.log',
  recognises: (head) => /^\s*(?:[^\t\r\n]*\t[^\t\r\n]*\t)?(?:RUN|ASSERTION|USER|REQUEST|GROUP)\t/.test(head),
  read,
};

const RECORDS = new Set(['RUN', 'ASSERTION', 'USER', 'GROUP', 'ACTION', 'ERROR', 'SCENARIO']);
const TIMED_OUT = /Request ?time(?:d )?out|TimeoutException|connection timed out/i;
/** Exceptions are written by the first letters of their packages: `j.n.ConnectException: Connection refused`. */
const NO_ANSWER = /(?:^|\s)(?:[a-z]\w*\.)+[A-Z]\w*(?:Exception|Error)\b|Premature close|Connection refused|Connection reset/;

interface Found {
  readonly groups: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly ok: boolean;
  readonly message: string;
}

async function read(source: ResultSource): Promise<LoadResult> {
  const counted = tally();
  const labels = new Map<string, LabelTally>();
  let torn = 0;
  let users = 0;
  let now = 0;
  const ended = await eachRow(source, { delimiter: '\t', quotes: false }, (row) => {
    const kind = kindOf(row);
    if (kind === 'USER') {
      now += userChange(row);
      users = Math.max(users, now);
    }
    if (kind !== 'REQUEST') {
      if (kind === undefined && row.ended) {
        throw unreadable(
          source,
          `“${row.text(0).slice(0, 40)}” begins no record of Gatling’s log. Check that the file was not changed or cut.`,
          row.line,
        );
      }
      if (kind === undefined) torn += 1;
      return;
    }
    const request = requestIn(row);
    if (request === undefined) {
      if (row.ended)
        throw unreadable(
          source,
          'a request without a name, two times and OK or KO. Check that the file was not changed or cut.',
          row.line,
        );
      torn += 1;
      return;
    }
    const { groups, name, start, end, ok, message } = request;
    const path = `${groups},${name}`;
    let label = labels.get(path);
    if (label === undefined) {
      label = counted.label(labelOf([...groups.split(',').filter((group) => group.trim() !== ''), name].join(' / ')));
      labels.set(path, label);
    }
    const took = requestTime(source, end - start, () => `${start} to ${end}`, row.line);
    label.requests += 1;
    counted.span(start, took);
    if (ok) {
      label.answered(took);
      return;
    }
    label.failures += 1;
    const unanswered = TIMED_OUT.test(message) || NO_ANSWER.test(message);
    if (unanswered) {
      label.unanswered += 1;
      if (TIMED_OUT.test(message)) label.timeouts += 1;
      label.gaveUp(took);
    } else label.answered(took);
    const error = labelOf(errorKind(message));
    label.errors.set(error, (label.errors.get(error) ?? 0) + 1);
  });
  return {
    tool: 'gatling',
    format: GATLING_LOG.format,
    ...counted.finish({ population: { failures: true, timeouts: true }, unknown: ['statuses', 'bytes'], stepMs: 1 }),
    checks: new Map(),
    thresholds: [],
    settings: users > 0 ? { users } : {},
    notes: ['timeouts and connection errors are told by the texts of failed requests', ...cutOffNotes(torn, ended)],
    absent: {
      bytes: 'Gatling’s log has no bytes',
      failed_thresholds:
        'Gatling’s log does not say whether assertions were met: take its exit code, which is 2 when one was not',
      statuses: 'Gatling’s log has no statuses',
    },
  };
}

/** The kind of record: in the first cell, or up to Gatling 2.1 in the third. undefined when it is none. */
function kindOf(row: Row): string | undefined {
  for (const cell of [0, 2]) {
    const text = cell < row.cells ? row.text(cell) : '';
    if (text === 'REQUEST' || RECORDS.has(text)) return text;
  }
  return undefined;
}

function userChange(row: Row): number {
  for (let cell = 1; cell < Math.min(row.cells, 5); cell += 1) {
    // Some versions write the word after the scenario's name, in the same cell.
    const text = row.text(cell);
    if (/(?:^| )START$/.test(text)) return 1;
    if (/(?:^| )END$/.test(text)) return -1;
  }
  return 0;
}

const isTime = (value: number): boolean => Number.isInteger(value) && value > 1_000_000_000;

function requestIn(row: Row): Found | undefined {
  for (let status = 5; status < Math.min(row.cells, 11); status += 1) {
    const said = row.text(status);
    if (said !== 'OK' && said !== 'KO') continue;
    const [start, end] = [row.number(status - 2), row.number(status - 1)];
    if (!isTime(start) || !isTime(end)) continue;
    // Up to 2.1 there are four times: the first is when the request began.
    const old = row.text(0) !== 'REQUEST';
    const name = old ? status - 5 : status - 3;
    if (name < 2) continue;
    const message = status + 1 < row.cells ? row.text(status + 1).trim() : '';
    return {
      groups: row.text(name - 1),
      name: row.text(name),
      start: old ? row.number(status - 4) : start,
      end,
      ok: said === 'OK',
      message,
    };
  }
  return undefined;
}

/** An exception by its name; a failed check as it stands, without what it found in the answer. */
function errorKind(message: string): string {
  const [exception] = /(?:[a-z]\w*\.)+[A-Z]\w*(?:Exception|Error)/.exec(message) ?? [];
  if (exception !== undefined) return exception.slice(exception.lastIndexOf('.') + 1);
  const [check = ''] = message.split(/, (?:but actually )?(?:found|unexpectedly)/, 1);
  const [, status] = /(?:found|actually) (?:unexpectedly )?(\d{3})$/.exec(message) ?? [];
  return check === '' ? 'failed' : status === undefined ? check : `${check}, found ${status}`;
}
