import { numberAfter, tagNumberAt } from './numbers.ts';
import { isAt, isRepeated, type Template, template } from './same-bytes.ts';
import type { Samples } from './samples.ts';
import { type Memory, noTags, type SeenTags, tagStore } from './seen-tags.ts';
import { type ReadLine, type Take, takers } from './takers.ts';
import { timeReader } from './times.ts';

/** Reads lines of k6's NDJSON from their bytes. */
export interface PointLines {
  /** @param lines whole lines, each with its line end. */
  take(lines: Buffer): void;
  /** How many lines were read so far, and how many of them as JSON. */
  readonly counts: { readonly all: number; readonly others: number };
}

/** What to do with a line that is not exactly as k6 writes them: read it as JSON. */
export type OtherLine = (text: string, line: number) => void;

/*
 * k6 writes each sample as (internal/output/json; `metadata` only when there is any):
 *
 *   {"metric":"http_reqs","type":"Point","data":{"time":"…","value":1,"tags":{"method":"GET",…},"metadata":{…}}}
 *
 * and until v0.31 as
 *
 *   {"type":"Point","data":{"time":"…","value":1,"tags":{…}},"metric":"http_reqs"}
 *
 * Each request makes nine such lines, of which the times and the tags are the same bytes. A line is followed from its first byte to
 * its last: what was met before is compared, the rest is looked at byte by byte. Nothing is taken from a line before all of it was
 * seen, and any other line goes to `other`.
 */
const METRIC_FIRST = template('{"metric":"');
const METRIC_LAST = ',"metric":"';
const BEFORE_TIME = '","type":"Point","data":{"time":"';
/** Words from here on differ from metric to metric, among those of HTTP too. */
const KEY_OFFSET = 16;
const keyOf = (metric: string): number => Buffer.from(`{"metric":"${metric}${BEFORE_TIME}`).readDoubleLE(KEY_OFFSET);
const POINT_FIRST = template('{"type":"Point","data":{"time":"');
const BEFORE_VALUE = template('","value":');
const BEFORE_TAGS = template(',"tags":{');
const VALUE_WORD = Buffer.from('"value":').readDoubleLE();
const TAGS_WORD = Buffer.from(',"tags":').readDoubleLE();
const BEFORE_METADATA = template(',"metadata":{');

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const CLOSE = 0x7d;
const LETTER_M = 0x6d;
const SPACE = 0x20;
const RETURN = 0x0d;
const LINE_END = 0x0a;

const MINUTE_LENGTH = '2025-10-15T00:33:'.length;
const LONGEST_NAME = 128;
/** Metrics beyond them are read as JSON. */
const MOST_METRICS = 200;

/** Keys of tags. */
const URL = 'url';
const NAME = 'name';
const CHECK = 'check';
const STATUS = 'status';
const METHOD = 'method';
const ERROR_CODE = 'error_code';

/** A metric, and how its lines begin (metric first) or end (metric last). */
interface Line {
  readonly metric: string;
  readonly start: Template;
  readonly end: Template;
  /** The word that is looked at first to tell lines apart. */
  readonly key: number;
  /** undefined: the metric is passed over. */
  readonly take: Take | undefined;
  readonly memory: Memory;
  /** The one that followed last time. */
  next: Line | undefined;
}

const unescaped = (text: string): string => (text.includes('\\') ? String(JSON.parse(`"${text}"`)) : text);

export function pointLines(samples: Samples, other: OtherLine): PointLines {
  let bytes: Buffer = Buffer.alloc(0);
  let view = new DataView(bytes.buffer, 0, 0);
  let limit = 0;
  let line = 0;
  let others = 0;

  /** The time of the line that is being read, or was read last; the length is with what stands before the value. */
  let timeFrom = 0;
  let timeLength = 0;

  const lines: Line[] = [];
  const requestMemory: Memory = { last: noTags() };
  const store = tagStore();
  let expected: Line | undefined;

  const timeAt = timeReader();
  const read: ReadLine = {
    bytes: Buffer.alloc(0),
    number: 0,
    value: 0,
    at: () => timeAt(view, timeFrom, timeFrom + timeLength - BEFORE_VALUE.length),
  };
  const takerOf = takers(samples, read, unescaped);

  const lineOf = (metric: string): Line => {
    const made: Line = {
      metric,
      start: template(`{"metric":"${metric}${BEFORE_TIME}`),
      end: template(`,"metric":"${metric}"}`),
      take: takerOf(metric),
      key: keyOf(metric),
      memory: metric.startsWith('http_req') ? requestMemory : { last: noTags() },
      next: undefined,
    };
    lines.push(made);
    return made;
  };

  /** The metric whose name is at an offset; undefined when it is not plain. */
  const metricAt = (from: number): Line | undefined => {
    let to = from;
    for (; view.getUint8(to) !== QUOTE; to += 1) {
      const byte = view.getUint8(to);
      if (byte < SPACE || byte === BACKSLASH || byte > 0x7e || to - from >= LONGEST_NAME) return undefined;
    }
    const metric = bytes.toString('latin1', from, to);
    const known = lines.find((each) => each.metric === metric);
    return known ?? (lines.length < MOST_METRICS ? lineOf(metric) : undefined);
  };

  const startingAt = (at: number): Line | undefined => {
    const next = expected?.next;
    if (next !== undefined && isAt(next.start, view, at, limit)) return next;
    if (at + METRIC_FIRST.length + 16 > limit || !isAt(METRIC_FIRST, view, at, limit)) return undefined;
    const key = view.getFloat64(at + KEY_OFFSET, true);
    for (const each of lines) if (each.key === key && isAt(each.start, view, at, limit)) return each;
    const found = metricAt(at + METRIC_FIRST.length);
    return found !== undefined && isAt(found.start, view, at, limit) ? found : undefined;
  };

  /** @param end of the line. */
  const endingAt = (end: number): Line | undefined => {
    const next = expected?.next;
    if (next !== undefined && isAt(next.end, view, end - next.end.length, limit)) return next;
    for (const each of lines) if (isAt(each.end, view, Math.max(0, end - each.end.length), limit)) return each;
    const start = bytes.lastIndexOf(METRIC_LAST, end);
    const found = start === -1 ? undefined : metricAt(start + METRIC_LAST.length);
    return found !== undefined && isAt(found.end, view, start, limit) ? found : undefined;
  };

  /*
   * Each of these gives the offset after what it read, or 0 when it is not there. They never run past the last line end, at which
   * each of them stops.
   */

  const afterTime = (at: number): number => {
    if (!isRepeated(view, timeFrom, timeLength, at, limit)) {
      const sameMinute = timeLength > MINUTE_LENGTH && isRepeated(view, timeFrom, MINUTE_LENGTH, at, limit);
      let to = sameMinute ? at + MINUTE_LENGTH : at;
      for (; view.getUint8(to) !== QUOTE; to += 1) {
        const byte = view.getUint8(to);
        if (byte < SPACE || byte === BACKSLASH) return 0;
      }
      if (!isAt(BEFORE_VALUE, view, to, limit)) return 0;
      timeLength = to + BEFORE_VALUE.length - at;
    }
    timeFrom = at;
    return at + timeLength;
  };

  let escaped = false;
  /** After the closing quotation mark of a string, of which the opening one was before. */
  const afterString = (from: number): number => {
    escaped = false;
    for (let at = from; ; at += 1) {
      const byte = view.getUint8(at);
      if (byte === QUOTE) return at + 1;
      if (byte < SPACE) return 0;
      if (byte !== BACKSLASH) continue;
      escaped = true;
      at += 1;
      const kind = view.getUint8(at);
      if (kind === 0x75) {
        for (let digit = 0; digit < 4; digit += 1) {
          at += 1;
          if (!isHexDigit(view.getUint8(at))) return 0;
        }
      } else if (!isEscape(kind)) return 0;
    }
  };

  /** An object of strings, of which the opening brace was before; the tags that are looked at go to `tags`. */
  const afterStrings = (from: number, origin: number, into: SeenTags | undefined): number => {
    let at = from;
    if (view.getUint8(at) === CLOSE) return at + 1;
    let urlFrom = 0;
    let urlTo = 0;
    for (;;) {
      if (view.getUint8(at) !== QUOTE) return 0;
      const key = at + 1;
      const keyEnd = afterString(key);
      if (keyEnd === 0 || escaped || view.getUint8(keyEnd) !== COLON || view.getUint8(keyEnd + 1) !== QUOTE) return 0;
      const start = keyEnd + 2;
      const end = afterString(start);
      if (end === 0) return 0;
      if (into !== undefined) {
        switch (keyEnd - 1 - key) {
          case 3:
            if (isKey(view, key, URL)) {
              urlFrom = start - origin;
              urlTo = end - 1 - origin;
            }
            break;
          case 4:
            if (isKey(view, key, NAME)) {
              into.nameFrom = start - origin;
              into.nameTo = end - 1 - origin;
            }
            break;
          case 5:
            if (isKey(view, key, CHECK)) {
              into.checkFrom = start - origin;
              into.checkTo = end - 1 - origin;
            }
            break;
          case 6:
            if (isKey(view, key, STATUS)) {
              if (escaped) return 0;
              into.status = tagNumberAt(view, start, end - 1);
            } else if (isKey(view, key, METHOD)) {
              if (escaped) return 0;
              into.methodFrom = start - origin;
              into.methodTo = end - 1 - origin;
            }
            break;
          case 10:
            if (isKey(view, key, ERROR_CODE)) {
              if (escaped) return 0;
              into.errorCode = tagNumberAt(view, start, end - 1);
            }
        }
      }
      const next = view.getUint8(end);
      at = end + 1;
      if (next === COMMA) continue;
      if (next !== CLOSE) return 0;
      if (into !== undefined && into.nameFrom === 0) {
        into.nameFrom = urlFrom;
        into.nameTo = urlTo;
      }
      return at;
    }
  };

  /** Whether there are tags in that place, and nothing else. */
  const fill = (into: SeenTags, at: number, end: number): boolean => {
    if (!isAt(BEFORE_TAGS, view, at, limit)) return false;
    const after = afterStrings(at + BEFORE_TAGS.length, at, into);
    return after !== 0 && afterData(after) === end;
  };

  /** The end of `data`, before which there may be metadata. */
  const afterData = (from: number): number => {
    let at = from;
    if (view.getUint8(at) === COMMA) {
      if (!isAt(BEFORE_METADATA, view, at, limit)) return 0;
      at = afterStrings(at + BEFORE_METADATA.length, 0, undefined);
      if (at === 0) return 0;
    }
    return view.getUint8(at) === CLOSE ? at + 1 : 0;
  };

  const afterLineEnd = (from: number): number => {
    const at = view.getUint8(from) === RETURN ? from + 1 : from;
    return view.getUint8(at) === LINE_END ? at + 1 : 0;
  };

  const passed: Passed = { value: 0, lines: 0, last: undefined };
  let lineStart = 0;
  /** Of the line that is read, with the metric first and last: where `data` ends. */
  const dataEndFirst = (): number => {
    const end = bytes.indexOf(LINE_END, lineStart);
    return view.getUint8(end - 1) === RETURN ? end - 2 : end - 1;
  };
  const dataEndLast = (): number => dataEnd;
  let dataEnd = 0;

  const metricFirst = (from: number): number => {
    lineStart = from;
    const found = startingAt(from);
    if (found === undefined) return 0;
    let at = afterTime(from + found.start.length);
    if (at !== 0) at = numberAfter(view, at, read);
    if (at === 0) return 0;
    const tagsFrom = at;
    at = store.after(view, at, limit, found.memory, dataEndFirst, fill);
    if (at === 0 || view.getUint8(at) !== CLOSE) return 0;
    const end = view.getUint8(at + 1) === LINE_END ? at + 2 : afterLineEnd(at + 1);
    return taken(found, tagsFrom, end);
  };

  const metricLast = (from: number): number => {
    if (!isAt(POINT_FIRST, view, from, limit)) return 0;
    const end = bytes.indexOf(LINE_END, from);
    const found = endingAt(view.getUint8(end - 1) === RETURN ? end - 1 : end);
    if (found === undefined) return 0;
    dataEnd = end - (view.getUint8(end - 1) === RETURN ? 1 : 0) - found.end.length;
    let at = afterTime(from + POINT_FIRST.length);
    if (at !== 0) at = numberAfter(view, at, read);
    if (at === 0) return 0;
    const tagsFrom = at;
    at = store.after(view, at, limit, found.memory, dataEndLast, fill);
    return at === 0 || at !== dataEnd ? 0 : taken(found, tagsFrom, end + 1);
  };

  const follow = (found: Line): void => {
    if (expected !== undefined && expected.next !== found) expected.next = found;
    expected = found;
  };

  const taken = (found: Line, tagsFrom: number, end: number): number => {
    if (end === 0) return 0;
    follow(found);
    return found.take === undefined || found.take(found.memory.last, tagsFrom) ? end : 0;
  };

  return {
    take(piece) {
      bytes = piece;
      read.bytes = piece;
      view = new DataView(piece.buffer, piece.byteOffset, piece.length);
      limit = piece.length;
      timeLength = 0;
      for (let at = 0; at < limit; ) {
        line += 1;
        read.number = line;
        const next = at + 2 < limit && view.getUint8(at + 2) === LETTER_M ? metricFirst(at) : metricLast(at);
        if (next !== 0) {
          at = next;
          if (expected === undefined || expected.next === undefined || expected.next.take !== undefined) continue;
          at = passAlike(view, next, limit, expected, timeLength, passed);
          line += passed.lines;
          expected = passed.last ?? expected;
          continue;
        }
        const end = bytes.indexOf(LINE_END, at);
        others += 1;
        other(bytes.toString('utf8', at, end), line);
        at = end + 1;
      }
    },
    get counts() {
      return { all: line, others };
    },
  };
}

/** What was passed over. */
interface Passed {
  value: number;
  lines: number;
  last: Line | undefined;
}

/**
 * Passes over lines that are not needed, as long as they follow in the order of last time and are like the last one of their kind: the
 * value, the tags and the end of the line are where they must be, with a number and nothing else between them, so that no torn line
 * has taken in the next. What is inside the tags is not looked at.
 *
 * @returns the offset after them.
 */
function passAlike(view: DataView, from: number, limit: number, before: Line, timeLength: number, passed: Passed): number {
  let at = from;
  let last = before;
  let lines = 0;
  for (;;) {
    const found = last.next;
    if (found === undefined || found.take !== undefined || !isAt(found.start, view, at, limit)) break;
    const { length, words } = found.memory.last;
    const valueAt = at + found.start.length + timeLength;
    if (timeLength === 0 || length === 0 || valueAt > limit || view.getFloat64(valueAt - 8, true) !== VALUE_WORD) break;
    const tagsAt = numberAfter(view, valueAt, passed);
    const end = tagsAt + length;
    if (tagsAt === 0 || end + 2 > limit || view.getFloat64(tagsAt, true) !== TAGS_WORD) break;
    if (view.getFloat64(end - 8, true) !== words[(length - 1) >> 3]) break;
    if (view.getUint8(end) !== CLOSE || view.getUint8(end + 1) !== LINE_END) break;
    at = end + 2;
    last = found;
    lines += 1;
  }
  passed.lines = lines;
  passed.last = last;
  return at;
}

function isKey(view: DataView, at: number, key: string): boolean {
  for (let index = 0; index < key.length; index += 1) if (view.getUint8(at + index) !== key.charCodeAt(index)) return false;
  return true;
}

const isHexDigit = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

/** Of JSON: `"`, `\\`, `/`, b, f, n, r, t. */
const isEscape = (byte: number): boolean =>
  byte === QUOTE ||
  byte === BACKSLASH ||
  byte === 0x2f ||
  byte === 0x62 ||
  byte === 0x66 ||
  byte === 0x6e ||
  byte === 0x72 ||
  byte === 0x74;
