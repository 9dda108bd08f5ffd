import { execFileSync, spawn } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { afterAll, beforeAll } from 'vitest';
import { freePort } from './free-port.ts';

/** A real MariaDB for the tests of one file. */
export interface MariaDb {
  /** A new database with these statements carried out, as the URL of a user who may do anything. */
  database(...statements: readonly string[]): Promise<string>;
  /** As root, without a database. */
  run(...statements: readonly string[]): Promise<void>;
  readonly port: number;
}

/** The password of the user `app`, who may do anything. */
export const APP_PASSWORD = 'hunter2@hunter2';

/** As another user where this one is root: the server refuses to run as root, and so do many file systems in CI. */
const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** Starts a server on a data folder of its own before the tests of the file; stops and removes it after them. */
export function useMariaDb(): MariaDb {
  let folder = '';
  let port = 0;
  let databases = 0;
  let stop = async (): Promise<void> => undefined;
  const run = async (database: string | undefined, statements: readonly string[]): Promise<void> => {
    const connection = await createConnection({
      user: 'root',
      socketPath: join(folder, 'socket'),
      ...(database && { database }),
    });
    try {
      for (const statement of statements) await connection.query(statement);
    } finally {
      await connection.end();
    }
  };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hp-my-'));
    await chmod(folder, 0o777);
    port = await freePort();
    const data = join(folder, 'data');
    execFileSync(
      'mariadb-install-db',
      ['--no-defaults', `--datadir=${data}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
      { ...account, stdio: 'ignore', cwd: folder },
    );
    const options = [`--datadir=${data}`, `--socket=${join(folder, 'socket')}`, `--port=${port}`, '--bind-address=127.0.0.1'];
    const server = spawn('mariadbd', ['--no-defaults', ...options, '--innodb-flush-log-at-trx-commit=0', '--skip-name-resolve'], {
      ...account,
      cwd: folder,
      stdio: 'ignore',
    });
    const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
    stop = async () => {
      server.kill('SIGTERM');
      const late = setTimeout(() => server.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    };
    for (let attempt = 0; ; attempt += 1) {
      const up = await run(undefined, [`CREATE USER app IDENTIFIED BY '${APP_PASSWORD}'`, 'GRANT ALL ON *.* TO app']).then(
        () => true,
        (error: unknown) => {
          if (attempt > 300 || server.exitCode !== null) throw error;
          return false;
        },
      );
      if (up) break;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }, 60_000);
  afterAll(async () => {
    await stop();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get port() {
      return port;
    },
    run: (...statements) => run(undefined, statements),
    async database(...statements) {
      databases += 1;
      const name = `app_${databases}`;
      await run(undefined, [`CREATE DATABASE ${name}`]);
      await run(name, statements);
      return `mariadb://app:${encodeURIComponent(APP_PASSWORD)}@127.0.0.1:${port}/${name}`;
    },
  };
}
