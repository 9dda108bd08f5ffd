import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import type { Measurement } from '../criteria/value.ts';
import { durationField, durationMs } from './duration.ts';
import { exchange, isHttpUrl, shownUrl } from './http-exchange.ts';
import { dimensionOf, evaluateMetrics, needsTwoScrapes, type Scrape } from './metrics-evaluation.ts';
import { type MetricsExpression, parseMetricsExpression } from './metrics-expression.ts';
import { defineProbe, type ProbeContext } from './probe.ts';
import { parseExposition } from './prometheus-text.ts';

const MOST_BYTES = 64 * 1024 * 1024;

const expressionSchema = () =>
  z.string().superRefine((source, context) => {
    const problem = problemOf(source);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const schema = () =>
  z.strictObject({
    url: z
      .string()
      .refine(isHttpUrl, 'Expected an http:// or https:// URL.')
      .describe('The metrics of one process: `http://app:8080/metrics`.'),
    metrics: z
      .record(z.string().regex(/^[A-Za-z_][\w.]*$/, 'A name has letters, digits, `_` and dots.'), expressionSchema())
      .refine((metrics) => Object.keys(metrics).length > 0, 'Name at least one metric.')
      .describe(
        'Expressions by the names that they are measured as: `{ p95: "quantile(0.95, http_request_duration_seconds)" }`.',
      ),
    over: durationField('The time between the two scrapes that rates and quantiles are taken from. Default: 5s.').optional(),
    headers: z.record(z.string(), z.string()).describe('Headers to send, such as `authorization`.').optional(),
    timeout: durationField('The longest that one scrape may take. Default: 10s.').optional(),
  });

type MetricsSpec = z.infer<ReturnType<typeof schema>>;

export const metrics = defineProbe<MetricsSpec>({
  name: 'metrics',
  summary: 'Scrapes the metrics of a process, twice where an expression needs it. No Prometheus server takes part.',
  schema,
  documented: {
    '<name>':
      'The result of the expression of this name. Its unit follows from the metric’s name: `_seconds`, `_bytes`, `_ratio`, else a number. ' +
      'A selector that matches nothing is no data; only a counter whose other series have those labels counts as zero.',
    'name{label="value"}':
      'The sum of all series that match; also `max(…)`, `min(…)`, `avg(…)`, `count(…)`. Matchers are `=`, `!=`, `=~` and `!~`.',
    'rate(counter)': 'Its increase per second between the scrapes; a counter that was reset counts from zero.',
    'increase(counter)': 'Its increase between the scrapes.',
    'ratio(counter, counter)': 'The increase of the first divided by that of the second (ratio).',
    'quantile(0.95, histogram)':
      'The quantile of what was observed between the scrapes, interpolated inside a bucket as PromQL does. Past the highest bucket it is endless: over every upper limit when its name is a percentile’s (`p95`), else no data.',
    'mean(histogram)': 'The mean of what was observed between the scrapes.',
  },
  example: `metrics:
  url: http://app.example.com:8080/metrics
  over: 10s
  metrics:
    error_rate: ratio(http_requests_total{code=~"5.."}, http_requests_total)
    p95: quantile(0.95, http_request_duration_seconds)
    memory: process_resident_memory_bytes`,
  defaultLimitMs: 120_000,
  title: (spec) => `Metrics of ${shownUrl(spec.url).replace(/^https?:\/\//, '')}`,
  provides: (spec) => ({
    names: Object.fromEntries(expressionsOf(spec).map(({ name, expression }) => [name, dimensionOf(expression)])),
  }),
  async measure(spec, context) {
    const expressions = expressionsOf(spec);
    const first = await scrape(spec, context);
    let last = first;
    if (expressions.some(({ expression }) => needsTwoScrapes(expression))) {
      const overMs = durationMs(spec.over ?? '5s');
      context.progress(`second scrape in ${overMs / 1000} s`);
      await context.clock.sleep(overMs, context.signal);
      last = await scrape(spec, context);
    }
    const measurements: Record<string, Measurement> = {};
    for (const { name, expression } of expressions) measurements[name] = evaluateMetrics(expression, first, last);
    const rows = expressions.map(({ name, source }) => [name, source, measurements[name]?.note ?? '']);
    const columns = ['name', 'expression', 'note'];
    const seconds = (last.at - first.at) / 1000;
    const title = last === first ? 'Expressions' : `Expressions, over ${seconds} s`;
    return { measurements, evidence: [{ kind: 'table', title, columns, rows }] };
  },
});

function problemOf(source: string): string | undefined {
  try {
    parseMetricsExpression(source);
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

interface NamedExpression {
  readonly name: string;
  readonly source: string;
  readonly expression: MetricsExpression;
}

function expressionsOf(spec: MetricsSpec): NamedExpression[] {
  return Object.entries(spec.metrics).map(([name, source]) => ({ name, source, expression: parseMetricsExpression(source) }));
}

async function scrape(spec: MetricsSpec, context: ProbeContext): Promise<Scrape> {
  const accept = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.9,*/*;q=0.1';
  const timeoutMs = durationMs(spec.timeout ?? '10s');
  const answer = await exchange(
    { url: spec.url, headers: { accept, ...spec.headers }, timeoutMs, mostBytes: MOST_BYTES },
    context,
  );
  const at = context.clock.now();
  const { status, shownUrl: shown } = answer;
  if (status === 401 || status === 403) {
    const reason = status === 401 ? 'authentication_failed' : 'permission_denied';
    throw new MeasurementError(
      reason,
      `${shown} answered with status ${status}. Check the credentials in \`headers\` or in the URL.`,
    );
  }
  if (status === 404)
    throw new MeasurementError('not_found', `${shown} answered with status 404. Check the path of the metrics.`);
  if (status !== 200) {
    throw new MeasurementError('bad_response', `${shown} answered with status ${status}.`, {
      retryable: status >= 500 || status === 429,
    });
  }
  const exposition = parseExposition(answer.body.toString('utf8'), shown);
  if (exposition.samples.length === 0) throw new MeasurementError('bad_response', `${shown} shows no metrics at all.`);
  return { ...exposition, at };
}
