import { createServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { tcp } from '../../src/probes/tcp.ts';
import { freePort } from '../support/free-port.ts';
import { type Listening, listen } from '../support/http-server.ts';
import { bound, measure, plain } from '../support/probe.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

test('a port that listens is open, and the time that it took is measured', async () => {
  const server = await listen(createServer(), 'tcp');
  open.push(server);
  const measured = plain(await measure(tcp, { address: `127.0.0.1:${server.port}` }));
  expect(measured['open']).toBe(true);
  expect(measured['latency']).toBeGreaterThanOrEqual(0);
  expect(plain(await measure(tcp, { host: '127.0.0.1', port: server.port }))['open']).toBe(true);
});

test('a port that nobody listens on is an error with its cause', async () => {
  const port = await freePort();
  await expect(measure(tcp, { address: `127.0.0.1:${port}` })).rejects.toMatchObject({
    reason: 'connection_refused',
    retryable: true,
    message: expect.stringContaining(`127.0.0.1:${port}`),
  });
});

test('an unknown host is an error with its cause', async () => {
  await expect(measure(tcp, { address: 'nope.invalid:5432' })).rejects.toMatchObject({ reason: 'host_not_found' });
});

test('a cancelled run closes the connection and keeps its reason', async () => {
  const cancelled = new Error('cancelled');
  await expect(measure(tcp, { address: '127.0.0.1:1' }, { signal: AbortSignal.abort(cancelled) })).rejects.toBe(cancelled);
});

test.each([{}, { address: 'db' }, { address: 'db:99999' }, { host: 'db' }, { address: 'db:1', host: 'db', port: 1 }])(
  'the spec %j is refused',
  (spec) => {
    expect(tcp.bind(spec)).toHaveProperty('issues');
  },
);

test('an IPv6 address is written in brackets', () => {
  expect(bound(tcp, { address: '[::1]:5432' }).title).toBe('[::1]:5432 accepts connections');
});
