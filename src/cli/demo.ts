import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PlanError } from '../checklist/errors.ts';
import type { Terminal } from './terminal.ts';

/** What the clone's demo exports. */
interface Demo {
  readonly runDemo: (terminal: Terminal, signal: AbortSignal) => Promise<number>;
}

/**
 * Runs the demo of the clone that this bundle stands in: it needs the sample service and the fake GitHub, which are not part of the
 * bundle.
 */
export async function runDemo(terminal: Terminal, signal: AbortSignal): Promise<number> {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  const entry = join(root, 'build', 'examples', 'demo', 'main.js');
  if (!existsSync(entry)) throw new PlanError('The demo runs in a clone of the repository. There, run: npm run demo');
  const demo: unknown = await import(/* webpackIgnore: true */ pathToFileURL(entry).href);
  if (!isDemo(demo)) throw new PlanError('The demo has not been built whole. In the clone, run: npm run demo');
  return demo.runDemo(terminal, signal);
}

function isDemo(module: unknown): module is Demo {
  return typeof module === 'object' && module !== null && 'runDemo' in module && typeof module.runDemo === 'function';
}
