import type { IncomingMessage } from 'node:http';
import { httpServer, type Listening } from '../support/http-server.ts';

/** What a path answers: JSON, or the status of a refusal. */
export type Answer = object | number;

/** The service that an example deploys. Tests change it while it runs. */
export interface ExampleService extends Listening {
  /** By path, without the query; what is not here is 404. */
  readonly answers: Record<string, (request: URL) => Answer>;
  readonly metrics: Exposition;
  /** Milliseconds that every answer but /metrics takes. */
  delayMs: number;
  /** `GET /health`, in order. */
  readonly requests: readonly string[];
}

/** Serves `/metrics` and whatever the test gives; a path under /admin or /api/v1 wants a bearer token. */
export async function exampleService(answers: ExampleService['answers'] = {}): Promise<ExampleService> {
  const metrics = exposition();
  const requests: string[] = [];
  const own = { ...answers };
  const server = await httpServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://service');
    if (url.pathname === '/metrics') {
      response.end(metrics.text());
      return;
    }
    requests.push(`${request.method} ${url.pathname}`);
    const answer = answerTo(request, url, own);
    setTimeout(() => {
      response.writeHead(typeof answer === 'number' ? answer : 200, { 'content-type': 'application/json' });
      response.end(typeof answer === 'number' ? '{}' : JSON.stringify(answer));
    }, service.delayMs);
  });
  const service: ExampleService = { ...server, answers: own, metrics, delayMs: 0, requests };
  return service;
}

function answerTo({ headers }: IncomingMessage, url: URL, answers: ExampleService['answers']): Answer {
  const locked = /^\/(admin|api\/v1)\//.test(url.pathname);
  if (locked && headers.authorization !== 'Bearer good-token') return 401;
  return answers[url.pathname]?.(url) ?? 404;
}

const BUCKETS = [0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 1, 2, 5, 10, 15, 20, 30, 60];

/** Metrics of a process that is always at work: a counter goes up by its rate, a histogram observes one and the same duration. */
export interface Exposition {
  /** By series: `db_pool_in_use`, `http_requests_total{code="200"}`. */
  readonly gauges: Record<string, number>;
  /** Increase per second, by series. */
  readonly rates: Record<string, number>;
  /** By family: seconds that each observation takes now; there are 1000 observations a second. */
  readonly durations: Record<string, number>;
  text(): string;
}

function exposition(): Exposition {
  const counted = new Map<string, number>();
  let before = performance.now();
  const grow = (series: string, by: number): void => void counted.set(series, (counted.get(series) ?? 0) + by);
  const made: Exposition = {
    gauges: {},
    rates: {},
    durations: {},
    text() {
      const seconds = (performance.now() - before) / 1000;
      before = performance.now();
      for (const [series, perSecond] of Object.entries(made.rates)) grow(series, perSecond * seconds);
      for (const [family, duration] of Object.entries(made.durations)) observe(family, duration, Math.ceil(1000 * seconds));
      return [...Object.entries(made.gauges), ...counted].map(([series, value]) => `${series} ${value}\n`).join('');
    },
  };
  const observe = (family: string, duration: number, times: number): void => {
    for (const bound of BUCKETS) grow(`${family}_bucket{le="${bound}"}`, duration <= bound ? times : 0);
    grow(`${family}_bucket{le="+Inf"}`, times);
    grow(`${family}_sum`, duration * times);
    grow(`${family}_count`, times);
  };
  return made;
}
