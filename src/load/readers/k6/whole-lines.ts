import type { ResultSource } from '../reader.ts';
import { unreadable } from '../unreadable.ts';

const LINE_END = 0x0a;
const LONGEST = 64 << 20;

/**
 * Gives the bytes of a file in pieces that end with a line end, so that no line lies in two of them.
 *
 * @returns what follows the last line end.
 */
export async function wholeLines(source: Pick<ResultSource, 'chunks' | 'name'>, take: (lines: Buffer) => void): Promise<Buffer> {
  let begun: Buffer[] = [];
  let length = 0;
  for await (const chunk of source.chunks()) {
    let from = 0;
    if (begun.length > 0) {
      const end = chunk.indexOf(LINE_END);
      if (end !== -1) {
        take(Buffer.concat([...begun, chunk.subarray(0, end + 1)]));
        begun = [];
        length = 0;
        from = end + 1;
      }
    }
    const last = chunk.lastIndexOf(LINE_END);
    if (last >= from) {
      take(chunk.subarray(from, last + 1));
      from = last + 1;
    }
    if (from === chunk.length) continue;
    // The chunk's bytes are overwritten by the one after the next.
    begun.push(Buffer.from(chunk.subarray(from)));
    length += chunk.length - from;
    if (length > LONGEST) throw unreadable(source, 'a line is longer than 64 MB, which k6 never writes.');
  }
  return Buffer.concat(begun);
}
