import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Distribution, percentileIn } from '../../../src/load/distribution.ts';
import { measurementsOf } from '../../../src/load/measurements.ts';
import { readResult } from '../../../src/load/readers/read.ts';
import type { LoadResult } from '../../../src/load/result.ts';

const FIXTURES = process.env['HOLDPOINT_FIXTURES'] ?? path.resolve(import.meta.dirname, '../fixtures');

/** What a real tool wrote (fixtures/README.md); undefined where it is not there yet. */
export function fixture(...names: readonly string[]): string | undefined {
  const found = path.join(FIXTURES, ...names);
  return existsSync(found) ? found : undefined;
}

export const readFixture = (found: string | undefined): Promise<LoadResult> =>
  readResult(found ?? '', path.basename(found ?? ''));

/** Reads a text as a file of its own. */
export async function readText(text: string, options: { readonly packed?: boolean } = {}): Promise<LoadResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reading-'));
  try {
    const file = path.join(folder, 'result');
    await writeFile(file, options.packed === true ? gzipSync(text) : text);
    return await readResult(file, 'result');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The message with which a text is refused. */
export async function refusal(reading: Promise<LoadResult>): Promise<string> {
  try {
    const { tool, format } = await reading;
    return `not refused: read as ${tool} ${format}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export const at = (percent: number, { latency }: { readonly latency?: Distribution }): number | undefined =>
  latency === undefined ? undefined : percentileIn(latency, percent);

/** Why criteria cannot have a measurement. */
export function whyAbsent(result: LoadResult, name: string): string | undefined {
  return measurementsOf(result, { wanted: new Set([name]) })[name]?.absent;
}
