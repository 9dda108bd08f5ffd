import { promises } from 'node:fs';
import type { Environment } from './ports.ts';

/** The webhook's payload that started the run, as the runner left it in a file; undefined where there is none that can be read. */
export async function eventPayload(env: Environment): Promise<unknown> {
  const path = env['GITHUB_EVENT_PATH'];
  if (!path) return undefined;
  try {
    return JSON.parse(await promises.readFile(path, 'utf8'));
  } catch {
    return undefined;
  }
}
