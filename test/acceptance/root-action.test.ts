import { describe, expect, test } from 'vitest';
import { endings, holdGate } from './gate.ts';

const PLAN = `version: 1
pre-deploy:
  - { title: Holds, command: { run: "true" }, expect: exit_code == 0 }
  - { title: Fails, command: { run: "exit 3" }, expect: exit_code == 0 }
rollback:
  options:
    code: { within: 5s, tasks: [{ title: Undo, command: echo undone > log.txt }] }
    config: { within: 5s, tasks: [{ title: Put back, command: echo config > log.txt }] }
  verify:
    - { title: Proven, command: { run: cat log.txt }, expect: output == "config" }
`;

describe('the action at the root', () => {
  test('holds any phase by name, gives the same outputs as the composites, and its post step has nothing to do', async () => {
    const gate = await holdGate({ root: true, event: 'pull_request', plan: PLAN });
    expect(gate, gate.log).toMatchObject({ conclusion: 'failure', exitCode: 1 });
    expect(gate.outputs).toMatchObject({ verdict: 'fail', 'reason-code': 'criterion_failed', 'failed-items': '["fails"]' });
    expect(gate.outputs['report-path']).toMatch(/pre-deploy\.json$/);
    expect(gate.outputs['check-run-url']).toContain(String(gate.checkRun?.id));
    expect(gate.steps.map(({ id, conclusion }) => `${id} ${conclusion}`)).toEqual(['main failure', 'post success']);
    expect(gate.checkRun).toMatchObject({ name: 'Holdpoint: pre-deploy', conclusion: 'failure' });
    const last = gate.requests.at(-1);
    expect(`${last?.method} ${last?.path}`).toMatch(/^(PATCH|POST) /);
    expect(gate.github.state.checkRuns).toHaveLength(1);
  });

  test('takes every input of its phase', async () => {
    const gate = await holdGate({
      root: true,
      phase: 'rollback',
      plan: PLAN,
      with: { option: 'config', locale: 'pt-BR', 'report-directory': 'out' },
    });
    expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass' } });
    expect(endings(gate)).toEqual({ 'Put back': 'pass task_done', Proven: 'pass criteria_met' });
    expect(gate.outputs['report-path']).toMatch(/out\/rollback\.json$/);
    expect(gate.html).toContain('lang="pt-BR"');
    expect(gate.statuses.at(-1)).toMatchObject({ context: 'holdpoint/rollback', state: 'success' });
  });

  test.each([
    { with: {}, phase: '', says: 'Input "phase" is missing' },
    { with: {}, phase: 'pre-deply', says: 'Did you mean "pre-deploy"?' },
  ])('without a phase that it knows ends with 2: $says', async ({ phase, says }) => {
    const gate = await holdGate({ root: true, plan: PLAN, with: { phase } });
    expect(gate).toMatchObject({ conclusion: 'failure', exitCode: 2 });
    expect(gate.outputs).toMatchObject({ verdict: 'error', 'reason-code': 'plan_error' });
    expect(gate.annotations[0]?.message).toContain(says);
  });

  test('refuses an input that its phase has no use for, in its check run too', async () => {
    const gate = await holdGate({ root: true, plan: PLAN, with: { option: 'code' } });
    expect(gate).toMatchObject({ exitCode: 2, outputs: { 'reason-code': 'plan_error' } });
    expect(gate.annotations[0]?.message).toContain('Input "option" belongs to "rollback"');
    expect(gate.checkRun?.conclusion).toBe('failure');
  });

  test.skipIf(process.platform === 'win32')(
    'that is cancelled closes what it opened, by itself or by its post step',
    async () => {
      const plan = 'version: 1\npre-deploy:\n  - { title: Hangs, command: { run: "sleep 60" }, expect: exit_code == 0 }\n';
      const gate = await holdGate({
        root: true,
        event: 'pull_request',
        plan,
        cancelWhen: ({ github }) => github.state.checkRuns.length > 0,
      });
      expect(gate.conclusion).toBe('cancelled');
      expect(gate.checkRun).toMatchObject({ status: 'completed', conclusion: 'cancelled' });
      expect(gate.statuses.at(-1)?.state).toBe('error');
      expect(gate.closedAfterMs).toBeLessThan(5_000);
    },
  );
});
