import { spawnSync } from 'node:child_process';
import { findBinaries } from '../../src/database/throwaway/binaries.ts';

/**
 * Whether tests that need a program must be skipped: `describe.skipIf(lacks('redis-server'))('…')`. In CI a missing program is a
 * failure, so that no test is skipped there unseen.
 */
export function lacks(program: string): boolean {
  const lookup = process.platform === 'win32' ? 'where' : 'which';
  if (spawnSync(lookup, [program], { stdio: 'ignore' }).status === 0) return false;
  if (process.env['CI'] === 'true') throw new Error(`${program} is not installed: in CI its tests must run.`);
  console.warn(`${program} is not installed: its tests are skipped.`);
  return true;
}

/** The same for the server programs of PostgreSQL, which most systems keep off PATH. */
export async function lacksPostgres(): Promise<boolean> {
  if ((await findBinaries(process.env)) !== undefined) return false;
  if (process.env['CI'] === 'true') throw new Error('The PostgreSQL server is not installed: in CI its tests must run.');
  console.warn('The PostgreSQL server is not installed: its tests are skipped.');
  return true;
}
