import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/checklist/clock.ts';
import { systemClock } from '../../src/runner/clock.ts';
import { nodeExec } from '../../src/runner/exec.ts';
import type { Log, Ports } from '../../src/runner/ports.ts';
import { secretSet } from '../../src/runner/secrets.ts';

export interface FakeClock extends Clock {
  /** Moves time on by `ms`: sleepers wake in the order of their ends, and what they start in consequence is waited for. */
  advance(ms: number): Promise<void>;
  /** How many sleep now. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly end: number;
  wake(): void;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * A clock that stands still until it is told. With `auto`, each sleep ends at once and moves time on by its length, for
 * code that sleeps between real input and output.
 */
export function fakeClock(start = 1_700_000_000_000, options: { readonly auto?: boolean } = {}): FakeClock {
  let now = start;
  let sleepers: Sleeper[] = [];
  const next = (until: number): Sleeper | undefined => {
    const due = sleepers.filter((sleeper) => sleeper.end <= until).sort((a, b) => a.end - b.end)[0];
    if (due) now = Math.max(now, due.end);
    return due;
  };
  return {
    now: () => now,
    get sleepers() {
      return sleepers.length;
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const leave = () => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          signal?.removeEventListener('abort', stop);
        };
        const stop = () => {
          leave();
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          end: now + ms,
          wake() {
            leave();
            resolve();
          },
        };
        sleepers.push(sleeper);
        signal?.addEventListener('abort', stop, { once: true });
        if (options.auto) setImmediate(() => next(Number.POSITIVE_INFINITY)?.wake());
        return undefined;
      }),
    async advance(ms) {
      const until = now + ms;
      await turn();
      for (let due = next(until); due; due = next(until)) {
        due.wake();
        await turn();
      }
      now = until;
      await turn();
    },
  };
}

export interface TestPorts extends Ports {
  /** What went to the log: `warn: …`. */
  readonly logged: readonly string[];
}

/** The world for a test: the system's clock, no environment but PATH and HOME, a temporary folder, a log that is kept. */
export function testPorts(overrides: Partial<Ports> = {}): TestPorts {
  const logged: string[] = [];
  const line = (level: string) => (text: string) => {
    logged.push(`${level}: ${text}`);
  };
  const log: Log = { info: line('info'), warn: line('warn'), error: line('error'), debug: line('debug') };
  const env = overrides.env ?? { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const temporaryDirectory = overrides.temporaryDirectory ?? temporaryFolder();
  return {
    clock: systemClock,
    env,
    exec: nodeExec(env),
    fetch: globalThis.fetch,
    secrets: secretSet(),
    log,
    directory: temporaryDirectory,
    temporaryDirectory,
    signal: new AbortController().signal,
    ...overrides,
    logged,
  };
}

const PREFIX = 'holdpoint-test-';
let root: string | undefined;

/** A new empty folder, removed when the test process ends, or by a later one if that was killed. */
export function temporaryFolder(): string {
  root ??= newRoot();
  return mkdtempSync(join(root, 'folder-'));
}

function newRoot(): string {
  for (const name of readdirSync(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || runs(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
  const made = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  process.on('exit', () => rmSync(made, { recursive: true, force: true }));
  return made;
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Somebody else's process is one that runs.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
