import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { bytes, DIMENSION, type Measurement, milliseconds, number, text } from '../criteria/value.ts';
import { durationField, durationMs } from './duration.ts';
import { exchange, type HttpAnswer, isHttpUrl, shownUrl } from './http-exchange.ts';
import { leafMeasurements } from './json-path.ts';
import { plainValue } from './plain-value.ts';
import { defineProbe, type ProbeContext } from './probe.ts';

const LONGEST_BODY = 64 * 1024;
const SHOWN_BODY = 1500;
const MOST_REDIRECTS = 10;

const schema = () =>
  z
    .strictObject({
      url: z.string().refine(isHttpUrl, 'Expected an http:// or https:// URL.').describe('What to ask: an http or https URL.'),
      method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST']).describe('Default: GET, or POST when there is a body.').optional(),
      headers: z.record(z.string(), z.string()).describe('Headers to send.').optional(),
      body: z.string().describe('A text to send.').optional(),
      json: z.unknown().describe('A value to send as JSON.').optional(),
      timeout: durationField('The longest one answer may take. Default: 10s.').optional(),
      follow: z
        .boolean()
        .describe('Follows up to 10 redirects. Default: false, so that a redirect to a login page is not taken for an answer.')
        .optional(),
      attempts: z
        .int()
        .min(1)
        .max(100)
        .describe('How often to ask while there is no answer, or status 429 or 5xx. Default: 1.')
        .optional(),
      every: durationField('How long to wait between two attempts. Default: 1s.').optional(),
    })
    .refine((spec) => spec.body === undefined || spec.json === undefined, 'Give `body` or `json`, not both.');

type HttpSpec = z.infer<ReturnType<typeof schema>>;

export const http = defineProbe<HttpSpec>({
  name: 'http',
  summary: 'Asks a URL and measures its answer: status, latency, headers, and a JSON body by path.',
  schema,
  documented: {
    status: 'The status code.',
    latency: 'Time from the start of the request to the end of the body, redirects included (time).',
    size: 'Size of the body after decompression (bytes).',
    redirects: 'How many redirects were followed.',
    attempts: 'How often it was asked until it answered.',
    body: 'The body as a text, its first 64 KiB.',
    'body.<path>': 'A value in a JSON body: `body.version`, `body.items[0].id`, `body.items.length`.',
    'header.<name>': 'A header of the answer, in lower case with `_` for `-`, as a number, flag or text: `header.content_type`.',
  },
  example: 'http: { url: "https://api.example.com/health", timeout: 5s, attempts: 3 }',
  defaultLimitMs: 60_000,
  title: (spec) => `${methodOf(spec)} ${shownUrl(spec.url)}`,
  provides: () => ({
    names: {
      status: DIMENSION.number,
      latency: DIMENSION.time,
      size: DIMENSION.bytes,
      redirects: DIMENSION.number,
      attempts: DIMENSION.number,
    },
    open: ['header.', 'body'],
  }),
  async measure(spec, context) {
    const { answer, attempts } = await ask(spec, context);
    const content = answer.body.toString('utf8', 0, LONGEST_BODY);
    const json = parsedJson(answer);
    const measurements: Record<string, Measurement> = {
      status: { value: number(answer.status) },
      latency: { value: milliseconds(answer.latencyMs) },
      size: { value: bytes(answer.body.length) },
      redirects: { value: number(answer.redirects) },
      attempts: { value: number(attempts) },
      ...('value' in json ? leafMeasurements('body', json.value, context.wanted) : {}),
      body: { value: text(content) },
    };
    answer.headers.forEach((value, name) => {
      measurements[`header.${name.replaceAll('-', '_')}`] = { value: plainValue(value) };
    });
    const asksBody = [...context.wanted].some((name) => /(?:^|\.)body(?:$|\.|\[)/.test(name));
    if (answer.status < 400 && !asksBody) return { measurements };
    const first = `${methodOf(spec)} ${answer.shownUrl} → ${answer.status} in ${answer.latencyMs} ms`;
    const problem = asksBody && 'problem' in json ? `\n${json.problem}` : '';
    const rest = content.length > SHOWN_BODY ? `${content.slice(0, SHOWN_BODY)} …` : content;
    return { measurements, evidence: [{ kind: 'output', title: 'Answer', text: `${first}${problem}\n\n${rest}` }] };
  },
});

function methodOf(spec: HttpSpec): string {
  return spec.method ?? (spec.body === undefined && spec.json === undefined ? 'GET' : 'POST');
}

async function ask(spec: HttpSpec, context: ProbeContext): Promise<{ answer: HttpAnswer; attempts: number }> {
  const most = spec.attempts ?? 1;
  const headers = { ...(spec.json === undefined ? {} : { 'content-type': 'application/json' }), ...spec.headers };
  const body = spec.json === undefined ? spec.body : JSON.stringify(spec.json);
  const request = {
    url: spec.url,
    method: methodOf(spec),
    headers,
    timeoutMs: durationMs(spec.timeout ?? '10s'),
    redirects: spec.follow === true ? MOST_REDIRECTS : 0,
    ...(body === undefined ? {} : { body }),
  };
  for (let attempts = 1; ; attempts += 1) {
    const last = attempts >= most;
    try {
      const answer = await exchange(request, context);
      if (last || (answer.status < 500 && answer.status !== 429)) return { answer, attempts };
      context.progress(`status ${answer.status}, attempt ${attempts} of ${most}`);
    } catch (error) {
      if (last || !(error instanceof MeasurementError) || !error.retryable) throw error;
      context.progress(`${error.reason}, attempt ${attempts} of ${most}`);
    }
    await context.clock.sleep(durationMs(spec.every ?? '1s'), context.signal);
  }
}

/** The body as JSON, whatever type it claims to be; a text that merely is no JSON is no error until somebody asks for a path. */
function parsedJson({ body, headers }: HttpAnswer): { readonly value: unknown } | { readonly problem: string } {
  try {
    return { value: JSON.parse(body.toString('utf8').replace(/^\uFEFF/, '')) };
  } catch (cause) {
    const type = headers.get('content-type') ?? 'no content type';
    return { problem: `The body is not JSON (${type}): ${cause instanceof Error ? cause.message : String(cause)}` };
  }
}
