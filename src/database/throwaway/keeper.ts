import { spawn } from 'node:child_process';
import type { Account } from './account.ts';

/** What has to be gone in the end. */
export interface Remains {
  /** The folder to remove, with everything in it. */
  readonly folder: string;
  /** The server's data, inside the folder. */
  readonly data: string;
  readonly pgCtl: string;
  readonly account?: Account;
}

/** Sees to it that a server is stopped and its folder removed, whatever becomes of this process. */
export interface Keeper {
  /** Stops the server and removes the folder; resolves when both are done. */
  clear(): Promise<void>;
}

/**
 * Starts a process that holds on to a pipe from us. The pipe ends when `clear` is called and when this process ends, even by
 * SIGKILL; then it clears up. So there is one way to stop a server, and it is the one that works after a crash.
 */
export function startKeeper(remains: Remains): Keeper {
  const script = `(${keep.toString()})(require, JSON.parse(process.argv[1]))`;
  const child = spawn(process.execPath, ['-e', script, JSON.stringify(remains)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: Ctrl-C in a terminal must reach us only.
    detached: true,
    windowsHide: true,
    // It outlives steps of a job by design, and nothing in it needs our environment.
    env: { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'], TEMP: process.env['TEMP'] },
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    async clear() {
      child.ref();
      child.stdin.end();
      await gone;
    },
  };
}

/**
 * The keeper's whole program. It is handed over as text, so it may use nothing from outside its own body.
 */
function keep(load: NodeJS.Require, remains: Remains): void {
  const { spawnSync }: typeof import('node:child_process') = load('node:child_process');
  const { existsSync, rmSync }: typeof import('node:fs') = load('node:fs');
  const pause = (ms: number): unknown => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  const clear = (): void => {
    // Again and again: initdb, or a server that was about to start, may still be writing.
    for (let round = 0; round < 50; round += 1) {
      if (existsSync(`${remains.data}/postmaster.pid`)) {
        spawnSync(remains.pgCtl, ['stop', '-s', '-D', remains.data, '-m', 'immediate', '-t', '5'], {
          stdio: 'ignore',
          windowsHide: true,
          ...(remains.account === undefined ? {} : { cwd: remains.folder, ...remains.account }),
        });
      }
      try {
        rmSync(remains.folder, { recursive: true, force: true });
      } catch {
        // Not empty yet, or a file still open on Windows.
      }
      if (!existsSync(remains.folder)) break;
      pause(100);
    }
    process.exit(0);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
  process.stdin.on('end', clear).on('error', clear).resume();
}
