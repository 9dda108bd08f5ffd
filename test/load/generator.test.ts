import { afterEach, expect, test } from 'vitest';
import { generateLoad, type Scenario } from '../../src/load/generator.ts';
import { percentile } from '../../src/load/latencies.ts';
import { requestsOf } from '../../src/load/recording.ts';
import { systemClock } from '../../src/runner/clock.ts';
import { deadUrl, httpServer, type RunningServer, rawServer } from './server.ts';

const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serving(server: Promise<RunningServer>): Promise<RunningServer> {
  servers.push(await server);
  return server;
}

const scenario = (url: string, changes: Partial<Scenario> = {}): Scenario => ({
  url,
  amount: { requests: 100 },
  concurrency: 5,
  method: 'GET',
  headers: {},
  timeoutMs: 5000,
  ...changes,
});

const quietly = { clock: systemClock, signal: new AbortController().signal, progress: () => {} };

test('every request of a good server is answered once, and the server saw as many', async () => {
  const server = await serving(httpServer((_, response) => response.end('ok')));
  const recording = await generateLoad(scenario(server.url, { amount: { requests: 503 } }), quietly);
  expect(recording.latencies.count).toBe(503);
  expect(server.arrived).toBe(503);
  expect(recording.statuses).toEqual(new Map([[200, 503]]));
  expect(recording.timeouts).toBe(0);
  expect(recording.faults.size).toBe(0);
});

test('latencies are what the server really took, to the millisecond and not to the bucket', async () => {
  const delays = [20, 20, 20, 20, 20, 20, 20, 20, 20, 120];
  let arrived = 0;
  const server = await serving(
    httpServer((_, response) => {
      const delay = delays[arrived++ % delays.length] ?? 0;
      setTimeout(() => response.end('ok'), delay);
    }),
  );
  const recording = await generateLoad(scenario(server.url, { concurrency: 1, amount: { requests: 40 } }), quietly);
  const ascending = [recording.latencies];
  expect(percentile(ascending, 50)).toBeGreaterThan(19);
  expect(percentile(ascending, 50)).toBeLessThan(40);
  expect(percentile(ascending, 95)).toBeGreaterThan(119);
  expect(percentile(ascending, 95)).toBeLessThan(150);
});

test('a limited rate is kept, and its latencies are not corrected into smaller ones', async () => {
  const server = await serving(httpServer((_, response) => setTimeout(() => response.end('ok'), 60)));
  const recording = await generateLoad(
    scenario(server.url, { amount: { durationMs: 2000 }, concurrency: 5, perSecond: 20 }),
    quietly,
  );
  expect(requestsOf(recording)).toBeGreaterThanOrEqual(35);
  expect(requestsOf(recording)).toBeLessThanOrEqual(60);
  expect(percentile([recording.latencies], 0)).toBeGreaterThan(59);
});

test('failing statuses are answers with their own latency', async () => {
  const server = await serving(
    httpServer((request, response) => {
      response.statusCode = request.url === '/' ? 500 : 200;
      response.end('no');
    }),
  );
  const recording = await generateLoad(scenario(server.url), quietly);
  expect(recording.statuses).toEqual(new Map([[500, 100]]));
});

test('a server that never answers gives timeouts only, and no latency', async () => {
  const server = await serving(httpServer(() => {}));
  const recording = await generateLoad(
    scenario(server.url, { amount: { requests: 6 }, concurrency: 3, timeoutMs: 300 }),
    quietly,
  );
  expect(recording.timeouts).toBe(6);
  expect(recording.latencies.count).toBe(0);
  expect(recording.faults.size).toBe(0);
});

test('a server slower than the time limit in some answers loses exactly those', async () => {
  let arrived = 0;
  const server = await serving(
    httpServer((_, response) => {
      const delay = arrived++ % 4 === 3 ? 900 : 10;
      setTimeout(() => response.end('ok'), delay);
    }),
  );
  const recording = await generateLoad(
    scenario(server.url, { amount: { requests: 20 }, concurrency: 2, timeoutMs: 300 }),
    quietly,
  );
  expect(requestsOf(recording)).toBe(20);
  expect(recording.timeouts).toBe(5);
  expect(recording.latencies.count).toBe(15);
  expect(percentile([recording.latencies], 100)).toBeLessThan(300);
});

test('a body that stops half-way is a timeout and does not spoil the answers after it', async () => {
  let arrived = 0;
  const server = await serving(
    httpServer((_, response) => {
      response.setHeader('content-length', '10');
      if (arrived++ % 3 === 0) response.write('01234');
      else response.end('0123456789');
    }),
  );
  const recording = await generateLoad(
    scenario(server.url, { amount: { requests: 9 }, concurrency: 1, timeoutMs: 200 }),
    quietly,
  );
  expect(recording.timeouts).toBe(3);
  expect(recording.statuses).toEqual(new Map([[200, 6]]));
});

test('a server that is not there stops the run at once, however long it was to last', async () => {
  const began = performance.now();
  const recording = await generateLoad(scenario(await deadUrl(), { amount: { durationMs: 60_000 } }), quietly);
  expect(performance.now() - began).toBeLessThan(5000);
  expect([...recording.faults.keys()]).toEqual(['refused']);
  expect(recording.latencies.count).toBe(0);
});

test('a server that goes away in the middle leaves its answers, and a fault for every other request', async () => {
  const server = await httpServer((_, response) => {
    response.end('ok');
    if (server.arrived === 40) void server.stop();
  });
  const recording = await generateLoad(scenario(server.url), quietly);
  expect(requestsOf(recording)).toBe(100);
  expect(recording.latencies.count).toBeLessThanOrEqual(40);
  expect(recording.faults.get('refused')).toBeGreaterThan(50);
});

test('a server that closes the connection after each answer, as gunicorn does, has lost nothing', async () => {
  const server = await serving(
    httpServer((_, response) => {
      response.setHeader('connection', 'close');
      setTimeout(() => response.end('ok'), 20);
    }),
  );
  const recording = await generateLoad(scenario(server.url, { amount: { requests: 60 }, concurrency: 3 }), quietly);
  expect(recording.statuses).toEqual(new Map([[200, 60]]));
  expect(recording.faults.size).toBe(0);
  expect(server.arrived).toBe(60);
  expect(percentile([recording.latencies], 50)).toBeLessThan(60);
});

test('an answer whose end is the end of the connection is an answer', async () => {
  const server = await serving(rawServer((socket) => socket.end('HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nhello')));
  const recording = await generateLoad(
    scenario(server.url, { amount: { requests: 30 }, concurrency: 2, timeoutMs: 1000 }),
    quietly,
  );
  expect(recording.statuses).toEqual(new Map([[200, 30]]));
  expect(recording.faults.size).toBe(0);
});

test('an answer without a body needs no length', async () => {
  const server = await serving(
    httpServer((_, response) => {
      response.statusCode = 204;
      response.end();
    }),
  );
  const recording = await generateLoad(scenario(server.url, { amount: { requests: 30 }, timeoutMs: 1000 }), quietly);
  expect(recording.statuses).toEqual(new Map([[204, 30]]));
});

test('a connection that closes without an answer is a fault, one for each request', async () => {
  const server = await serving(rawServer((socket) => socket.end()));
  const recording = await generateLoad(scenario(server.url, { amount: { requests: 20 }, concurrency: 2 }), quietly);
  expect(requestsOf(recording)).toBe(20);
  expect([...recording.faults.keys()].every((fault) => fault === 'closed' || fault === 'reset')).toBe(true);
});

test('requests on their way when the time is over are waited for, so that a stall is on the record', async () => {
  const began = performance.now();
  const server = await serving(
    httpServer((_, response) => {
      if (performance.now() - began < 500) setTimeout(() => response.end('ok'), 10);
    }),
  );
  const recording = await generateLoad(scenario(server.url, { amount: { durationMs: 1000 }, timeoutMs: 1500 }), quietly);
  expect(recording.timeouts).toBe(5);
  expect(recording.latencies.count).toBeGreaterThan(20);
});

test('cancelling stops at once', async () => {
  const server = await serving(httpServer((_, response) => setTimeout(() => response.end('ok'), 50)));
  const controller = new AbortController();
  const run = generateLoad(scenario(server.url, { amount: { durationMs: 60_000 } }), { ...quietly, signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const cancelledAt = performance.now();
  controller.abort(new Error('cancelled'));
  await expect(run).rejects.toThrow('cancelled');
  expect(performance.now() - cancelledAt).toBeLessThan(100);
  const sofar = server.arrived;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(server.arrived).toBe(sofar);
});

test('method, headers and body arrive as they were given', async () => {
  const seen: string[] = [];
  const server = await serving(
    httpServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        seen.push(`${request.method} ${request.headers['x-test']} ${body}`);
        response.end();
      });
    }),
  );
  const given = { method: 'POST', headers: { 'x-test': 'yes' }, body: 'hello' } as const;
  await generateLoad(scenario(server.url, { ...given, amount: { requests: 2 }, concurrency: 1 }), quietly);
  expect(seen).toEqual(['POST yes hello', 'POST yes hello']);
});
