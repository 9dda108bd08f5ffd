import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { machineVariables } from '../support/composite/github-context.ts';
import { temporaryFolder } from '../support/ports.ts';
import { ROOT } from './gate.ts';

export interface CommandRequest {
  /** Files of the folder that it runs in, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Ctrl-C: sent once this file is there. */
  readonly interruptAt?: string;
  /** Called with the process once it runs. */
  readonly running?: (child: ChildProcess) => void;
}

export interface CommandResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The folder that it ran in, and what is in it afterwards. */
  readonly folder: string;
  readonly left: readonly string[];
  /** From Ctrl-C to the end. */
  readonly stoppedAfterMs: number;
}

const BUNDLE = join(ROOT, 'dist', 'index.js');

/** Runs the bundle as the command line in a folder of its own, with nothing of the caller's environment but what programs need. */
export async function holdpoint(args: readonly string[], request: CommandRequest = {}): Promise<CommandResult> {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(request.files ?? {})) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const child = spawn(process.execPath, [BUNDLE, ...args], {
    cwd: folder,
    env: { ...machineVariables(), TMPDIR: process.env['TMPDIR'] ?? tmpdir(), ...request.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (printed.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed.stderr += chunk.toString()));
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  request.running?.(child);
  let interruptedAt = Number.POSITIVE_INFINITY;
  if (request.interruptAt !== undefined) {
    while (!existsSync(join(folder, request.interruptAt)) && child.exitCode === null) await pause(15);
    interruptedAt = performance.now();
    child.kill('SIGINT');
  }
  const exitCode = await ended;
  return { exitCode, ...printed, folder, left: readdirSync(folder), stoppedAfterMs: performance.now() - interruptedAt };
}
