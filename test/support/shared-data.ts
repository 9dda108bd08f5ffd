import { existsSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SHARED = process.env['HOLDPOINT_SHARED'] ?? path.join(ROOT, '../shared');

/** Results of real load tests, which stand beside the repository and are no part of it; undefined where they do not. */
export function sharedLoadData(...names: readonly string[]): string | undefined {
  const found = path.join(SHARED, 'data/load', ...names);
  return existsSync(found) ? found : undefined;
}
