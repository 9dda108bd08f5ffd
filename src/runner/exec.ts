import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { MeasurementError } from '../checklist/errors.ts';
import { keepTail, splitLines } from './output.ts';
import type { Environment, Exec, ExecRequest } from './ports.ts';

const DEFAULT_KEEP = 1024 * 1024;
/** Milliseconds from SIGTERM to SIGKILL: what aborts promises to be over within two seconds. */
const GRACE = 1500;
/** Milliseconds that are left to the rest of the group once the program itself has ended. */
const REST_GRACE = 300;
/** Milliseconds that the output may stay open after the program's end: something it left behind holds it. */
const LINGER = 1000;

/**
 * Runs programs with `env` as their environment. A program that ends by itself gives a result whatever its exit code.
 * One that is stopped by `timeoutMs` gives `timedOut`; one stopped by the signal rejects with the signal's reason, after
 * the program and all that it started are gone.
 *
 * @throws MeasurementError `tool_missing`, `permission_denied`, or `not_found` when the folder to run in does not exist.
 */
export function nodeExec(env: Environment): Exec {
  return async (request) => {
    // Loaded with the first program: many runs start none.
    const { spawn } = await import('node:child_process');
    request.signal?.throwIfAborted();
    const startedAt = performance.now();
    const child = start(spawn, request, env);
    const stdout = keepTail(request.keepBytes ?? DEFAULT_KEEP);
    const stderr = keepTail(request.keepBytes ?? DEFAULT_KEEP);
    const { onLine } = request;
    const lines = onLine ? [splitLines((line) => onLine('stdout', line)), splitLines((line) => onLine('stderr', line))] : [];
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout.add(chunk);
      lines[0]?.add(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr.add(chunk);
      lines[1]?.add(chunk);
    });

    let timedOut = false;
    let stopping: Promise<void> | undefined;
    const stop = () => {
      stopping ??= stopGroup(child);
    };
    const timer =
      request.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            stop();
          }, request.timeoutMs);
    request.signal?.addEventListener('abort', stop, { once: true });
    try {
      const exitCode = await ended(child, request);
      await stopping;
      for (const splitter of lines) splitter.end();
      if (!timedOut) request.signal?.throwIfAborted();
      const durationMs = performance.now() - startedAt;
      return { exitCode, stdout: stdout.text(), stderr: stderr.text(), durationMs, timedOut };
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', stop);
      alive.delete(child);
    }
  };
}

type Spawn = typeof import('node:child_process').spawn;

/** Running children, so that none outlives this process. */
const alive = new Set<ChildProcess>();
let watchingExit = false;

function start(spawn: Spawn, request: ExecRequest, env: Environment): ChildProcess {
  const child = spawn(request.file, request.args, {
    ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
    env: { ...env, ...request.env },
    stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // A group of its own, so that what it starts can be stopped with it.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  alive.add(child);
  if (!watchingExit) {
    watchingExit = true;
    process.on('exit', () => {
      for (const left of alive) signalGroup(left, 'SIGKILL');
    });
  }
  if (request.input !== undefined) {
    // A program may end without reading its input.
    child.stdin?.on('error', () => {});
    child.stdin?.end(request.input);
  }
  return child;
}

/** The exit code, once the program has ended and its output has been read. */
function ended(child: ChildProcess, request: ExecRequest): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(notStarted(request, cause)));
    child.once('close', (code) => resolve(code));
    child.once('exit', (code) => {
      const lingering = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve(code);
      }, LINGER);
      child.once('close', () => clearTimeout(lingering));
    });
  });
}

function notStarted(request: ExecRequest, cause: NodeJS.ErrnoException): MeasurementError {
  const { file, cwd } = request;
  // A missing folder is reported as ENOENT of the program.
  if (cwd !== undefined && !existsSync(cwd)) {
    return new MeasurementError('not_found', `The folder ${cwd}, in which ${file} was to run, does not exist.`, { cause });
  }
  if (cause.code === 'ENOENT') {
    const message = `${file} is not installed or not on PATH. Install it in an earlier step of the workflow.`;
    return new MeasurementError('tool_missing', message, { cause });
  }
  if (cause.code === 'EACCES' || cause.code === 'EPERM') {
    return new MeasurementError('permission_denied', `${file} may not be run: make it executable (chmod +x).`, { cause });
  }
  return new MeasurementError('command_failed', `${file} could not be started: ${cause.code ?? cause.message}.`, { cause });
}

/** Stops the program and all that it started; resolves when they are gone or have been killed. */
async function stopGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined) return;
  if (process.platform === 'win32') {
    const { spawn } = await import('node:child_process');
    await new Promise<void>((resolve) => {
      const killer = spawn('taskkill', ['/PID', String(child.pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
      killer.once('error', () => {
        child.kill();
        resolve();
      });
      killer.once('close', () => resolve());
    });
    return;
  }
  signalGroup(child, 'SIGTERM');
  let deadline = performance.now() + GRACE;
  const shorten = () => {
    deadline = Math.min(deadline, performance.now() + REST_GRACE);
  };
  if (child.exitCode === null && child.signalCode === null) child.once('exit', shorten);
  else shorten();
  while (performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 25));
    if (!signalGroup(child, 0)) return;
  }
  signalGroup(child, 'SIGKILL');
}

/** Whether somebody in the group was there to get the signal. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    return process.platform === 'win32' ? child.kill(signal) : process.kill(-child.pid, signal);
  } catch {
    return false;
  }
}
