import { describe, expect, it } from 'vitest';
import { MeasurementError } from '../../src/checklist/errors.ts';
import { type ChecklistEvent, openChecklist } from '../../src/checklist/events.ts';
import type { Checklist, Outcome } from '../../src/checklist/model.ts';
import { runChecklist } from '../../src/checklist/run.ts';
import type { Step, StepContext } from '../../src/checklist/step.ts';
import { systemClock } from '../../src/runner/clock.ts';

const PASS: Outcome = { state: 'pass', reason: 'criteria_met' };
const FAIL: Outcome = { state: 'fail', reason: 'criterion_failed' };

function step(id: string, work: (context: StepContext) => Promise<Outcome> | Outcome, rest: Partial<Step> = {}): Step {
  return {
    item: { id, title: id, kind: 'command', required: true, ...rest.item },
    ...rest,
    carryOut: async (context) => work(context),
  };
}

interface Ran {
  readonly checklist: Checklist;
  readonly events: readonly ChecklistEvent[];
  state(id: string): string;
}

async function run(steps: readonly Step[], options: { concurrency?: number; signal?: AbortSignal } = {}): Promise<Ran> {
  const events: ChecklistEvent[] = [];
  const opened = openChecklist(
    { phase: 'pre-deploy', subject: {}, plan: { file: 'plan.yml', source: 'head' }, dryRun: false, startedAt: 0 },
    steps,
  );
  const checklist = await runChecklist({
    checklist: opened,
    steps,
    clock: systemClock,
    signal: options.signal ?? new AbortController().signal,
    concurrency: options.concurrency ?? 4,
    observe: (_, event) => events.push(event),
  });
  return {
    checklist,
    events,
    state: (id) => {
      const item = checklist.items.find((candidate) => candidate.id === id);
      return `${item?.state} ${item?.reason}`;
    },
  };
}

const pause = (ms: number, signal?: AbortSignal) => systemClock.sleep(ms, signal);

describe('a checklist that is carried out', () => {
  it('passes when every item passed', async () => {
    const { checklist } = await run([step('a', () => PASS), step('b', () => PASS)]);
    expect(checklist).toMatchObject({ verdict: 'pass', reason: 'criteria_met' });
    expect(checklist.finishedAt).toBeTypeOf('number');
  });

  it('is inconclusive when there was nothing to check', async () => {
    expect((await run([])).checklist).toMatchObject({ verdict: 'inconclusive', reason: 'nothing_checked' });
  });

  it('is inconclusive when every item was skipped as not applicable', async () => {
    const { checklist } = await run([step('a', () => ({ state: 'skipped', reason: 'not_applicable' }))]);
    expect(checklist.verdict).toBe('inconclusive');
  });

  it('still runs the other items when one could not be measured', async () => {
    const { state, checklist } = await run([
      step('dead', () => {
        throw new MeasurementError('connection_refused', 'Nothing listens on port 1.');
      }),
      step('alive', () => PASS),
    ]);
    expect(state('dead')).toBe('error connection_refused');
    expect(state('alive')).toBe('pass criteria_met');
    expect(checklist.verdict).toBe('error');
  });

  it('calls an unexpected exception a bug, and never a pass', async () => {
    const { state, checklist } = await run([
      step('broken', () => {
        throw new TypeError('undefined is not a function');
      }),
    ]);
    expect(state('broken')).toBe('error internal_error');
    expect(checklist.items[0]?.evidence[0]).toMatchObject({ kind: 'output' });
  });

  it('lets a failing item that is not required only warn', async () => {
    const optional = step('b', () => FAIL, { item: { id: 'b', title: 'b', kind: 'http', required: false } });
    expect((await run([step('a', () => PASS), optional])).checklist).toMatchObject({
      verdict: 'warn',
      reason: 'criterion_failed',
    });
  });

  it('tells a failure before an error, because it is the surer knowledge', async () => {
    const { checklist } = await run([step('a', () => ({ state: 'error', reason: 'timed_out' })), step('b', () => FAIL)]);
    expect(checklist.verdict).toBe('fail');
  });
});

describe('order', () => {
  it('runs no more items at a time than it may', async () => {
    let now = 0;
    let most = 0;
    const work = async () => {
      now += 1;
      most = Math.max(most, now);
      await pause(5);
      now -= 1;
      return PASS;
    };
    await run(
      Array.from({ length: 9 }, (_, index) => step(`s${index}`, work)),
      { concurrency: 3 },
    );
    expect(most).toBe(3);
  });

  it('runs an exclusive item alone, and lets nothing overtake it', async () => {
    const log: string[] = [];
    const work = (id: string) => async () => {
      log.push(`+${id}`);
      await pause(5);
      log.push(`-${id}`);
      return PASS;
    };
    await run([step('a', work('a')), step('load', work('load'), { exclusive: true }), step('b', work('b'))]);
    expect(log).toEqual(['+a', '-a', '+load', '-load', '+b', '-b']);
  });

  it('starts an item after those that it waits for, and hands over what they measured', async () => {
    const seen: unknown[] = [];
    await run([
      step(
        'later',
        (context) => {
          seen.push(context.measured('first')?.['x']?.value);
          return PASS;
        },
        { after: ['first'] },
      ),
      step('first', async () => {
        await pause(5);
        return { ...PASS, measurements: { x: { value: { kind: 'flag', flag: true } } } };
      }),
    ]);
    expect(seen).toEqual([{ kind: 'flag', flag: true }]);
  });

  it('skips an item whose need has not passed, and says which', async () => {
    const { state, checklist } = await run([step('migration', () => FAIL), step('index', () => PASS, { needs: ['migration'] })]);
    expect(state('index')).toBe('skipped needs_unmet');
    expect(checklist.items[1]?.message).toContain('migration');
  });

  it('mends only when something broke', async () => {
    const mend = step('mend', () => ({ state: 'pass', reason: 'task_done' }), { needs: ['hold'], on: 'failure' });
    expect((await run([step('hold', () => PASS), mend])).state('mend')).toBe('skipped not_applicable');
    expect((await run([step('hold', () => FAIL), mend])).state('mend')).toBe('pass task_done');
  });

  it('names the items when they wait for each other', async () => {
    await expect(run([step('a', () => PASS, { after: ['b'] }), step('b', () => PASS, { after: ['a'] })])).rejects.toThrow('a, b');
  });
});

describe('limits and cancellation', () => {
  it('ends an item at its time limit, even when the work does not listen', async () => {
    const { state, checklist } = await run([step('deaf', () => pause(60_000).then(() => PASS), { limitMs: 20 })]);
    expect(state('deaf')).toBe('error timed_out');
    expect(checklist.items[0]?.message).toContain('0.02 s');
  });

  it('marks what was running and what was waiting as cancelled, and keeps what was done', async () => {
    const controller = new AbortController();
    const { state, checklist } = await run(
      [
        step('done', () => PASS),
        step('running', async ({ signal }) => {
          setTimeout(() => controller.abort(new Error('cancelled')), 5);
          await pause(60_000, signal);
          return PASS;
        }),
        step('waiting', () => PASS, { after: ['running'] }),
      ],
      { signal: controller.signal },
    );
    expect(state('done')).toBe('pass criteria_met');
    expect(state('running')).toBe('error cancelled');
    expect(state('waiting')).toBe('skipped cancelled');
    expect(checklist).toMatchObject({ verdict: 'error', reason: 'cancelled' });
  });

  it('still mends after a cancellation, with a signal of its own', async () => {
    const controller = new AbortController();
    let aborted: boolean | undefined;
    const { state } = await run(
      [
        step('hold', async ({ signal }) => {
          controller.abort(new Error('cancelled'));
          await pause(60_000, signal);
          return PASS;
        }),
        step(
          'take traffic away',
          ({ signal }) => {
            aborted = signal.aborted;
            return { state: 'pass', reason: 'task_done' };
          },
          { needs: ['hold'], on: 'failure' },
        ),
      ],
      { signal: controller.signal },
    );
    expect(aborted).toBe(false);
    expect(state('take traffic away')).toBe('pass task_done');
  });
});
