import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { percentileIn } from '../../../src/load/distribution.ts';
import { measurementsOf } from '../../../src/load/measurements.ts';
import { readResult } from '../../../src/load/readers/read.ts';
import type { Figures, LoadResult } from '../../../src/load/result.ts';

/** Reads the first of these files; the others stand beside it. */
export async function readFiles(files: Readonly<Record<string, string | Buffer>>): Promise<LoadResult> {
  const folder = await mkdtemp(path.join(tmpdir(), 'result-files-'));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
    const [first = ''] = Object.keys(files);
    return await readResult(path.join(folder, first), first);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export const percentiles = ({ latency }: Figures): readonly (number | undefined)[] =>
  [50, 95, 99].map((percent) => {
    const value = latency === undefined ? undefined : percentileIn(latency, percent);
    return value === undefined ? undefined : Math.round(value * 10_000) / 10_000;
  });

/** Why criteria cannot have a measurement; undefined where they can. */
export const reasonFor = (result: LoadResult, name: string): string | undefined =>
  measurementsOf(result, { wanted: new Set([name]) })[name]?.absent;

const FIXTURES = path.resolve(import.meta.dirname, '../fixtures');
export const FIXTURES_ARE_THERE = existsSync(path.join(FIXTURES, 'expected.json'));

export const readFixture = (name: string): Promise<LoadResult> => readResult(path.join(FIXTURES, name), name);

interface Expected {
  readonly requests: number | null;
  readonly failures: number | null;
  readonly timeouts: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** The figures of a fixture that its tool gives, or that were worked out apart from Holdpoint (fixtures/figures.py). */
export function expectedOf(name: string): Expected {
  const all: Readonly<Record<string, Expected>> = JSON.parse(readFileSync(path.join(FIXTURES, 'expected.json'), 'utf8'));
  const found = all[name];
  if (found === undefined) throw new Error(`expected.json has no ${name}`);
  const { requests, failures, timeouts, p50, p95, p99 } = found;
  return { requests, failures, timeouts, p50, p95, p99 };
}

/** Figures in the form of `expectedOf`. */
export function shownAs({ all }: LoadResult): Expected {
  const [p50, p95, p99] = percentiles(all);
  const { requests, failures, timeouts } = all;
  return {
    requests: requests ?? null,
    failures: failures ?? null,
    timeouts: timeouts ?? null,
    p50: p50 ?? null,
    p95: p95 ?? null,
    p99: p99 ?? null,
  };
}
