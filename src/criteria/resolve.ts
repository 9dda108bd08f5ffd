import { comparable, type Dimensioned, dimensionName, product, quotient, sum } from './dimension.ts';
import type { UnknownReason } from './evaluate.ts';
import { nearestName } from './nearest.ts';
import { leastSamples, percentileOf } from './percentile.ts';
import type { Term } from './syntax.ts';
import { parseQuantity } from './units.ts';
import { type Measurement, type Measurements, number, type Quantity, text, type Value } from './value.ts';

/** What can be looked up at one moment. */
export interface Moment {
  readonly measurements: Measurements;
  readonly baseline?: Measurements;
  /** Whether a name was ever measured: then its absence now is missing data, not a wrong name. */
  wasMeasured(name: string): boolean;
}

export interface Missing {
  readonly missing: UnknownReason;
  readonly detail: string;
}

/** A value as the language reckons with it. `raw` is how a bare number was written. */
export interface Resolved {
  readonly value: Exclude<Value, { kind: 'series' }>;
  readonly literal: boolean;
  readonly raw?: string;
}

/** The value of a term; or why there is none. */
export function resolve(term: Term, moment: Moment): Resolved | Missing {
  switch (term.kind) {
    case 'quantity': {
      const value: Quantity = { kind: 'quantity', amount: term.amount, dimension: term.dimension };
      return { value, literal: true, ...(term.bare ? { raw: term.raw } : {}) };
    }
    case 'text':
      return { value: text(term.text), literal: true };
    case 'flag':
      return { value: { kind: 'flag', flag: term.flag }, literal: true };
    case 'word':
      return moment.wasMeasured(term.word) ? measured(term.word, moment) : { value: text(term.word), literal: true };
    case 'reference':
      return measured(term.name, moment);
    case 'baseline':
      return baseline(term.name, moment);
    case 'negation': {
      const operand = quantityOf(resolve(term.operand, moment));
      if ('missing' in operand) return operand;
      return { value: { ...operand.value, amount: -operand.value.amount }, literal: operand.literal };
    }
    case 'call':
      return call(
        term.name,
        term.operands.map((operand) => quantityOf(resolve(operand, moment))),
      );
    case 'arithmetic':
      return arithmetic(term.operator, quantityOf(resolve(term.left, moment)), quantityOf(resolve(term.right, moment)));
  }
}

function measured(name: string, moment: Moment): Resolved | Missing {
  const measurement = Object.hasOwn(moment.measurements, name) ? moment.measurements[name] : undefined;
  if (measurement === undefined) {
    if (moment.wasMeasured(name)) return { missing: 'no_data', detail: `${name} was not measured this time.` };
    const nearest = nearestName(name, Object.keys(moment.measurements));
    const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
    return { missing: 'unknown_metric', detail: `Nothing measured ${name}.${hint}` };
  }
  return usable(name, measurement);
}

function baseline(name: string, { baseline: known }: Moment): Resolved | Missing {
  const measurement = known !== undefined && Object.hasOwn(known, name) ? known[name] : undefined;
  if (measurement === undefined) return { missing: 'no_baseline', detail: `There is no baseline of ${name}.` };
  const found = usable(name, measurement);
  return 'missing' in found
    ? { missing: 'no_baseline', detail: `The baseline of ${name} cannot be used: ${found.detail}` }
    : found;
}

/** A measured value, unless it is no number or rests on too few observations. */
function usable(name: string, { value, samples, note }: Measurement): Resolved | Missing {
  const because = note === undefined ? '' : ` (${note.replace(/\.$/, '')})`;
  const latest = latestOf(value);
  if (latest === undefined) return { missing: 'no_data', detail: `${name} has no data${because}.` };
  if (latest.kind === 'quantity' && !Number.isFinite(latest.amount)) {
    // A percentile that falls on an unanswered request is no missing number: it is slower than every limit.
    if (latest.amount === Number.POSITIVE_INFINITY && percentileOf(name) !== undefined) return { value: latest, literal: false };
    return { missing: 'no_data', detail: `${name} has no data${because}.` };
  }
  const percentile = percentileOf(name);
  if (samples !== undefined && percentile !== undefined && samples < leastSamples(percentile)) {
    const least = leastSamples(percentile);
    return { missing: 'too_few_samples', detail: `${name} needs at least ${least} samples, there were ${samples}.` };
  }
  if (samples === 0) return { missing: 'no_data', detail: `${name} rests on no samples${because}.` };
  return { value: latest, literal: false };
}

function latestOf(value: Value): Resolved['value'] | undefined {
  if (value.kind !== 'series') return value;
  const last = value.points.at(-1);
  return last === undefined ? undefined : { kind: 'quantity', amount: last.amount, dimension: value.dimension };
}

interface ResolvedQuantity {
  readonly value: Quantity;
  readonly literal: boolean;
}

/** A text that is a number with its unit (`30s` in a settings file) counts as that number. */
export function quantityOf(resolved: Resolved | Missing): ResolvedQuantity | Missing {
  if ('missing' in resolved) return resolved;
  const { value, literal } = resolved;
  if (value.kind === 'quantity') return { value, literal };
  const read = value.kind === 'text' ? parseQuantity(value.text) : undefined;
  if (read !== undefined) return { value: read, literal };
  return { missing: 'unit_mismatch', detail: `A ${value.kind} cannot be reckoned with.` };
}

export function dimensionedOf({ value, literal }: ResolvedQuantity): Dimensioned {
  return { dimension: value.dimension, literal, zero: literal && value.amount === 0 };
}

function arithmetic(
  operator: '+' | '-' | '*' | '/',
  left: ResolvedQuantity | Missing,
  right: ResolvedQuantity | Missing,
): Resolved | Missing {
  if ('missing' in left) return left;
  if ('missing' in right) return right;
  const [a, b] = [left.value.amount, right.value.amount];
  const [first, second] = [dimensionedOf(left), dimensionedOf(right)];
  if (operator === '*') return quantity(a * b, product(first, second));
  if (operator === '/') {
    if (b === 0) return { missing: 'no_data', detail: 'A division by zero has no result.' };
    return quantity(a / b, quotient(first, second));
  }
  const total = sum(first, second);
  if (total === undefined) return unfit(first, second);
  return quantity(operator === '+' ? a + b : a - b, total);
}

function call(name: 'min' | 'max' | 'abs', operands: readonly (ResolvedQuantity | Missing)[]): Resolved | Missing {
  const values: ResolvedQuantity[] = [];
  for (const operand of operands) {
    if ('missing' in operand) return operand;
    values.push(operand);
  }
  const [first = { value: number(Number.NaN), literal: true }, ...rest] = values;
  const other = rest.find((candidate) => !comparable(dimensionedOf(first), dimensionedOf(candidate)));
  if (other) return unfit(dimensionedOf(first), dimensionedOf(other));
  const amounts = values.map(({ value }) => value.amount);
  const amount = name === 'abs' ? Math.abs(first.value.amount) : name === 'min' ? Math.min(...amounts) : Math.max(...amounts);
  return quantity(amount, { dimension: first.value.dimension, literal: values.every(({ literal }) => literal) });
}

const quantity = (amount: number, { dimension, literal }: Dimensioned): Resolved => ({
  value: { kind: 'quantity', amount, dimension },
  literal,
});

export function unfit(a: Dimensioned, b: Dimensioned): Missing {
  return {
    missing: 'unit_mismatch',
    detail: `${capital(dimensionName(a.dimension))} and ${dimensionName(b.dimension)} do not go together.`,
  };
}

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
