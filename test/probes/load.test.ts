import { afterEach, expect, test } from 'vitest';
import type { Measurements } from '../../src/criteria/value.ts';
import { load } from '../../src/probes/load.ts';
import type { BoundProbe, Measured, ProbeContext } from '../../src/probes/probe.ts';
import { deadUrl, httpServer, type RunningServer } from '../load/server.ts';
import { testPorts } from '../support/ports.ts';

const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function serving(server: Promise<RunningServer>): Promise<string> {
  servers.push(await server);
  return (await server).url;
}

function bound(spec: unknown): BoundProbe {
  const binding = load.bind(spec);
  if ('issues' in binding) throw new Error(binding.issues.map((issue) => issue.message).join('; '));
  return binding.bound;
}

async function measure(spec: unknown, wanted: readonly string[] = [], overrides: Partial<ProbeContext> = {}): Promise<Measured> {
  return bound(spec).measure({
    ...testPorts(),
    databases: { url: () => Promise.reject(new Error('no databases here')) },
    progress: () => {},
    wanted: new Set(wanted),
    windowMs: 0,
    ...overrides,
  });
}

const amount = (measurements: Measurements, name: string): number | undefined => {
  const value = measurements[name]?.value;
  return value?.kind === 'quantity' ? value.amount : undefined;
};

test('a good server meets what the checklists ask for', async () => {
  const url = await serving(httpServer((_, response) => setTimeout(() => response.end('ok'), 20)));
  const { measurements, evidence } = await measure({ url, requests: 100, concurrency: 10 }, ['p97.5']);
  expect(amount(measurements, 'requests')).toBe(100);
  expect(amount(measurements, 'success_rate')).toBe(1);
  expect(amount(measurements, 'error_rate')).toBe(0);
  expect(amount(measurements, 'timeouts')).toBe(0);
  expect(measurements['p95']).toMatchObject({ samples: 100 });
  expect(amount(measurements, 'p95')).toBeGreaterThan(0.019);
  expect(amount(measurements, 'p95')).toBeLessThan(0.2);
  expect(amount(measurements, 'p97.5')).toBeGreaterThanOrEqual(amount(measurements, 'p95') ?? Number.NaN);
  expect(amount(measurements, 'status.200')).toBe(100);
  expect(amount(measurements, 'rate')).toBeGreaterThan(100);
  expect(evidence?.map(({ title }) => title)).toEqual([
    'Latency of 100 answers: exact, failed answers included, timeouts excluded',
    'Latencies',
    'Answers by status',
  ]);
});

test('a dead server is no measurement', async () => {
  const attempt = measure({ url: await deadUrl(), requests: 100 });
  await expect(attempt).rejects.toMatchObject({ reason: 'connection_refused', retryable: true });
});

test('a server that answers 500 has no success, however fast it is', async () => {
  const url = await serving(
    httpServer((_, response) => {
      response.statusCode = 500;
      response.end();
    }),
  );
  const { measurements } = await measure({ url, requests: 50 }, ['status.5xx', 'status.404']);
  expect(amount(measurements, 'success_rate')).toBe(0);
  expect(amount(measurements, 'failures')).toBe(50);
  expect(amount(measurements, 'status.5xx')).toBe(50);
  expect(amount(measurements, 'status.404')).toBe(0);
});

test('a server that never answers has timeouts and no latency, and no status was “not seen”', async () => {
  const url = await serving(httpServer(() => {}));
  const { measurements, evidence } = await measure({ url, requests: 4, concurrency: 2, timeout: '300ms' }, ['p95', 'status.500']);
  expect(amount(measurements, 'timeouts')).toBe(4);
  expect(amount(measurements, 'success_rate')).toBe(0);
  for (const name of ['p50', 'min', 'mean', 'max']) expect(measurements[name]).toBeUndefined();
  for (const name of ['p95', 'status.500']) {
    expect(measurements[name]).toMatchObject({ samples: 0, note: 'no request was answered' });
    expect(amount(measurements, name)).toBeNaN();
  }
  expect(evidence?.map(({ title }) => title)).toEqual(['Requests without an answer']);
});

test('timeouts can be counted as infinitely slow', async () => {
  let arrived = 0;
  const url = await serving(
    httpServer((_, response) => {
      arrived += 1;
      if (arrived % 10 !== 0) response.end('ok');
    }),
  );
  const spec = { url, requests: 30, concurrency: 1, timeout: '300ms' };
  const { measurements } = await measure(spec, ['p50.with_timeouts', 'p95.with_timeouts', 'p95']);
  expect(amount(measurements, 'timeouts')).toBe(3);
  expect(amount(measurements, 'p95.with_timeouts')).toBe(Number.POSITIVE_INFINITY);
  expect(amount(measurements, 'p50.with_timeouts')).toBeLessThan(0.3);
  expect(amount(measurements, 'p95')).toBeLessThan(0.3);
  expect(measurements['p95']?.note).toBe('of the 27 answers; 3 requests got none; rests on 27 requests; 200 make it steady');
});

test('which statuses are successes can be said', async () => {
  const url = await serving(
    httpServer((_, response) => {
      response.statusCode = 404;
      response.end();
    }),
  );
  const { measurements } = await measure({ url, requests: 10, 'expect-status': [200, '4xx'] });
  expect(amount(measurements, 'success_rate')).toBe(1);
});

test('progress is told while it runs', async () => {
  const url = await serving(httpServer((_, response) => setTimeout(() => response.end('ok'), 20)));
  const told: string[] = [];
  await measure({ url, requests: 700, concurrency: 10 }, [], { progress: (text) => told.push(text) });
  expect(told[0]).toMatch(/^\d+ of 700 requests, p95 .* in the last second$/);
});

test('it runs alone, and its spec says how much', () => {
  expect(bound({ url: 'http://localhost/', requests: 1 }).exclusive).toBe(true);
  expect(() => bound({ url: 'http://localhost/' })).toThrow('either `requests` or `duration`');
  expect(() => bound({ url: 'ftp://localhost/', requests: 1 })).toThrow('http://');
});
