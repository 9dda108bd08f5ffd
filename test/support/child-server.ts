import { type ChildProcess, spawn } from 'node:child_process';

export interface ChildServer {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

/** Starts a server program and waits until `ready` says so. Its output is in the error when it never does. */
export async function childServer(file: string, args: readonly string[], ready: () => Promise<boolean>): Promise<ChildServer> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let failed: unknown;
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  child.once('error', (error) => (failed = error));
  const killed = () => child.kill('SIGKILL');
  process.once('exit', killed);
  const stop = () =>
    new Promise<void>((resolve) => {
      process.removeListener('exit', killed);
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
      setTimeout(killed, 5000).unref();
      return undefined;
    });
  const deadline = performance.now() + 20_000;
  while (!(await ready().catch(() => false))) {
    if (failed !== undefined || child.exitCode !== null || performance.now() > deadline) {
      await stop();
      throw new Error(`${file} did not start: ${output.slice(-2000)}`, { cause: failed });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { child, stop };
}
