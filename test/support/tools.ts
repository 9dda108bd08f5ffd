import { spawnSync } from 'node:child_process';

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
