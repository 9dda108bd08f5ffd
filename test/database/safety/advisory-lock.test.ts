import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { takeMigrationLock } from '../../../src/database/safety/advisory-lock.ts';
import { serverAccount } from '../../../src/database/throwaway/account.ts';
import { guardedMigration, PLAIN_SQL, plainSql, until } from '../../phases/guarded-migration.ts';
import { freePort } from '../../support/free-port.ts';
import { temporaryFolder, testPorts } from '../../support/ports.ts';
import { inSession, sql, useServer } from '../../support/postgres.ts';
import { lacks, lacksPostgres } from '../../support/tools.ts';

const server = useServer();
const take = (url: string, plan = 'shop') => {
  const { secrets, clock, signal } = testPorts();
  return takeMigrationLock(url, {
    secrets,
    clock,
    signal,
    plan,
    application: 'holdpoint test',
    waitMs: 0,
    waiting: () => undefined,
  });
};

describe.skipIf(await lacksPostgres())('the lock of a migration', () => {
  test('is held by one at a time, and free again when it is released', async () => {
    const url = await server.newDatabase();
    const first = await take(url);
    expect(await first.stillHeld()).toBe(true);
    await expect(take(url)).rejects.toMatchObject({ reason: 'migration_locked' });
    await first.release();
    const second = await take(url);
    expect(second.held).toBe(true);
    await second.release();
  });

  test('is another for another database, and for another plan', async () => {
    const url = await server.newDatabase();
    const locks = [await take(url), await take(await server.newDatabase()), await take(url, 'billing')];
    expect(locks.map(({ held }) => held)).toEqual([true, true, true]);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  test('that is lost with its connection is known to be lost', async () => {
    const url = await server.newDatabase();
    const lock = await take(url);
    await sql(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holdpoint test'");
    await until(async () => !(await lock.stillHeld()));
    await lock.release();
    await (await take(url)).release();
  });
});

describe.skipIf(lacks('pgbouncer') || lacks('psql') || (await lacksPostgres()))('behind PgBouncer', () => {
  let stop: (() => void) | undefined;
  const at: Record<string, (name: string) => string> = {};

  /** A PgBouncer in front of the server, one for each way of pooling. */
  async function start(mode: string): Promise<void> {
    const folder = temporaryFolder();
    const { username, password, port } = new URL(server.url);
    const own = await freePort();
    const secret = randomBytes(8).toString('hex');
    writeFileSync(join(folder, 'users.txt'), `"${username}" "${password}"\n`);
    writeFileSync(
      join(folder, 'pgbouncer.ini'),
      [
        '[databases]',
        `* = host=127.0.0.1 port=${port}`,
        '[pgbouncer]',
        'listen_addr = 127.0.0.1',
        `listen_port = ${own}`,
        'unix_socket_dir =',
        'auth_type = plain',
        `auth_file = ${join(folder, 'users.txt')}`,
        `pool_mode = ${mode}`,
        'ignore_startup_parameters = extra_float_digits',
        `; ${secret}`,
      ].join('\n'),
    );
    const account = await serverAccount();
    if (account !== undefined)
      for (const path of [join(folder, '..'), folder, join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')])
        chmodSync(path, 0o755);
    const child = spawn('pgbouncer', [join(folder, 'pgbouncer.ini')], {
      stdio: 'ignore',
      ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
    });
    const before = stop;
    stop = () => {
      before?.();
      child.kill('SIGKILL');
    };
    at[mode] = (url) => {
      const pooled = new URL(url);
      pooled.port = String(own);
      return pooled.href;
    };
    await until(() => inSession(at[mode]?.(server.url) ?? '', async () => true).catch(() => false));
  }

  beforeAll(async () => {
    await start('transaction');
    await start('session');
  }, 30_000);
  afterAll(() => stop?.());

  test('that pools by transaction, no lock can be held', async () => {
    const lock = await take(at['transaction']?.(await server.newDatabase()) ?? '');
    expect(lock.held).toBe(false);
    await lock.release();
  });

  test('that pools by session, it can', async () => {
    const url = at['session']?.(await server.newDatabase()) ?? '';
    const lock = await take(url);
    expect(lock.held).toBe(true);
    await expect(take(url)).rejects.toMatchObject({ reason: 'migration_locked' });
    await lock.release();
  });

  test('that pools by transaction, a migration passes with a warning that says what to do', async () => {
    const url = await server.newDatabase();
    await sql(url, 'CREATE TABLE schema_version (version text)', "INSERT INTO schema_version VALUES ('1')");
    const plan = `${PLAIN_SQL}\n  timeouts-by: none\n  expect: [duration < 60s]`;
    const directory = plainSql("update schema_version set version = '2';");
    const { item, state } = await guardedMigration({ url: at['transaction']?.(url) ?? '', directory, plan });
    expect(state('migrate-run')).toBe('warn weak_evidence');
    expect(item('migrate-run').message).toContain('The connection is pooled by transaction (as PgBouncer does)');
    expect(item('migrate-run').message).toContain('Give the server’s own address for migrations.');
  });
});
