/** What belongs to a name, found by the name's bytes, so that a name that was met before makes no string. */
export interface ByteNames<Value> {
  /** The name may be in two parts, of which the second may be empty. */
  at(bytes: Buffer, from: number, to: number, secondFrom: number, secondTo: number): Value;
}

interface Entry<Value> {
  readonly bytes: Uint8Array;
  readonly firstLength: number;
  readonly value: Value;
}

/** Two to the power of so many places: names beyond them are made anew each time. */
const PLACES = 1 << 12;

export function byteNames<Value>(make: (first: string, second: string) => Value): ByteNames<Value> {
  const places: (Entry<Value> | undefined)[] = Array.from({ length: PLACES }, () => undefined);
  return {
    at(bytes, from, to, secondFrom, secondTo) {
      let hash = to - from;
      for (let at = from; at < to; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
      for (let at = secondFrom; at < secondTo; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
      const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
      const known = places[place];
      if (known !== undefined && isSame(known, bytes, from, to, secondFrom, secondTo)) return known.value;
      const value = make(bytes.toString('utf8', from, to), bytes.toString('utf8', secondFrom, secondTo));
      places[place] = {
        bytes: Buffer.concat([bytes.subarray(from, to), bytes.subarray(secondFrom, secondTo)]),
        firstLength: to - from,
        value,
      };
      return value;
    },
  };
}

function isSame(
  { bytes, firstLength }: Entry<unknown>,
  others: Buffer,
  from: number,
  to: number,
  secondFrom: number,
  secondTo: number,
): boolean {
  if (firstLength !== to - from || bytes.length !== firstLength + secondTo - secondFrom) return false;
  for (let at = 0; at < firstLength; at += 1) if (bytes[at] !== others[from + at]) return false;
  for (let at = firstLength, other = secondFrom; at < bytes.length; at += 1, other += 1)
    if (bytes[at] !== others[other]) return false;
  return true;
}
