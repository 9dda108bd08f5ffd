import type { ResultSource } from '../../src/load/readers/reader.ts';

/** A result file that is given as text, in chunks of so many bytes; their buffers are overwritten, as those of a file are. */
export function resultSource(content: string | Buffer, chunkBytes = 1 << 20): ResultSource {
  const bytes = Buffer.from(content);
  return {
    name: 'results',
    head: bytes.subarray(0, 65_536).toString('utf8'),
    async *chunks() {
      const buffers = [Buffer.alloc(chunkBytes), Buffer.alloc(chunkBytes)] as const;
      for (let from = 0, turn = 0; from < bytes.length; from += chunkBytes, turn += 1) {
        const buffer = turn % 2 === 0 ? buffers[0] : buffers[1];
        const length = bytes.copy(buffer, 0, from, Math.min(bytes.length, from + chunkBytes));
        yield buffer.subarray(0, length);
        buffer.fill(0x7b);
      }
    },
    text: async () => bytes.toString('utf8'),
    beside: async () => undefined,
  };
}
