import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a keeper may take to clear up after a gate that was killed, in milliseconds. */
const PATIENCE = 8_000;

/**
 * What a gate left behind in its folder: processes whose command line names it, and temporary folders of Holdpoint. A keeper whose
 * gate was killed clears up a moment later, so they are given that moment. Processes are looked for on Linux only.
 */
export async function leftovers(folder: string): Promise<readonly string[]> {
  const end = performance.now() + PATIENCE;
  for (;;) {
    const left = [...processesOf(folder), ...foldersIn(folder)];
    if (left.length === 0 || performance.now() > end) return left;
    await pause(50);
  }
}

function foldersIn(folder: string): string[] {
  return readdirSync(folder).filter((name) => name !== 'workspace');
}

function processesOf(folder: string): string[] {
  return commandLines().filter((line) => line.includes(folder));
}

/** The command lines of all processes of the machine, arguments parted by blanks; none where there is no /proc. */
export function commandLines(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        return [readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').join(' ').trim()];
      } catch {
        // It has ended since.
        return [];
      }
    });
}
