import { inflateSync } from 'node:zlib';
import type { Bucket } from '../distribution.ts';

/** The counts of an HdrHistogram, as it gives its values back: each the highest that its bucket stands for. */
export interface HdrHistogram {
  /** How many decimal digits of a value are kept. */
  readonly digits: number;
  /** Ascending; none is empty. */
  readonly buckets: readonly Bucket[];
}

/** The low nibble of the last byte is the version, the high one the size of a word (HdrHistogram, V2EncodingCookieBase). */
const COOKIE = 0x1c849303;
const COMPRESSED_COOKIE = 0x1c849304;
const WORD_SIZE_BITS = 0xf0;
const HEADER_BYTES = 40;
const LARGEST_UNPACKED = 64 << 20;
const MOST_DIGITS = 5;

/**
 * Decodes an HdrHistogram in the V2 compressed format, in base64.
 *
 * @throws Error that says what is wrong with it.
 */
export function decodeHdrHistogram(base64: string): HdrHistogram {
  const packed = Buffer.from(base64, 'base64');
  if (packed.length < 8 || cookieOf(packed) !== COMPRESSED_COOKIE)
    throw new Error('it is no HdrHistogram in the V2 compressed format');
  const length = packed.readUInt32BE(4);
  if (packed.length < 8 + length) throw new Error('it is cut off');
  return decode(inflateSync(packed.subarray(8, 8 + length), { maxOutputLength: LARGEST_UNPACKED }));
}

const cookieOf = (bytes: Buffer): number => (bytes.readUInt32BE(0) & ~WORD_SIZE_BITS) >>> 0;

function decode(bytes: Buffer): HdrHistogram {
  if (bytes.length < HEADER_BYTES || cookieOf(bytes) !== COOKIE) throw new Error('what is packed in it is no HdrHistogram V2');
  const end = HEADER_BYTES + bytes.readUInt32BE(4);
  const digits = bytes.readUInt32BE(12);
  const lowest = Number(bytes.readBigUInt64BE(16));
  if (end > bytes.length) throw new Error('it is cut off');
  if (digits > MOST_DIGITS || lowest < 1) throw new Error(`its header is damaged (${digits} digits, lowest value ${lowest})`);
  const valueAt = values(digits, lowest);
  const buckets: Bucket[] = [];
  let index = 0;
  let total = 0;
  let at = HEADER_BYTES;
  while (at < end) {
    const word = zigZag(bytes, at, end);
    at = word.next;
    // A negative count stands for so many empty buckets.
    if (word.value < 0) {
      index -= word.value;
      continue;
    }
    const value = valueAt(index);
    total += word.value;
    if (!Number.isSafeInteger(value) || !Number.isSafeInteger(total)) throw new Error('its counts are beyond all measure');
    if (word.value > 0) buckets.push({ value, count: word.value });
    index += 1;
  }
  return { digits, buckets };
}

/** The highest value of the bucket at an index. */
function values(digits: number, lowest: number): (index: number) => number {
  const unitMagnitude = Math.floor(Math.log2(lowest));
  const magnitude = Math.max(1, Math.ceil(Math.log2(2 * 10 ** digits)));
  const half = 2 ** (magnitude - 1);
  return (index) => {
    const bucket = Math.max(0, Math.floor(index / half) - 1);
    const sub = index < half ? index : (index % half) + half;
    const width = 2 ** (bucket + unitMagnitude);
    return (sub + 1) * width - 1;
  };
}

/** One number in zig-zag LEB128 of at most nine bytes, the ninth of which has eight bits (HdrHistogram's ZigZagEncoding). */
function zigZag(bytes: Buffer, from: number, end: number): { readonly value: number; readonly next: number } {
  let encoded = 0;
  for (let place = 0; place < 9; place += 1) {
    const byte = from + place < end ? bytes[from + place] : undefined;
    if (byte === undefined) throw new Error('it is cut off within a count');
    const last = place === 8;
    encoded += (last ? byte : byte & 0x7f) * 2 ** (7 * place);
    if (last || byte < 0x80) {
      if (encoded > Number.MAX_SAFE_INTEGER) throw new Error('its counts are beyond all measure');
      return { value: encoded % 2 === 0 ? encoded / 2 : -(encoded + 1) / 2, next: from + place + 1 };
    }
  }
  throw new Error('it is cut off within a count');
}
