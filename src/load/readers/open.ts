import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { fileError } from '../../runner/file-errors.ts';
import type { ResultSource } from './reader.ts';
import { unreadable } from './unreadable.ts';

const HEAD_BYTES = 65_536;
const CHUNK_BYTES = 1 << 22;
const LONGEST_TEXT = 256_000_000;
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Opens a result file for reading, plain or gzip.
 *
 * @param name as messages call it.
 * @throws MeasurementError `not_found` or `unreadable`: absent, a directory, empty.
 */
export async function openResult(path: string, name: string): Promise<ResultSource> {
  const start = await firstBytes(path, name);
  if (start.length === 0)
    throw unreadable({ name }, 'the file is empty, so nothing was measured. Check that the load test ran to its end.');
  const packed = start[0] === 0x1f && start[1] === 0x8b;
  const chunks = packed ? () => unpacked(path, name) : () => plain(path, name);
  const head = packed ? await firstOf(chunks()) : start;
  if (head.length === 0) throw unreadable({ name }, 'there is nothing in the gzip file, so nothing was measured.');
  return {
    name,
    head: withoutMark(head.subarray(0, HEAD_BYTES).toString('utf8')),
    chunks,
    text: () => textOf(chunks(), name),
    beside: async (renamed) => {
      const other = renamed(basename(path));
      return readFile(join(dirname(path), other), 'utf8').catch(() => undefined);
    },
  };
}

async function firstBytes(path: string, name: string): Promise<Buffer> {
  const file = await opened(path, name);
  try {
    const buffer = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(buffer, 0, HEAD_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    throw fileError(cause, name);
  } finally {
    await file.close();
  }
}

async function opened(path: string, name: string): Promise<FileHandle> {
  return open(path).catch((cause: unknown) => {
    throw fileError(cause, name);
  });
}

/** Two buffers in turn: one is filled while the other is read. */
async function* plain(path: string, name: string): AsyncGenerator<Buffer> {
  const file = await opened(path, name);
  try {
    const buffers = [Buffer.allocUnsafe(CHUNK_BYTES), Buffer.allocUnsafe(CHUNK_BYTES)] as const;
    const fill = (turn: 0 | 1) => file.read(buffers[turn], 0, CHUNK_BYTES, null);
    let turn: 0 | 1 = 0;
    let filling = fill(turn);
    for (;;) {
      const { bytesRead } = await filling;
      if (bytesRead === 0) return;
      const full = buffers[turn].subarray(0, bytesRead);
      turn = turn === 0 ? 1 : 0;
      filling = fill(turn);
      yield full;
    }
  } finally {
    await file.close();
  }
}

async function* unpacked(path: string, name: string): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  file.on('error', (cause) => gunzip.destroy(cause));
  try {
    yield* file.pipe(gunzip);
  } catch (cause) {
    throw unreadable(
      { name },
      'the gzip file is damaged or cut off. Check that it was written and uploaded to its end.',
      undefined,
      cause,
    );
  } finally {
    file.destroy();
  }
}

async function firstOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  for await (const chunk of chunks) return Buffer.from(chunk.subarray(0, HEAD_BYTES));
  return Buffer.alloc(0);
}

async function textOf(chunks: AsyncIterable<Buffer>, name: string): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > LONGEST_TEXT) throw unreadable({ name }, 'more than 256 MB, which no file of this format needs.');
    parts.push(Buffer.from(chunk));
  }
  return withoutMark(Buffer.concat(parts).toString('utf8'));
}

const withoutMark = (text: string): string => (text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text);
