import { numberAfter, tagNumberAt } from './numbers.ts';
import type { OtherLine } from './point-lines.ts';
import type { Samples } from './samples.ts';
import { type Memory, noTags, type SeenTags, tagStore } from './seen-tags.ts';
import { type ReadLine, type Take, takers } from './takers.ts';
import { timeReader, unixTimeAt } from './times.ts';

/** Where tags are among the columns after metric, time and value; -1 when they are none. */
export interface Columns {
  readonly count: number;
  readonly name: number;
  readonly url: number;
  readonly method: number;
  readonly status: number;
  readonly errorCode: number;
  readonly check: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const LETTER_T = 0x54;
const RETURN = 0x0d;
const LINE_END = 0x0a;
const MOST_METRICS = 200;

/** A metric, with the comma after it. */
interface Row {
  readonly start: Buffer;
  readonly take: Take | undefined;
  readonly memory: Memory;
  next: Row | undefined;
}

/**
 * Reads rows of k6's CSV from their bytes: those without quotation marks, which are nearly all. What follows the value is the same bytes
 * in all rows of one request, and is looked at once. Any other row, and each when `columns` is undefined, goes to `other`.
 */
export function sampleLines(samples: Samples, columns: Columns | undefined, other: OtherLine) {
  let bytes: Buffer = Buffer.alloc(0);
  let view = new DataView(bytes.buffer, 0, 0);
  let limit = 0;
  let lineFrom = 0;
  let timeFrom = 0;
  let timeTo = 0;
  /** A record goes on in the next line: it is not looked at here. */
  let open = false;

  const rows: Row[] = [];
  const requestMemory: Memory = { last: noTags() };
  const store = tagStore();
  let expected: Row | undefined;

  const textTimeAt = timeReader();
  const line: ReadLine = {
    bytes,
    number: 0,
    value: 0,
    at: () =>
      timeTo - timeFrom > 19 && view.getUint8(timeFrom + 10) === LETTER_T
        ? textTimeAt(view, timeFrom, timeTo)
        : unixTimeAt(view, timeFrom, timeTo),
  };
  const takerOf = takers(samples, line, (raw) => raw);

  const startsWith = ({ start }: Row, at: number): boolean => {
    if (at + start.length > limit) return false;
    for (let index = 0; index < start.length; index += 1) if (view.getUint8(at + index) !== start[index]) return false;
    return true;
  };

  const rowAt = (from: number): Row | undefined => {
    const next = expected?.next;
    if (next !== undefined && startsWith(next, from)) return next;
    const known = rows.find((row) => startsWith(row, from));
    if (known !== undefined || rows.length >= MOST_METRICS) return known;
    const to = endOfCell(from);
    if (to === 0 || view.getUint8(to) !== COMMA) return undefined;
    const metric = bytes.toString('utf8', from, to);
    const made: Row = {
      start: Buffer.from(bytes.subarray(from, to + 1)),
      take: takerOf(metric),
      memory: metric.startsWith('http_req') ? requestMemory : { last: noTags() },
      next: undefined,
    };
    rows.push(made);
    return made;
  };

  /** The offset of the comma or line end after a cell; 0 when the cell has a quotation mark. */
  const endOfCell = (from: number): number => {
    for (let at = from; ; at += 1) {
      const byte = view.getUint8(at);
      if (byte === COMMA || byte === LINE_END) return at;
      if (byte === RETURN && view.getUint8(at + 1) === LINE_END) return at;
      if (byte === QUOTE) return 0;
    }
  };

  const endOfLine = (): number => {
    const end = bytes.indexOf(LINE_END, lineFrom);
    return view.getUint8(end - 1) === RETURN ? end - 1 : end;
  };

  const fill = (into: SeenTags, from: number, end: number): boolean => {
    if (columns === undefined) return false;
    let at = from;
    let urlFrom = 0;
    let urlTo = 0;
    for (let column = 0; column < columns.count; column += 1) {
      if (at >= end || view.getUint8(at) !== COMMA) return false;
      const start = at + 1;
      at = endOfCell(start);
      if (at === 0) return false;
      if (at === start) continue;
      if (column === columns.name) {
        into.nameFrom = start - from;
        into.nameTo = at - from;
      } else if (column === columns.url) {
        urlFrom = start - from;
        urlTo = at - from;
      } else if (column === columns.method) {
        into.methodFrom = start - from;
        into.methodTo = at - from;
      } else if (column === columns.check) {
        into.checkFrom = start - from;
        into.checkTo = at - from;
      } else if (column === columns.status) into.status = tagNumberAt(view, start, at);
      else if (column === columns.errorCode) into.errorCode = tagNumberAt(view, start, at);
    }
    if (into.nameFrom === 0) {
      into.nameFrom = urlFrom;
      into.nameTo = urlTo;
    }
    return at === end;
  };

  /** The offset after the line, or 0. */
  const readRow = (from: number): number => {
    lineFrom = from;
    const row = rowAt(from);
    if (row === undefined) return 0;
    timeFrom = from + row.start.length;
    timeTo = endOfCell(timeFrom);
    if (timeTo === 0 || view.getUint8(timeTo) !== COMMA) return 0;
    const tagsFrom = numberAfter(view, timeTo + 1, line);
    if (tagsFrom === 0) return 0;
    let end = store.after(view, tagsFrom, limit, row.memory, endOfLine, fill);
    if (end === 0) return 0;
    if (view.getUint8(end) === RETURN) end += 1;
    if (view.getUint8(end) !== LINE_END) return 0;
    if (expected !== undefined) expected.next = row;
    expected = row;
    return row.take === undefined || row.take(row.memory.last, tagsFrom) ? end + 1 : 0;
  };

  return {
    count: () => line.number,
    /** @param piece whole lines, each with its line end. */
    take(piece: Buffer): void {
      bytes = piece;
      line.bytes = piece;
      view = new DataView(piece.buffer, piece.byteOffset, piece.length);
      limit = piece.length;
      for (let at = 0; at < limit; ) {
        line.number += 1;
        const next = columns === undefined || open || line.number === 1 ? 0 : readRow(at);
        if (next !== 0) {
          at = next;
          continue;
        }
        const end = bytes.indexOf(LINE_END, at);
        const text = bytes.toString('utf8', at, end);
        // An odd number of quotation marks opens a record that goes on, or closes it.
        if (text.split('"').length % 2 === 0) open = !open;
        other(text, line.number);
        at = end + 1;
      }
    },
  };
}
