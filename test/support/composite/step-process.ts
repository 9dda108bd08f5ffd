import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { splitLines } from '../../../src/runner/output.ts';

/** Milliseconds that the runner waits after each signal: `ProcessInvoker` of actions/runner. */
export const RUNNER_GRACE = { interrupt: 7_500, terminate: 2_500 };
/** Milliseconds that the output may stay open after the process has ended. */
const LINGER = 5_000;

export interface StepProcess {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Aborting interrupts the process, then terminates it, then kills it and its group. */
  readonly signal: AbortSignal;
  readonly grace: typeof RUNNER_GRACE;
  readonly onLine: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** Runs a step's program to its end; null when it was stopped by a signal that it did not handle. */
export async function runProcess(step: StepProcess): Promise<number | null> {
  // A group of its own, so that killing reaches its children; the first two signals go to the entry process alone.
  const child = spawn(step.file, step.args, {
    cwd: step.cwd,
    env: { ...step.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  const outputs = (['stdout', 'stderr'] as const).map((stream) => {
    const lines = splitLines((line) => step.onLine(stream, line));
    child[stream].on('data', (chunk: Buffer) => lines.add(chunk));
    return lines;
  });

  const timers: NodeJS.Timeout[] = [];
  const cancel = () => {
    child.kill('SIGINT');
    timers.push(setTimeout(() => child.kill('SIGTERM'), step.grace.interrupt));
    timers.push(setTimeout(() => killGroup(child.pid), step.grace.interrupt + step.grace.terminate));
  };
  if (step.signal.aborted) cancel();
  else step.signal.addEventListener('abort', cancel, { once: true });

  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
      child.once('exit', (code) => {
        const giveUp = () => {
          killGroup(child.pid);
          resolve(code);
        };
        timers.push(setTimeout(giveUp, LINGER));
      });
    });
  } finally {
    step.signal.removeEventListener('abort', cancel);
    for (const timer of timers) clearTimeout(timer);
    for (const lines of outputs) lines.end();
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/**
 * Ends the processes that a job left behind, as the runner does: they carry its tracking id in their environment.
 * Gives their command lines. Only Linux tells the environment of a process; elsewhere the list is empty.
 */
export function endOrphans(trackingId: string): string[] {
  if (process.platform !== 'linux') return [];
  const mark = `RUNNER_TRACKING_ID=${trackingId}\0`;
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      if (!readFileSync(`/proc/${entry}/environ`, 'latin1').includes(mark)) return [];
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').join(' ').trim();
      process.kill(Number(entry), 'SIGKILL');
      // A process without a command line has ended and waits to be reaped.
      return command === '' ? [] : [command];
    } catch {
      return [];
    }
  });
}
