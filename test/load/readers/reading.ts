import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Distribution, percentileIn } from '../../../src/load/distribution.ts';
import { measurementsOf } from '../../../src/load/measurements.ts';
import { readResult } from '../../../src/load/readers/read.ts';
import type { ResultSource } from '../../../src/load/readers/reader.ts';
import type { LoadResult } from '../../../src/load/result.ts';

export const FIXTURES = path.resolve(import.meta.dirname, '../fixtures');

/** What a real tool wrote (fixtures/README.md); undefined where it is not there. */
export function fixture(...names: readonly string[]): string | undefined {
  const found = path.join(FIXTURES, ...names);
  return existsSync(found) ? found : undefined;
}

export const readFixture = (found: string | undefined): Promise<LoadResult> =>
  readResult(found ?? '', path.basename(found ?? ''));

/** Reads a text as a file of its own. */
export async function readText(text: string): Promise<LoadResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'reading-'));
  try {
    const file = path.join(folder, 'result');
    await writeFile(file, text);
    return await readResult(file, 'result');
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A text as a source, for a reader that is asked alone. */
export function sourceOf(text: string): ResultSource {
  return {
    name: 'report.txt',
    head: text.slice(0, 65_536),
    async *chunks() {
      yield Buffer.from(text);
    },
    text: async () => text,
    beside: async () => undefined,
  };
}

/** The message with which something is refused. */
export async function refusal(reading: Promise<LoadResult>): Promise<string> {
  try {
    const { tool, format } = await reading;
    return `not refused: read as ${tool} ${format}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export const textOf = (found: string | undefined): Promise<string> => readFile(found ?? '', 'utf8');

export const at = (percent: number, { latency }: { readonly latency?: Distribution }): number | undefined =>
  latency === undefined ? undefined : percentileIn(latency, percent);

/** Why criteria cannot have a measurement. */
export function whyAbsent(result: LoadResult, name: string): string | undefined {
  return measurementsOf(result, { wanted: new Set([name]) })[name]?.absent;
}
