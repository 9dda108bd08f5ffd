import { createServer } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { createClient } from '../../src/github/client.ts';
import { listen } from '../support/http-server.ts';
import { recordingServer } from './recording-server.ts';

const silent = { info() {}, warn() {}, error() {}, debug() {} };
afterEach(() => vi.unstubAllEnvs());

it('goes through the proxy that the environment names', async () => {
  const github = await recordingServer(() => ({ status: 200, json: { id: 41 } }));
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    const upstream = connect(github.port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
  });
  const proxy = await listen(server, 'http');
  // A name that nothing resolves: only the proxy can reach it.
  vi.stubEnv('GITHUB_API_URL', 'http://api.github.test');
  vi.stubEnv('http_proxy', proxy.url);
  vi.stubEnv('no_proxy', '');
  try {
    const client = await createClient({
      token: 't',
      apiUrl: 'http://api.github.test',
      log: silent,
      env: { http_proxy: proxy.url },
    });
    const { data } = await client.rest.checks.get({ owner: 'acme', repo: 'shop', check_run_id: 41 });
    expect(data.id).toBe(41);
    expect(asked).toEqual(['api.github.test:80']);
  } finally {
    await Promise.all([github.close(), proxy.close()]);
  }
});
