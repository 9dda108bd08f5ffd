import type { TraceNode } from './evaluate.ts';
import { leastSamples, percentileOf } from './percentile.ts';
import { call, negated, reckon } from './reckon.ts';
import { type Missing, noData, type Present, type Resolved, type ResolvedQuantity, reckonable } from './resolved.ts';
import type { Span, Term } from './syntax.ts';
import type { Moment } from './timeline.ts';
import { type Measurement, text, type Value } from './value.ts';

/** The value of a term, or why there is none; and how it came about. */
export interface Worked {
  readonly result: Resolved | Missing;
  readonly trace: TraceNode;
  /** The criterion itself says it. */
  readonly written: boolean;
}

/** @param textOf a part of the criterion as written. */
export function resolve(term: Term, moment: Moment, textOf: (span: Span) => string): Worked {
  const source = term.kind === 'baseline' ? `baseline.${term.name}` : textOf(term);
  const traced = (result: Resolved | Missing, parts: readonly TraceNode[] = []): Worked => ({
    result,
    written: isWritten(term, result),
    trace: 'missing' in result ? { source, saying: result.saying, parts } : { source, value: result.value, parts },
  });
  const reckoned = (operands: readonly Term[], work: (values: readonly ResolvedQuantity[]) => Resolved | Missing): Worked => {
    const worked = operands.map((operand) => resolve(operand, moment, textOf));
    const parts = worked.flatMap(({ trace, written }) => (written ? [] : [trace]));
    const values: ResolvedQuantity[] = [];
    for (const { result } of worked) {
      const quantity = 'missing' in result ? result : reckonable(result);
      if ('missing' in quantity) return traced(quantity, parts);
      values.push(quantity);
    }
    return traced(work(values), parts);
  };
  switch (term.kind) {
    case 'quantity': {
      const value: Present = { kind: 'quantity', amount: term.amount, dimension: term.dimension };
      return traced({ value, literal: true, ...(term.bare ? { raw: term.raw } : {}) });
    }
    case 'text':
      return traced({ value: text(term.text), literal: true });
    case 'flag':
      return traced({ value: { kind: 'flag', flag: term.flag }, literal: true });
    case 'word':
      return traced(moment.wasMeasured(term.word) ? measured(term.word, moment) : { value: text(term.word), literal: true });
    case 'reference':
      return traced(measured(term.name, moment));
    case 'baseline':
      return traced(baseline(term.name, moment));
    case 'negation':
      return reckoned([term.operand], ([operand]) => (operand ? negated(operand) : noData({ code: 'no_result' })));
    case 'call':
      return reckoned(term.operands, (operands) => call(term.name, operands));
    case 'arithmetic':
      return reckoned([term.left, term.right], ([left, right]) =>
        left && right ? reckon(term.operator, left, right) : noData({ code: 'no_result' }),
      );
  }
}

function isWritten({ kind }: Term, result: Resolved | Missing): boolean {
  const literal = 'missing' in result || result.literal;
  return literal && (kind === 'quantity' || kind === 'text' || kind === 'flag' || kind === 'word');
}

function measured(name: string, moment: Moment): Resolved | Missing {
  const found = moment.measurement(name);
  if (found === 'stale') return noData({ code: 'stale', name, ageMs: moment.ageOf(name) });
  if (found !== undefined) return usable(name, found);
  if (moment.wasMeasured(name)) return noData({ code: 'missed', name });
  const nearest = moment.nearest(name);
  return {
    missing: 'unknown_metric',
    saying: { code: 'unknown_name', name, ...(nearest === undefined ? {} : { nearest }) },
  };
}

function baseline(name: string, moment: Moment): Resolved | Missing {
  const measurement = moment.baseline(name);
  if (measurement === undefined) return { missing: 'no_baseline', saying: { code: 'no_baseline', name } };
  const found = usable(name, measurement);
  if ('missing' in found) return { missing: 'no_baseline', saying: { code: 'unusable_baseline', name, why: found.saying } };
  if (found.value.kind === 'quantity' && !Number.isFinite(found.value.amount)) {
    return { missing: 'no_baseline', saying: { code: 'unusable_baseline', name, why: { code: 'no_value', name } } };
  }
  return found;
}

/** A measured value, unless it is no number or rests on too few observations. */
function usable(name: string, { value, samples, note, leastSamples: given, tolerance, absent }: Measurement): Resolved | Missing {
  if (absent !== undefined) return { missing: 'unknown_metric', saying: { code: 'absent', name, why: absent } };
  const noted = note === undefined ? {} : { note };
  const latest = latestOf(value);
  const percentile = percentileOf(name);
  if (latest === undefined) return noData({ code: 'no_value', name, ...noted });
  if (latest.kind === 'quantity' && !Number.isFinite(latest.amount)) {
    // A percentile that falls on an unanswered request is no missing number: it is slower than every limit.
    const never = latest.amount === Number.POSITIVE_INFINITY && percentile !== undefined;
    if (!never) return noData({ code: 'no_value', name, ...noted });
  }
  const found: Resolved = { value: latest, literal: false, measured: true, ...(tolerance === undefined ? {} : { tolerance }) };
  if (samples === undefined) return found;
  const least = percentile === undefined ? 1 : (given ?? leastSamples(percentile));
  if (samples >= least) return found;
  if (percentile === undefined) return noData({ code: 'no_samples', name, ...noted });
  return { missing: 'too_few_samples', saying: { code: 'too_few_samples', name, least, samples } };
}

function latestOf(value: Value): Present | undefined {
  if (value.kind !== 'series') return value;
  const last = value.points.at(-1);
  return last === undefined ? undefined : { kind: 'quantity', amount: last.amount, dimension: value.dimension };
}
