import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './bundle.ts';
import type { Figure } from './figures.ts';

/** The size of dist/, all files together. */
export function sizeFigure(): Figure {
  const dist = join(ROOT, 'dist');
  const bytes = readdirSync(dist, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, file) => sum + fileSize(join(dist, file)),
    0,
  );
  return { name: 'dist/', value: bytes / 1_000_000, unit: 'MB', limit: 6 };
}

function fileSize(path: string): number {
  const stats = statSync(path);
  return stats.isFile() ? stats.size : 0;
}
