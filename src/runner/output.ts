import { StringDecoder } from 'node:string_decoder';

/** A line longer than this many characters is handed on in parts: memory must not grow with the program's output. */
const LONGEST_LINE = 64 * 1024;

/** Keeps the last `limit` bytes of a stream. */
export function keepTail(limit: number) {
  const chunks: Buffer[] = [];
  let size = 0;
  return {
    add(chunk: Buffer): void {
      chunks.push(chunk);
      size += chunk.length;
      while (chunks[0] && size - chunks[0].length >= limit) size -= chunks.shift()?.length ?? 0;
    },
    text(): string {
      const all = Buffer.concat(chunks);
      let start = Math.max(0, all.length - limit);
      // Not in the middle of a character: continuation bytes are 10xxxxxx.
      if (start > 0) while (((all[start] ?? 0) & 0xc0) === 0x80) start += 1;
      return all.toString('utf8', start);
    },
  };
}

/** Splits a stream into lines as they arrive; `end` hands on a last line without a line break. */
export function splitLines(onLine: (line: string) => void) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line.endsWith('\r') ? line.slice(0, -1) : line);
    if (rest.length > LONGEST_LINE) {
      onLine(rest);
      rest = '';
    }
  };
  return {
    add: (chunk: Buffer) => take(decoder.write(chunk)),
    end: () => {
      take(decoder.end());
      if (rest) onLine(rest);
      rest = '';
    },
  };
}
