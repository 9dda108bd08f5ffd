import { createServer } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { http } from '../../src/probes/http.ts';
import { freePort } from '../support/free-port.ts';
import { httpServer, type Listening, listen } from '../support/http-server.ts';
import { fakeClock } from '../support/ports.ts';
import { bound, measure, plain, probeContext } from '../support/probe.ts';
import { certificateAuthority } from '../support/tls.ts';
import { lacks } from '../support/tools.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serving(...args: Parameters<typeof httpServer>): Promise<string> {
  const server = await httpServer(...args);
  open.push(server);
  return server.url;
}

const answering = (body: string, type = 'application/json') =>
  serving((_, response) => response.setHeader('content-type', type).end(body));

describe('an answer', () => {
  test('is measured by status, size, headers and a JSON body at any depth', async () => {
    const url = await answering(JSON.stringify({ version: '1.4.2', ok: true, items: [{ id: 7 }, { id: 8 }], none: null }));
    expect(plain(await measure(http, { url }))).toMatchObject({
      status: 200,
      size: 69,
      redirects: 0,
      attempts: 1,
      'header.content_type': 'application/json',
      'body.version': '1.4.2',
      'body.ok': true,
      'body.items.length': 2,
      'body.items[1].id': 8,
      'body.none': '',
    });
  });

  test('has as latency all the time until its body is complete', async () => {
    const clock = fakeClock();
    const url = await serving(async (_, response) => {
      response.write('a');
      await clock.advance(1500);
      response.end('b');
    });
    expect(plain(await measure(http, { url }, { clock }))['latency']).toBe(1.5);
  });

  test('of status 500 is an answer, and what it said is evidence', async () => {
    const url = await serving((_, response) => response.writeHead(500).end('database is down'));
    const measured = await measure(http, { url });
    expect(plain(measured)['status']).toBe(500);
    expect(measured.evidence?.[0]).toMatchObject({ text: expect.stringContaining('database is down') });
  });

  test('that is not JSON has no values by path, so that a criterion on one cannot hold', async () => {
    const url = await answering('<html>Sign in</html>', 'text/html');
    const measured = await measure(http, { url }, { wanted: new Set(['body.version']) });
    expect(plain(measured)).toMatchObject({ status: 200, body: '<html>Sign in</html>' });
    expect(measured.measurements).not.toHaveProperty(['body.version']);
    expect(measured.evidence?.[0]).toMatchObject({ text: expect.stringContaining('not JSON') });
  });

  test('that is cut off in the middle is none', async () => {
    const url = await serving((_, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"a":');
      setTimeout(() => response.destroy(), 30);
    });
    await expect(measure(http, { url })).rejects.toMatchObject({ reason: 'bad_response' });
  });

  test('with a huge body is refused instead of read', async () => {
    const chunk = 'x'.repeat(1024 * 1024);
    const url = await serving((_, response) => {
      for (let sent = 0; sent < 12; sent += 1) response.write(chunk);
      response.end();
    });
    await expect(measure(http, { url })).rejects.toMatchObject({
      reason: 'bad_response',
      message: expect.stringContaining('10 MiB'),
    });
  });

  test('finds a wanted value beyond the first two thousand', async () => {
    const url = await answering(JSON.stringify({ many: Array.from({ length: 5000 }, (_, index) => index), last: { id: 'end' } }));
    const wanted = new Set(['body.many[4999]', 'body.last.id']);
    expect(plain(await measure(http, { url }, { wanted }))).toMatchObject({ 'body.many[4999]': 4999, 'body.last.id': 'end' });
  });
});

describe('a request', () => {
  test('sends JSON, headers and the method they imply', async () => {
    const url = await serving((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () =>
        response.end(JSON.stringify({ method: request.method, type: request.headers['content-type'], body })),
      );
    });
    expect(plain(await measure(http, { url, json: { a: 1 } }))).toMatchObject({
      'body.method': 'POST',
      'body.type': 'application/json',
      'body.body': '{"a":1}',
    });
  });

  test('keeps user and password out of the title and of what is shown, and sends them as a header', async () => {
    const url = await serving((request, response) => response.writeHead(401).end(request.headers.authorization));
    const secretUrl = url.replace('//', '//ada:s%26cret@');
    const context = probeContext();
    const probe = bound(http, { url: secretUrl });
    const measured = await probe.measure(context);
    const basic = Buffer.from('ada:s&cret').toString('base64');
    expect(plain(measured)['body']).toBe(`Basic ${basic}`);
    expect(`${probe.title} ${JSON.stringify(measured.evidence?.[0])}`.split('\n')[0]).not.toMatch(/s(?:%26|&)cret/);
    expect(context.secrets.mask('s&cret')).toBe('***');
    expect(context.secrets.mask(basic)).toBe('***');
  });

  test('has its authorization masked, with and without its scheme', async () => {
    const url = await answering('{}');
    const context = probeContext();
    await bound(http, { url, headers: { Authorization: 'Bearer abc-123-token', 'X-Api-Key': 'key-456' } }).measure(context);
    expect(context.secrets.mask('abc-123-token key-456')).toBe('*** ***');
  });

  test.each(['ftp://example.com', 'example.com/health', ''])('to %j is refused by the schema', (url) => {
    expect(http.bind({ url })).toHaveProperty('issues');
  });
});

describe('a redirect', () => {
  test('is the answer unless it is to be followed', async () => {
    const url = await serving((_, response) => response.writeHead(302, { location: '/login' }).end());
    expect(plain(await measure(http, { url }))).toMatchObject({ status: 302, 'header.location': '/login' });
  });

  test('is followed and counted', async () => {
    const url = await serving((request, response) => {
      if (request.url === '/end') response.end('{"at":"end"}');
      else response.writeHead(302, { location: request.url === '/' ? '/middle' : '/end' }).end();
    });
    expect(plain(await measure(http, { url, follow: true }))).toMatchObject({ status: 200, redirects: 2, 'body.at': 'end' });
  });

  test('to another host does not take the credentials along', async () => {
    const other = await serving((request, response) =>
      response.end(JSON.stringify({ got: request.headers.authorization ?? 'nothing' })),
    );
    const url = await serving((_, response) => response.writeHead(307, { location: other }).end());
    const headers = { authorization: 'Bearer abc-123-token' };
    expect(plain(await measure(http, { url, headers, follow: true }))['body.got']).toBe('nothing');
  });

  test('without end stops at the tenth', async () => {
    const url = await serving((_, response) => response.writeHead(302, { location: '/' }).end());
    expect(plain(await measure(http, { url, follow: true }))).toMatchObject({ status: 302, redirects: 10 });
  });
});

describe('asking again', () => {
  test('goes on until the service is ready, and tells how often it took', async () => {
    let asked = 0;
    const url = await serving((_, response) => {
      asked += 1;
      response.writeHead(asked < 3 ? 503 : 200).end();
    });
    const clock = fakeClock(0, { auto: true });
    expect(plain(await measure(http, { url, attempts: 5, every: '10s' }, { clock }))).toMatchObject({ status: 200, attempts: 3 });
    expect(clock.now()).toBe(20_000);
  });

  test('ends with the last answer or failure', async () => {
    const clock = fakeClock(0, { auto: true });
    const url = await serving((_, response) => response.writeHead(503).end());
    expect(plain(await measure(http, { url, attempts: 2 }, { clock }))).toMatchObject({ status: 503, attempts: 2 });
    const nowhere = `http://127.0.0.1:${await freePort()}`;
    await expect(measure(http, { url: nowhere, attempts: 3 }, { clock })).rejects.toMatchObject({ reason: 'connection_refused' });
  });
});

describe('no answer', () => {
  test('is a refused connection when nothing listens, with host and port', async () => {
    const port = await freePort();
    await expect(measure(http, { url: `http://127.0.0.1:${port}/health` })).rejects.toMatchObject({
      reason: 'connection_refused',
      message: expect.stringContaining(`127.0.0.1:${port} refused`),
    });
  });

  test('is an unknown host when its name does not resolve', async () => {
    await expect(measure(http, { url: 'http://nope.invalid/' })).rejects.toMatchObject({
      reason: 'host_not_found',
      message: expect.stringContaining('nope.invalid:80'),
    });
  });

  test('is a timeout when it takes too long', async () => {
    const url = await serving(() => {});
    await expect(measure(http, { url, timeout: '100ms' })).rejects.toMatchObject({
      reason: 'timed_out',
      message: expect.stringContaining('within 0.1 s'),
    });
  });

  test('is the cancellation when the run is cancelled', async () => {
    const url = await serving(() => {});
    const cancelled = new Error('cancelled');
    const stop = new AbortController();
    setTimeout(() => stop.abort(cancelled), 50);
    await expect(measure(http, { url }, { signal: stop.signal })).rejects.toBe(cancelled);
  });

  test('is a bad response when the other side does not speak HTTP', async () => {
    const server = await listen(
      createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')),
      'http',
    );
    open.push(server);
    await expect(measure(http, { url: server.url })).rejects.toMatchObject({ reason: 'bad_response' });
  });

  test.skipIf(lacks('openssl'))('is a TLS error when the certificate is not to be trusted', async () => {
    const { key, cert } = certificateAuthority().issue('IP:127.0.0.1', { from: -1, to: 1 });
    const server = await listen(createSecureServer({ key, cert }), 'https');
    open.push(server);
    await expect(measure(http, { url: server.url })).rejects.toMatchObject({ reason: 'tls_invalid' });
  });
});
