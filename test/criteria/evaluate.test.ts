import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluateCriterion } from '../../src/criteria/evaluate.ts';
import { parseCriterion } from '../../src/criteria/parse.ts';
import { milliseconds, openNumber } from '../../src/criteria/value.ts';
import { judged, judgedOver } from './judged.ts';

describe('a comparison', () => {
  it.each([
    ['p95 < 500ms', { p95: '480ms' }, 'holds'],
    ['p95 < 500ms', { p95: '0.5s' }, 'violated'],
    ['500ms > p95', { p95: '480ms' }, 'holds'],
    ['error_rate < 1%', { error_rate: '0.4%' }, 'holds'],
    ['error_rate < 1%', { error_rate: 0.004 }, 'holds'],
    ['status == 200', { status: 200 }, 'holds'],
    ['status in (200, 204)', { status: 204 }, 'holds'],
    ['status not in (200, 204)', { status: 500 }, 'holds'],
    ['n between 100 and 10000', { n: 100 }, 'holds'],
    ['n between 100 and 10000', { n: 99 }, 'violated'],
    ['sum == 0.3', { sum: 0.1 + 0.2 }, 'holds'],
    ['body.state == "healthy"', { 'body.state': 'healthy' }, 'holds'],
    ['name matches /^v1\\./i', { name: 'V1.x' }, 'holds'],
    ['version >= 13', { version: '15.18' }, 'holds'],
    ['version >= 15.10', { version: '15.9' }, 'violated'],
    ['version == v1.5.0', { version: '1.5.0' }, 'holds'],
    ['version == 5403edb1d087', { version: '5403edb1d087' }, 'holds'],
    ['rev == ae1027a6acf4', { rev: 'ae1027a6acf5' }, 'violated'],
    ['rev == 20251124', { rev: '20251124' }, 'holds'],
    ['timeout <= 30s', { timeout: { value: '30s' } }, 'holds'],
    ['max_connections >= 2 * DB_CONNECTION_LIMIT', { max_connections: 100, DB_CONNECTION_LIMIT: 50 }, 'holds'],
    ['requests / duration > 10/s', { requests: 100, duration: '5s' }, 'holds'],
    ['ok', { ok: false }, 'violated'],
    ['errors == 0/s', { errors: '0/s' }, 'holds'],
  ])('judges %s', (source, measurements, outcome) => {
    expect(judged(source, measurements)).toMatchObject({ outcome });
  });

  it('shows measured against allowed, and how far inside', () => {
    const { comparisons } = judged('p95 < 500ms', { p95: '400ms' });
    expect(comparisons).toHaveLength(1);
    expect(comparisons[0]).toMatchObject({
      subject: 'p95',
      operator: '<',
      measured: milliseconds(400),
      allowed: [milliseconds(500)],
    });
    expect(comparisons[0]?.margin).toBeCloseTo(0.2);
  });

  it('gives an open number the dimension of what it is compared with', () => {
    const evaluation = evaluateCriterion(parseCriterion('p95 < 500ms'), {
      observations: [{ at: 0, measurements: { p95: { value: openNumber(0.412) } } }],
    });
    expect(evaluation.comparisons[0]?.measured).toEqual(milliseconds(412));
  });

  it('reckons with the baseline', () => {
    expect(judged('memory <= baseline - 950MB', { memory: '6.8GB' }, { memory: '8GB' }).outcome).toBe('holds');
    expect(judged('p95 <= baseline * 1.05', { p95: '106ms' }, { p95: '100ms' }).outcome).toBe('violated');
    expect(judged('p95 < baseline.p99', { p95: '1s' }, { p99: '2s' }).outcome).toBe('holds');
  });
});

describe('what cannot be told is never a pass', () => {
  it.each([
    ['p95 < 500ms', { p95: null }, 'no_data'],
    ['p95 < 500ms', {}, 'unknown_metric'],
    ['p95 < 500ms', { p95: 400 }, 'unit_mismatch'],
    ['error_rate < 5', { error_rate: '90%' }, 'unit_mismatch'],
    ['p95 <= baseline', { p95: '1s' }, 'no_baseline'],
    ['p99 < 1s', { p99: { value: '10ms', samples: 40 } }, 'too_few_samples'],
    ['p95 < 1s', { p95: { value: '10ms', samples: 19 } }, 'too_few_samples'],
    ['a / b > 1', { a: 1, b: 0 }, 'no_data'],
    ['p95 > 5s for 10m', { p95: '6s' }, 'window_incomplete'],
  ])('%s by %j is unknown', (source, measurements, reason) => {
    expect(judged(source, measurements)).toMatchObject({ outcome: 'unknown', reason });
    expect(judged(`not (${source})`, measurements).outcome).toBe('unknown');
  });

  it('has nothing to say without an observation', () => {
    expect(evaluateCriterion(parseCriterion('p95 < 1s'), { observations: [] })).toMatchObject({
      outcome: 'unknown',
      reason: 'no_data',
    });
  });

  it('reads p95 from twenty samples, and p99 from a hundred', () => {
    expect(judged('p95 < 1s', { p95: { value: '10ms', samples: 20 } }).outcome).toBe('holds');
    expect(judged('p99 < 1s', { p99: { value: '10ms', samples: 100 } }).outcome).toBe('holds');
  });

  it('takes a percentile that falls on an unanswered request for slower than any limit', () => {
    const given = {
      observations: [{ at: 0, measurements: { 'p95.with_timeouts': { value: milliseconds(Number.POSITIVE_INFINITY) } } }],
    };
    expect(evaluateCriterion(parseCriterion('p95.with_timeouts < 2s'), given).outcome).toBe('violated');
  });

  it('joins the unknown as Kleene does', () => {
    const values = { t: true, f: false };
    fc.assert(
      fc.property(fc.constantFrom('t', 'f', 'u'), fc.constantFrom('t', 'f', 'u'), (a, b) => {
        const both = judged(`${a} == true and ${b} == true`, values).outcome;
        const either = judged(`${a} == true or ${b} == true`, values).outcome;
        expect(both).toBe(a === 'f' || b === 'f' ? 'violated' : a === 'u' || b === 'u' ? 'unknown' : 'holds');
        expect(either).toBe(a === 't' || b === 't' ? 'holds' : a === 'u' || b === 'u' ? 'unknown' : 'violated');
      }),
    );
  });
});

describe('a condition with "for"', () => {
  const every = (seconds: number, upTo: number, value: (at: number) => unknown) =>
    Array.from({ length: upTo / seconds + 1 }, (_, index) => [index * seconds, value(index * seconds)] as const);

  it('holds when it held at every point of the whole window', () => {
    expect(
      judgedOver(
        'x > 5 for 2m',
        'x',
        every(30, 120, () => 6),
      ).outcome,
    ).toBe('holds');
  });

  it('is violated by one point inside the window, and says how long it has held since', () => {
    const evaluation = judgedOver(
      'x > 5 for 2m',
      'x',
      every(30, 240, (at) => (at === 180 ? 4 : 6)),
    );
    expect(evaluation.outcome).toBe('violated');
    expect(evaluation.detail).toContain('1 min of 2 min');
  });

  it('forgets what was before the window', () => {
    expect(
      judgedOver(
        'x > 5 for 2m',
        'x',
        every(30, 240, (at) => (at === 60 ? 4 : 6)),
      ).outcome,
    ).toBe('holds');
  });

  it('cannot be told before the window is over', () => {
    expect(
      judgedOver(
        'x > 5 for 2m',
        'x',
        every(30, 60, () => 6),
      ),
    ).toMatchObject({ outcome: 'unknown', reason: 'window_incomplete' });
  });

  it('cannot be told when a hole could hide a violation', () => {
    const points = every(10, 120, () => 6).filter(([at]) => at < 40 || at > 90);
    expect(judgedOver('x > 5 for 2m', 'x', points)).toMatchObject({ outcome: 'unknown', reason: 'window_incomplete' });
  });

  it('bears a single missed poll', () => {
    expect(
      judgedOver(
        'x > 5 for 2m',
        'x',
        every(10, 120, (at) => (at === 60 ? undefined : 6)),
      ).outcome,
    ).toBe('holds');
  });

  it('judges a series by its own points', () => {
    const series = (amount: (at: number) => number) => every(15, 600, amount).map(([at, value]) => [at * 1000, value]);
    const over = (amount: (at: number) => number) => judgedOver('x > 5 for 10m', 'x', [[600, series(amount)]]).outcome;
    expect(over(() => 6)).toBe('holds');
    expect(over((at) => (at === 300 ? 5 : 6))).toBe('violated');
  });
});
