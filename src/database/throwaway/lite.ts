import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Ports } from '../../runner/ports.ts';
import type { RunningServer } from './server.ts';

/** Where PGlite and its socket server are installed. */
export interface LiteModules {
  readonly pglite: string;
  readonly socket: string;
}

/** Looks for PGlite in the workspace, then beside Holdpoint itself. It is never bundled: it weighs more than everything else. */
export function findLite(directory: string): LiteModules | undefined {
  for (const from of [join(directory, 'package.json'), import.meta.url]) {
    try {
      const { resolve } = createRequire(from);
      return { pglite: resolve('@electric-sql/pglite'), socket: resolve('@electric-sql/pglite-socket') };
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

const READY_LIMIT_MS = 30_000;

/**
 * PGlite behind a socket, in a process of its own so that our event loop stays free. Its data is in memory and it ends when the
 * pipe from us ends, so there is nothing to clear up after a crash.
 *
 * All connections are one session of one database: a setting made on one of them holds on the others, statements queue behind an
 * open transaction, and CONCURRENTLY has nothing to be concurrent with.
 */
export async function startLite(modules: LiteModules, ports: Ports): Promise<RunningServer> {
  const { signal } = ports;
  signal.throwIfAborted();
  const script = `(${serve.toString()})(require, JSON.parse(process.argv[1]))`;
  const child = spawn(process.execPath, ['-e', script, JSON.stringify(modules)], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    env: { PATH: ports.env['PATH'], SystemRoot: ports.env['SystemRoot'], TZ: 'UTC' },
  });
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = async (): Promise<void> => {
    child.ref();
    child.stdin.end();
    const killer = setTimeout(() => child.kill('SIGKILL'), 2000);
    await gone;
    clearTimeout(killer);
  };
  child.stdin.on('error', () => undefined);
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-4000);
  });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      const failed = (why: string) => reject(new MeasurementError('command_failed', `PGlite did not start: ${why}`));
      const timer = setTimeout(() => failed(`not ready within ${READY_LIMIT_MS / 1000} s`), READY_LIMIT_MS);
      const aborted = () => reject(signal.reason);
      signal.addEventListener('abort', aborted, { once: true });
      child.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString().trim()));
      void gone.then(() => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        failed(said.trim().split('\n').at(-1) ?? 'it said nothing');
      });
      child.stdout.once('data', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
      });
    });
    child.unref();
    return { url: `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The server's whole program, handed over as text: it may use nothing from outside its own body. Prints its port. */
function serve(load: NodeJS.Require, modules: LiteModules): void {
  interface Server extends EventTarget {
    start(): Promise<void>;
    getServerConn(): string;
  }
  const { PGlite }: { PGlite: { create(): Promise<object> } } = load(modules.pglite);
  const { PGLiteSocketServer }: { PGLiteSocketServer: new (options: object) => Server } = load(modules.socket);
  process.stdin.on('end', () => process.exit(0)).resume();
  void PGlite.create()
    .then(async (db) => {
      const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 50 });
      await server.start();
      process.stdout.write(`${server.getServerConn().split(':').at(-1)}\n`);
    })
    .catch((error: unknown) => {
      process.stderr.write(`${error}\n`);
      process.exit(1);
    });
}
