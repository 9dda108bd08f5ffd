import { mergeShards } from '../merge.ts';
import type { LoadResult } from '../result.ts';
import { type ReadOptions, readResult } from './read.ts';

export interface ResultFile {
  readonly path: string;
  /** As messages call it. */
  readonly name: string;
}

/**
 * Reads the files of one test and merges them.
 *
 * @throws MeasurementError when one cannot be read, or they do not belong together.
 */
export async function readResults(
  files: readonly ResultFile[],
  options: ReadOptions & { readonly shards?: number } = {},
): Promise<LoadResult> {
  const shards = [];
  // One after the other: each may fill the memory that it is allowed.
  for (const { path, name } of files) shards.push({ name, result: await readResult(path, name, options) });
  return mergeShards(shards, options.shards);
}
