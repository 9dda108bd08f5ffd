import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { durationField } from '../criteria/fields.ts';
import { formatDuration, formatNumber } from '../criteria/format.ts';
import { loadEvidence } from '../load/evidence.ts';
import { generateLoad, type Scenario } from '../load/generator.ts';
import { measurementsOf, promisedByLoad } from '../load/measurements.ts';
import { type Recording, resultOf } from '../load/recording.ts';
import type { Settings } from '../load/result.ts';
import { defineProbe } from './probe.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

const isWebUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);

const statusField = () =>
  z.union([
    z.int().min(100).max(599),
    z.string().regex(/^[1-5](\d\d|xx)$/, 'Expected a status such as `200`, or a class such as `2xx`.'),
  ]);

const schema = () =>
  z
    .strictObject({
      url: z
        .string()
        // Not `z.url`: its `format: uri` makes editors reject `${api}/plans`.
        .refine(isWebUrl, 'Expected a URL that starts with http:// or https://.')
        .describe('Where the requests go. Its certificate is not verified: use a `tls` check for that.'),
      requests: z.int().min(1).max(100_000_000).describe('How many requests to make.').optional(),
      duration: durationField().describe('How long to make requests, instead of how many: `30s`.').optional(),
      concurrency: z
        .int()
        .min(1)
        .max(10_000)
        .describe('Connections, each with one request on its way at a time. Default: 10.')
        .optional(),
      rate: z
        .int()
        .min(1)
        .describe('At most so many requests a second over all connections. Default: as fast as the answers come.')
        .optional(),
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).describe('Default: GET.').optional(),
      headers: z.record(z.string(), z.string()).describe('Request headers.').optional(),
      body: z.string().describe('Request body, as it is.').optional(),
      json: z.json().describe('Request body, sent as JSON.').optional(),
      timeout: durationField()
        .describe('The longest wait for one answer; past it the request is a timeout. Default: 10s.')
        .optional(),
      'expect-status': z
        .union([statusField(), z.array(statusField()).min(1)])
        .describe('Statuses that are successes: `200`, `2xx`, `[200, 404]`. Default: 2xx and 3xx.')
        .optional(),
    })
    .refine((spec) => (spec.requests === undefined) !== (spec.duration === undefined), 'Give either `requests` or `duration`.')
    .refine((spec) => spec.body === undefined || spec.json === undefined, 'Give either `body` or `json`.');

type LoadSpec = z.infer<ReturnType<typeof schema>>;

export const load = defineProbe<LoadSpec>({
  name: 'load',
  summary:
    'Puts load on a URL and measures what came back. Percentiles are exact: every latency is kept. Runs alone, so that no other item shares the machine.',
  schema,
  documented: {
    requests: 'Requests made, whatever became of them.',
    successes: 'Answers with an expected status.',
    failures: 'All other requests: unexpected statuses, timeouts, connection errors.',
    timeouts: 'Requests that were not answered within `timeout`.',
    errors: 'Requests that ended in a connection error: refused, reset, closed without an answer.',
    success_rate: 'successes / requests (ratio).',
    error_rate: 'failures / requests (ratio).',
    'p95, p99.9, …':
      'Any percentile of the answers’ latencies, whatever their status (time): exact, by linear interpolation between the two nearest ranks, as k6 and NumPy do. Absent when nothing was answered.',
    'p95.with_timeouts, …': 'The same with each timeout and connection error counted as infinitely slow (time).',
    min: 'The fastest answer (time).',
    mean: 'The mean of all answers’ latencies (time).',
    max: 'The slowest answer (time).',
    rate: 'Answers a second.',
    throughput: 'Successful answers a second.',
    bytes: 'Received: headers and bodies (bytes).',
    duration: 'From the first request to the end of the last (time).',
    'status.200, status.5xx, …': 'Answers with this status, or of this class.',
  },
  example: 'load: { url: "https://api-staging.example.com/plans", requests: 1000, concurrency: 50 }',
  exclusive: true,
  defaultLimitMs: 30 * 60_000,
  title: (spec) => `${amountOf(spec)}, ${spec.concurrency ?? 10} at a time`,
  provides: () => promisedByLoad(),
  async measure(spec, { clock, signal, progress, wanted, secrets }) {
    secrets.addUrl(spec.url);
    const scenario = scenarioOf(spec);
    const recording = await generateLoad(scenario, {
      clock,
      signal,
      progress({ requests, failedToAnswer, p95 }) {
        const done =
          spec.requests === undefined ? formatNumber(requests) : `${formatNumber(requests)} of ${formatNumber(spec.requests)}`;
        const latency = p95 === undefined ? 'no answer in the last second' : `p95 ${formatDuration(p95)} in the last second`;
        const lost = failedToAnswer === 0 ? '' : `, ${formatNumber(failedToAnswer)} not answered`;
        progress(`${done} requests, ${latency}${lost}`);
      },
    });
    refuseSilence(recording, spec.url);
    const result = resultOf(recording, settingsOf(spec));
    return {
      measurements: measurementsOf(result, { succeeds: succeedsBy(spec['expect-status']), wanted }),
      evidence: loadEvidence(result),
    };
  },
});

const amountOf = ({ requests, duration }: LoadSpec): string =>
  requests === undefined ? `Load for ${formatDuration(duration ?? 0)}` : `${formatNumber(requests)} requests`;

function scenarioOf(spec: LoadSpec): Scenario {
  const body = spec.json === undefined ? spec.body : JSON.stringify(spec.json);
  return {
    url: spec.url,
    amount: spec.requests === undefined ? { durationMs: spec.duration ?? 0 } : { requests: spec.requests },
    concurrency: spec.concurrency ?? 10,
    ...(spec.rate === undefined ? {} : { perSecond: spec.rate }),
    method: spec.method ?? 'GET',
    headers: { ...(spec.json === undefined ? {} : { 'content-type': 'application/json' }), ...spec.headers },
    ...(body === undefined ? {} : { body }),
    timeoutMs: spec.timeout ?? DEFAULT_TIMEOUT_MS,
  };
}

function settingsOf({ url, rate, duration, concurrency = 10 }: LoadSpec): Settings {
  return {
    target: url,
    users: concurrency,
    ...(rate === undefined ? {} : { ratePerS: rate }),
    ...(duration === undefined ? {} : { durationMs: duration }),
  };
}

function succeedsBy(expected: LoadSpec['expect-status']): (status: number) => boolean {
  if (expected === undefined) return (status) => status >= 200 && status < 400;
  const patterns = (Array.isArray(expected) ? expected : [expected]).map((one) => String(one).replace('xx', ''));
  return (status) => patterns.some((pattern) => String(status).startsWith(pattern));
}

/** A host that never took a connection was not measured at all. Timeouts were: the host is there and does not answer. */
function refuseSilence({ latencies, timeouts, faults }: Recording, url: string): void {
  if (latencies.count > 0 || timeouts > 0) return;
  const { host } = new URL(url);
  const [only, ...others] = faults.keys();
  if (only === undefined || others.length > 0) return;
  if (only === 'refused' || only === 'unreachable') {
    throw new MeasurementError(
      'connection_refused',
      `${host} refused every connection: nothing listens there. Start the service, or correct the URL.`,
      {
        retryable: true,
      },
    );
  }
  if (only === 'host not found') {
    throw new MeasurementError(
      'host_not_found',
      `${host} was not found: its name does not resolve. Correct the URL, or check that this machine can see it.`,
    );
  }
  if (only === 'TLS') {
    throw new MeasurementError(
      'tls_invalid',
      `${host} took no TLS connection. Check that the URL’s scheme and port belong together.`,
    );
  }
}
