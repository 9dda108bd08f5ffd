import { nearestName } from './nearest.ts';
import { DIMENSION, type Dimension, type Quantity, type Value } from './value.ts';

/** One unit: how many base units (seconds, bytes, fractions, per second) it is. */
export interface Unit {
  readonly factor: number;
  readonly dimension: Dimension;
}

const table = (dimension: Dimension, factors: Readonly<Record<string, number>>): readonly (readonly [string, Unit])[] =>
  Object.entries(factors).map(([name, factor]) => [name, { factor, dimension }]);

const TIME = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  μs: 1e-6,
  ms: 1e-3,
  millisecond: 1e-3,
  milliseconds: 1e-3,
  s: 1,
  sec: 1,
  secs: 1,
  second: 1,
  seconds: 1,
};
const LONG_TIME = {
  m: 60,
  min: 60,
  mins: 60,
  minute: 60,
  minutes: 60,
  h: 3600,
  hr: 3600,
  hrs: 3600,
  hour: 3600,
  hours: 3600,
  d: 86_400,
  day: 86_400,
  days: 86_400,
};
const BYTES = { B: 1, byte: 1, bytes: 1, kB: 1e3, KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, PB: 1e15 };
/** With the short names that Kubernetes has for them. */
const BINARY = {
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const MULTIPLIERS = { K: 1e3, k: 1e3, M: 1e6 };

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...table(DIMENSION.time, { ...TIME, ...LONG_TIME }),
  ...table(DIMENSION.bytes, { ...BYTES, ...BINARY }),
  ...table(DIMENSION.ratio, { '%': 0.01, percent: 0.01, ratio: 1 }),
  ...table(DIMENSION.rate, { rps: 1, qps: 1 }),
  ...table(DIMENSION.number, MULTIPLIERS),
]);

const UNITS_ALIKE: ReadonlySet<string> = new Set([...UNITS.keys()].map((name) => name.toLowerCase()));

/** Words that may follow a count and say only what is counted. */
const NOUNS: ReadonlySet<string> = new Set(
  'requests request req errors error connections rows entries items users times timeouts warnings retries'.split(' '),
);

/** What may follow the slash of a rate: `/s`, `/min`, `/hour`. Seconds. */
const PER: Readonly<Record<string, number>> = { ...TIME, ...LONG_TIME };

/** Of `10K requests`: a factor without a dimension, behind which a noun may follow. */
export const isMultiplier = (name: string): boolean => Object.hasOwn(MULTIPLIERS, name);

export const isNoun = (name: string): boolean => NOUNS.has(name);

export const isUnit = (text: string): boolean => findUnit(text) !== undefined;

/** The unit of this name, also of a rate such as `MB/s`, `req/min` or `/s`; upper and lower case are told apart. */
export function findUnit(name: string): Unit | undefined {
  const simple = simpleUnit(name);
  if (simple) return simple;
  const rate = /^([A-Za-zµμ%]*)\s*\/\s*([a-z]+)$/.exec(name);
  if (!rate) return undefined;
  const [, of = '', per = ''] = rate;
  return rateOf(of === '' ? undefined : of, per);
}

export const simpleUnit = (name: string): Unit | undefined =>
  UNITS.get(name) ?? (NOUNS.has(name) ? { factor: 1, dimension: DIMENSION.number } : undefined);

/** `MB` per `s`. A word that is no unit counts something: `logs` per `sec`. */
export function rateOf(of: string | undefined, per: string): Unit | undefined {
  const seconds = Object.hasOwn(PER, per) ? PER[per] : undefined;
  if (seconds === undefined) return undefined;
  const unit = of === undefined ? undefined : UNITS.get(of);
  // `Mb` is no noun: what is counted must not look like a unit in the wrong case.
  if (of !== undefined && unit === undefined && UNITS_ALIKE.has(of.toLowerCase())) return undefined;
  const { factor, dimension } = unit ?? { factor: 1, dimension: DIMENSION.number };
  return { factor: factor / seconds, dimension: { time: dimension.time - 1, bytes: dimension.bytes } };
}

/** The nearest name of a unit, for a message. */
export function nearestUnit(name: string): string | undefined {
  const alike = [...UNITS.keys()].find((unit) => unit.toLowerCase() === name.toLowerCase());
  return alike ?? nearestName(name, [...UNITS.keys()]);
}

/** `500ms`, `5 MB`, `99.9%`, `10K/s` and nothing else; undefined when the text is no number. */
export function parseQuantity(text: string): Quantity | undefined {
  const trimmed = text.trim();
  const parts = trimmed.length > LONGEST ? null : /^([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([A-Za-zµμ%/ ]*)$/.exec(trimmed);
  if (!parts) return undefined;
  const [, digits = '', name = ''] = parts;
  const unit = name === '' ? { factor: 1, dimension: DIMENSION.number } : findUnit(name);
  const amount = unit === undefined ? Number.NaN : scale(Number(digits), unit.factor);
  if (unit === undefined || !Number.isFinite(amount)) return undefined;
  return { kind: 'quantity', amount, dimension: unit.dimension };
}

/** A text longer than this is no number with its unit. */
const LONGEST = 80;

/** Divides where the factor is a fraction such as a thousandth, so that 480 ms is 0.48 s and not 0.48000000000000004 s. */
export function scale(amount: number, factor: number): number {
  const divisor = Math.round(1 / factor);
  return factor < 1 && Math.abs(divisor * factor - 1) < 1e-12 ? amount / divisor : amount * factor;
}

/**
 * Gives a plain or open number (or series, or a text that is a number) a unit.
 *
 * @throws Error that names the nearest unit when there is none such.
 */
export function withUnit(value: Value, name: string): Value {
  const unit = findUnit(name);
  if (unit === undefined) {
    const nearest = nearestUnit(name);
    throw new Error(`Unknown unit \`${name}\`.${nearest ? ` Did you mean \`${nearest}\`?` : ''}`);
  }
  const { factor, dimension } = unit;
  switch (value.kind) {
    case 'quantity':
      return isPlain(value.dimension) ? { kind: 'quantity', amount: scale(value.amount, factor), dimension } : value;
    case 'series': {
      if (!isPlain(value.dimension)) return value;
      const points = value.points.map(({ at, amount }) => ({ at, amount: scale(amount, factor) }));
      return { kind: 'series', dimension, points };
    }
    case 'text': {
      const amount = /^\s*[+-]?\d+(\.\d+)?\s*$/.test(value.text) ? Number(value.text) : undefined;
      return amount === undefined ? value : { kind: 'quantity', amount: scale(amount, factor), dimension };
    }
    default:
      return value;
  }
}

const isPlain = ({ time, bytes, share }: Dimension): boolean => time === 0 && bytes === 0 && share !== true;
