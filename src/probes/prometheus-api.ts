import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import type { Ports } from '../runner/ports.ts';
import { exchange, type HttpAnswer } from './http-exchange.ts';

/** `[seconds since the epoch, value]`; the value is a text because it may be NaN or infinite. */
const sampleSchema = () => z.tuple([z.number(), z.string()]);

const labelsSchema = () => z.record(z.string(), z.string());

const dataSchema = () =>
  z.discriminatedUnion('resultType', [
    z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: labelsSchema(), value: sampleSchema().optional() })),
    }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: labelsSchema(), values: z.array(sampleSchema()).optional() })),
    }),
    z.object({ resultType: z.literal('scalar'), result: sampleSchema() }),
    z.object({ resultType: z.literal('string'), result: sampleSchema() }),
  ]);

const answerSchema = () =>
  z.union([
    z.object({
      status: z.literal('success'),
      data: dataSchema(),
      warnings: z.array(z.string()).optional(),
      infos: z.array(z.string()).optional(),
    }),
    z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
  ]);

type PrometheusData = z.infer<ReturnType<typeof dataSchema>>;

export interface PrometheusAnswer {
  readonly data: PrometheusData;
  /** What Prometheus said about the result: partial data, a counter that is none. */
  readonly warnings: readonly string[];
}

export interface PrometheusServer {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** A query at one moment, or over a range when `range` is given (seconds since the epoch, step in seconds). */
export interface PrometheusQuery {
  /** What the plan calls it. */
  readonly name: string;
  readonly expression: string;
  readonly range?: { readonly start: number; readonly end: number; readonly step: number };
}

/** Asks Prometheus' HTTP API. @throws MeasurementError with what Prometheus said. */
export async function queryPrometheus(server: PrometheusServer, query: PrometheusQuery, ports: Ports): Promise<PrometheusAnswer> {
  const base = new URL(server.url);
  const path = `${base.pathname.replace(/\/+$/, '')}/api/v1/${query.range ? 'query_range' : 'query'}`;
  const parameters = new URLSearchParams({ query: query.expression });
  for (const [name, value] of Object.entries(query.range ?? {})) parameters.set(name, String(value));
  const ask = (method: 'GET' | 'POST') => {
    const url = new URL(base);
    url.pathname = path;
    if (method === 'GET') for (const [name, value] of parameters) url.searchParams.set(name, value);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const headers = { accept: 'application/json', ...(method === 'POST' ? form : {}), ...server.headers };
    const body = method === 'POST' ? { body: parameters.toString() } : {};
    return exchange({ url: url.href, method, headers, timeoutMs: server.timeoutMs, mostBytes: 64 * 1024 * 1024, ...body }, ports);
  };
  let answer = await ask('POST');
  // Long queries need POST, but some proxies let only GET through.
  if (answer.status === 405 || answer.status === 501) answer = await ask('GET');
  return read(answer, query);
}

function read(answer: HttpAnswer, { name }: PrometheusQuery): PrometheusAnswer {
  const { status, shownUrl, body } = answer;
  const parsed = answerSchema().safeParse(parseJson(body.toString('utf8')));
  if (parsed.success && parsed.data.status === 'success') {
    const { data, warnings = [], infos = [] } = parsed.data;
    return { data, warnings: [...warnings, ...infos] };
  }
  if (parsed.success && parsed.data.status === 'error') {
    const { errorType, error } = parsed.data;
    const timedOut = errorType === 'timeout' || errorType === 'canceled';
    const message = `Prometheus could not answer the query ${name}: ${errorType}: ${error}`;
    throw new MeasurementError(timedOut ? 'timed_out' : 'bad_response', message, { retryable: timedOut || status >= 500 });
  }
  const what = `${shownUrl} answered with status ${status}`;
  if (status === 401)
    throw new MeasurementError('authentication_failed', `${what}. Check the credentials in \`headers\` or in the URL.`);
  if (status === 403) throw new MeasurementError('permission_denied', `${what}. Give these credentials leave to query.`);
  if (status === 404) throw new MeasurementError('not_found', `${what}. \`url\` must be that of Prometheus, without /api/v1.`);
  if (status !== 200) throw new MeasurementError('bad_response', `${what}.`, { retryable: status >= 500 || status === 429 });
  throw new MeasurementError(
    'bad_response',
    `${shownUrl} did not answer as Prometheus does. Check that \`url\` is that of Prometheus.`,
  );
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}
