import { MeasurementError } from '../checklist/errors.ts';
import type { Ports } from '../runner/ports.ts';
import { withSession } from './client.ts';
import { findBinaries } from './throwaway/binaries.ts';
import { findLite, startLite } from './throwaway/lite.ts';
import { type RunningServer, startServer } from './throwaway/server.ts';

export type ThrowawayEngine = 'postgresql' | 'pglite';

/** A fresh PostgreSQL for this run alone. */
export interface Throwaway {
  readonly url: string;
  /** The server's own, such as `15.18`. */
  readonly version: string;
  readonly engine: ThrowawayEngine;
  /** Milliseconds until the first answer. */
  readonly readyMs: number;
  /** What the server has logged so far; PGlite keeps no log. */
  readonly readLog?: () => Promise<string>;
  /** Stops the server and removes its data. Also done when this process ends in any other way. */
  stop(): Promise<void>;
}

export interface ThrowawayOptions {
  /** Take this one or none; by default the machine's own PostgreSQL, else PGlite. */
  readonly engine?: ThrowawayEngine;
}

/** @throws MeasurementError `tool_missing` when there is neither a PostgreSQL nor PGlite, saying what to install. */
export async function startThrowaway(ports: Ports, options: ThrowawayOptions = {}): Promise<Throwaway> {
  const began = ports.clock.now();
  const { engine, server } = await start(ports, options);
  try {
    const version = await serverVersion(server.url, ports);
    const readyMs = ports.clock.now() - began;
    const { url, readLog, stop } = server;
    return { url, version, engine, readyMs, stop, ...(readLog === undefined ? {} : { readLog }) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function start(
  ports: Ports,
  { engine }: ThrowawayOptions,
): Promise<{ readonly engine: ThrowawayEngine; readonly server: RunningServer }> {
  const binaries = engine === 'pglite' ? undefined : await findBinaries(ports.env);
  if (binaries) return { engine: 'postgresql', server: await startServer(binaries, ports) };
  const modules = engine === 'postgresql' ? undefined : findLite(ports.directory);
  if (modules) return { engine: 'pglite', server: await startLite(modules, ports) };
  throw new MeasurementError(
    'tool_missing',
    'No PostgreSQL for a throwaway database was found. Install the server (Debian and Ubuntu: apt-get install postgresql; ' +
      'macOS: brew install postgresql), or PGlite: npm install --save-dev @electric-sql/pglite @electric-sql/pglite-socket.',
  );
}

async function serverVersion(url: string, { secrets, signal }: Ports): Promise<string> {
  return withSession(url, { secrets, signal }, async (session) => {
    const { rows } = await session.query('SHOW server_version');
    // Debian adds its package: 15.18 (Debian 15.18-0+deb12u1).
    return String(rows[0]?.['server_version'] ?? 'unknown').split(' ')[0] ?? 'unknown';
  });
}
