import type { ResultSource } from './reader.ts';
import { unreadable } from './unreadable.ts';

/**
 * One row of a table. It is the same object for each row, and good until the next: cells are ranges of bytes, of which a number or a
 * text is made only when it is asked for.
 */
export interface Row {
  /** Where it starts, from 1. */
  readonly line: number;
  readonly cells: number;
  /** Whether a line break ends it. The last row of a file may have none, because its tool was killed while it wrote. */
  readonly ended: boolean;
  /** Whether the file ends inside a quoted cell of it. */
  readonly torn: boolean;
  /** The bytes of all cells, for whoever compares them; `from`, `to` and `escaped` tell which are of a cell. */
  readonly bytes: Buffer;
  from(cell: number): number;
  to(cell: number): number;
  /** Whether quotes in it are doubled. */
  escaped(cell: number): boolean;
  text(cell: number): string;
  /** As `Number` has it; NaN for a cell that is not there, or holds nothing or only blanks. */
  number(cell: number): number;
}

export interface TableFormat {
  /** One byte. */
  readonly delimiter: string;
  /** false: a quote is a character like any other (Gatling's log). */
  readonly quotes?: boolean;
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A quote that nothing closes would otherwise take the whole file for one cell. */
const LONGEST_ROW = 16 << 20;
const FIRST_CAPACITY = 1 << 16;

/**
 * Reads a table of values separated by a delimiter (RFC 4180), row by row: cells in quotes may hold delimiters, line breaks and doubled
 * quotes, lines end with LF or CRLF, empty lines are passed over. The bytes are looked at once, and copied once.
 *
 * @returns whether the last line ends with a line break, as a tool that was not killed leaves it.
 * @throws MeasurementError `unreadable` where a quote is not closed, but for one in the last line, or text follows a closing one.
 */
export async function eachRow(
  source: Pick<ResultSource, 'name' | 'chunks'>,
  { delimiter, quotes = true }: TableFormat,
  see: (row: Row) => void,
): Promise<boolean> {
  const between = delimiter.charCodeAt(0);
  let bytes = Buffer.allocUnsafe(FIRST_CAPACITY);
  let length = 0;
  let rowStart = 0;
  let line = 1;
  let cells = 0;
  let starts = new Int32Array(64);
  let ends = new Int32Array(64);
  let doubled = new Uint8Array(64);
  let ended = true;
  let torn = false;
  /** The line breaks in a row, with the one that ends it. */
  let breaks = 1;

  const row: Row = {
    get line() {
      return line;
    },
    get cells() {
      return cells;
    },
    get ended() {
      return ended;
    },
    get torn() {
      return torn;
    },
    get bytes() {
      return bytes;
    },
    from: (cell) => starts[cell] ?? 0,
    to: (cell) => ends[cell] ?? 0,
    escaped: (cell) => doubled[cell] === 1,
    text(cell) {
      if (cell < 0 || cell >= cells) return '';
      const text = bytes.toString('utf8', starts[cell], ends[cell]);
      return doubled[cell] === 1 ? text.replaceAll('""', '"') : text;
    },
    number: (cell) => (cell < 0 || cell >= cells ? Number.NaN : numberIn(bytes, starts[cell] ?? 0, ends[cell] ?? 0)),
  };

  const grow = (): void => {
    starts = grown(starts, Int32Array);
    ends = grown(ends, Int32Array);
    doubled = grown(doubled, Uint8Array);
  };

  /** The end of the row that starts at `from`; -1 when more bytes are needed to tell. */
  const rowEnd = (from: number, last: boolean): number => {
    // Of the function's own, for the loop goes over every byte.
    const table = bytes;
    const size = length;
    const delimiting = between;
    let at = from;
    let count = 0;
    breaks = 1;
    ended = true;
    for (;;) {
      if (count === starts.length) grow();
      if (quotes && at < size && table[at] === QUOTE) {
        let close = at + 1;
        let escaped = false;
        for (;;) {
          close = table.indexOf(QUOTE, close);
          if (close < 0 || close >= size) {
            if (!last) return -1;
            // What a tool was writing when it was killed is one line; a quote that takes more than that for one cell is an error.
            if (linesIn(at, size) > 0) throw unclosed();
            close = size;
            torn = true;
            break;
          }
          if (close + 1 === size && !last) return -1;
          if (close + 1 === size || table[close + 1] !== QUOTE) break;
          escaped = true;
          close += 2;
        }
        starts[count] = at + 1;
        ends[count] = close;
        doubled[count] = escaped ? 1 : 0;
        count += 1;
        breaks += linesIn(at, close);
        at = torn ? size : close + 1;
        if (at < size && table[at] === CARRIAGE_RETURN) {
          if (at + 1 === size && !last) return -1;
          if (at + 1 === size || table[at + 1] === LINE_FEED) at += 1;
        }
        if (at < size && table[at] !== LINE_FEED && table[at] !== between) {
          throw unreadable(
            source,
            'text follows a closing quote where a new cell should begin. Check that the file was not changed or put together by hand.',
            line + breaks - 1,
          );
        }
      } else {
        const start = at;
        while (at < size) {
          const byte = table[at];
          if (byte === delimiting || byte === LINE_FEED) break;
          at += 1;
        }
        if (at === size && !last) return -1;
        const atBreak = at === size || table[at] === LINE_FEED;
        starts[count] = start;
        ends[count] = atBreak && at > start && table[at - 1] === CARRIAGE_RETURN ? at - 1 : at;
        doubled[count] = 0;
        count += 1;
      }
      if (at === size) {
        ended = false;
        cells = count;
        return at;
      }
      at += 1;
      if (table[at - 1] === LINE_FEED) {
        cells = count;
        return at;
      }
    }
  };

  const linesIn = (from: number, to: number): number => {
    let count = 0;
    for (let at = bytes.indexOf(LINE_FEED, from); at >= 0 && at < to; at = bytes.indexOf(LINE_FEED, at + 1)) count += 1;
    return count;
  };
  const unclosed = (): Error =>
    unreadable(
      source,
      'a quote that opens in this row is never closed. Check that the file was written and uploaded to its end.',
      line,
    );

  const scan = (last: boolean): void => {
    while (rowStart < length) {
      const end = rowEnd(rowStart, last);
      if (end < 0) break;
      const empty = cells === 1 && starts[0] === rowStart && ends[0] === rowStart;
      if (!empty) see(row);
      line += breaks;
      rowStart = end;
    }
  };

  let first = true;
  for await (const given of source.chunks()) {
    const rest = length - rowStart;
    if (rest > LONGEST_ROW) throw unclosed();
    if (rest + given.length > bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (rest + given.length));
      bytes.copy(larger, 0, rowStart, length);
      bytes = larger;
    } else if (rowStart > 0) bytes.copyWithin(0, rowStart, length);
    given.copy(bytes, rest);
    rowStart = 0;
    length = rest + given.length;
    // A byte order mark, once there are bytes enough to tell.
    if (first && length < 3) continue;
    if (first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) rowStart = 3;
    first = false;
    scan(false);
  }
  scan(true);
  return ended;
}

function grown<Kind extends Int32Array | Uint8Array>(full: Kind, make: new (length: number) => Kind): Kind {
  const larger = new make(full.length * 2);
  larger.set(full);
  return larger;
}

/** Whole numbers up to this many digits, and powers of ten up to 10^22, are exact as doubles, so that one division rounds as it should. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, power) => 10 ** power);
const ZERO = 0x30;
const POINT = 0x2e;

/** The number that these bytes spell, as `Number` has it, but NaN where there is none. */
export function numberIn(bytes: Buffer, from: number, to: number): number {
  let at = from;
  let value = 0;
  let point = -1;
  for (; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (byte === POINT && point < 0 && at > from) point = at;
    else break;
  }
  if (at === to && at > from && to - from <= EXACT_DIGITS) {
    return point < 0 ? value : value / (POWERS_OF_TEN[to - point - 1] ?? Number.NaN);
  }
  const text = bytes.toString('utf8', from, to);
  return text.trim() === '' ? Number.NaN : Number(text);
}
