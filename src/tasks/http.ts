import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { durationField } from '../criteria/fields.ts';
import { formatDuration } from '../criteria/format.ts';
import { number } from '../criteria/value.ts';
import { networkError } from '../runner/network-errors.ts';
import { defineTask } from './task.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
/** Characters of an answer's body that a failure's message shows. */
const SHOWN_BODY = 200;

// Not `z.url`: its `format: uri` makes editors reject `${FLAGS_URL}/…`.
const url = () => z.string().refine(isWebUrl, 'Expected a URL that starts with http:// or https://.');
const isWebUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const schema = () =>
  z.union([
    url().describe('A URL to POST to.'),
    z
      .strictObject({
        url: url().describe('Where the request goes. Reports show its host alone: a webhook’s path is often its password.'),
        method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).describe('Default: POST.').optional(),
        headers: z.record(z.string(), z.string()).describe('Request headers.').optional(),
        body: z.string().describe('Request body, as it is.').optional(),
        json: z.json().describe('Request body, sent as JSON.').optional(),
        timeout: durationField().describe('The longest wait for the answer. Default: 30s.').optional(),
      })
      .refine((spec) => spec.body === undefined || spec.json === undefined, 'Give either `body` or `json`.'),
  ]);

type HttpSpec = z.infer<ReturnType<typeof schema>>;

export const http = defineTask<HttpSpec>({
  name: 'http',
  summary: 'Sends a request: a notification, a feature flag, a maintenance switch. An answer of 400 or more is a failure.',
  schema,
  example: 'http: { url: "https://flags.example.com/flags/new_checkout", method: PUT, json: { enabled: false } }',
  defaultLimitMs: 60_000,
  title: (spec) => `Send ${methodOf(spec)} to ${hostOf(spec)}`,
  describe: (spec) => `Would send ${methodOf(spec)} to ${hostOf(spec)}.`,
  async perform(spec, { fetch, signal, secrets }) {
    const {
      url: address,
      headers,
      body,
      json,
      timeout: timeoutMs = DEFAULT_TIMEOUT_MS,
    } = typeof spec === 'string' ? { url: spec } : spec;
    secrets.addUrl(address);
    const content = json === undefined ? body : JSON.stringify(json);
    const limit = AbortSignal.timeout(timeoutMs);
    const request: RequestInit = {
      method: methodOf(spec),
      headers: { ...(json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      signal: AbortSignal.any([signal, limit]),
      ...(content === undefined ? {} : { body: content }),
    };
    try {
      const answer = await fetch(address, request);
      const said = (await answer.text()).trim().slice(0, SHOWN_BODY);
      if (answer.status >= 400) {
        throw new MeasurementError('task_failed', `${hostOf(spec)} answered ${answer.status}${said === '' ? '.' : `: ${said}`}`, {
          retryable: answer.status >= 500,
        });
      }
      return {
        message: `${hostOf(spec)} answered ${answer.status}.`,
        measurements: { status: { value: number(answer.status) } },
      };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!limit.aborted) throw networkError(error, hostOf(spec));
      const message = `${hostOf(spec)} did not answer within ${formatDuration(timeoutMs)}; the request may have been carried out.`;
      throw new MeasurementError('timed_out', message, { cause: error });
    }
  },
});

const methodOf = (spec: HttpSpec): string => (typeof spec === 'string' ? 'POST' : (spec.method ?? 'POST'));
const hostOf = (spec: HttpSpec): string => new URL(typeof spec === 'string' ? spec : spec.url).host;
