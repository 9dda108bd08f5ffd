import { describe, expect, test } from 'vitest';
import { endings, holdGate, itemOf } from './gate.ts';

const PLAN = `version: 1
service: shop
rollback:
  default: code
  options:
    code:
      within: 3s
      tasks:
        - { title: Put the previous version back, command: 'echo "$PREVIOUS" > version; echo code >> log.txt' }
        - { title: Restart, command: echo restarted >> log.txt }
    config:
      within: 3s
      tasks: [{ title: Put the settings back, command: 'echo config >> log.txt; echo v1 > version' }]
    broken:
      within: 3s
      tasks:
        - { title: Breaks, command: 'echo broken >> log.txt; echo no such release >&2; exit 7' }
        - { title: Never reached, command: echo reached >> log.txt }
    full: { within: 5s, tasks: [config, code] }
  verify:
    - { title: The previous version runs, command: { run: cat version }, expect: output == "v1" }
`;
const rollBack = (given: Parameters<typeof holdGate>[0] = {}) =>
  holdGate({
    phase: 'rollback',
    event: 'workflow_dispatch',
    plan: PLAN,
    files: { version: 'v2' },
    ...given,
    env: { PREVIOUS: 'v1', ...given.env },
  });

describe('a rollback', () => {
  test('carries out the default option, and has passed once the previous version is proven to run', async () => {
    const gate = await rollBack();
    expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass' } });
    expect(gate.files).toMatchObject({ version: 'v1\n', 'log.txt': 'code\nrestarted\n' });
    expect(gate.checkRun).toMatchObject({ name: 'Holdpoint: rollback', conclusion: 'success' });
    expect(gate.checkRun?.output.title).toBe('Rolled back and proven: 3 of 3');
    expect(gate.statuses.at(-1)).toMatchObject({ context: 'holdpoint/rollback', state: 'success' });
  });

  test('carries out the option that is asked for, and the options in it in their order', async () => {
    const gate = await rollBack({ with: { option: 'full' } });
    expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass' } });
    expect(gate.files['log.txt']).toBe('config\ncode\nrestarted\n');
  });

  test('whose tasks went well but that cannot be verified has failed, and is red', async () => {
    const gate = await rollBack({ env: { PREVIOUS: 'v3' } });
    expect(gate, gate.log).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail', 'reason-code': 'not_verified' } });
    expect(endings(gate)).toEqual({
      'Put the previous version back': 'pass task_done',
      Restart: 'pass task_done',
      'The previous version runs': 'fail not_verified',
    });
    expect(itemOf(gate, 'The previous version runs')?.message).toMatch(/^Not verified after \d attempts?/);
    expect(gate.checkRun).toMatchObject({ conclusion: 'failure' });
    expect(gate.checkRun?.output.title).toMatch(/^Rollback failed/);
    expect(gate.statuses.at(-1)?.state).toBe('failure');
  });

  test('whose task fails stops there, and says what the task said', async () => {
    const gate = await rollBack({ with: { option: 'broken' } });
    expect(gate, gate.log).toMatchObject({ conclusion: 'failure' });
    expect(gate.outputs['failed-items']).toContain('breaks');
    expect(itemOf(gate, 'Breaks')).toMatchObject({ reason_code: 'task_failed' });
    expect(itemOf(gate, 'Breaks')?.message).toContain('no such release');
    expect(endings(gate)['Never reached']).toBe('skipped not_reached');
    expect(gate.files['log.txt']).toBe('broken\n');
  });

  test('that takes longer than its option allows is stopped and has failed', async () => {
    const plan = PLAN.replace('echo restarted >> log.txt', 'sleep 30').replace('within: 3s', 'within: 1s');
    const gate = await rollBack({ plan });
    expect(gate, gate.log).toMatchObject({ conclusion: 'failure' });
    expect(endings(gate)).toMatchObject({ Restart: expect.stringMatching(/ time_limit_exceeded$/) });
    expect(gate.durationMs).toBeLessThan(10_000);
  });

  test('in a dry run says what it would do, changes nothing and posts nothing', async () => {
    const gate = await rollBack({ with: { 'dry-run': 'true', option: 'full' } });
    expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'skipped', 'reason-code': 'dry_run' } });
    expect(gate.files).toMatchObject({ version: 'v2' });
    expect(gate.files).not.toHaveProperty('log.txt');
    expect(gate.requests).toEqual([]);
    expect(itemOf(gate, 'Restart')?.message).toContain('Would run');
    expect(itemOf(gate, 'The previous version runs')?.message).toContain('would not pass as things are');
    expect(gate.outputs['report-path']).toMatch(/rollback\.json$/);
  });
});
