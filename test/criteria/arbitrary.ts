import fc from 'fast-check';
import type { Observation } from '../../src/criteria/evaluate.ts';
import {
  bytes,
  DIMENSION,
  flag,
  type Measurement,
  milliseconds,
  number,
  openNumber,
  type Promised,
  perSecond,
  ratio,
  series,
  text,
  type Value,
  version,
} from '../../src/criteria/value.ts';

/** Measurements that criteria here speak of, and what each promises to be. */
export const PROMISED = {
  p95: DIMENSION.time,
  p99: DIMENSION.time,
  error_rate: DIMENSION.ratio,
  memory: DIMENSION.bytes,
  status: DIMENSION.number,
  rps: DIMENSION.rate,
  ok: 'flag',
  version: 'version',
} as const satisfies Readonly<Record<string, Promised>>;

type Name = keyof typeof PROMISED;
const NAMES = Object.keys(PROMISED);

const amount = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 1000, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: -5, max: 600 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e308, -1e308, 5e-324),
  },
);
const versions = fc.constantFrom('15.18', '13', '1.28.3', '17beta1', '2.0.0-rc.1', '9.6.24');

/** A value of the kind that its name promises. */
function promisedValue(name: Name): fc.Arbitrary<Value> {
  switch (name) {
    case 'p95':
    case 'p99':
      return amount.map(milliseconds);
    case 'error_rate':
      return amount.map((percent) => ratio(percent / 100));
    case 'memory':
      return amount.map(bytes);
    case 'status':
      return amount.map(number);
    case 'rps':
      return amount.map(perSecond);
    case 'ok':
      return fc.boolean().map(flag);
    case 'version':
      return versions.map(version);
  }
}

const points = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 600_000 }), amount), { maxLength: 12 })
  .map((pairs) => [...pairs].sort(([a], [b]) => a - b).map(([at, value]) => ({ at, amount: value })));

/** A value of any kind whatsoever. */
const anyValue: fc.Arbitrary<Value> = fc.oneof(
  amount.map(number),
  amount.map(openNumber),
  amount.map(ratio),
  amount.map(milliseconds),
  amount.map(bytes),
  fc.boolean().map(flag),
  versions.map(version),
  fc.string().map(version),
  fc.oneof(fc.string(), fc.constantFrom('', '5', '5 ms', '0.5', '15.10', 'v1.2', 'true', 'healthy', '20251124')).map(text),
  fc.tuple(fc.constantFrom(...Object.values(DIMENSION)), points).map(([dimension, list]) => series(dimension, list)),
);

function measurementOf(value: fc.Arbitrary<Value>): fc.Arbitrary<Measurement> {
  const samples = fc.option(fc.oneof(fc.nat(200), fc.constantFrom(0, Number.NaN, -1)), { nil: undefined });
  const note = fc.option(fc.constantFrom('the query found no series.', ''), { nil: undefined });
  return fc.record({ value, samples, note }).map(({ value: measured, samples: count, note: said }) => ({
    value: measured,
    ...(count === undefined ? {} : { samples: count }),
    ...(said === undefined ? {} : { note: said }),
  }));
}

/** Some of the names, each with what it promises. */
export const promisedMeasurements: fc.Arbitrary<Readonly<Record<string, Measurement>>> = fc.record(
  {
    p95: measurementOf(promisedValue('p95')),
    p99: measurementOf(promisedValue('p99')),
    error_rate: measurementOf(promisedValue('error_rate')),
    memory: measurementOf(promisedValue('memory')),
    status: measurementOf(promisedValue('status')),
    rps: measurementOf(promisedValue('rps')),
    ok: measurementOf(promisedValue('ok')),
    version: measurementOf(promisedValue('version')),
  },
  { requiredKeys: [] },
);

export const anyMeasurements: fc.Arbitrary<Readonly<Record<string, Measurement>>> = fc.dictionary(
  fc.constantFrom(...NAMES, '__proto__', 'constructor', 'p95 of "GET /"'),
  measurementOf(anyValue),
  { maxKeys: 6 },
);

export const anyObservations: fc.Arbitrary<readonly Observation[]> = fc.array(
  fc.record({ at: fc.integer({ min: 0, max: 600_000 }), measurements: anyMeasurements }),
  { maxLength: 8 },
);

const literal = fc.constantFrom(
  ...[
    '0',
    '5',
    '0.5',
    '15.10',
    '500',
    '500ms',
    '2s',
    '5%',
    '95 %',
    '5MB',
    '2 GiB',
    '10/s',
    '1 per minute',
    '10K',
    '-3',
    '20251124',
  ],
  ...['"OK"', '"15.2"', '"5ms"', '5403edb1d087', 'a1b2c3d', 'v1.28.3', '1.28.3', 'true', 'false', '1e308'],
);
const name = fc.constantFrom(...NAMES, 'baseline.p95', 'baseline.error_rate', 'p95 of "GET /"', '`constructor`');
const relation = fc.constantFrom('<', '<=', '>', '>=', '==', '!=');

const grammar = fc.letrec<{ term: string; comparison: string; condition: string; flat: string; held: string }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 4, arbitrary: name },
    { weight: 4, arbitrary: literal },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('term'), fc.constantFrom('+', '-', '*', '/'), tie('term'))
        .map(([a, sign, b]) => `(${a} ${sign} ${b})`),
    },
    { weight: 1, arbitrary: tie('term').map((a) => `-${a}`) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('min', 'max'), tie('term'), tie('term')).map(([f, a, b]) => `${f}(${a}, ${b})`),
    },
    { weight: 1, arbitrary: tie('term').map((a) => `abs(${a})`) },
  ),
  comparison: fc.oneof(
    { weight: 6, arbitrary: fc.tuple(tie('term'), relation, tie('term')).map(([a, sign, b]) => `${a} ${sign} ${b}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('term'), fc.constantFrom('', 'not '), tie('term'), tie('term'))
        .map(([a, no, b, c]) => `${a} ${no}between ${b} and ${c}`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('term'), fc.constantFrom('', 'not '), fc.array(tie('term'), { minLength: 1, maxLength: 3 }))
        .map(([a, no, all]) => `${a} ${no}in (${all.join(', ')})`),
    },
    {
      weight: 1,
      arbitrary: fc
        .tuple(name, fc.constantFrom('', 'not '), fc.constantFrom('/^v1/', '/O.K$/i', '"\\\\d+"'))
        .map(([a, no, pattern]) => `${a} ${no}matches ${pattern}`),
    },
    { weight: 1, arbitrary: name },
  ),
  flat: fc.oneof(
    { maxDepth: 2 },
    { weight: 3, arbitrary: tie('comparison') },
    { weight: 1, arbitrary: tie('flat').map((a) => `not (${a})`) },
    {
      weight: 1,
      arbitrary: fc.tuple(tie('flat'), fc.constantFrom('and', 'or'), tie('flat')).map(([a, word, b]) => `(${a}) ${word} (${b})`),
    },
  ),
  held: fc.tuple(tie('flat'), fc.constantFrom('1s', '1m', '5m', '10m')).map(([a, window]) => `(${a}) for ${window}`),
  condition: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: tie('flat') },
    { weight: 1, arbitrary: tie('held') },
    { weight: 1, arbitrary: tie('condition').map((a) => `not (${a})`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(tie('condition'), fc.constantFrom('and', 'or'), tie('condition'))
        .map(([a, word, b]) => `(${a}) ${word} (${b})`),
    },
  ),
}));

/** The text of a criterion; a few compare a name with itself, which is refused. */
export const anyCondition: fc.Arbitrary<string> = grammar.condition;
/** One without `for`. */
export const anyFlatCondition: fc.Arbitrary<string> = grammar.flat;
