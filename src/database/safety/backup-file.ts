import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { createGunzip } from 'node:zlib';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Ports } from '../../runner/ports.ts';

export type BackupFormat = 'custom' | 'directory' | 'tar' | 'plain' | 'plain.gz';

/** A backup as it was found, read from its beginning to its end. */
export interface BackupFile {
  readonly path: string;
  readonly bytes: number;
  /** Of the file; of a folder, of the names and checksums of its files. */
  readonly sha256: string;
  readonly format: BackupFormat;
  /** Milliseconds since the epoch at which it was last written. */
  readonly writtenAt: number;
}

/** The end of a plain dump; pg_dump 17.6 and the others of August 2025 write a line after this one. */
const COMPLETE = /-- PostgreSQL database (?:cluster )?dump complete/;
const TAIL_BYTES = 4096;
/** How Zstandard, LZ4, xz and bzip2 begin; there is no reader for them here. */
const OTHERS = ['28b52ffd', '04224d18', 'fd377a585a', '425a68'].map((hex) => Buffer.from(hex, 'hex'));

/**
 * Reads a backup whole. A list of contents stands at the beginning of an archive, so that one whose end is missing has a good list:
 * only `pg_restore` of everything, to nowhere, finds that out.
 *
 * @throws MeasurementError `backup_unusable` for one that is empty, cut off or of no known format.
 */
export async function readBackup(path: string, { exec, secrets }: Ports, signal: AbortSignal): Promise<BackupFile> {
  const found = await stat(path);
  const files = found.isDirectory() ? await filesIn(path) : [path];
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes === 0) throw unusable(path, 'is empty (0 bytes)');
  const format = found.isDirectory() ? 'directory' : await formatOf(path);
  if (format === 'plain' || format === 'plain.gz') await requireEnd(path, format, signal);
  else {
    const restore = async (...args: readonly string[]): Promise<void> => {
      const { exitCode, stderr } = await exec({ file: 'pg_restore', args: [...args, path], signal, keepBytes: 64 * 1024 });
      if (exitCode !== 0) throw unusable(path, `cannot be read by pg_restore: ${secrets.mask(lastLine(stderr))}`);
    };
    await restore('--list');
    await restore(`--file=${devNull}`);
  }
  const writtenAt = Math.max(...(await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs))));
  return { path, bytes, sha256: await checksum(found.isDirectory() ? path : undefined, files, signal), format, writtenAt };
}

function unusable(path: string, why: string): MeasurementError {
  return new MeasurementError('backup_unusable', `The backup ${path} ${why}. Nothing was migrated: make a new one first.`);
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => join(folder, name));
  if (!files.some((file) => file.endsWith('toc.dat')))
    throw unusable(folder, 'is a folder, but not one of pg_dump: it has no toc.dat');
  return files.sort();
}

async function formatOf(path: string): Promise<BackupFormat> {
  const file = await open(path);
  try {
    const head = Buffer.alloc(8);
    const { bytesRead } = await file.read(head, 0, 8, 0);
    const magic = head.subarray(0, bytesRead);
    if (magic.subarray(0, 5).toString('latin1') === 'PGDMP') return 'custom';
    if (magic.subarray(0, 7).toString('latin1') === 'toc.dat') return 'tar';
    if (magic[0] === 0x1f && magic[1] === 0x8b) return 'plain.gz';
    if (magic.includes(0) || OTHERS.some((other) => magic.subarray(0, other.length).equals(other))) {
      throw unusable(path, 'is of no format that can be read here (pg_dump’s own formats, SQL, SQL in gzip)');
    }
    return 'plain';
  } finally {
    await file.close();
  }
}

async function requireEnd(path: string, format: 'plain' | 'plain.gz', signal: AbortSignal): Promise<void> {
  let tail = '';
  try {
    for await (const chunk of contentOf(path, format, signal)) tail = (tail + String(chunk)).slice(-TAIL_BYTES);
  } catch (cause) {
    signal.throwIfAborted();
    throw unusable(path, `cannot be decompressed: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
  if (!COMPLETE.test(tail)) {
    throw unusable(path, 'is cut off, or is not from pg_dump: it does not end in “PostgreSQL database dump complete”');
  }
}

function contentOf(path: string, format: 'plain' | 'plain.gz', signal: AbortSignal): AsyncIterable<unknown> {
  const file = createReadStream(path, { signal });
  if (format === 'plain') return file;
  const content = createGunzip();
  file.on('error', (error) => content.destroy(error));
  return file.pipe(content);
}

async function checksum(folder: string | undefined, files: readonly string[], signal: AbortSignal): Promise<string> {
  const sums: string[] = [];
  for (const file of files) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(file, { signal })) hash.update(chunk);
    const sum = hash.digest('hex');
    if (folder === undefined) return sum;
    sums.push(`${sum}  ${file.slice(folder.length + 1)}\n`);
  }
  return createHash('sha256').update(sums.join('')).digest('hex');
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? 'it printed nothing';
}
