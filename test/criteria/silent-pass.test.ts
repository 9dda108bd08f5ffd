import { describe, expect, it } from 'vitest';
import { evaluateCriterion } from '../../src/criteria/evaluate.ts';
import { parseCriterion } from '../../src/criteria/parse.ts';
import {
  DIMENSION,
  flag,
  type Measurements,
  milliseconds,
  number,
  openNumber,
  ratio,
  series,
  text,
  type Value,
  version,
} from '../../src/criteria/value.ts';

/** Values as a probe gives them, without a file in between. */
function outcomeOf(source: string, values: Readonly<Record<string, Value>>, baseline: Readonly<Record<string, Value>> = {}) {
  return evaluateCriterion(parseCriterion(source), {
    observations: [{ at: 0, measurements: measured(values) }],
    baseline: measured(baseline),
  });
}

const measured = (values: Readonly<Record<string, Value>>): Measurements =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

const never = milliseconds(Number.POSITIVE_INFINITY);

describe('a percentile without an end', () => {
  it.each(['p95 <= 2s', 'p95 == 2s', 'p95 between 1s and 2s', 'p95 < 2s', 'p95 in (2s, 3s)'])('is not within %s', (source) => {
    expect(outcomeOf(source, { p95: never }).outcome).toBe('violated');
  });

  it.each(['p95 > 10s', 'p95 >= 10s', 'p95 != 10s', 'p95 not between 1s and 2s', 'p95 - 1s > 10s'])('is beyond %s', (source) => {
    expect(outcomeOf(source, { p95: never }).outcome).toBe('holds');
  });

  it.each([
    'p95 <= p99',
    'p95 - p99 <= 0s',
    'p95 - p99 > 0s',
    'p95 <= baseline',
    'p95 * 0 < 1s',
    '1 / p95 < 5/s',
    'p99 - p99 < 1s',
  ])('cannot be told from another in %s', (source) => {
    expect(outcomeOf(source, { p95: never, p99: never }, { p95: never }).outcome).toBe('unknown');
  });

  it('is no baseline', () => {
    expect(outcomeOf('p95 <= baseline', { p95: milliseconds(90_000) }, { p95: never })).toMatchObject({
      outcome: 'unknown',
      reason: 'no_baseline',
    });
  });
});

describe('a number that is none', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%d is no data, whatever it is compared with',
    (amount) => {
      for (const source of [
        'x < 5',
        'x > 5',
        'x != 5',
        'x == x2',
        'not x == 5',
        'x not in (1, 2)',
        'abs(x) > 5',
        'max(x, 9) > 5',
      ]) {
        expect(outcomeOf(source, { x: number(amount), x2: number(5) })).toMatchObject({ outcome: 'unknown', reason: 'no_data' });
      }
    },
  );

  it('does not come of a sum that is too large', () => {
    expect(outcomeOf('x * 10 > 5', { x: number(1e308) })).toMatchObject({ outcome: 'unknown', reason: 'no_data' });
  });

  it('takes a count of samples that is none for too few', () => {
    const measurements = { p95: { value: milliseconds(1), samples: Number.NaN } };
    expect(evaluateCriterion(parseCriterion('p95 < 1s'), { observations: [{ at: 0, measurements }] })).toMatchObject({
      outcome: 'unknown',
      reason: 'too_few_samples',
    });
  });

  it.each(['p95_latency', 'latency_p95', 'P95', 'http.p95', 'p99_9', 'p99.9', 'p999', 'p95 of "GET /a.b"', 'latency_p95.total'])(
    'knows the percentile in %s, and asks for its samples',
    (name) => {
      const measurements = { [name]: { value: milliseconds(1), samples: 5 } };
      const source = name.includes(' of ') ? name : `\`${name}\``;
      expect(evaluateCriterion(parseCriterion(`${source} < 1s`), { observations: [{ at: 0, measurements }] })).toMatchObject({
        reason: 'too_few_samples',
      });
    },
  );
});

describe('two numbers that differ', () => {
  it('are not the same because they are long: a migration a second later is another one', () => {
    expect(outcomeOf('version == 20251124115100', { version: text('20251124115101') }).outcome).toBe('violated');
    expect(outcomeOf('version == 20251124115100', { version: number(20251124115101) }).outcome).toBe('violated');
    expect(outcomeOf('version == 20251124115100', { version: text('20251124115100') }).outcome).toBe('holds');
    expect(outcomeOf('version == 20251124115154031001', { version: text('20251124115154031002') }).outcome).toBe('violated');
    expect(outcomeOf('version == 20251124115154031001', { version: text('20251124115154031001') }).outcome).toBe('holds');
  });

  it('are the same when only the reckoning made them differ', () => {
    expect(outcomeOf('a + b == 0.3', { a: number(0.1), b: number(0.2) }).outcome).toBe('holds');
    expect(outcomeOf('uptime == 99.9%', { uptime: ratio(0.999) }).outcome).toBe('holds');
  });
});

describe('a text against a number', () => {
  it.each(['replicas != 0', 'replicas == 0', 'replicas not in (0, 1)', 'not replicas == 0', 'replicas > 0', 'replicas != 5ms'])(
    'that is no number cannot be told in %s',
    (source) => {
      for (const content of ['none', '', 'n/a', '0 of 3']) {
        expect(outcomeOf(source, { replicas: text(content) })).toMatchObject({ outcome: 'unknown', reason: 'unit_mismatch' });
      }
    },
  );

  it('is that number when it is one', () => {
    expect(outcomeOf('n == 8', { n: text(' 8 ') }).outcome).toBe('holds');
    expect(outcomeOf('n < 30s', { n: text('20 s') }).outcome).toBe('holds');
    expect(outcomeOf('n < m', { n: text('8'), m: text('10') }).outcome).toBe('holds');
  });

  it('is not read for ever', () => {
    const started = performance.now();
    expect(outcomeOf('body == 1', { body: text(`1${' '.repeat(60_000)}x`) }).outcome).toBe('unknown');
    expect(performance.now() - started).toBeLessThan(200);
  });
});

describe('a version', () => {
  it.each([
    ['v == 5403', version('5403edb1d087'), 'unknown'],
    ['v == 5403edb1d087', version('5403abcdef12'), 'violated'],
    ['v == "1.2.3+abc"', text('1.2.3+def'), 'violated'],
    ['v == "1.2.3"', text('1.2.3-rc1'), 'violated'],
    ['v >= "1.2.3"', text('1.2.3-rc1'), 'violated'],
    ['v >= "1.2.3-rc.9"', text('1.2.3-rc.10'), 'holds'],
    ['v == "1.5.0"', text('v1.5'), 'holds'],
    ['v >= 13', version('17beta1'), 'holds'],
    ['v >= 13', version('15.18 (Debian 15.18-0+deb12u1)'), 'holds'],
    ['v >= v15.10', text('15.9'), 'violated'],
    ['v >= 15.10', version('15.9'), 'violated'],
    ['v >= 15', text('15.9'), 'holds'],
    ['v < "0.25.0"', text('0.5'), 'holds'],
    // 15.9 is less than 15.10 as a version and more as a decimal.
    ['v >= 15.10', text('15.9'), 'unknown'],
    ['v < w', text('0.5'), 'unknown'],
    ['v >= 15', version('unknown'), 'unknown'],
    ['v != 15', version('unknown'), 'unknown'],
  ] as const)('%s with %j: %s', (source, value, outcome) => {
    expect(outcomeOf(source, { v: value, w: text('0.25') }).outcome).toBe(outcome);
  });
});

describe('a share', () => {
  it.each([
    ['max(0, error_rate) < 5', {}],
    ['min(error_rate, 1) < 5', {}],
    ['error_rate + 0 < 5', {}],
    ['0 - error_rate < 5', {}],
    ['error_rate / 2 < 5', {}],
    ['-error_rate < 5', {}],
    ['abs(error_rate) < 5', {}],
    ['error_rate < 1 * 5', {}],
    ['error_rate < n', {}],
  ])('is not under a plain number in %s', (source) => {
    expect(outcomeOf(source, { error_rate: ratio(0.9), n: number(5) })).toMatchObject({
      outcome: 'unknown',
      reason: 'unit_mismatch',
    });
  });

  it('in percent is not taken for a fraction: 80 is not more than 95 %', () => {
    for (const value of [openNumber(80), number(80)]) {
      expect(outcomeOf('success_rate > 95%', { success_rate: value })).toMatchObject({
        outcome: 'unknown',
        reason: 'unit_mismatch',
      });
    }
    expect(outcomeOf('cpu > 90%', { cpu: openNumber(1.3) }).outcome).toBe('holds');
    expect(outcomeOf('n / m > 95%', { n: number(80), m: number(20) }).outcome).toBe('holds');
    expect(outcomeOf('growth < 500%', { growth: openNumber(3) }).outcome).toBe('holds');
  });

  it('does not lose the unit that an open number takes among others', () => {
    expect(outcomeOf('max(query, 500ms) < 60%', { query: openNumber(0.4) })).toMatchObject({ reason: 'unit_mismatch' });
  });
});

describe('limits that no value can be between', () => {
  it('are not an empty range that every value is outside of', () => {
    expect(outcomeOf('x not between low and high', { x: number(3), low: number(5), high: number(1) })).toMatchObject({
      outcome: 'unknown',
      reason: 'no_data',
    });
  });
});

describe('names that objects have anyway', () => {
  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'valueOf'])('%s is unknown until it is measured', (name) => {
    for (const source of [`${name} == 1`, `not ${name}`, `${name} != "x"`, `${name} > baseline.${name}`]) {
      expect(outcomeOf(source, { other: number(1) })).toMatchObject({ outcome: 'unknown', reason: 'unknown_metric' });
    }
    expect(outcomeOf(`${name} == 1`, Object.fromEntries([[name, number(1)]])).outcome).toBe('holds');
    const points = [{ at: 0, amount: 1 }];
    expect(outcomeOf(`${name} == 1`, Object.fromEntries([[name, series(DIMENSION.number, points)]])).outcome).toBe('holds');
  });
});

describe('a flag', () => {
  it('is no text and no number', () => {
    for (const source of [
      'ok == "true"',
      'ok != "false"',
      'ok != 0',
      'ok == 1',
      'ok > false',
      'ok not in (0, "no")',
      'ok matches /t/',
    ]) {
      expect(outcomeOf(source, { ok: flag(true) })).toMatchObject({ outcome: 'unknown', reason: 'unit_mismatch' });
    }
  });
});
