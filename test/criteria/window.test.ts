import { describe, expect, it } from 'vitest';
import { evaluateCriterion, type Observation } from '../../src/criteria/evaluate.ts';
import { parseCriterion } from '../../src/criteria/parse.ts';
import { DIMENSION, type Measurement, number, series, type Value } from '../../src/criteria/value.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const judge = (source: string, observations: readonly Observation[]) =>
  evaluateCriterion(parseCriterion(source), { observations });

/** One observation for each time; a value of undefined is left out of it. */
function observed(times: readonly number[], values: (at: number) => Readonly<Record<string, number | undefined>>): Observation[] {
  return times.map((at) => {
    const known = Object.entries(values(at)).flatMap(([name, amount]): [string, Measurement][] =>
      amount === undefined ? [] : [[name, { value: number(amount) }]],
    );
    return { at, measurements: Object.fromEntries(known) };
  });
}

/** What a range query gives: series, all in one observation. */
function looked(at: number, over: Readonly<Record<string, readonly (readonly [number, number])[]>>): Observation[] {
  const values = Object.entries(over).map(([name, points]): [string, { value: Value }] => [
    name,
    {
      value: series(
        DIMENSION.number,
        points.map(([when, amount]) => ({ at: when, amount })),
      ),
    },
  ]);
  return [{ at, measurements: Object.fromEntries(values) }];
}

const every = (step: number, to: number, from = 0): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

describe('a window that was not watched', () => {
  it('is not held by two looks a day apart', () => {
    expect(
      judge(
        'x < 5 for 24h',
        observed([0, 24 * HOUR], () => ({ x: 1 })),
      ),
    ).toMatchObject({ reason: 'window_incomplete' });
    expect(
      judge(
        'x < 5 for 10m',
        observed([0, 10 * MINUTE], () => ({ x: 1 })),
      ),
    ).toMatchObject({ reason: 'window_incomplete' });
  });

  it('is held by two looks when it is as short as the time between them', () => {
    expect(
      judge(
        'x > 5 for 1m',
        observed([0, MINUTE], () => ({ x: 6 })),
      ).outcome,
    ).toBe('holds');
  });

  it('is not held by one look, nor by one point', () => {
    expect(
      judge(
        'x < 5 for 1m',
        observed([MINUTE], () => ({ x: 1 })),
      ),
    ).toMatchObject({ reason: 'window_incomplete' });
    expect(judge('x < 5 for 1m', looked(MINUTE, { x: [[0, 1]] }))).toMatchObject({ reason: 'window_incomplete' });
    const both = [...observed(every(10 * SECOND, 50 * SECOND), () => ({ y: 1 })), ...looked(MINUTE, { x: [[0, 1]] })];
    const last = { at: MINUTE, measurements: { ...both.at(-1)?.measurements, y: { value: number(1) } } };
    expect(judge('(x < 5 and y < 5) for 1m', [...both.slice(0, -1), last]).outcome).toBe('unknown');
  });

  it('is not held by looks that mostly saw nothing', () => {
    const sparse = observed(every(30 * SECOND, HOUR), (at) => ({ x: at % (10 * MINUTE) === 0 ? 1 : undefined, y: 1 }));
    expect(judge('x < 5 for 1h', sparse)).toMatchObject({ outcome: 'unknown', reason: 'window_incomplete' });
  });

  it('is not held by looks of which every second or third saw nothing', () => {
    for (const nth of [2, 3]) {
      const blinking = observed(every(MINUTE, 18 * MINUTE), (at) => ({ x: (at / MINUTE) % nth === 0 ? 1 : undefined, y: 1 }));
      expect(judge('x < 5 for 10m', blinking)).toMatchObject({ outcome: 'unknown', reason: 'window_incomplete' });
    }
  });

  it('is held with one look in ten that saw nothing, and not with two', () => {
    const without = (...missed: number[]) =>
      observed(every(MINUTE, 20 * MINUTE), (at) => ({ x: missed.includes(at / MINUTE) ? undefined : 1 }));
    expect(judge('x < 5 for 10m', without(14)).outcome).toBe('holds');
    expect(judge('x < 5 for 20m', without(5, 15)).outcome).toBe('holds');
    expect(judge('x < 5 for 10m', without(13, 17)).reason).toBe('window_incomplete');
    // Long before the window.
    expect(judge('x < 5 for 5m', without(2, 3)).outcome).toBe('holds');
  });

  it('is not spoilt by looks that came before there was anything to see', () => {
    const late = observed(every(MINUTE, 20 * MINUTE), (at) => ({ x: at < 8 * MINUTE ? undefined : 1 }));
    expect(judge('x < 5 for 10m', late).outcome).toBe('holds');
  });

  it('is not held by one of two series, when the other has a hole', () => {
    const full = every(15 * SECOND, 10 * MINUTE).map((at) => [at, 1] as const);
    const broken = full.filter(([at]) => at < 2 * MINUTE || at > 8 * MINUTE);
    const criterion = '(a < 5 and b < 5) for 10m';
    expect(judge(criterion, looked(10 * MINUTE, { a: full, b: full })).outcome).toBe('holds');
    expect(judge(criterion, looked(10 * MINUTE, { a: full, b: broken }))).toMatchObject({ reason: 'window_incomplete' });
    expect(judge(criterion, looked(10 * MINUTE, { a: full, b: full.slice(0, 1) })).outcome).toBe('unknown');
  });

  it('is watched by two series whose points stand between one another', () => {
    const a = every(15 * SECOND, 10 * MINUTE).map((at) => [at, 1] as const);
    const b = every(15 * SECOND, 10 * MINUTE, -5 * SECOND).map((at) => [at, 1] as const);
    expect(judge('(a < 5 and b < 5) for 10m', looked(10 * MINUTE, { a, b })).outcome).toBe('holds');
  });

  it('is not held when all that is known is from before it', () => {
    const early = every(15 * SECOND, 2 * MINUTE).map((at) => [at, 1] as const);
    expect(judge('x < 5 for 5m', looked(HOUR, { x: early })).outcome).toBe('unknown');
  });
});

describe('a violation', () => {
  it('that was seen is not forgotten because another figure was missing then', () => {
    const seen = observed(every(10 * SECOND, 2 * MINUTE), (at) => ({
      a: at === MINUTE ? undefined : 1,
      b: at === MINUTE ? 9 : 1,
    }));
    expect(judge('(a < 5 and b < 5) for 2m', seen)).toMatchObject({ outcome: 'violated' });
  });

  it('is not put into the future by a clock that was set back', () => {
    const times = [...every(10 * SECOND, 5 * MINUTE), 4 * MINUTE];
    const seen = observed(times, (at) => ({ x: at === 5 * MINUTE ? 9 : 1 }));
    expect(judge('x < 5 for 2m', seen).outcome).toBe('violated');
  });

  it('is shown with the value that it had, and how long ago that was', () => {
    const seen = observed(every(30 * SECOND, 10 * MINUTE), (at) => ({ x: at === 7 * MINUTE ? 9 : 1 }));
    const { comparisons, detail } = judge('x < 5 for 10m', seen);
    expect(comparisons).toMatchObject([{ measured: number(9), outcome: 'violated' }]);
    expect(detail).toBe('It has held for 3 min of 10 min.');
  });

  it('just before the window does not count, but nothing is known to have held since then', () => {
    const times = every(MINUTE, 10 * MINUTE, 30 * SECOND);
    const seen = (bad: number) => observed(times, (at) => ({ x: at === bad ? 9 : 1 }));
    expect(judge('x < 5 for 9m', seen(30 * SECOND)).outcome).toBe('violated');
    expect(judge('x < 5 for 510s', seen(30 * SECOND))).toMatchObject({ reason: 'window_incomplete' });
    expect(judge('x < 5 for 8m', seen(30 * SECOND)).outcome).toBe('holds');
  });

  it('in the window is enough, however little else was seen of it', () => {
    expect(
      judge(
        'x < 5 for 24h',
        observed([0], () => ({ x: 9 })),
      ).outcome,
    ).toBe('violated');
    expect(
      judge(
        'not (x < 5 for 24h)',
        observed([0], () => ({ x: 9 })),
      ).outcome,
    ).toBe('holds');
  });
});

describe('a series without a window', () => {
  const points = every(15 * SECOND, 5 * MINUTE).map((at) => [at, 1] as const);

  it('is judged by its last point', () => {
    expect(judge('x < 5', looked(5 * MINUTE, { x: points })).outcome).toBe('holds');
    expect(judge('x < 5', looked(5 * MINUTE, { x: [...points.slice(0, -1), [5 * MINUTE, 9]] })).outcome).toBe('violated');
  });

  it('that ended long ago says nothing about now', () => {
    const { outcome, reason, detail } = judge('x < 5', looked(20 * MINUTE, { x: points }));
    expect({ outcome, reason }).toEqual({ outcome: 'unknown', reason: 'no_data' });
    expect(detail).toBe('x was last seen 15 min ago.');
  });

  it('bears that to ask took a while', () => {
    expect(judge('x < 5', looked(5 * MINUTE + 20 * SECOND, { x: points })).outcome).toBe('holds');
    expect(
      judge('x < 5 for 1m', looked(5 * MINUTE + 9 * SECOND, { x: every(SECOND, 5 * MINUTE).map((at) => [at, 1]) })).outcome,
    ).toBe('holds');
  });

  it('that ends in no number is no data, whatever was before', () => {
    expect(judge('x < 5', looked(5 * MINUTE, { x: [...points, [5 * MINUTE, Number.NaN]] }))).toMatchObject({ reason: 'no_data' });
  });

  it('without points is no data', () => {
    expect(judge('x < 5', looked(0, { x: [] }))).toMatchObject({ reason: 'no_data' });
    expect(judge('x < 5 for 1m', looked(0, { x: [] }))).toMatchObject({ outcome: 'unknown', reason: 'no_data' });
  });
});

describe('the time that it takes to judge', () => {
  it('does not grow faster than what was observed', () => {
    const names = Array.from({ length: 10 }, (_, index) => `m${index}`);
    const seen = (count: number) =>
      observed(every(28_800, 28_800 * (count - 1)), () => Object.fromEntries(names.map((name) => [name, 1])));
    const criterion = `(${names.map((name) => `${name} < 5`).join(' and ')} and nowhere < 5) for 24h`;
    const took = (count: number) => {
      const observations = seen(count);
      const started = performance.now();
      judge(criterion, observations);
      return performance.now() - started;
    };
    took(300);
    const [small, large] = [Math.min(took(300), took(300), took(300)), Math.min(took(3000), took(3000))];
    expect(large).toBeLessThan(40 * Math.max(1, small));
  });
});
