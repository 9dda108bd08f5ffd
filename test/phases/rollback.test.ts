import { expect, test } from 'vitest';
import { MeasurementError } from '../../src/checklist/errors.ts';
import { flag } from '../../src/criteria/value.ts';
import type { PhaseContext } from '../../src/phases/phase.ts';
import { prepareRollback } from '../../src/phases/rollback.ts';
import type { PlannedTask, RollbackPlan } from '../../src/plan/plan.ts';
import { type FakeClock, fakeClock } from '../support/ports.ts';
import { type Carried, carryOut, checkOf, criteria, phaseContext, position, probeOf, taskOf } from './carry-out.ts';

const MINUTE = 60_000;

interface Given {
  readonly tasks: (clock: FakeClock) => readonly PlannedTask[];
  /** Whether the service is as it was before, at a time in seconds since the start; may throw. */
  readonly restored?: (seconds: number) => boolean;
  readonly verify?: boolean;
  readonly withinMs?: number;
  readonly option?: string;
  readonly dryRun?: boolean;
}

async function rollback({
  tasks,
  restored = () => true,
  verify = true,
  withinMs = 10 * MINUTE,
  option,
  dryRun = false,
}: Given): Promise<Carried> {
  const clock = fakeClock();
  const startedAt = clock.now();
  const probe = probeOf(() => ({ restored: { value: flag(restored((clock.now() - startedAt) / 1000)) } }));
  const section: RollbackPlan = {
    options: [{ name: 'code', withinMs, tasks: tasks(clock), position }],
    verify: verify ? [checkOf('version', probe, criteria('expect', 'restored == true'))] : [],
    position,
  };
  const overrides: Partial<PhaseContext> = { clock, dryRun };
  const context = phaseContext(overrides);
  const run = carryOut('rollback', prepareRollback(section, option, context), context);
  await clock.advance(2 * withinMs);
  return run;
}

const taking = (clock: FakeClock, ms: number) => async () => {
  await clock.sleep(ms);
  return { message: 'Done.' };
};

test('a rollback has passed when its tasks are done and the previous state is proven', async () => {
  const { checklist, lines, item } = await rollback({
    tasks: (clock) => [taskOf('undo', taking(clock, 41_000)), taskOf('notify', taking(clock, 0))],
  });
  expect(lines).toEqual(['undo: pass', 'notify: pass', 'version: pass']);
  expect(checklist.verdict).toBe('pass');
  expect(item('undo').message).toMatch(/^Done\. 41 s of 10 min used\.$/);
});

test('a service that needs a while to come up is asked until it is there', async () => {
  const { item, checklist } = await rollback({
    tasks: (clock) => [taskOf('undo', taking(clock, 5000))],
    restored(seconds) {
      if (seconds < 8) throw new MeasurementError('connection_refused', 'not up yet', { retryable: true });
      return seconds >= 20;
    },
  });
  expect(checklist.verdict).toBe('pass');
  expect(item('version').durationMs).toBe(16_000);
});

test('tasks that went well prove nothing when the service is not as before', async () => {
  const { checklist, item } = await rollback({
    tasks: () => [taskOf('undo', async () => ({ message: 'Done.' }))],
    restored: () => false,
  });
  expect(checklist.verdict).toBe('fail');
  expect(item('version')).toMatchObject({ state: 'fail', reason: 'not_verified' });
  expect(item('version').durationMs).toBeLessThanOrEqual(10 * MINUTE);
});

test('a rollback without a verification has not passed', async () => {
  const { checklist } = await rollback({ tasks: () => [taskOf('undo', async () => ({ message: 'Done.' }))], verify: false });
  expect(checklist).toMatchObject({ verdict: 'inconclusive', reason: 'not_verified' });
});

test('after a task that failed nothing else is done', async () => {
  const done: string[] = [];
  const { lines, checklist } = await rollback({
    tasks: () => [
      taskOf('undo', () => Promise.reject(new MeasurementError('task_failed', 'exit code 1'))),
      taskOf('notify', async () => ({ message: String(done.push('notify')) })),
    ],
  });
  expect(lines).toEqual(['undo: fail task_failed', 'notify: skipped not_reached', 'version: skipped not_reached']);
  expect(done).toEqual([]);
  expect(checklist.verdict).toBe('fail');
});

test('the time limit is that of all tasks together', async () => {
  const signals: AbortSignal[] = [];
  const { lines } = await rollback({
    withinMs: 5 * MINUTE,
    tasks: (clock) => [
      taskOf('first', taking(clock, 4 * MINUTE), 10 * MINUTE),
      taskOf(
        'second',
        async ({ signal }) => {
          signals.push(signal);
          await clock.sleep(4 * MINUTE, signal);
          return { message: 'Done.' };
        },
        10 * MINUTE,
      ),
      taskOf('third', taking(clock, 0)),
    ],
  });
  expect(lines).toEqual([
    'first: pass',
    'second: fail time_limit_exceeded',
    'third: skipped not_reached',
    'version: skipped not_reached',
  ]);
  expect(signals[0]?.aborted).toBe(true);
});

test('a task has a limit of its own too', async () => {
  const { item } = await rollback({ tasks: (clock) => [taskOf('undo', taking(clock, 2 * MINUTE), MINUTE)] });
  expect(item('undo')).toMatchObject({ state: 'error', reason: 'timed_out' });
});

test('a dry run changes nothing and tells how things are', async () => {
  const done: string[] = [];
  const { checklist, item } = await rollback({
    dryRun: true,
    tasks: () => [taskOf('undo', async () => ({ message: String(done.push('undo')) }))],
    restored: () => false,
  });
  expect(done).toEqual([]);
  expect(item('undo').message).toBe('Would do undo.');
  expect(item('version')).toMatchObject({
    state: 'skipped',
    reason: 'dry_run',
    message: expect.stringContaining('would not pass'),
  });
  expect(checklist.verdict).toBe('skipped');
});

test('an option that the plan does not have is refused with the nearest that it has', () => {
  const option = (name: string) => ({ name, withinMs: MINUTE, tasks: [], position });
  const section: RollbackPlan = { options: [option('code'), option('migration')], verify: [], position };
  expect(() => prepareRollback(section, 'migratoin', phaseContext())).toThrow('Did you mean “migration”?');
  expect(() => prepareRollback(section, undefined, phaseContext())).toThrow('code, migration');
});
