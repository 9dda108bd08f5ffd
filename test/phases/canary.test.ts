import { describe, expect, test } from 'vitest';
import { MeasurementError } from '../../src/checklist/errors.ts';
import { type Measurements, milliseconds, ratio } from '../../src/criteria/value.ts';
import { prepareCanary } from '../../src/phases/canary.ts';
import type { PhaseContext } from '../../src/phases/phase.ts';
import type { CanaryPlan, RollbackPlan } from '../../src/plan/plan.ts';
import type { BoundRollout } from '../../src/tasks/rollout.ts';
import { type FakeClock, fakeClock } from '../support/ports.ts';
import { type Carried, carryOut, checkOf, criteria, phaseContext, policy, position, probeOf, taskOf } from './carry-out.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface World {
  readonly clock: FakeClock;
  /** Weights in the order in which they were set; `abort` is 0. */
  readonly shifts: number[];
  /** Minutes since the last shift. */
  minutes(): number;
  weight(): number;
  polls: number;
}

type Metrics = (world: World) => Measurements;

const good: Measurements = { error_rate: { value: ratio(0.002) }, p95: { value: milliseconds(310) } };
const errors = (share: number): Measurements => ({ ...good, error_rate: { value: ratio(share) } });
const gone = () => new MeasurementError('connection_refused', 'prometheus:9090 refused the connection.', { retryable: true });

const EXPECT = criteriaOf(['error_rate < 1%']);

function criteriaOf(expected: readonly string[], abort: readonly string[] = [], warn: readonly string[] = []) {
  return () => [...criteria('expect', ...expected), ...criteria('abort', ...abort), ...criteria('warn', ...warn)];
}

interface Given {
  readonly metrics: Metrics;
  readonly control?: Metrics;
  readonly criteria?: () => CanaryPlan['criteria'];
  readonly section?: Partial<CanaryPlan>;
  readonly rollout?: Partial<BoundRollout>;
  readonly rollback?: RollbackPlan;
  readonly dryRun?: boolean;
  readonly hours?: number;
  /** Called once the run has begun; the clock moves on afterwards. */
  readonly meanwhile?: (world: World, cancel: () => void) => Promise<void>;
}

async function canary(given: Given): Promise<Carried & { readonly world: World }> {
  const clock = fakeClock();
  const shifts: number[] = [];
  let shiftedAt = clock.now();
  const world: World = {
    clock,
    shifts,
    minutes: () => (clock.now() - shiftedAt) / MINUTE,
    weight: () => shifts.at(-1) ?? 0,
    polls: 0,
  };
  const shift = async (weight: number) => {
    shifts.push(weight);
    shiftedAt = clock.now();
    return { message: `${weight * 100} %` };
  };
  const rollout: BoundRollout = {
    name: 'test',
    title: 'test',
    describe: (weight) => `Would send ${weight * 100} %.`,
    setWeight: shift,
    abort: () => shift(0),
    ...given.rollout,
  };
  const section: CanaryPlan = {
    rollout,
    metrics: [
      probeOf(() => {
        world.polls += 1;
        return given.metrics(world);
      }),
    ],
    control: given.control === undefined ? [] : [probeOf(() => given.control?.(world) ?? {})],
    steps: [
      { weight: 0.1, holdMs: 2 * HOUR, position },
      { weight: 0.5, holdMs: 4 * HOUR, position },
      { weight: 1, holdMs: 24 * HOUR, position },
    ],
    everyMs: 30_000,
    criteria: (given.criteria ?? EXPECT)(),
    policy,
    position,
    ...given.section,
  };
  const controller = new AbortController();
  const overrides: Partial<PhaseContext> = { clock, signal: controller.signal, dryRun: given.dryRun ?? false };
  const context = phaseContext(overrides, given.rollback === undefined ? {} : { rollback: given.rollback });
  const run = carryOut('canary', prepareCanary(section, context), context);
  await given.meanwhile?.(world, () => controller.abort(new Error('cancelled')));
  await clock.advance((given.hours ?? 31) * HOUR);
  return { ...(await run), world };
}

describe('a canary that stays good', () => {
  test('goes through all its weights and keeps the traffic', async () => {
    const { checklist, lines, world, progress } = await canary({ metrics: () => good });
    expect(checklist.verdict).toBe('pass');
    expect(world.shifts).toEqual([0.1, 0.5, 1]);
    expect(lines.filter((line) => line.endsWith(': pass'))).toHaveLength(6);
    expect(world.polls).toBe(240 + 480 + 2880);
    expect(progress.some((text) => text.startsWith('poll 14 of 240: error_rate'))).toBe(true);
  });

  test('keeps the series of its metrics as evidence, thinned', async () => {
    const { item } = await canary({ metrics: () => good });
    const [series] = item('Hold 10 % for 2 h').evidence;
    expect(series).toMatchObject({ kind: 'series', title: 'error_rate', unit: 'ratio' });
    expect(series?.kind === 'series' && series.points.length).toBe(240);
  });

  test('is not undone by one bad poll', async () => {
    const { checklist } = await canary({ metrics: ({ polls }) => (polls === 50 ? errors(0.5) : good) });
    expect(checklist.verdict).toBe('pass');
  });

  test('is not undone by a metrics server that is away for a moment', async () => {
    const { checklist, item } = await canary({
      metrics: ({ polls }) => {
        if (polls >= 50 && polls < 53) throw gone();
        return good;
      },
    });
    expect(checklist.verdict).toBe('pass');
    expect(item('Hold 10 % for 2 h').message).toContain('3 of them without an answer');
  });
});

describe('a canary that goes bad', () => {
  const bad: Metrics = ({ weight, minutes }) => (weight() === 0.5 && minutes() > 10 ? errors(0.05) : good);

  test('fails at the third bad poll, gives the traffic back, and goes no further', async () => {
    const { checklist, lines, world } = await canary({ metrics: bad });
    expect(checklist.verdict).toBe('fail');
    expect(world.shifts).toEqual([0.1, 0.5, 0]);
    expect(world.polls).toBe(240 + 23);
    expect(lines).toEqual([
      'Send 10 % to the canary: pass',
      expect.stringMatching(/^Hold 10 % .*: pass$/),
      'Send 50 % to the canary: pass',
      expect.stringMatching(/^Hold 50 % .*: fail criterion_failed$/),
      'Send 100 % to the canary: skipped not_reached',
      expect.stringMatching(/^Hold 100 % .*: skipped not_reached$/),
      'Take traffic from the canary: pass',
    ]);
  });

  test('is aborted in the very poll in which an abort criterion holds', async () => {
    const { world, item } = await canary({
      metrics: ({ polls }) => (polls === 7 ? errors(0.5) : good),
      criteria: criteriaOf(['error_rate < 90%'], ['error_rate > 10%']),
    });
    expect(world.polls).toBe(7);
    expect(world.shifts).toEqual([0.1, 0]);
    expect(item('Hold 10 % for 2 h')).toMatchObject({ state: 'fail', reason: 'canary_aborted' });
  });

  test('is aborted by a windowed criterion when its window is over, not before', async () => {
    const { world } = await canary({
      metrics: ({ minutes }) => (minutes() > 30 ? errors(0.2) : good),
      criteria: criteriaOf(['p95 < 1s'], ['error_rate > 10% for 2m']),
    });
    expect(world.shifts).toEqual([0.1, 0]);
    const minutesBad = world.polls / 2 - 30;
    expect(minutesBad).toBeGreaterThanOrEqual(2);
    expect(minutesBad).toBeLessThanOrEqual(3);
  });

  test('a hold does not end on a bad poll', async () => {
    const { lines, world } = await canary({ metrics: ({ polls }) => (polls >= 240 ? errors(0.05) : good) });
    expect(world.polls).toBe(242);
    expect(lines).toContainEqual(expect.stringMatching(/^Hold 10 % .*: fail criterion_failed$/));
  });

  test('a warning is told and holds nothing up', async () => {
    const { checklist, world } = await canary({
      metrics: ({ polls }) => (polls === 5 ? errors(0.07) : good),
      criteria: criteriaOf(['error_rate < 90%'], [], ['error_rate > 5%']),
    });
    expect(checklist.verdict).toBe('warn');
    expect(world.shifts).toEqual([0.1, 0.5, 1]);
  });
});

describe('a canary that nobody can see', () => {
  test('is given up after more than three silent polls in a row', async () => {
    const { lines, world, item } = await canary({
      metrics: ({ polls }) => {
        if (polls >= 10) throw gone();
        return good;
      },
    });
    expect(world.polls).toBe(13);
    expect(world.shifts).toEqual([0.1, 0]);
    expect(lines).toContainEqual(expect.stringMatching(/^Hold 10 % .*: error connection_refused$/));
    expect(item('Hold 10 % for 2 h').message).toContain('4 polls in a row');
    expect(item('Hold 10 % for 2 h').judgements.filter(({ outcome }) => outcome === 'unknown')).toEqual([]);
  });

  test('is given up at once when asking again does not help', async () => {
    const { world, item } = await canary({
      metrics: () => {
        throw new MeasurementError('authentication_failed', 'wrong password');
      },
    });
    expect(world.polls).toBe(1);
    expect(world.shifts).toEqual([0.1, 0]);
    expect(item('Hold 10 % for 2 h')).toMatchObject({ state: 'error', reason: 'authentication_failed' });
  });

  test('has not passed when its metrics are empty', async () => {
    const { checklist, world } = await canary({ metrics: () => ({ error_rate: { value: ratio(Number.NaN) } }) });
    expect(checklist.verdict).toBe('inconclusive');
    expect(world.shifts).toEqual([0.1, 0]);
  });

  test('has not passed when nothing was to be checked', async () => {
    const { checklist, world } = await canary({ metrics: () => good, criteria: () => [] });
    expect(checklist.verdict).toBe('inconclusive');
    expect(world.shifts).toEqual([0.1, 0]);
  });
});

describe('a limit of some weights alone', () => {
  const limits = criteriaOf(['p95 < 200ms or weight < 100%']);

  test('is none before', async () => {
    const metrics: Metrics = ({ weight }) => ({ p95: { value: milliseconds(weight() < 1 ? 300 : 150) } });
    const { checklist } = await canary({ metrics, criteria: limits });
    expect(checklist.verdict).toBe('pass');
  });

  test('counts once the weight is there', async () => {
    const { world } = await canary({ metrics: () => ({ p95: { value: milliseconds(300) } }), criteria: limits });
    expect(world.shifts).toEqual([0.1, 0.5, 1, 0]);
  });
});

describe('a baseline', () => {
  const relative = criteriaOf(['p95 <= baseline * 1.05']);

  test('is the mean of three polls before the first weight', async () => {
    const { world, item, checklist } = await canary({
      metrics: ({ polls }) => ({ p95: { value: milliseconds([290, 300, 310][polls - 1] ?? 301) } }),
      criteria: relative,
    });
    expect(item('Baseline before the first weight').measurements['p95']?.value).toMatchObject({ amount: 0.3 });
    expect(checklist.verdict).toBe('pass');
    expect(world.polls).toBe(3 + 240 + 480 + 2880);
  });

  test('is what the canary is held against', async () => {
    const { world, checklist } = await canary({
      metrics: ({ weight }) => ({ p95: { value: milliseconds(weight() === 0.5 ? 320 : 300) } }),
      criteria: relative,
    });
    expect(checklist.verdict).toBe('fail');
    expect(world.shifts).toEqual([0.1, 0.5, 0]);
  });

  test('is needed of what is compared with it, and of nothing else in the criterion', async () => {
    const { checklist } = await canary({
      metrics: ({ weight }) => ({
        p95: { value: milliseconds(300) },
        ...(weight() > 0 ? { lag: { value: milliseconds(5) } } : {}),
      }),
      criteria: criteriaOf(['p95 <= baseline * 1.05 and lag < 1s']),
    });
    expect(checklist.verdict).toBe('pass');
  });

  test('that cannot be measured lets no traffic through', async () => {
    const { world, lines } = await canary({ metrics: () => ({ p95: { value: milliseconds(Number.NaN) } }), criteria: relative });
    expect(world.shifts).toEqual([]);
    expect(lines[0]).toBe('Baseline before the first weight: inconclusive no_baseline');
  });

  test('is the control of the same poll where the plan has one', async () => {
    const busy: Metrics = ({ minutes }) => ({ p95: { value: milliseconds(minutes() > 60 ? 900 : 300) } });
    const { checklist, world } = await canary({ metrics: busy, control: busy, criteria: relative });
    expect(checklist.verdict).toBe('pass');
    expect(world.polls).toBe(240 + 480 + 2880);
  });
});

describe('what a canary leaves behind', () => {
  const rollback = (done: string[]): RollbackPlan => ({
    options: [
      {
        name: 'code',
        withinMs: 10 * MINUTE,
        tasks: [taskOf('undo', async () => ({ message: String(done.push('undo')) }))],
        position,
      },
    ],
    verify: [
      checkOf(
        'health',
        probeOf(() => good),
        criteria('expect', 'error_rate < 1%'),
      ),
    ],
    position,
  });

  test('when it failed: its traffic is taken back, then the rollback is carried out and verified', async () => {
    const done: string[] = [];
    const { checklist, lines } = await canary({
      metrics: ({ weight }) => (weight() > 0 ? errors(0.2) : good),
      section: { onAbort: 'code' },
      rollback: rollback(done),
    });
    expect(done).toEqual(['undo']);
    expect(lines.slice(-3)).toEqual(['Take traffic from the canary: pass', 'undo: pass', 'health: pass']);
    expect(checklist.verdict).toBe('fail');
  });

  test('when it failed and the traffic would not go back: the rollback is carried out all the same', async () => {
    const done: string[] = [];
    const refuse = () => Promise.reject(new MeasurementError('task_failed', 'the load balancer is stuck'));
    const { lines } = await canary({
      metrics: ({ weight }) => (weight() > 0 ? errors(0.2) : good),
      rollout: { abort: refuse },
      section: { onAbort: 'code' },
      rollback: rollback(done),
    });
    expect(lines).toContain('Take traffic from the canary: fail task_failed');
    expect(done).toEqual(['undo']);
  });

  test('when it passed: no rollback', async () => {
    const done: string[] = [];
    await canary({ metrics: () => good, section: { onAbort: 'code' }, rollback: rollback(done) });
    expect(done).toEqual([]);
  });

  test('when the weight could not be set: the traffic is taken back', async () => {
    const { world, lines } = await canary({
      metrics: () => good,
      rollout: { setWeight: () => Promise.reject(new MeasurementError('task_failed', 'no such route')) },
    });
    expect(world.shifts).toEqual([0]);
    expect(lines[0]).toBe('Send 10 % to the canary: fail task_failed');
  });

  test('when it is cancelled: no traffic, and no rollback of code that nobody judged', async () => {
    const done: string[] = [];
    const { world, lines, checklist } = await canary({
      metrics: () => good,
      section: { onAbort: 'code' },
      rollback: rollback(done),
      meanwhile: async ({ clock }, cancel) => {
        await clock.advance(HOUR);
        cancel();
      },
    });
    expect(world.shifts).toEqual([0.1, 0]);
    expect(lines).toContain('Take traffic from the canary: pass');
    expect(done).toEqual([]);
    expect(checklist.reason).toBe('cancelled');
  });
});

describe('a dry run', () => {
  test('asks for every metric once and says what would be done', async () => {
    const { world, checklist, item } = await canary({ metrics: () => good, dryRun: true });
    expect(world.polls).toBe(1);
    expect(world.shifts).toEqual([]);
    expect(checklist.verdict).toBe('skipped');
    expect(item('Send 10 % to the canary').message).toBe('Would send 10 %.');
  });

  test('finds the metric that is not there', async () => {
    const { checklist } = await canary({ metrics: () => ({}), dryRun: true });
    expect(checklist.verdict).toBe('error');
  });
});
