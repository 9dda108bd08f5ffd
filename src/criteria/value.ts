/**
 * What a measurement can be. Amounts are kept in base units: seconds, bytes, and plain fractions for ratios
 * (5 % is 0.05), so that two values of one dimension compare as numbers.
 */

/**
 * Exponents of the base units, and what kind of plain number it is when both are zero.
 *
 * - `time: 1` is a duration (s), `time: -1` a rate (per second), `bytes: 1, time: -1` a throughput (bytes per second).
 * - `share: true` marks a ratio. It is told apart from a plain number, because `error_rate < 5` against a ratio would
 *   always hold; the language asks for `5%`.
 * - `open: true` marks a number whose source does not say its unit but promises base units (Prometheus' convention).
 *   It takes the dimension of what it is compared with.
 */
export interface Dimension {
  readonly time: number;
  readonly bytes: number;
  readonly share?: true;
  readonly open?: true;
}

export const DIMENSION = {
  number: { time: 0, bytes: 0 },
  ratio: { time: 0, bytes: 0, share: true },
  time: { time: 1, bytes: 0 },
  bytes: { time: 0, bytes: 1 },
  rate: { time: -1, bytes: 0 },
  throughput: { time: -1, bytes: 1 },
  open: { time: 0, bytes: 0, open: true },
} as const satisfies Record<string, Dimension>;

/** A number with a dimension, in base units (seconds, bytes, fractions). `NaN` and infinities are allowed: they judge as no data. */
export interface Quantity {
  readonly kind: 'quantity';
  readonly amount: number;
  readonly dimension: Dimension;
}

export interface Text {
  readonly kind: 'text';
  readonly text: string;
}

export interface Flag {
  readonly kind: 'flag';
  readonly flag: boolean;
}

/** A dotted version such as `15.18` or `v1.28.3`; compared number by number. */
export interface Version {
  readonly kind: 'version';
  readonly version: string;
}

/** A quantity over time. `at` is milliseconds since the epoch; points are in time order; amounts are in base units. */
export interface Series {
  readonly kind: 'series';
  readonly dimension: Dimension;
  readonly points: readonly { readonly at: number; readonly amount: number }[];
}

export type Value = Quantity | Text | Flag | Version | Series;

const quantity = (amount: number, dimension: Dimension): Quantity => ({ kind: 'quantity', amount, dimension });

export const number = (amount: number): Quantity => quantity(amount, DIMENSION.number);
/** A fraction: 0.05 is 5 %. */
export const ratio = (fraction: number): Quantity => quantity(fraction, DIMENSION.ratio);
export const seconds = (amount: number): Quantity => quantity(amount, DIMENSION.time);
export const milliseconds = (amount: number): Quantity => quantity(amount / 1000, DIMENSION.time);
export const bytes = (amount: number): Quantity => quantity(amount, DIMENSION.bytes);
/** Events per second. */
export const perSecond = (amount: number): Quantity => quantity(amount, DIMENSION.rate);
export const bytesPerSecond = (amount: number): Quantity => quantity(amount, DIMENSION.throughput);
/** A number in base units whose dimension its source does not tell. */
export const openNumber = (amount: number): Quantity => quantity(amount, DIMENSION.open);
export const text = (content: string): Text => ({ kind: 'text', text: content });
export const flag = (set: boolean): Flag => ({ kind: 'flag', flag: set });
export const version = (dotted: string): Version => ({ kind: 'version', version: dotted });
export const series = (dimension: Dimension, points: Series['points']): Series => ({ kind: 'series', dimension, points });

/** A measured value and what a reader must know of it. */
export interface Measurement {
  readonly value: Value;
  /** How many observations it rests on, where that is known; a percentile of too few is no evidence. */
  readonly samples?: number;
  /** The fewest that the plan takes for enough, in place of what a percentile can be read from at all. */
  readonly leastSamples?: number;
  /** How far off the value may be, in base units: its source rounds or estimates. */
  readonly tolerance?: number;
  /** It is not in what was read, and why: a criterion that names it cannot be judged. The value says nothing then. */
  readonly absent?: string;
  /** One short sentence shown beside the figure. */
  readonly note?: string;
}

/** Measurements by name. Names are words joined by dots: `p95`, `body.version`, `header.content_type`. */
export type Measurements = Readonly<Record<string, Measurement>>;

/** What a name will be, as far as a plan tells: its dimension, or a kind that has none; `unknown` when only the run will tell. */
export type Promised = Dimension | 'text' | 'flag' | 'version' | 'unknown';

/** The language of reports: of words, decimal marks and thousands separators. */
export const LOCALES = ['en', 'pt-BR'] as const;
export type Locale = (typeof LOCALES)[number];
