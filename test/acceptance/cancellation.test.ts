import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lacksPostgres } from '../support/tools.ts';
import { endings, type HeldGate, holdGate, type RunningGate } from './gate.ts';

const withoutPostgres = await lacksPostgres();

/** Milliseconds from the cancellation within which everything is closed; the runner kills after ten seconds. */
const CLOSED_WITHIN = 5_000;
const ALWAYS = 999;

const HANGING = `version: 1
pre-deploy:
  concurrency: 1
  items:
    - { title: Holds, command: { run: "true" }, expect: exit_code == 0 }
    - { title: Hangs, command: { run: "echo $PPID > gate.pid; touch started; sleep 60" }, expect: exit_code == 0 }
    - { title: Never reached, command: { run: "touch reached" }, expect: exit_code == 0 }
`;
const MIGRATING = `version: 1
migrate:
  database: throwaway
  run:
    tool: command
    run: "echo $PPID > gate.pid; touch started; sleep 60"
    version: { query: select 1 }
  expect: [duration < 30s]
`;

const started = ({ workspace }: RunningGate) => existsSync(join(workspace, 'started'));

function expectCancelled(gate: HeldGate): void {
  expect(gate.conclusion).toBe('cancelled');
  expect(gate.closedAfterMs, gate.github.describeLog()).toBeLessThan(CLOSED_WITHIN);
  expect(gate.github.state.checkRuns.map(({ conclusion }) => conclusion)).toEqual(['cancelled']);
  expect(gate.checkRun?.output.title).toMatch(/^Cancelled after \d+ of \d+ items?/);
  expect(gate.statuses.at(-1)?.state).toBe('error');
  expect(gate).toMatchObject({ exitCode: 130, outputs: { verdict: 'error', 'reason-code': 'cancelled' } });
  expect(gate.report).toMatchObject({ verdict: 'error', reason_code: 'cancelled' });
  expect(gate.html).toContain('Cancelled');
}

describe.skipIf(process.platform === 'win32')('a job that is cancelled', () => {
  test('before node has started posts nothing and leaves nothing', async () => {
    const gate = await holdGate({ plan: HANGING, cancelWhen: () => true });
    expect(gate.conclusion).toBe('cancelled');
    expect(gate.github.state.checkRuns.filter(({ status }) => status !== 'completed')).toEqual([]);
    expect(gate.files).not.toHaveProperty('started');
  });

  test('while it still reads its plan closes with nothing run', async () => {
    const gate = await holdGate({
      event: 'pull_request',
      plan: HANGING,
      faults: [{ method: 'GET', path: 'contents', delayMs: 1_500 }],
      cancelWhen: ({ elapsed }) => elapsed() > 900,
    });
    expectCancelled(gate);
    expect(endings(gate)).toMatchObject({ Holds: 'skipped cancelled', Hangs: 'skipped cancelled' });
  });

  test('in an item stops what it had started, and completes the check run as cancelled', async () => {
    const gate = await holdGate({ event: 'pull_request', plan: HANGING, cancelWhen: started });
    expectCancelled(gate);
    expect(endings(gate)).toEqual({
      Holds: 'pass criteria_met',
      Hangs: 'error cancelled',
      'Never reached': 'skipped cancelled',
    });
    expect(gate.steps.map(({ conclusion }) => conclusion)).toEqual(['cancelled', 'skipped']);
  });

  test('in an item that takes no notice is closed in time all the same', async () => {
    const plan = HANGING.replace('sleep 60', "trap '' TERM INT; sleep 60 & wait; wait");
    expectCancelled(await holdGate({ plan, cancelWhen: started }));
  });

  test('while GitHub is slow is closed in time all the same', async () => {
    const faults = [{ path: /./, delayMs: 1_000, times: ALWAYS }];
    expectCancelled(await holdGate({ plan: HANGING, faults, cancelWhen: started }));
  });

  test('while its check run is still being made, slowly, leaves no check run open', async () => {
    const gate = await holdGate({
      event: 'pull_request',
      plan: HANGING,
      faults: [{ method: 'POST', path: 'check-runs', delayMs: 2_700 }],
      cancelWhen: ({ github }) => github.state.statuses.length > 0,
    });
    expect(gate.conclusion).toBe('cancelled');
    expect(gate.github.state.checkRuns.filter(({ status }) => status !== 'completed')).toEqual([]);
    expect(gate.checkRun?.conclusion).toBe('cancelled');
  });

  test('while GitHub is out of order ends in time, and its report says what could not be posted', async () => {
    const faults = [{ method: 'PATCH', path: /./, reset: true as const, times: ALWAYS }];
    const gate = await holdGate({ plan: HANGING, faults, cancelWhen: started });
    expect(gate).toMatchObject({ conclusion: 'cancelled', exitCode: 130 });
    expect(gate.report?.notes.join()).toContain('check run could not be');
  });

  describe.skipIf(withoutPostgres)('in a migration on a throwaway server', () => {
    test('stops the migration and removes the server', async () => {
      const gate = await holdGate({ phase: 'migrate', plan: MIGRATING, cancelWhen: started });
      expectCancelled(gate);
      expect(endings(gate)).toMatchObject({ 'Database answers': 'pass criteria_met', 'Migration runs': 'error cancelled' });
    });

    test('that is just being started removes it too', async () => {
      const gate = await holdGate({
        phase: 'migrate',
        plan: MIGRATING,
        cancelWhen: ({ github }) => github.state.checkRuns.length > 0,
      });
      expectCancelled(gate);
      expect(gate.files).not.toHaveProperty('started');
    });
  });

  test('in the hold of a canary takes its traffic back', async () => {
    const plan = `version: 1
canary:
  rollout:
    command: { set: 'echo "set $WEIGHT" >> weights', abort: 'echo "abort $WEIGHT" >> weights' }
  metrics:
    - command: { run: "touch started; echo 0.001" }
  steps: [{ weight: 10%, hold: 45s }, { weight: 100%, hold: 45s }]
  every: 1s
  expect: [output < 1]
`;
    const gate = await holdGate({ phase: 'canary', plan, cancelWhen: started });
    expectCancelled(gate);
    expect(gate.files['weights']).toBe('set 10\nabort 0\n');
    expect(endings(gate)).toMatchObject({
      'Hold 10 % for 45 s': 'error cancelled',
      'Take traffic from the canary': 'pass task_done',
    });
  });
});

describe.skipIf(process.platform !== 'linux')('a gate that is killed', () => {
  /** Once the item says which process its gate is. */
  function killer(): (gate: RunningGate) => void {
    let killed = false;
    return (gate) => {
      if (killed || !started(gate)) return;
      killed = true;
      process.kill(Number(readFileSync(join(gate.workspace, 'gate.pid'), 'utf8')), 'SIGKILL');
    };
  }

  test('is closed by the step that always runs', async () => {
    const gate = await holdGate({ event: 'pull_request', plan: HANGING, killed: true, watch: killer() });
    expect(gate.steps.map(({ conclusion }) => conclusion)).toEqual(['failure', 'success']);
    expect(gate.checkRun).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    expect(gate.checkRun?.output.title).toMatch(/^Cancelled/);
    expect(gate.statuses.at(-1)?.state).toBe('error');
    expect(gate.conclusion).toBe('failure');
  });

  test('from the root action is closed by its post step', async () => {
    const gate = await holdGate({ root: true, event: 'pull_request', plan: HANGING, killed: true, watch: killer() });
    expect(gate.checkRun).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
    expect(gate.statuses.at(-1)?.state).toBe('error');
  });

  test.skipIf(withoutPostgres)('in a migration on a throwaway server leaves neither server nor data', async () => {
    const gate = await holdGate({ phase: 'migrate', plan: MIGRATING, killed: true, watch: killer() });
    expect(gate.checkRun?.conclusion).toBe('cancelled');
  });
});
