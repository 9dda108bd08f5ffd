import type { Row } from './csv.ts';

const BUCKETS = 1_024;
/** Past so many texts in one bucket the further ones are made anew each time. */
const MOST_IN_BUCKET = 8;

interface Kept<Value> {
  readonly bytes: Buffer;
  readonly escaped: boolean;
  readonly value: Value;
}

/**
 * What belongs to a text that comes again and again in a column, such as a label: looked up by the cell's bytes, so that the text is
 * made once only.
 *
 * @param make gives the same for the same text, each time.
 */
export function interned<Value>(make: (text: string) => Value): (row: Row, cell: number) => Value {
  const buckets: Kept<Value>[][] = Array.from({ length: BUCKETS }, () => []);
  return (row, cell) => {
    const { bytes } = row;
    const from = row.from(cell);
    const to = row.to(cell);
    const escaped = row.escaped(cell);
    // Labels differ in length or at their ends: `GET /orders/1` and `GET /orders/2`.
    const ends = ((bytes[to - 1] ?? 0) << 3) ^ ((bytes[to - 2] ?? 0) << 1) ^ (bytes[from] ?? 0);
    const bucket = buckets[(ends + (to - from) * 37) & (BUCKETS - 1)] ?? [];
    for (const each of bucket) {
      if (each.escaped === escaped && equal(each.bytes, bytes, from, to)) return each.value;
    }
    const value = make(row.text(cell));
    if (bucket.length < MOST_IN_BUCKET) bucket.push({ bytes: Buffer.from(bytes.subarray(from, to)), escaped, value });
    return value;
  };
}

function equal(own: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (own.length !== to - from) return false;
  const { length } = own;
  for (let at = 0; at < length; at += 1) if (own[at] !== bytes[from + at]) return false;
  return true;
}
