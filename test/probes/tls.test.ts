import { createServer as createPlainServer } from 'node:net';
import { createServer } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { tls } from '../../src/probes/tls.ts';
import { freePort } from '../support/free-port.ts';
import { type Listening, listen } from '../support/http-server.ts';
import { measure, plain } from '../support/probe.ts';
import { type Authority, certificateAuthority } from '../support/tls.ts';
import { lacks } from '../support/tools.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

describe.skipIf(lacks('openssl'))('a certificate', () => {
  let authority: Authority;
  beforeAll(() => {
    authority = certificateAuthority('Acme Root');
  });

  async function serving(names: string, days: { from: number; to: number }): Promise<number> {
    const server = await listen(
      createServer(authority.issue(names, days), (socket) => socket.on('error', () => {})),
      'tls',
    );
    open.push(server);
    return server.port;
  }

  test('that is in order is valid, with the days that it has left', async () => {
    const port = await serving('DNS:localhost,IP:127.0.0.1', { from: -1, to: 30.5 });
    const measured = plain(await measure(tls, { host: '127.0.0.1', port, ca: authority.file }));
    expect(measured).toMatchObject({
      valid: true,
      error: '',
      days_left: 30,
      issuer: 'Acme Root',
      subject: 'server.test',
      names: 'localhost 127.0.0.1',
      self_signed: false,
      protocol: 'TLSv1.3',
    });
    expect(measured['expires_in']).toBeGreaterThan(30 * 86_400);
  });

  test('that has expired is measured, and is not valid', async () => {
    const port = await serving('DNS:localhost', { from: -10, to: -1.5 });
    const measured = plain(await measure(tls, { address: `127.0.0.1:${port}`, servername: 'localhost', ca: authority.file }));
    expect(measured).toMatchObject({ valid: false, error: 'CERT_HAS_EXPIRED', days_left: -2 });
  });

  test('for another name is not valid', async () => {
    const port = await serving('DNS:other.example.com', { from: -1, to: 30 });
    const measured = plain(await measure(tls, { host: '127.0.0.1', port, servername: 'localhost', ca: authority.file }));
    expect(measured).toMatchObject({ valid: false, error: 'ERR_TLS_CERT_ALTNAME_INVALID', days_left: 29 });
  });

  test('of an authority that nobody trusts is not valid', async () => {
    const port = await serving('IP:127.0.0.1', { from: -1, to: 30 });
    expect(plain(await measure(tls, { host: '127.0.0.1', port }))).toMatchObject({
      valid: false,
      error: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
  });

  test('is measured from a server that asks for the client’s in turn', async () => {
    const { key, cert } = authority.issue('IP:127.0.0.1', { from: -1, to: 30 });
    const server = await listen(
      createServer({ key, cert, requestCert: true, rejectUnauthorized: true }, (socket) => socket.on('error', () => {})),
      'tls',
    );
    open.push(server);
    expect(plain(await measure(tls, { host: '127.0.0.1', port: server.port, ca: authority.file }))['valid']).toBe(true);
  });
});

describe('no certificate', () => {
  test('is an error when the server does not speak TLS', async () => {
    const server = await listen(
      createPlainServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
      'tcp',
    );
    open.push(server);
    await expect(measure(tls, { host: '127.0.0.1', port: server.port })).rejects.toMatchObject({ reason: 'tls_invalid' });
  });

  test('is a refused connection when nothing listens', async () => {
    await expect(measure(tls, { host: '127.0.0.1', port: await freePort() })).rejects.toMatchObject({
      reason: 'connection_refused',
    });
  });

  test('is a missing file when there is no such list of authorities', async () => {
    await expect(measure(tls, { host: 'localhost', ca: 'missing.pem' })).rejects.toMatchObject({
      reason: 'not_found',
      message: expect.stringContaining('missing.pem'),
    });
  });
});
