import { createServer } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { redis } from '../../src/probes/redis.ts';
import { infoMeasurements } from '../../src/probes/redis-info.ts';
import { freePort } from '../support/free-port.ts';
import { type Listening, listen } from '../support/http-server.ts';
import { bound, measure, plain, probeContext } from '../support/probe.ts';
import { type RedisServer, redisServer } from '../support/redis.ts';
import { certificateAuthority } from '../support/tls.ts';
import { lacks } from '../support/tools.ts';

describe.skipIf(lacks('redis-server'))('a Redis server', () => {
  let open: RedisServer;
  let guarded: RedisServer;
  beforeAll(async () => {
    // One after the other, so that afterAll knows the first even when the second does not start.
    open = await redisServer('--maxmemory', '100mb', '--maxclients', '100');
    const users = '--user ada on >s/cret ~* +@all --user bob on >nothing -@all'.split(' ');
    guarded = await redisServer('--requirepass', 'open-sesame', ...users);
  });
  afterAll(async () => {
    await Promise.all([open?.stop(), guarded?.stop()]);
  });

  test('answers PING and tells about itself', async () => {
    const measured = await measure(redis, { url: `redis://127.0.0.1:${open.port}/2` });
    expect(plain(measured)).toMatchObject({ ping: true, role: 'master', 'info.redis_mode': 'standalone', maxclients: 100 });
    expect(measured.measurements['version']?.value).toMatchObject({
      kind: 'version',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect(measured.measurements['used_memory']?.value).toMatchObject({ dimension: { time: 0, bytes: 1 } });
    const { connected_clients, clients_used, memory_used } = plain(measured);
    expect(clients_used).toBe(Number(connected_clients) / 100);
    expect(memory_used).toBeGreaterThan(0);
    expect(memory_used).toBeLessThan(0.5);
  });

  test('is asked with the password of the URL, which is masked', async () => {
    const context = probeContext();
    const url = `redis://:open-sesame@127.0.0.1:${guarded.port}`;
    expect(plain(await bound(redis, { url }).measure(context))['ping']).toBe(true);
    expect(context.secrets.mask('open-sesame')).toBe('***');
    expect(bound(redis, { url }).title).not.toContain('sesame');
  });

  test('is asked with user and password, unescaped', async () => {
    expect(plain(await measure(redis, { url: `redis://ada:s%2Fcret@127.0.0.1:${guarded.port}` }))['ping']).toBe(true);
  });

  test.each([
    ['no password', '', /NOAUTH/],
    ['a wrong password', ':wrong@', /WRONGPASS/],
    ['an unknown user', 'eve:wrong@', /WRONGPASS/],
  ])('refuses %s', async (_, user, message) => {
    const url = `redis://${user}127.0.0.1:${guarded.port}`;
    await expect(measure(redis, { url })).rejects.toMatchObject({
      reason: 'authentication_failed',
      message: expect.stringMatching(message),
    });
  });

  test('tells when a password is given where none is set', async () => {
    const url = `redis://:open-sesame@127.0.0.1:${open.port}`;
    await expect(measure(redis, { url })).rejects.toMatchObject({ reason: 'authentication_failed' });
  });

  test('tells when the user may not look', async () => {
    const url = `redis://bob:nothing@127.0.0.1:${guarded.port}`;
    await expect(measure(redis, { url })).rejects.toMatchObject({ reason: 'permission_denied' });
  });

  test('tells when there is no such database', async () => {
    const url = `redis://127.0.0.1:${open.port}/99`;
    await expect(measure(redis, { url })).rejects.toMatchObject({
      reason: 'bad_response',
      message: expect.stringContaining('SELECT'),
    });
  });
});

describe('something else', () => {
  const servers: Listening[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  async function saying(greeting: string): Promise<number> {
    const server = await listen(
      createServer((socket) => socket.write(greeting)),
      'tcp',
    );
    servers.push(server);
    return server.port;
  }

  test('that listens is told from Redis', async () => {
    const port = await saying('SSH-2.0-OpenSSH_9.2\r\n');
    await expect(measure(redis, { url: `redis://127.0.0.1:${port}` })).rejects.toMatchObject({
      reason: 'bad_response',
      message: expect.stringContaining('does not speak Redis'),
    });
  });

  test('that never answers is a timeout', async () => {
    const port = await saying('');
    await expect(measure(redis, { url: `redis://127.0.0.1:${port}`, timeout: '100ms' })).rejects.toMatchObject({
      reason: 'timed_out',
    });
  });

  test('that is still loading its data may be asked again', async () => {
    const port = await saying('-LOADING Redis is loading the dataset in memory\r\n');
    await expect(measure(redis, { url: `redis://127.0.0.1:${port}` })).rejects.toMatchObject({ retryable: true });
  });

  test('that has no listener is a refused connection', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`;
    await expect(measure(redis, { url })).rejects.toMatchObject({ reason: 'connection_refused' });
  });

  test.skipIf(lacks('openssl'))('with a certificate that nobody trusts is not given the password', async () => {
    let got = '';
    const { key, cert } = certificateAuthority().issue('IP:127.0.0.1', { from: -1, to: 1 });
    const server = await listen(
      createSecureServer({ key, cert }, (socket) => {
        socket.on('error', () => {});
        socket.on('data', (chunk) => {
          got += chunk;
        });
      }),
      'tls',
    );
    servers.push(server);
    await expect(measure(redis, { url: `rediss://:open-sesame@127.0.0.1:${server.port}` })).rejects.toMatchObject({
      reason: 'tls_invalid',
    });
    expect(got).toBe('');
  });

  test.each(['http://cache', 'redis://', 'redis://cache/notes', 'cache:6379'])('at %j is refused by the schema', (url) => {
    expect(redis.bind({ url })).toHaveProperty('issues');
  });
});

test('fields of INFO have the units that they are counted in', () => {
  const info = infoMeasurements(
    '# Stats\r\nuptime_in_seconds:60\r\nused_memory_peak_perc:87.50%\r\nmem_fragmentation_ratio:1.5\r\ndb0:keys=3,expires=1,avg_ttl=0\r\n' +
      'slave0:ip=10.0.0.1,port=6379,state=online,offset=1,lag=0\r\nused_memory_human:1.00M\r\nexecutable:/usr/bin/redis-server\r\n',
  );
  expect(info['info.uptime_in_seconds']?.value).toMatchObject({ amount: 60, dimension: { time: 1 } });
  expect(info['info.used_memory_peak_perc']?.value).toMatchObject({ amount: 0.875, dimension: { share: true } });
  expect(plain({ measurements: info })).toMatchObject({
    'info.mem_fragmentation_ratio': 1.5,
    'info.db0.keys': 3,
    'info.slave0.state': 'online',
    'info.used_memory_human': '1.00M',
    'info.executable': '/usr/bin/redis-server',
  });
});
