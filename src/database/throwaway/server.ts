import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Ports } from '../../runner/ports.ts';
import { connect } from '../client.ts';
import { type Account, reachableFolder, serverAccount } from './account.ts';
import type { Binaries } from './binaries.ts';
import { startKeeper } from './keeper.ts';

/** A server that answers. */
export interface RunningServer {
  readonly url: string;
  /** What the server has logged so far; undefined for one that keeps no log. */
  readonly readLog?: () => Promise<string>;
  stop(): Promise<void>;
}

/** Attempts to find a port: it is free when we look and may be taken when the server binds it. */
const PORTS_TRIED = 5;
const READY_LIMIT_MS = 20_000;
const POLL_MS = 15;

/**
 * A server from the machine's own programs: loopback only, on a random port, with a random password. Durability is off, since
 * nobody will read this data after a crash. The data is removed with the server, also when this process is killed.
 */
export async function startServer({ initdb, pgCtl }: Binaries, ports: Ports): Promise<RunningServer> {
  const { secrets, signal, clock } = ports;
  signal.throwIfAborted();
  const account = await serverAccount();
  const parent = await reachableFolder(ports.temporaryDirectory, account);
  const folder = join(parent, `holdpoint-postgres-${randomBytes(6).toString('hex')}`);
  const data = join(folder, 'data');
  // Before there is anything to clear up.
  const keeper = startKeeper({ folder, data, pgCtl, ...(account === undefined ? {} : { account }) });
  try {
    const password = randomBytes(16).toString('hex');
    secrets.add(password);
    const passwordFile = join(folder, 'password');
    await mkdir(folder, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account) await Promise.all([folder, passwordFile].map((path) => chown(path, account.uid, account.gid)));

    const run = (file: string, args: readonly string[]) => runProgram(file, args, { account, folder, ports });
    await run(initdb, [
      ...['-D', data, '-U', 'postgres', `--pwfile=${passwordFile}`, '-A', 'scram-sha-256'],
      ...['-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    ]);
    await rm(passwordFile);

    for (let tried = 1; ; tried += 1) {
      const port = await freePort();
      // Nothing else is in this file yet; it is read last.
      await writeFile(join(data, 'postgresql.auto.conf'), settings(port));
      const log = join(folder, `log-${tried}`);
      await run(pgCtl, ['start', '-s', '-W', '-D', data, '-l', log]);
      const url = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
      const answer = await untilReady(url, log, ports);
      if (answer === 'ready') return { url, readLog: () => readFile(log, 'utf8'), stop: () => keeper.clear() };
      if (answer === 'late' || tried === PORTS_TRIED) {
        const said = await readFile(log, 'utf8').catch(() => '');
        throw new MeasurementError('timed_out', `The throwaway PostgreSQL did not start: ${lastLine(said)}`);
      }
      await clock.sleep(POLL_MS, signal);
    }
  } catch (error) {
    await keeper.clear();
    throw error;
  }
}

function settings(port: number): string {
  return [
    `listen_addresses = '127.0.0.1'`,
    `port = ${port}`,
    `unix_socket_directories = ''`,
    'fsync = off',
    'synchronous_commit = off',
    'full_page_writes = off',
    'shared_buffers = 32MB',
    // Statistics that change by themselves would make plans differ from run to run.
    'autovacuum = off',
    `timezone = 'UTC'`,
    // Time, process and virtual transaction: x-ray/server-log.ts reads it.
    `log_timezone = 'UTC'`,
    `log_line_prefix = '%m [%p] %v '`,
    '',
  ].join('\n');
}

async function untilReady(url: string, log: string, { clock, secrets, signal }: Ports): Promise<'ready' | 'port taken' | 'late'> {
  const end = clock.now() + READY_LIMIT_MS;
  while (clock.now() < end) {
    try {
      const session = await connect(url, { secrets, signal, connectTimeoutMs: 2000 });
      await session.end();
      return 'ready';
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MeasurementError)) throw error;
    }
    const said = await readFile(log, 'utf8').catch(() => '');
    if (/could not bind|could not create any TCP\/IP sockets/.test(said)) return 'port taken';
    if (/FATAL:|could not start server/.test(said) && !/starting up/.test(said)) return 'late';
    await clock.sleep(POLL_MS, signal);
  }
  return 'late';
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

interface Surroundings {
  readonly account: Account | undefined;
  readonly folder: string;
  readonly ports: Ports;
}

/** Not by `ports.exec`: that has no account to run as, and must not stop the server that pg_ctl leaves behind. */
function runProgram(file: string, args: readonly string[], { account, folder, ports }: Surroundings): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const child = spawn(file, args, {
      cwd: folder,
      env: serverEnvironment(ports),
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
      detached: process.platform !== 'win32',
      signal: ports.signal,
      ...account,
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-4000);
    });
    child.once('error', (cause) => {
      if (ports.signal.aborted) reject(ports.signal.reason);
      else reject(new MeasurementError('command_failed', `${file} could not be started: ${cause.message}`, { cause }));
    });
    // Not "close": the server that pg_ctl starts may hold the pipe.
    child.once('exit', (code) => {
      child.stderr.destroy();
      if (code === 0) resolve();
      else reject(new MeasurementError('command_failed', `${file} failed with exit code ${code}: ${lastLine(said)}`));
    });
  });
}

/** A superuser of the server can read its environment: none of the job's secrets are in it. */
function serverEnvironment({ env }: Ports): Record<string, string> {
  const kept = ['PATH', 'Path', 'SystemRoot', 'TEMP', 'TMP', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH'];
  const passed = kept.flatMap((name): [string, string][] => {
    const value = env[name];
    return value === undefined ? [] : [[name, value]];
  });
  // TZ spares initdb a search through the time zones; C makes the log's words ours to read.
  return { ...Object.fromEntries(passed), TZ: 'UTC', LC_ALL: 'C' };
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim() || 'it said nothing';
}
