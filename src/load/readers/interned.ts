import type { Row } from './csv.ts';

/** Past so many different texts each is made anew. */
const MOST_KEPT = 4_096;

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
  const kept = new Map<number, Kept<Value>[]>();
  let count = 0;
  return (row, cell) => {
    const { bytes } = row;
    const [from, to, escaped] = [row.from(cell), row.to(cell), row.escaped(cell)];
    let hash = 0x811c9dc5;
    for (let at = from; at < to; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const same = kept.get(hash);
    if (same !== undefined)
      for (const each of same) if (each.escaped === escaped && equal(each.bytes, bytes, from, to)) return each.value;
    const value = make(row.text(cell));
    if (count < MOST_KEPT) {
      count += 1;
      const entry = { bytes: Buffer.from(bytes.subarray(from, to)), escaped, value };
      if (same === undefined) kept.set(hash, [entry]);
      else same.push(entry);
    }
    return value;
  };
}

function equal(own: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (own.length !== to - from) return false;
  for (let at = 0; at < own.length; at += 1) if (own[at] !== bytes[from + at]) return false;
  return true;
}
