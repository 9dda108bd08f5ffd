import { afterEach, describe, expect, test } from 'vitest';
import { metrics } from '../../src/probes/metrics.ts';
import { httpServer, type Listening } from '../support/http-server.ts';
import { fakeClock } from '../support/ports.ts';
import { bound, measure } from '../support/probe.ts';

const open: Listening[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** Serves the texts one after the other, the last one for ever. */
async function scraping(...texts: readonly string[]): Promise<string> {
  let asked = 0;
  const server = await httpServer((_, response) => {
    response.end(texts[Math.min(asked, texts.length - 1)]);
    asked += 1;
  });
  open.push(server);
  return server.url;
}

/** What one expression makes of the texts, ten seconds apart. */
async function of(expression: string, ...texts: readonly string[]) {
  const clock = fakeClock(0, { auto: true });
  const url = await scraping(...texts);
  const { measurements } = await measure(metrics, { url, over: '10s', metrics: { it: expression } }, { clock });
  const measurement = measurements['it'];
  if (measurement?.value.kind !== 'quantity') throw new Error('measured no quantity');
  const { amount, dimension } = measurement.value;
  return { amount, dimension, samples: measurement.samples, note: measurement.note, took: clock.now() };
}

const requests = (ok: number, broken?: number) =>
  `# TYPE http_requests_total counter\nhttp_requests_total{code="200",pod="a"} ${ok}\n` +
  (broken === undefined ? '' : `http_requests_total{code="503",pod="a"} ${broken}\n`);

describe('what is now', () => {
  const pods = 'memory_bytes{pod="a"} 10\nmemory_bytes{pod="b"} 30\nqueue_ratio 0.5\nup 1\ncpu_seconds_total 7\n';

  test.each([
    ['memory_bytes', 40],
    ['value(memory_bytes)', 40],
    ['sum(memory_bytes{pod="a"})', 10],
    ['max(memory_bytes)', 30],
    ['min(memory_bytes)', 10],
    ['avg(memory_bytes)', 20],
    ['count(memory_bytes)', 2],
    ['count(memory_bytes{pod=~"c|d"})', 0],
    ['memory_bytes{pod!="a"}', 30],
    ['memory_bytes{pod=~"a|b",pod!~"b.*"}', 10],
  ])('of %s is %d, by one scrape', async (expression, amount) => {
    expect(await of(expression, pods)).toMatchObject({ amount, took: 0 });
  });

  test('has the unit that the name of the metric tells', async () => {
    expect((await of('memory_bytes', pods)).dimension).toEqual({ time: 0, bytes: 1 });
    expect((await of('cpu_seconds_total', pods)).dimension).toEqual({ time: 1, bytes: 0 });
    expect((await of('queue_ratio', pods)).dimension).toEqual({ time: 0, bytes: 0, share: true });
    expect((await of('count(memory_bytes)', pods)).dimension).toEqual({ time: 0, bytes: 0 });
  });

  test.each(['memory_byte', 'memory_bytes{pod="c"}', 'max(memory_bytes{pot="a"})', 'count(memory_bytes{pot="a"})'])(
    'of %s, which matches nothing, is no data',
    async (expression) => {
      expect(await of(expression, pods)).toMatchObject({
        amount: Number.NaN,
        note: expect.stringContaining('check their spelling'),
      });
    },
  );
});

describe('counters', () => {
  test('have a rate and an increase between the two scrapes', async () => {
    const texts = [requests(100), requests(150)];
    expect(await of('rate(http_requests_total)', ...texts)).toMatchObject({
      amount: 5,
      dimension: { time: -1, bytes: 0 },
      took: 10_000,
    });
    expect(await of('increase(http_requests_total)', ...texts)).toMatchObject({ amount: 50, dimension: { time: 0, bytes: 0 } });
  });

  test('that were reset count from zero', async () => {
    expect((await of('increase(http_requests_total)', requests(100), requests(30))).amount).toBe(30);
  });

  test('that appear in between count from zero', async () => {
    expect((await of('increase(http_requests_total{code=~"5.."})', requests(100), requests(110, 7))).amount).toBe(7);
  });

  test('have the ratio of their increases, with the number that it rests on', async () => {
    const ratio = 'ratio(http_requests_total{code=~"5.."}, http_requests_total)';
    expect(await of(ratio, requests(100, 5), requests(190, 15))).toMatchObject({
      amount: 0.1,
      samples: 100,
      dimension: { share: true },
    });
  });

  test('that nothing was counted in yet are zero, as long as the metric has such labels', async () => {
    const ratio = 'ratio(http_requests_total{code=~"5.."}, http_requests_total)';
    expect(await of(ratio, requests(100), requests(200))).toMatchObject({ amount: 0, samples: 100 });
    const misspelt = 'ratio(http_requests_total{status=~"5.."}, http_requests_total)';
    expect((await of(misspelt, requests(100), requests(200))).amount).toBeNaN();
    expect((await of('rate(http_request_total)', requests(100), requests(200))).amount).toBeNaN();
  });

  test('without any traffic have no ratio', async () => {
    const ratio = 'ratio(http_requests_total{code=~"5.."}, http_requests_total)';
    expect(await of(ratio, requests(100, 5), requests(100, 5))).toMatchObject({ amount: Number.NaN, samples: 0 });
  });

  test('are not gauges', async () => {
    const gauge = '# TYPE memory_bytes gauge\nmemory_bytes 1\n';
    await expect(of('rate(memory_bytes)', gauge, gauge)).rejects.toMatchObject({ reason: 'bad_response' });
  });
});

describe('histograms', () => {
  const histogram = (counts: readonly number[], route = '/x') =>
    ['0.1', '0.5', '1', '+Inf'].map((le, index) => `d_seconds_bucket{route="${route}",le="${le}"} ${counts[index]}`).join('\n') +
    `\nd_seconds_count{route="${route}"} ${counts[3]}\nd_seconds_sum{route="${route}"} ${(counts[3] ?? 0) * 0.2}\n`;
  const before = histogram([10, 10, 10, 10]);

  test.each([
    // Of 100 new observations 50 are up to 0.1, 90 up to 0.5, 98 up to 1, as PromQL's histogram_quantile interpolates them.
    [0.25, 0.05],
    [0.5, 0.1],
    [0.7, 0.3],
    [0.95, 0.8125],
  ])('have quantile %d of what came between the scrapes', async (quantile, amount) => {
    const result = await of(`quantile(${quantile}, d_seconds)`, before, histogram([60, 100, 108, 110]));
    expect(result.amount).toBeCloseTo(amount, 10);
    expect(result).toMatchObject({ samples: 100, dimension: { time: 1, bytes: 0 }, note: undefined });
  });

  test('have an endless quantile past their highest bucket: nobody counted how slow it was, so no limit above it is kept', async () => {
    const result = await of('quantile(0.99, d_seconds)', before, histogram([60, 100, 108, 110]));
    expect(result).toMatchObject({ amount: Number.POSITIVE_INFINITY, note: expect.stringContaining('which ends at 1:') });
  });

  test('are summed over series, and picked by labels', async () => {
    const two = (counts: readonly number[]) => histogram(counts) + histogram([0, 0, 0, 100], '/slow');
    const result = await of('quantile(0.5, d_seconds_bucket{route="/x"})', two([0, 0, 0, 0]), two([10, 10, 10, 10]));
    expect(result).toMatchObject({ amount: 0.05, samples: 10 });
  });

  test('have a mean', async () => {
    const result = await of('mean(d_seconds)', before, histogram([20, 20, 20, 20]));
    expect(result.amount).toBeCloseTo(0.2, 10);
    expect(result.samples).toBe(10);
  });

  test('that observed nothing have neither', async () => {
    expect(await of('quantile(0.95, d_seconds)', before, before)).toMatchObject({ amount: Number.NaN, samples: 0 });
    expect(await of('mean(d_seconds)', before, before)).toMatchObject({ amount: Number.NaN, samples: 0 });
    expect((await of('quantile(0.95, other_seconds)', before, before)).amount).toBeNaN();
  });
});

describe('an expression', () => {
  test.each([
    ['', 'Expected the name of a metric'],
    ['rate(', 'Expected the name of a metric'],
    ['rate(x', 'Expected `)` but found the end'],
    ['irate(x)', 'There is no function irate. There are value'],
    ['quantile(95, x)', 'between 0 and 1'],
    ['quantile(x)', 'Expected a quantile'],
    ['ratio(x)', 'Expected `,` but found )'],
    ['x{code=5}', 'Expected a text in quotes but found 5 at character 8'],
    ['x{code=~"("}', 'not a regular expression'],
    ['x{code="a" b="c"}', 'Expected `,`'],
    ['x y', 'Expected nothing more'],
    ['x / y', 'Cannot read / y at character 2'],
  ])('%j is refused: %s', (expression, message) => {
    expect(() => bound(metrics, { url: 'http://app/metrics', metrics: { it: expression } })).toThrow(message);
  });

  test('promises its unit before anything is scraped', () => {
    const { provides } = bound(metrics, {
      url: 'http://app/metrics',
      metrics: {
        p95: 'quantile(0.95, d_seconds)',
        rps: 'rate(x_total)',
        out: 'rate(sent_bytes_total)',
        cpu: 'rate(cpu_seconds_total)',
      },
    });
    expect(provides.names).toEqual({
      p95: { time: 1, bytes: 0 },
      rps: { time: -1, bytes: 0 },
      out: { time: -1, bytes: 1 },
      cpu: { time: 0, bytes: 0 },
    });
  });
});

describe('what is scraped', () => {
  test.each([
    ['a web page', '<html></html>', 'Line 1'],
    ['nothing', '', 'no metrics at all'],
  ])('may not be %s', async (_, text, message) => {
    await expect(of('up', text)).rejects.toMatchObject({ reason: 'bad_response', message: expect.stringContaining(message) });
  });

  test.each([
    [401, 'authentication_failed'],
    [403, 'permission_denied'],
    [404, 'not_found'],
    [500, 'bad_response'],
  ])('with status %d is an error', async (status, reason) => {
    const server = await httpServer((_, response) => response.writeHead(status).end());
    open.push(server);
    await expect(measure(metrics, { url: server.url, metrics: { up: 'up' } })).rejects.toMatchObject({ reason });
  });
});
