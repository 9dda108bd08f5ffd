import type { Dimension, Locale, Value } from './value.ts';

/** Why a criterion could not be judged. */
export type UnknownReason =
  | 'no_data'
  | 'too_few_samples'
  | 'window_incomplete'
  | 'no_baseline'
  | 'unknown_metric'
  | 'unit_mismatch';

/** What something is, as far as it matters to what it may be compared with. */
export type Sort =
  | 'open'
  | 'ratio'
  | 'number'
  | 'time'
  | 'bytes'
  | 'rate'
  | 'throughput'
  | 'product'
  | 'text'
  | 'flag'
  | 'version';

/**
 * What is to be said of a judgement beyond its outcome: a code with its parameters, put into words by `inWords`. Names are those of
 * measurements, times are milliseconds.
 */
export type Saying =
  | { readonly code: 'nothing_measured' }
  | { readonly code: 'unknown_name'; readonly name: string; readonly nearest?: string }
  | { readonly code: 'absent'; readonly name: string; readonly why: string }
  | { readonly code: 'missed'; readonly name: string }
  | { readonly code: 'stale'; readonly name: string; readonly ageMs: number }
  | { readonly code: 'no_value'; readonly name: string; readonly note?: string }
  | { readonly code: 'no_samples'; readonly name: string; readonly note?: string }
  | { readonly code: 'too_few_samples'; readonly name: string; readonly least: number; readonly samples: number }
  | { readonly code: 'no_baseline'; readonly name: string }
  | { readonly code: 'unusable_baseline'; readonly name: string; readonly why: Saying }
  | { readonly code: 'division_by_zero' }
  | { readonly code: 'no_result' }
  | { readonly code: 'both_endless' }
  | { readonly code: 'unlike'; readonly left: Sort; readonly right: Sort }
  | { readonly code: 'not_reckonable'; readonly sort: Sort }
  | { readonly code: 'text_is_no_number'; readonly content: string }
  | { readonly code: 'text_is_no_version'; readonly content: string }
  | { readonly code: 'no_order'; readonly sort: Sort }
  | { readonly code: 'decimal_or_version'; readonly left: string; readonly right: string }
  | { readonly code: 'percent_or_fraction'; readonly amount: number }
  | { readonly code: 'empty_range'; readonly lower: Value; readonly upper: Value }
  | { readonly code: 'not_a_text'; readonly sort: Sort }
  | { readonly code: 'text_too_long'; readonly longest: number }
  | { readonly code: 'not_a_flag'; readonly sort: Sort }
  | { readonly code: 'within_error'; readonly error: Value }
  | { readonly code: 'held'; readonly windowMs: number }
  | { readonly code: 'held_since'; readonly sinceMs: number; readonly windowMs: number }
  | { readonly code: 'not_now' }
  | { readonly code: 'watched'; readonly coveredMs: number; readonly windowMs: number };

/** What a value is, of these. */
export function sortOf(value: Value): Sort {
  return value.kind === 'quantity' || value.kind === 'series' ? sortOfDimension(value.dimension) : value.kind;
}

export function sortOfDimension({ time, bytes, share, open }: Dimension): Sort {
  if (open) return 'open';
  if (share) return 'ratio';
  if (time === 0 && bytes === 0) return 'number';
  if (time === 1 && bytes === 0) return 'time';
  if (time === 0 && bytes === 1) return 'bytes';
  if (time === -1 && bytes === 0) return 'rate';
  if (time === -1 && bytes === 1) return 'throughput';
  return 'product';
}

/** With its article, as it stands in a sentence. */
export const SORTS: Readonly<Record<Locale, Readonly<Record<Sort, string>>>> = {
  en: {
    open: 'a number without a unit',
    ratio: 'a ratio',
    number: 'a plain number',
    time: 'a time',
    bytes: 'an amount of bytes',
    rate: 'a rate',
    throughput: 'bytes per time',
    product: 'a product of units',
    text: 'a text',
    flag: 'a flag',
    version: 'a version',
  },
  'pt-BR': {
    open: 'um número sem unidade',
    ratio: 'uma proporção',
    number: 'um número puro',
    time: 'um tempo',
    bytes: 'uma quantidade de bytes',
    rate: 'uma taxa por tempo',
    throughput: 'bytes por tempo',
    product: 'um produto de unidades',
    text: 'um texto',
    flag: 'um valor lógico',
    version: 'uma versão',
  },
};
