import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A server of the sample that runs as a child process. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts a script of the sample and waits until it says `listening on PORT`.
 *
 * @throws Error with what it printed when it ends before that.
 */
export function startServer(directory: string, script: string, env: Readonly<Record<string, string>>): Promise<Server> {
  const child = spawn(process.execPath, [join(directory, script)], {
    cwd: directory,
    env: { ...process.env, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise((resolve, reject) => {
    const printed: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => printed.push(line));
    createInterface({ input: child.stdout }).on('line', (line) => {
      printed.push(line);
      const port = /^listening on (\d+)$/.exec(line)?.[1];
      if (port !== undefined) resolve({ url: `http://127.0.0.1:${port}`, stop: () => stop(child) });
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}:\n${printed.join('\n')}`)));
  });
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 2000).unref();
  });
}

/** Sends a steady stream of requests, as users would. */
export function startUsers(url: string, perSecond: number): { stop(): void } {
  const timer = setInterval(() => {
    fetch(url).then(
      (response) => response.arrayBuffer(),
      () => undefined,
    );
  }, 1000 / perSecond);
  return { stop: () => clearInterval(timer) };
}
