import { type Dimensioned, isPlainNumber } from './dimension.ts';
import { type Saying, type Sort, sortOf, type UnknownReason } from './sayings.ts';
import { parseQuantity } from './units.ts';
import type { Quantity, Value } from './value.ts';

/** A value as the language reckons with it: of a series, one of its points. */
export type Present = Exclude<Value, { kind: 'series' }>;

export interface Resolved {
  readonly value: Present;
  /** The plan wrote it, or it was worked out of nothing else. */
  readonly literal: boolean;
  /** How a bare number of the plan was written. */
  readonly raw?: string;
  /** It is a measurement as it was made, and not worked out of one. */
  readonly measured?: true;
  /** How far off a measurement may be, in base units. */
  readonly tolerance?: number;
}

/** Why there is no value. */
export interface Missing {
  readonly missing: UnknownReason;
  readonly saying: Saying;
}

export interface ResolvedQuantity extends Resolved {
  readonly value: Quantity;
}

export const unlike = (left: Sort, right: Sort): Missing => ({
  missing: 'unit_mismatch',
  saying: { code: 'unlike', left, right },
});

export const noData = (saying: Saying): Missing => ({ missing: 'no_data', saying });

/** A number; a text that is one with its unit (`30s` in a settings file) counts as that number. */
export function quantityOf({ value, ...rest }: Resolved): ResolvedQuantity | undefined {
  if (value.kind === 'quantity') return { value, ...rest };
  const read = value.kind === 'text' ? parseQuantity(value.text) : undefined;
  return read === undefined ? undefined : { value: read, ...rest };
}

/** The same, or why it is none. */
export function reckonable(resolved: Resolved): ResolvedQuantity | Missing {
  const quantity = quantityOf(resolved);
  if (quantity !== undefined) return quantity;
  const { value } = resolved;
  const saying: Saying =
    value.kind === 'text' ? { code: 'text_is_no_number', content: value.text } : { code: 'not_reckonable', sort: sortOf(value) };
  return { missing: 'unit_mismatch', saying };
}

export function dimensionedOf({ value, literal, raw }: ResolvedQuantity): Dimensioned {
  const zero = raw !== undefined && value.amount === 0 && isPlainNumber(value.dimension);
  return { dimension: value.dimension, literal, zero };
}
