import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Measurements } from '../../src/criteria/value.ts';
import { load } from '../../src/probes/load.ts';
import type { Measured, ProbeContext } from '../../src/probes/probe.ts';
import { httpServer, type RunningServer } from '../load/server.ts';
import { testPorts } from '../support/ports.ts';
import { lacks } from '../support/tools.ts';

const servers: RunningServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function good(): Promise<string> {
  let arrived = 0;
  const server = await httpServer((_, response) => {
    arrived += 1;
    response.statusCode = arrived % 20 === 0 ? 500 : 200;
    setTimeout(() => response.end('ok'), 5);
  });
  servers.push(server);
  return server.url.replace(/\/$/, '');
}

function checkout(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'holdpoint-load-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

async function measure(
  spec: unknown,
  directory: string,
  { wanted = [], ...overrides }: Partial<Omit<ProbeContext, 'wanted'>> & { readonly wanted?: readonly string[] } = {},
): Promise<Measured> {
  const binding = load.bind(spec);
  if ('issues' in binding) throw new Error(binding.issues.map((issue) => issue.message).join('; '));
  return binding.bound.measure({
    ...testPorts({ directory }),
    databases: { url: () => Promise.reject(new Error('no databases here')) },
    progress: () => {},
    wanted: new Set(wanted),
    windowMs: 0,
    ...overrides,
  });
}

const amount = (measurements: Measurements, name: string): number => {
  const value = measurements[name]?.value;
  return value?.kind === 'quantity' ? value.amount : Number.NaN;
};

const LOCUSTFILE = `from locust import HttpUser, constant, task

class Visitor(HttpUser):
    wait_time = constant(0.01)

    @task
    def home(self):
        self.client.get("/")
`;

describe.skipIf(lacks('locust'))('Locust', () => {
  const spec = (target: string, script = 'locustfile.py') => ({
    run: { locust: script, target, args: ['--users', '4', '--spawn-rate', '4', '--run-time', '4s'] },
  });

  test('is run, watched and read whole, and failed requests are for the criteria to judge', async () => {
    const told: string[] = [];
    const directory = checkout({ 'locustfile.py': LOCUSTFILE });
    const { measurements } = await measure(spec(await good()), directory, {
      wanted: ['p95', 'p95 of "GET /"'],
      progress: (text) => told.push(text),
    });
    expect(amount(measurements, 'requests')).toBeGreaterThan(200);
    expect(amount(measurements, 'error_rate')).toBeCloseTo(0.05, 2);
    expect(amount(measurements, 'p95')).toBeLessThan(0.5);
    expect(measurements['p95 of "GET /"']?.absent).toBeUndefined();
    expect(told.some((text) => /^[\d,]+ requests, p95 .* so far/.test(text))).toBe(true);
  });

  test('is stopped when an abort criterion holds, and what it wrote until then is read', async () => {
    const directory = checkout({ 'locustfile.py': LOCUSTFILE });
    const long = { run: { ...spec(await good()).run, args: ['--users', '4', '--spawn-rate', '4', '--run-time', '5m'] } };
    let looks = 0;
    const began = performance.now();
    const { measurements } = await measure(long, directory, {
      shouldStop: () => {
        looks += 1;
        return looks > 1;
      },
    });
    expect(performance.now() - began).toBeLessThan(30_000);
    expect(amount(measurements, 'requests')).toBeGreaterThan(20);
  });

  test('that cannot begin is a broken test, and says why', async () => {
    const attempt = measure(spec('http://127.0.0.1:9'), checkout({}));
    await expect(attempt).rejects.toMatchObject({
      reason: 'command_failed',
      message: expect.stringContaining('the test is broken'),
    });
  });
});

const ARTILLERY = (ensure: string) => `config:
  phases: [{ duration: 3, arrivalRate: 20 }]
  plugins: { ensure: {} }
  ensure: { thresholds: [{ ${ensure} }] }
scenarios:
  - flow: [{ get: { url: / } }]
`;

describe.skipIf(lacks('artillery'))('Artillery', () => {
  test('is run and read, and a limit of its own that is crossed is told', async () => {
    const directory = checkout({ 'load.yml': ARTILLERY('http.response_time.p95: 1') });
    const { measurements, crossed } = await measure({ run: { artillery: 'load.yml', target: await good() } }, directory, {
      wanted: ['p95'],
    });
    expect(amount(measurements, 'requests')).toBe(60);
    expect(amount(measurements, 'p95')).toBeGreaterThan(0.004);
    expect(crossed?.length).toBeGreaterThan(0);
  });

  test('whose own limits are met crossed none', async () => {
    const directory = checkout({ 'load.yml': ARTILLERY('http.response_time.p95: 5000') });
    const { crossed } = await measure({ run: { artillery: 'load.yml', target: await good() } }, directory);
    expect(crossed).toEqual([]);
  });

  test('that has no script is a broken test', async () => {
    const attempt = measure({ run: { artillery: 'none.yml', target: await good() } }, checkout({}));
    await expect(attempt).rejects.toMatchObject({ reason: 'command_failed' });
  });
});

describe('any command', () => {
  const RESULT = '{"summary":{"successRate":1}}';

  test('that fails is a broken test, with its last line', async () => {
    const attempt = measure({ run: { command: 'echo "no such host" >&2; exit 107' }, results: 'out.json' }, checkout({}));
    await expect(attempt).rejects.toMatchObject({
      reason: 'command_failed',
      message: expect.stringMatching(/exit code 107.*the test is broken.*no such host/),
    });
  });

  test('that writes nothing does not get the results of an earlier run', async () => {
    const directory = checkout({ 'out.json': RESULT });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const attempt = measure({ run: { command: 'true' }, results: 'out.json' }, directory);
    await expect(attempt).rejects.toMatchObject({
      reason: 'unreadable',
      message: expect.stringContaining('older than this run'),
    });
  });

  test('that is not there says so', async () => {
    const attempt = measure({ run: { command: 'no-such-load-tool --fast' }, results: 'out.json' }, checkout({}));
    await expect(attempt).rejects.toMatchObject({
      reason: 'command_failed',
      message: expect.stringContaining('bash did not find a command'),
    });
  });
});
