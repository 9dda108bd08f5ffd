import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { PHASES, VERDICTS } from '../checklist/model.ts';
import { REASON_CODES } from '../checklist/reasons.ts';

/** The report as JSON. Fields may be added within version 1; none is renamed, removed or given another meaning. */
export const REPORT_SCHEMA_NAME = 'holdpoint.report/1';

const instant = z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const reasonCode = z.enum(REASON_CODES).describe('Why the state is what it is; see docs/troubleshooting.md.');
const state = z.enum([...VERDICTS, 'pending', 'running']);
const outcome = z.enum(['holds', 'violated', 'unknown']);
const unit = z.string().describe('s, bytes, ratio, number, per_second, bytes_per_second, unknown, or powers such as s^2.');
const display = z.string().describe('As a reader sees it, in English.');
/** NaN and infinities have no JSON: they are null, and judge as no data. */
const amount = z.number().nullable().describe('In base units: seconds, bytes, fractions. null where there is no number.');

const quantity = z.object({ kind: z.literal('quantity'), value: amount, unit, display });
const text = z.object({ kind: z.literal('text'), value: z.string(), display });
const flag = z.object({ kind: z.literal('flag'), value: z.boolean(), display });
const version = z.object({ kind: z.literal('version'), value: z.string(), display });
const series = z.object({
  kind: z.literal('series'),
  value: amount.describe('The last amount.'),
  unit,
  display,
  points: z.array(z.object({ at: instant, amount })),
});

const value = z.discriminatedUnion('kind', [quantity, text, flag, version, series]);

const known = {
  samples: z.number().optional().describe('How many observations it rests on.'),
  note: z.string().optional(),
};
const measurement = z.discriminatedUnion('kind', [
  quantity.extend(known),
  text.extend(known),
  flag.extend(known),
  version.extend(known),
  series.extend(known),
]);

const position = z.object({ file: z.string(), line: z.int().min(1), column: z.int().min(1) });

const judgement = z.object({
  criterion: z.string(),
  intent: z.enum(['expect', 'abort', 'warn']).describe('expect must hold, abort must not, warn should not.'),
  outcome,
  reason_code: reasonCode.optional(),
  detail: z.string().optional(),
  comparisons: z.array(
    z.object({
      subject: z.string(),
      operator: z.string(),
      measured: value.optional(),
      allowed: z.array(value),
      outcome,
      margin: z.number().optional().describe('Inside (positive) or beyond (negative) the limit, as a fraction of it.'),
    }),
  ),
  position: position.optional(),
});

const evidenceUnit = z.enum(['s', 'bytes', 'ratio', 'number']);

const evidence = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('output'), title: z.string(), text: z.string() }),
  z.object({ kind: z.literal('table'), title: z.string(), columns: z.array(z.string()), rows: z.array(z.array(z.string())) }),
  z.object({
    kind: z.literal('series'),
    title: z.string(),
    subject: z.string().optional().describe('The measurement that it shows over time, where the title is not its name.'),
    unit: evidenceUnit,
    points: z.array(z.object({ at: instant, amount })),
  }),
  z.object({
    kind: z.literal('histogram'),
    title: z.string(),
    unit: evidenceUnit,
    from: z.number().optional().describe('Where the first bin starts; left out where it has no end on that side.'),
    bins: z
      .array(
        z.object({
          up_to: z.number().optional().describe('Left out where the last bin has no end.'),
          count: z.number().min(0),
        }),
      )
      .describe('Ascending: each holds what is above the bin before it, up to its own bound and with it.'),
    marks: z.array(z.object({ label: z.string(), amount })).optional(),
  }),
]);

const item = z.object({
  id: z.string(),
  title: z.string(),
  group: z.string().optional(),
  kind: z.string().describe('The probe or task that did the work.'),
  required: z.boolean(),
  state,
  reason_code: reasonCode,
  message: z.string().optional(),
  measurements: z.record(z.string(), measurement).describe('By name.'),
  judgements: z.array(judgement),
  evidence: z.array(evidence),
  position: position.optional(),
  started_at: instant.optional(),
  duration_ms: z.number().min(0).optional(),
});

const count = z.int().min(0);

export const reportSchema = z
  .object({
    schema: z.literal(REPORT_SCHEMA_NAME),
    phase: z.enum(PHASES),
    service: z.string().optional(),
    verdict: z.enum([...VERDICTS, 'running']),
    reason_code: reasonCode,
    headline: z.string().describe('The verdict in one English line; for people, not for programs.'),
    dry_run: z.boolean(),
    subject: z.object({
      repository: z.string().optional(),
      head_sha: z.string().optional(),
      pull_request: z.int().optional(),
      ref: z.string().optional(),
      run_url: z.string().optional(),
    }),
    plan: z.object({ file: z.string(), source: z.enum(['head', 'base', 'input']), sha: z.string().optional() }),
    counts: z.object({
      total: count,
      pass: count,
      warn: count,
      fail: count,
      inconclusive: count,
      error: count,
      skipped: count,
      pending: count,
      running: count,
    }),
    items: z.array(item),
    notes: z.array(z.string()),
    started_at: instant,
    finished_at: instant.optional(),
    duration_ms: z.number().min(0).optional(),
  })
  .describe('What a Holdpoint run found: the verdict, and each item with its measurements, judgements and evidence.');

export type Report = z.infer<typeof reportSchema>;

/** Reads a report back. Throws `MeasurementError('unreadable')` that names the first field that is wrong. */
export function parseReport(raw: unknown): Report {
  const parsed = reportSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  throw new MeasurementError('unreadable', `This is not a ${REPORT_SCHEMA_NAME}${place}: ${issue?.message ?? 'not an object'}.`, {
    cause: parsed.error,
  });
}
