/*
 * Bytes are compared eight at a time, as doubles. Two doubles that are equal are the same bytes unless they are zeros, of which there
 * are two; what is compared here is text without control characters, and eight of its bytes are never a zero. NaN, as which some
 * bytes outside ASCII read, equals nothing: then the longer way is taken, with the same end.
 */

/** Text of at least eight bytes to look for. */
export interface Template {
  readonly length: number;
  /** The last overlaps the one before it. */
  readonly words: Float64Array;
}

export function template(text: string): Template {
  const bytes = Buffer.from(text);
  const length = bytes.length;
  const words = new Float64Array(Math.ceil(length / 8));
  for (let word = 0; word < words.length; word += 1) words[word] = bytes.readDoubleLE(Math.min(word * 8, length - 8));
  return { length, words };
}

/** Bytes that were met and are kept; of no length at first. */
export interface Segment {
  length: number;
  words: Float64Array;
}

/** Keeps bytes, eight or more. */
export function keep(into: Segment, view: DataView, at: number, length: number): void {
  const count = Math.ceil(length / 8);
  if (into.words.length < count) into.words = new Float64Array(count * 2);
  const { words } = into;
  const last = count - 1;
  for (let word = 0, offset = at; word < last; word += 1, offset += 8) words[word] = view.getFloat64(offset, true);
  words[last] = view.getFloat64(at + length - 8, true);
  into.length = length;
}

/** Whether a text is at an offset, all of it before `end`. */
export function isAt({ words, length }: Template | Segment, view: DataView, at: number, end: number): boolean {
  if (length < 8 || at + length > end) return false;
  const last = (length - 1) >> 3;
  for (let word = 0, offset = at; word < last; word += 1, offset += 8) {
    if (view.getFloat64(offset, true) !== words[word]) return false;
  }
  return view.getFloat64(at + length - 8, true) === words[last];
}

/** Of eight bytes or more. */
export function hashOf(view: DataView, from: number, to: number): number {
  let one = to - from;
  let other = 0;
  const last = to - 8;
  for (let at = from; at < last; at += 8) {
    one = Math.imul(one ^ view.getInt32(at, true), 0x9e3779b1);
    other = Math.imul(other ^ view.getInt32(at + 4, true), 0x85ebca6b);
  }
  one = Math.imul(one ^ view.getInt32(last, true), 0x9e3779b1);
  other = Math.imul(other ^ view.getInt32(last + 4, true), 0x85ebca6b);
  const mixed = one ^ (other >>> 13) ^ (other << 7);
  return mixed ^ (mixed >>> 15);
}

/** Whether `length` bytes, eight or more, are the same at two offsets; the second before `end`. */
export function isRepeated(view: DataView, from: number, length: number, at: number, end: number): boolean {
  if (length < 8 || at + length > end) return false;
  const last = length - 8;
  for (let offset = 0; offset < last; offset += 8) {
    if (view.getFloat64(from + offset, true) !== view.getFloat64(at + offset, true)) return false;
  }
  return view.getFloat64(from + last, true) === view.getFloat64(at + last, true);
}
