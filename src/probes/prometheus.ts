import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import type { Evidence } from '../checklist/model.ts';
import { isUnit, withUnit } from '../criteria/units.ts';
import { DIMENSION, type Measurement, openNumber, type Promised, series, text, type Value } from '../criteria/value.ts';
import { durationField, durationMs } from './duration.ts';
import { isHttpUrl, shownUrl } from './http-exchange.ts';
import { defineProbe, type ProbeContext } from './probe.ts';
import { type PrometheusAnswer, queryPrometheus } from './prometheus-api.ts';

/** Points of a range: enough to see a breach begin and end, few enough to ask often. */
const POINTS = 60;
const SHORTEST_STEP = 1000;
const SHOWN_VALUES = 5;

const unitSchema = () =>
  z
    .string()
    .refine(isUnit, 'Not a unit. Try `s`, `ms`, `bytes`, `MB`, `%`, `ratio` or `/s`.')
    .describe(
      'The unit that the query’s result is in: `ms`. Default: base units (seconds, bytes, fractions), as Prometheus names them.',
    );

const schema = () =>
  z
    .strictObject({
      url: z
        .string()
        .refine(isHttpUrl, 'Expected an http:// or https:// URL.')
        .describe('The URL of Prometheus, without /api/v1.'),
      query: z.string().min(1).describe('A query in PromQL with one series as its result; it is measured as `value`.').optional(),
      unit: unitSchema().optional(),
      queries: z
        .record(
          z.string().regex(/^[A-Za-z_][\w.]*$/, 'A name has letters, digits, `_` and dots.'),
          z.union([
            z.string().min(1),
            z.strictObject({ query: z.string().min(1).describe('A query in PromQL.'), unit: unitSchema().optional() }),
          ]),
        )
        .refine((queries) => Object.keys(queries).length > 0, 'Name at least one query.')
        .describe('Queries by the names that they are measured as: `{ p95: "histogram_quantile(…)" }`.')
        .optional(),
      headers: z.record(z.string(), z.string()).describe('Headers to send, such as `authorization`.').optional(),
      over: durationField(
        'Looks back over this time and measures a series. Default: the longest `for` of the criteria, else now only.',
      ).optional(),
      step: durationField('Time between two points of such a series. Default: a sixtieth of it, at least 1s.').optional(),
      timeout: durationField('The longest that one query may take. Default: 30s.').optional(),
    })
    .refine((spec) => (spec.query === undefined) !== (spec.queries === undefined), 'Give `query`, or `queries` by name.')
    .refine(
      (spec) => spec.unit === undefined || spec.query !== undefined,
      'With `queries`, a unit belongs to its query: `{ query: …, unit: ms }`.',
    );

type PrometheusSpec = z.infer<ReturnType<typeof schema>>;

export const prometheus = defineProbe<PrometheusSpec>({
  name: 'prometheus',
  summary: 'Asks Prometheus, or what speaks its API. Criteria with `for` are judged on the history that it has.',
  schema,
  documented: {
    value: 'The result of the one `query`.',
    '<name>': 'The result of the query of this name. A result without a series is no data, and never passes.',
  },
  example: `prometheus:
  url: http://prometheus.example.com:9090
  queries:
    error_rate: sum(rate(http_requests_total{code=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))
    p95: { query: "histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))", unit: s }`,
  defaultLimitMs: 60_000,
  title: (spec) =>
    `Prometheus at ${shownUrl(spec.url)
      .replace(/^https?:\/\//, '')
      .replace(/\/$/, '')}`,
  provides: (spec) => ({
    names: Object.fromEntries(namedQueries(spec).map(({ name, unit }) => [name, promised(unit)])),
  }),
  async measure(spec, context) {
    const range = rangeOf(spec, context);
    const server = {
      url: spec.url,
      timeoutMs: durationMs(spec.timeout ?? '30s'),
      ...(spec.headers === undefined ? {} : { headers: spec.headers }),
    };
    const measured = await Promise.all(
      namedQueries(spec).map(async ({ name, expression, unit }) => {
        const answer = await queryPrometheus(server, { name, expression, ...(range ? { range } : {}) }, context);
        const found = measurementOf(name, answer, range !== undefined);
        const value = unit === undefined ? found.value : withUnit(found.value, unit);
        return { name, expression, measurement: { ...found, value }, warnings: answer.warnings };
      }),
    );
    return {
      measurements: Object.fromEntries(measured.map(({ name, measurement }) => [name, measurement])),
      evidence: [queriesEvidence(measured), ...warningsEvidence(measured)],
    };
  },
});

interface NamedQuery {
  readonly name: string;
  readonly expression: string;
  readonly unit: string | undefined;
}

function namedQueries({ query, unit, queries = {} }: PrometheusSpec): NamedQuery[] {
  const named = Object.entries(queries).map(([name, one]) =>
    typeof one === 'string' ? { name, expression: one, unit: undefined } : { name, expression: one.query, unit: one.unit },
  );
  return query === undefined ? named : [{ name: 'value', expression: query, unit }, ...named];
}

function promised(unit: string | undefined): Promised {
  if (unit === undefined) return DIMENSION.open;
  const value = withUnit(openNumber(0), unit);
  return value.kind === 'quantity' ? value.dimension : 'unknown';
}

function rangeOf(spec: PrometheusSpec, { windowMs, clock }: ProbeContext) {
  const lookBack = Math.max(windowMs, spec.over === undefined ? 0 : durationMs(spec.over));
  if (lookBack === 0) return undefined;
  const stepMs = spec.step === undefined ? Math.max(SHORTEST_STEP, Math.ceil(lookBack / POINTS)) : durationMs(spec.step);
  const now = clock.now();
  return { start: (now - lookBack) / 1000, end: now / 1000, step: stepMs / 1000 };
}

function measurementOf(name: string, { data }: PrometheusAnswer, isRange: boolean): Measurement {
  switch (data.resultType) {
    case 'scalar':
      return { value: openNumber(amountOf(data.result[1])) };
    case 'string':
      return { value: text(data.result[1]) };
    case 'vector': {
      const only = onlySeries(name, data.result);
      if (!only) return { value: openNumber(Number.NaN), note: 'the query found no series' };
      if (!only.value) throw nativeHistogram(name);
      return { value: openNumber(amountOf(only.value[1])) };
    }
    case 'matrix': {
      if (!isRange) {
        const message = `The query ${name} gives a range of points, not a number. Put a function around it: rate(…[5m]), max_over_time(…[5m]).`;
        throw new MeasurementError('bad_response', message);
      }
      const only = onlySeries(name, data.result);
      if (!only) return { value: series(DIMENSION.open, []), note: 'the query found no series' };
      if (!only.values) throw nativeHistogram(name);
      const points = only.values.map(([at, amount]) => ({ at: Math.round(at * 1000), amount: amountOf(amount) }));
      return { value: series(DIMENSION.open, points) };
    }
  }
}

/** Prometheus writes `NaN`, `+Inf` and `-Inf`. */
function amountOf(written: string): number {
  return Number(written.replace(/Inf$/, 'Infinity'));
}

interface Labelled {
  readonly metric: Readonly<Record<string, string>>;
}

/** The one series of a result, undefined when there is none. More than one would leave it to chance which is judged. */
function onlySeries<Found extends Labelled>(name: string, result: readonly Found[]): Found | undefined {
  if (result.length <= 1) return result[0];
  const labels = new Set(result.flatMap(({ metric }) => Object.keys(metric)));
  const differing = [...labels]
    .map((label) => ({ label, values: [...new Set(result.map(({ metric }) => metric[label] ?? ''))] }))
    .filter(({ values }) => values.length > 1)
    .map(
      ({ label, values }) => `${label} (${values.slice(0, SHOWN_VALUES).join(', ')}${values.length > SHOWN_VALUES ? ', …' : ''})`,
    );
  const message =
    `The query ${name} found ${result.length} series where one is needed; they differ in ${differing.join(' and ')}. ` +
    'Pick one by its labels, or put sum(…), max(…) or avg(…) around the query.';
  throw new MeasurementError('bad_response', message);
}

function nativeHistogram(name: string): MeasurementError {
  return new MeasurementError(
    'bad_response',
    `The query ${name} gives a native histogram. Put histogram_quantile(0.95, …) around it.`,
  );
}

interface MeasuredQuery {
  readonly name: string;
  readonly expression: string;
  readonly measurement: Measurement;
  readonly warnings: readonly string[];
}

function queriesEvidence(measured: readonly MeasuredQuery[]): Evidence {
  const rows = measured.map(({ name, expression, measurement }) => [name, expression, points(measurement.value)]);
  return { kind: 'table', title: 'Queries', columns: ['name', 'query', 'result'], rows };
}

function points(value: Value): string {
  if (value.kind === 'series') return `${value.points.length} points`;
  return value.kind === 'quantity' && Number.isNaN(value.amount) ? 'no data' : 'one value';
}

function warningsEvidence(measured: readonly MeasuredQuery[]): Evidence[] {
  const lines = measured.flatMap(({ name, warnings }) => warnings.map((warning) => `${name}: ${warning}`));
  return lines.length === 0 ? [] : [{ kind: 'output', title: 'Warnings of Prometheus', text: lines.join('\n') }];
}
