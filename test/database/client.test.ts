import { chown, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { MeasurementError } from '../../src/checklist/errors.ts';
import { connect, readOnly, withSession } from '../../src/database/client.ts';
import { testPorts } from '../support/ports.ts';
import { DEAD_URL, inSession, sql, useServer } from '../support/postgres.ts';
import { certificateAuthority } from '../support/tls.ts';

const server = useServer();
const { secrets } = testPorts();

const refused = async (url: string, options: object = {}): Promise<unknown> => {
  const answer: unknown = await connect(url, { secrets, ...options }).catch((error: unknown) => error);
  return answer;
};

function withPart(change: (url: URL) => void): string {
  const url = new URL(server.url);
  change(url);
  return url.href;
}

describe('a database that cannot be reached says why', () => {
  test('nothing listens', async () => {
    expect(await refused(DEAD_URL)).toMatchObject({ reason: 'connection_refused', retryable: true });
  });

  test('the host is unknown', async () => {
    expect(await refused('postgresql://app@no-such-host.invalid/app')).toMatchObject({ reason: 'host_not_found' });
  });

  test('the password is wrong', async () => {
    const error = await refused(withPart((url) => Object.assign(url, { password: 'hunter2hunter2' })));
    expect(error).toMatchObject({ reason: 'authentication_failed', retryable: false });
    expect(String(error)).not.toContain('hunter2');
  });

  test('the database does not exist', async () => {
    const error = await refused(withPart((url) => Object.assign(url, { pathname: '/absent' })));
    expect(error).toMatchObject({ reason: 'not_found' });
    expect(String(error)).toContain('/absent');
  });

  test('the server has no TLS and the URL asks for it', async () => {
    expect(await refused(withPart((url) => url.searchParams.set('sslmode', 'require')))).toMatchObject({ reason: 'tls_invalid' });
  });

  test('it takes the connection and never answers', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const error = await refused(`postgresql://app@127.0.0.1:${port}/app?sslmode=disable`, { connectTimeoutMs: 200 });
    silent.close();
    expect(error).toMatchObject({ reason: 'timed_out' });
  });

  test('the URL is none, and its text is not repeated', async () => {
    const error = await refused('host=db password=hunter2hunter2');
    expect(error).toMatchObject({ reason: 'unreadable' });
    expect(String(error)).not.toContain('hunter2');
    expect(await refused('mysql://app:hunter2hunter2@db/app')).toMatchObject({ reason: 'unreadable' });
  });

  test('no connection is left', async () => {
    await sql(server.url, 'CREATE ROLE narrow LOGIN PASSWORD $$narrow$$ CONNECTION LIMIT 0');
    const url = withPart((target) => Object.assign(target, { username: 'narrow', password: 'narrow' }));
    expect(await refused(url)).toMatchObject({ reason: 'connection_refused', retryable: true });
  });
});

describe('encryption is what libpq makes of sslmode', () => {
  const authority = certificateAuthority();
  const other = certificateAuthority('Somebody Else');
  const encrypted = useServer();

  beforeAll(async () => {
    const { key, cert } = authority.issue('DNS:database.test', { from: -1, to: 10 });
    const { rows } = await inSession(encrypted.url, (session) => session.query('SHOW data_directory'));
    const data = String(rows[0]?.['data_directory']);
    const { uid, gid } = await stat(data);
    for (const [name, content] of [
      ['server.key', key],
      ['server.crt', cert],
    ] as const) {
      await writeFile(join(data, name), content, { mode: 0o600 });
      await chown(join(data, name), uid, gid);
    }
    await sql(encrypted.url, 'ALTER SYSTEM SET ssl = on', 'SELECT pg_reload_conf()');
    // The postmaster reloads in its own time.
    for (let tries = 0; tries < 50 && (await isEncrypted('prefer')) !== true; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  /** Whether a connection by these settings is encrypted, or why there is none. */
  async function isEncrypted(sslmode: string | undefined, root?: string): Promise<unknown> {
    const url = new URL(encrypted.url);
    if (sslmode !== undefined) url.searchParams.set('sslmode', sslmode);
    if (root !== undefined) url.searchParams.set('sslrootcert', root);
    const question = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
    return withSession(url.href, { secrets }, (session) => session.query(question)).then(
      ({ rows }) => rows[0]?.['ssl'],
      (error: unknown) => (error instanceof MeasurementError ? error.reason : error),
    );
  }

  test('preferred when the URL says nothing, and left out when it says so', async () => {
    expect(await isEncrypted(undefined)).toBe(true);
    expect(await isEncrypted('disable')).toBe(false);
  });

  test('required without looking at who issued the certificate', async () => {
    expect(await isEncrypted('require')).toBe(true);
  });

  test('verified by issuer, whatever the name', async () => {
    expect(await isEncrypted('verify-ca', authority.file)).toBe(true);
    expect(await isEncrypted('verify-ca', other.file)).toBe('tls_invalid');
    expect(await isEncrypted('require', other.file)).toBe('tls_invalid');
  });

  test('verified by issuer and name', async () => {
    expect(await isEncrypted('verify-full', authority.file)).toBe('tls_invalid');
  });

  test('with a certificate that is not there, or none where there must be one', async () => {
    expect(await isEncrypted('verify-ca', '/absent.pem')).toBe('tls_invalid');
    expect(await isEncrypted('verify-ca')).toBe('tls_invalid');
  });
});

describe('a session', () => {
  test('takes the URL that SQLAlchemy takes', async () => {
    const url = server.url.replace('postgresql:', 'postgresql+psycopg:');
    const { rows } = await withSession(url, { secrets }, (session) => session.query('SELECT 1 AS one'));
    expect(rows).toEqual([{ one: 1 }]);
  });

  test('may only read unless it is told otherwise', async () => {
    const writing = withSession(server.url, { secrets }, (session) => session.query('CREATE TABLE never (id int)'));
    await expect(writing).rejects.toMatchObject({ reason: 'permission_denied' });
  });

  test('takes one statement at a time', async () => {
    const two = withSession(server.url, { secrets }, (session) => session.query('SELECT 1; SELECT 2'));
    await expect(two).rejects.toMatchObject({ reason: 'bad_response' });
  });

  test('stops a statement that takes too long', async () => {
    const options = { secrets, statementTimeoutMs: 100 };
    const slow = withSession(server.url, options, (session) => session.query('SELECT pg_sleep(10)'));
    await expect(slow).rejects.toMatchObject({ reason: 'timed_out' });
  });

  test('lets go at once when the run is stopped', async () => {
    const stop = new AbortController();
    const began = performance.now();
    const slow = withSession(server.url, { secrets, signal: stop.signal }, (session) => session.query('SELECT pg_sleep(10)'));
    setTimeout(() => stop.abort(), 50);
    await expect(slow).rejects.toMatchObject({ reason: 'cancelled' });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  test('says what the server said about a query that is wrong', async () => {
    const wrong = withSession(server.url, { secrets }, (session) => session.query('SELECT absent'));
    await expect(wrong).rejects.toThrow('column "absent" does not exist');
  });

  test('reads inside a transaction that leaves nothing, even where the session may write', async () => {
    await withSession(server.url, { secrets, readOnly: false }, async (session) => {
      const write = readOnly(session, () => session.query('CREATE TABLE never (id int)'));
      await expect(write).rejects.toMatchObject({ reason: 'permission_denied' });
      const { rows } = await session.query(`SELECT to_regclass('never') AS found`);
      expect(rows).toEqual([{ found: null }]);
    });
  });
});
