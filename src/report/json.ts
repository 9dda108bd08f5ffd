import type { Checklist, Comparison, Evidence, Item, Judgement } from '../checklist/model.ts';
import { formatValue } from '../criteria/format.ts';
import { DIMENSION, type Dimension, type Measurement, type Value } from '../criteria/value.ts';
import { headline } from './headline.ts';
import { binsOf } from './histogram.ts';
import { isoInstant } from './instant.ts';
import type { Report } from './schema.ts';

type ReportItem = Report['items'][number];
type ReportJudgement = ReportItem['judgements'][number];
type ReportComparison = ReportJudgement['comparisons'][number];
type ReportEvidence = ReportItem['evidence'][number];
type ReportMeasurement = ReportItem['measurements'][string];
type ReportValue = ReportComparison['allowed'][number];

/** The checklist as `holdpoint.report/1`: plain data, keys always in the same order. */
export function renderJson(checklist: Checklist): Report {
  const { phase, service, verdict, reason, dryRun, subject, plan, items, notes, startedAt, finishedAt } = checklist;
  const finished = isoInstant(finishedAt);
  return {
    schema: 'holdpoint.report/1',
    phase,
    ...defined({ service }),
    verdict,
    reason_code: reason,
    headline: headline(checklist, 'en'),
    dry_run: dryRun,
    subject: defined({
      repository: subject.repository,
      head_sha: subject.headSha,
      pull_request: subject.pullRequest,
      ref: subject.ref,
      run_url: subject.runUrl,
    }),
    plan: { file: plan.file, source: plan.source, ...defined({ sha: plan.sha }) },
    counts: countsOf(items),
    items: items.map(reportItem),
    notes: [...notes],
    started_at: isoInstant(startedAt) ?? EPOCH,
    ...defined({ finished_at: finished }),
    ...(finishedAt === undefined ? {} : defined({ duration_ms: milliseconds(finishedAt - startedAt) })),
  };
}

/** Stands for a time that is none: the schema wants one, and a broken clock must not cost the report. */
const EPOCH = '1970-01-01T00:00:00.000Z';

function countsOf(items: readonly Item[]): Report['counts'] {
  const counts = {
    total: items.length,
    pass: 0,
    warn: 0,
    fail: 0,
    inconclusive: 0,
    error: 0,
    skipped: 0,
    pending: 0,
    running: 0,
  };
  for (const { state } of items) counts[state] += 1;
  return counts;
}

function reportItem(item: Item): ReportItem {
  return {
    id: item.id,
    title: item.title,
    ...defined({ group: item.group }),
    kind: item.kind,
    required: item.required,
    state: item.state,
    reason_code: item.reason,
    ...defined({ message: item.message }),
    measurements: Object.fromEntries(
      Object.entries(item.measurements).map(([name, measurement]) => [name, reportMeasurement(measurement)]),
    ),
    judgements: item.judgements.map(reportJudgement),
    evidence: item.evidence.map(reportEvidence),
    ...defined({
      position: item.position,
      started_at: isoInstant(item.startedAt),
      duration_ms: item.durationMs === undefined ? undefined : milliseconds(item.durationMs),
    }),
  };
}

function reportMeasurement({ value, samples, note }: Measurement): ReportMeasurement {
  const counted = samples !== undefined && Number.isFinite(samples) ? samples : undefined;
  return { ...reportValue(value), ...defined({ samples: counted, note }) };
}

function reportJudgement({ criterion, intent, outcome, reason, detail, comparisons, position }: Judgement): ReportJudgement {
  return {
    criterion,
    intent,
    outcome,
    ...defined({ reason_code: reason, detail }),
    comparisons: comparisons.map(reportComparison),
    ...defined({ position }),
  };
}

function reportComparison({ subject, operator, measured, allowed, outcome, margin }: Comparison): ReportComparison {
  return {
    subject,
    operator,
    ...defined({ measured: measured === undefined ? undefined : reportValue(measured) }),
    allowed: allowed.map(reportValue),
    outcome,
    ...defined({ margin: margin === undefined ? undefined : (finite(margin) ?? undefined) }),
  };
}

function reportValue(value: Value): ReportValue {
  const display = formatValue(value, 'en');
  switch (value.kind) {
    case 'quantity':
      return { kind: 'quantity', value: finite(value.amount), unit: unitOf(value.dimension), display };
    case 'text':
      return { kind: 'text', value: value.text, display };
    case 'flag':
      return { kind: 'flag', value: value.flag, display };
    case 'version':
      return { kind: 'version', value: value.version, display };
    case 'series':
      return {
        kind: 'series',
        value: finite(value.points.at(-1)?.amount ?? Number.NaN),
        unit: unitOf(value.dimension),
        display,
        points: points(value.points),
      };
  }
}

function reportEvidence(evidence: Evidence): ReportEvidence {
  switch (evidence.kind) {
    case 'output':
      return { kind: 'output', title: evidence.title, text: evidence.text };
    case 'table':
      return { kind: 'table', title: evidence.title, columns: [...evidence.columns], rows: evidence.rows.map((row) => [...row]) };
    case 'series':
      return {
        kind: 'series',
        title: evidence.title,
        ...defined({ subject: evidence.subject }),
        unit: evidence.unit,
        points: points(evidence.points),
      };
    case 'histogram': {
      const { title, unit, from, marks } = evidence;
      return {
        kind: 'histogram',
        title,
        unit,
        ...defined({ from: from === undefined ? undefined : (finite(from) ?? undefined) }),
        bins: binsOf(evidence).map(({ to, count }) => ({ ...defined({ up_to: to }), count })),
        ...defined({ marks: marks?.map(({ label, amount }) => ({ label, amount: finite(amount) })) }),
      };
    }
  }
}

/** A point without a time is no point. */
function points(all: readonly { readonly at: number; readonly amount: number }[]): { at: string; amount: number | null }[] {
  return all.flatMap(({ at, amount }) => {
    const instant = isoInstant(at);
    return instant === undefined ? [] : [{ at: instant, amount: finite(amount) }];
  });
}

/** A dimension in words that programs can branch on. */
export function unitOf({ time, bytes, share, open }: Dimension): string {
  if (open) return 'unknown';
  if (time === 0 && bytes === 0) return share ? 'ratio' : 'number';
  if (time === 1 && bytes === 0) return 's';
  if (time === 0 && bytes === 1) return 'bytes';
  if (time === -1 && bytes === 0) return 'per_second';
  if (time === -1 && bytes === 1) return 'bytes_per_second';
  const power = (unit: string, exponent: number): string => (exponent === 0 ? '' : exponent === 1 ? unit : `${unit}^${exponent}`);
  return [power('bytes', bytes), power('s', time)].filter((part) => part !== '').join('*');
}

/** The dimension that `unitOf` has a plain word for; undefined for powers and products. */
export function dimensionOfUnit(unit: string): Dimension | undefined {
  return Object.values(DIMENSION).find((dimension) => unitOf(dimension) === unit);
}

const finite = (amount: number): number | null => (Number.isFinite(amount) ? amount : null);
const milliseconds = (ms: number): number | undefined => (Number.isFinite(ms) ? Math.max(0, ms) : undefined);

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

/** The fields that have a value, in the same order. */
function defined<Fields extends object>(fields: Fields): Defined<Fields>;
function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
