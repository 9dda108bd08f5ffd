import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { prometheus } from '../../src/probes/prometheus.ts';
import { freePort } from '../support/free-port.ts';
import { httpServer, type Listening } from '../support/http-server.ts';
import { bound, measure, plain, probeContext } from '../support/probe.ts';
import { type PrometheusServer, prometheusServer } from '../support/prometheus.ts';
import { lacks } from '../support/tools.ts';

describe.skipIf(lacks('prometheus'))('a Prometheus that scrapes a service', () => {
  let service: Listening;
  let server: PrometheusServer;
  let served = 0;

  const value = async (query: string) => plain(await measure(prometheus, { url: server.url, query }))['value'];

  beforeAll(async () => {
    service = await httpServer((_, response) => {
      served += 10;
      response.setHeader('content-type', 'text/plain; version=0.0.4');
      response.end(
        `# TYPE requests_total counter\nrequests_total{code="200"} ${served}\nrequests_total{code="500"} ${served / 10}\n` +
          '# TYPE latency_seconds gauge\nlatency_seconds 0.25\nodd NaN\n',
      );
    });
    server = await prometheusServer(`127.0.0.1:${service.port}`);
    const deadline = Date.now() + 20_000;
    while ((await value('count_over_time(latency_seconds[1m])')) !== 4) {
      if (Date.now() > deadline) throw new Error('Prometheus scraped nothing');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  });
  afterAll(async () => {
    await server?.stop();
    await service?.close();
  });

  test('is asked for what is now, by name', async () => {
    const queries = { p95: 'latency_seconds', share: { query: 'sum(requests_total{code="500"}) / sum(requests_total)' } };
    const measured = await measure(prometheus, { url: `${server.url}/`, queries });
    expect(plain(measured)['p95']).toBe(0.25);
    expect(plain(measured)['share']).toBeCloseTo(1 / 11, 10);
    expect(measured.measurements['p95']?.value).toMatchObject({ dimension: { open: true } });
  });

  test('has its result in the unit that the plan gives it, promised beforehand', async () => {
    const spec = { url: server.url, query: 'latency_seconds * 1000', unit: 'ms' };
    expect(bound(prometheus, spec).provides.names['value']).toMatchObject({ time: 1, bytes: 0 });
    expect((await measure(prometheus, spec)).measurements['value']?.value).toMatchObject({
      amount: 0.25,
      dimension: { time: 1 },
    });
  });

  test('is asked for the history when criteria look at a window', async () => {
    const now = Date.now();
    const measured = await measure(prometheus, { url: server.url, query: 'latency_seconds' }, { windowMs: 3000 });
    const series = measured.measurements['value']?.value;
    if (series?.kind !== 'series') throw new Error('measured no series');
    expect(series.points.length).toBeGreaterThanOrEqual(3);
    expect(series.points.every(({ amount }) => amount === 0.25)).toBe(true);
    expect(Math.abs((series.points.at(-1)?.at ?? 0) - now)).toBeLessThan(2000);
    expect((series.points[1]?.at ?? 0) - (series.points[0]?.at ?? 0)).toBe(1000);
  });

  test('has scalars and numbers that are none', async () => {
    expect(await value('scalar(latency_seconds) * 2')).toBe(0.5);
    expect(await value('odd')).toBeNaN();
    expect(await value('1 / vector(0)')).toBe(Number.POSITIVE_INFINITY);
    expect(await value('vector(0) - 1 / vector(0)')).toBe(Number.NEGATIVE_INFINITY);
  });

  test('has no data where there is no series, now and in the past', async () => {
    const now = await measure(prometheus, { url: server.url, query: 'missing_total' });
    expect(now.measurements['value']).toMatchObject({ value: { amount: Number.NaN }, note: 'the query found no series' });
    const past = await measure(prometheus, { url: server.url, query: 'missing_total', over: '5s' });
    expect(past.measurements['value']).toMatchObject({ value: { points: [] }, note: 'the query found no series' });
  });

  test.each([undefined, '5s'])('refuses to choose between several series (over %s)', async (over) => {
    const spec = { url: server.url, query: 'requests_total', ...(over === undefined ? {} : { over }) };
    await expect(measure(prometheus, spec)).rejects.toMatchObject({
      reason: 'bad_response',
      message: expect.stringMatching(/found 2 series.*differ in code \(200, 500\).*sum\(/),
    });
  });

  test('says what is wrong with a query', async () => {
    await expect(measure(prometheus, { url: server.url, queries: { rate: 'rate(requests_total' } })).rejects.toMatchObject({
      reason: 'bad_response',
      message: expect.stringMatching(/the query rate: bad_data: .*parse error/),
    });
    await expect(measure(prometheus, { url: server.url, query: 'requests_total[1m]' })).rejects.toMatchObject({
      message: expect.stringContaining('Put a function around it'),
    });
  });

  test('is not found under another path', async () => {
    await expect(measure(prometheus, { url: `${server.url}/elsewhere`, query: 'up' })).rejects.toMatchObject({
      reason: 'not_found',
    });
  });
});

describe('something in its place', () => {
  const open: Listening[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((server) => server.close()));
  });
  async function answering(...args: Parameters<typeof httpServer>): Promise<string> {
    const server = await httpServer(...args);
    open.push(server);
    return server.url;
  }
  const answer = (result: unknown, more = {}) =>
    JSON.stringify({ status: 'success', data: { resultType: 'vector', result }, ...more });

  test('that lets only GET through is asked by GET', async () => {
    const url = await answering((request, response) => {
      if (request.method === 'POST') response.writeHead(405).end();
      else
        response.end(
          answer([
            { metric: {}, value: [1, new URL(request.url ?? '', 'http://x').searchParams.get('query') === 'up' ? '1' : '0'] },
          ]),
        );
    });
    expect(plain(await measure(prometheus, { url, query: 'up' }))['value']).toBe(1);
  });

  test('has its warnings shown', async () => {
    const url = await answering((_, response) => response.end(answer([], { warnings: ['partial data'] })));
    const { evidence } = await measure(prometheus, { url, query: 'up' });
    expect(evidence).toContainEqual({ kind: 'output', title: 'Warnings of Prometheus', text: 'value: partial data' });
  });

  test.each([
    [401, 'authentication_failed'],
    [403, 'permission_denied'],
    [502, 'bad_response'],
  ])('with status %d is an error', async (status, reason) => {
    const url = await answering((_, response) => response.writeHead(status).end('no'));
    await expect(measure(prometheus, { url, query: 'up' })).rejects.toMatchObject({ reason });
  });

  test.each(['<html>', '{}', '{"status":"success","data":{"resultType":"vector","result":[{}]}}', 'null'])(
    'that answers %s is a bad response',
    async (body) => {
      const url = await answering((_, response) => response.end(body));
      await expect(measure(prometheus, { url, query: 'up' })).rejects.toMatchObject({ reason: 'bad_response' });
    },
  );

  test('that gives a native histogram is told to be asked for a quantile', async () => {
    const url = await answering((_, response) =>
      response.end(answer([{ metric: {}, histogram: [1, { count: '1', sum: '1' }] }])),
    );
    await expect(measure(prometheus, { url, query: 'h' })).rejects.toMatchObject({
      message: expect.stringContaining('histogram_quantile'),
    });
  });

  test('that is not there is a refused connection, and the password of its URL is masked', async () => {
    const context = probeContext();
    const probe = bound(prometheus, { url: `http://ada:open-sesame@127.0.0.1:${await freePort()}`, query: 'up' });
    expect(probe.title).not.toContain('sesame');
    await expect(probe.measure(context)).rejects.toMatchObject({ reason: 'connection_refused' });
    expect(context.secrets.mask('open-sesame')).toBe('***');
  });
});

test.each([
  {},
  { query: 'up', queries: { a: 'up' } },
  { queries: {} },
  { queries: { 'a b': 'up' } },
  { query: 'up', unit: 'parsecs' },
])('the spec %j is refused', (spec) => {
  expect(prometheus.bind({ url: 'http://prometheus:9090', ...spec })).toHaveProperty('issues');
});
