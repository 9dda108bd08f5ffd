import { createReadStream, promises, type Stats } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import type { Evidence } from '../checklist/model.ts';
import { bytes, DIMENSION, flag, type Measurement, milliseconds, number, text } from '../criteria/value.ts';
import { errorCode, fileError } from '../runner/file-errors.ts';
import { findFiles } from './glob.ts';
import { defineProbe, type ProbeContext } from './probe.ts';

/** Milliseconds by which two clocks may differ before a time in the future is not believed. */
const CLOCK_SKEW = 60_000;
const SHOWN_FILES = 20;

const schema = () =>
  z
    .strictObject({
      path: z.string().min(1).describe('One file, from the root of the repository.').optional(),
      newest: z
        .string()
        .min(1)
        .describe('A pattern; the newest file that it matches is measured: `backups/*.sql.gz`.')
        .optional(),
      glob: z.string().min(1).describe('A pattern; all files that it matches are measured together.').optional(),
      checksum: z
        .boolean()
        .describe('Measures `sha256` even when no criterion of the item asks for it. Default: false.')
        .optional(),
    })
    .refine(
      ({ path, newest, glob }) => [path, newest, glob].filter((one) => one !== undefined).length === 1,
      'Give one of `path`, `newest` and `glob`.',
    );

type FileSpec = z.infer<ReturnType<typeof schema>>;

export const file = defineProbe<FileSpec>({
  name: 'file',
  summary: 'Measures a file, the newest of several, or several together. What is not there is measured as `exists` false.',
  schema,
  documented: {
    exists: 'Whether there is such a file; with a pattern, at least one (flag).',
    size: 'Its size; with `glob` the sum of all (bytes).',
    age: 'Time since it was last written; with `glob` since the newest was (time).',
    count: 'How many files there are.',
    name: 'Its path from the root of the repository; with `glob` the newest’s (text).',
    sha256: 'SHA-256 of its content, in hex; only when a criterion asks for it, not with `glob` (text).',
  },
  example: 'file: { newest: "backups/*.sql.gz" }',
  defaultLimitMs: 120_000,
  title: ({ path, newest, glob }) => (newest === undefined ? `File ${path ?? glob}` : `Newest of ${newest}`),
  provides: (spec) => ({
    names: {
      exists: 'flag',
      size: DIMENSION.bytes,
      age: DIMENSION.time,
      count: DIMENSION.number,
      name: 'text',
      ...(spec.glob === undefined ? { sha256: 'text' } : {}),
    },
  }),
  async measure(spec, context) {
    const shown = spec.path ?? spec.newest ?? spec.glob ?? '';
    const files = await filesOf(spec, context, shown);
    const newest = files[0];
    if (newest === undefined) return { measurements: absent(shown) };
    const size = spec.glob === undefined ? newest.stats.size : files.reduce((sum, { stats }) => sum + stats.size, 0);
    const asksChecksum = spec.checksum === true || [...context.wanted].some((name) => /(?:^|\.)sha256$/.test(name));
    const measurements: Record<string, Measurement> = {
      exists: { value: flag(true) },
      size: { value: bytes(size) },
      age: ageOf(newest, context),
      count: { value: number(files.length) },
      name: { value: text(newest.name) },
    };
    if (spec.glob === undefined && asksChecksum) measurements['sha256'] = { value: text(await sha256(newest, context.signal)) };
    return { measurements, evidence: files.length > 1 ? [listOf(files)] : [] };
  },
});

interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly stats: Stats;
}

/** Newest first. */
async function filesOf(spec: FileSpec, { directory }: ProbeContext, shown: string): Promise<FoundFile[]> {
  const paths = spec.path === undefined ? await matches(shown, directory) : [resolve(directory, spec.path)];
  const found: FoundFile[] = [];
  for (const path of paths) {
    const stats = await promises.stat(path).catch((cause: unknown) => {
      if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR') return undefined;
      throw fileError(cause, shown);
    });
    if (stats?.isDirectory())
      throw new MeasurementError('unreadable', `${shown} is a folder. Name a file, or a pattern such as ${shown}/*.`);
    if (stats) found.push({ path, name: nameFrom(directory, path), stats });
  }
  return found.sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs || (a.name < b.name ? -1 : 1));
}

async function matches(pattern: string, directory: string): Promise<string[]> {
  return findFiles(pattern, directory).catch((cause: unknown) => {
    const folder =
      cause instanceof Error && 'path' in cause && typeof cause.path === 'string' ? nameFrom(directory, cause.path) : pattern;
    throw fileError(cause, folder);
  });
}

function nameFrom(directory: string, path: string): string {
  const name = relative(directory, path).replaceAll('\\', '/');
  return name.startsWith('..') || isAbsolute(name) ? path : name;
}

/** Nothing there: no number can hold, whatever its criterion asks. */
function absent(shown: string): Record<string, Measurement> {
  const note = `${shown} matches no file`;
  return {
    exists: { value: flag(false), note },
    size: { value: bytes(Number.NaN), note },
    age: { value: milliseconds(Number.NaN), note },
    count: { value: number(0) },
  };
}

function ageOf({ stats }: FoundFile, { clock }: ProbeContext): Measurement {
  const age = clock.now() - stats.mtimeMs;
  if (age < -CLOCK_SKEW) return { value: milliseconds(Number.NaN), note: 'last written in the future: a clock is wrong' };
  return { value: milliseconds(Math.max(0, age)), note: `last written ${stats.mtime.toISOString()}` };
}

async function sha256({ path, name }: FoundFile, signal: AbortSignal): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { signal })) hash.update(chunk);
  } catch (cause) {
    signal.throwIfAborted();
    throw fileError(cause, name);
  }
  return hash.digest('hex');
}

function listOf(files: readonly FoundFile[]): Evidence {
  const rows = files.slice(0, SHOWN_FILES).map(({ name, stats }) => [name, String(stats.size), stats.mtime.toISOString()]);
  const more = files.length - rows.length;
  return {
    kind: 'table',
    title: more > 0 ? `The newest ${rows.length} of ${files.length} files` : 'Files',
    columns: ['file', 'bytes', 'last written'],
    rows,
  };
}
