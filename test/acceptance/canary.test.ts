import { describe, expect, test } from 'vitest';
import { endings, holdGate, itemOf } from './gate.ts';

/** Traffic is a file that the commands write; what the canary does at a weight is one too. */
const PLAN = `version: 1
service: shop
canary:
  rollout:
    command:
      set: 'echo "$WEIGHT" > weight; echo "set $WEIGHT" >> log.txt'
      abort: 'echo 0 > weight; echo "abort $WEIGHT" >> log.txt'
      verify: cat weight
  metrics:
    - command: { run: 'cat "errors-$(cat weight)"' }
  steps: [{ weight: 10%, hold: 1s }, { weight: 50%, hold: 1s }, { weight: 100%, hold: 1s }]
  every: 300ms
  expect: [output < 1%]
  abort: [output > 10%]
  on-abort: rollback code
rollback:
  options:
    code: { within: 20s, tasks: [{ title: Put the old version back, command: 'echo v1 > version; echo undone >> log.txt' }] }
  verify:
    - { title: The old version runs, command: { run: cat version }, expect: output == "v1" }
`;
const GOOD = { 'errors-10': '0.001', 'errors-50': '0.001', 'errors-100': '0.001', version: 'v2', weight: '0' };

describe('a canary', () => {
  test('that stays inside its limits goes to all of the traffic, step by step', async () => {
    const gate = await holdGate({ phase: 'canary', plan: PLAN, files: GOOD });
    expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass', 'failed-items': '[]' } });
    expect(gate.files['log.txt']).toBe('set 10\nset 50\nset 100\n');
    expect(gate.files['weight']).toBe('100\n');
    expect(endings(gate)).toMatchObject({
      'Send 50 % to the canary': 'pass task_done',
      'Hold 100 % for 1 s': 'pass criteria_met',
      'Take traffic from the canary': 'skipped not_applicable',
      'Put the old version back': 'skipped not_applicable',
    });
    expect(itemOf(gate, 'Hold 10 % for 1 s')?.measurements['polls']).toMatchObject({ value: 4 });
    expect(gate.checkRun).toMatchObject({ name: 'Holdpoint: canary', conclusion: 'success' });
    expect(gate.statuses.at(-1)).toMatchObject({ context: 'holdpoint/canary', state: 'success' });
  });

  test('that goes bad at 50 % is aborted there: traffic back, rolled back, and red all the same', async () => {
    const gate = await holdGate({ phase: 'canary', plan: PLAN, files: { ...GOOD, 'errors-50': '0.4' } });
    expect(gate, gate.log).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail', 'reason-code': 'canary_aborted' } });
    expect(gate.files['log.txt']).toBe('set 10\nset 50\nabort 0\nundone\n');
    expect(gate.files).toMatchObject({ weight: '0\n', version: 'v1\n' });
    expect(endings(gate)).toMatchObject({
      'Hold 10 % for 1 s': 'pass criteria_met',
      'Hold 50 % for 1 s': 'fail canary_aborted',
      'Send 100 % to the canary': 'skipped not_reached',
      'Take traffic from the canary': 'pass task_done',
      'Put the old version back': 'pass task_done',
      'The old version runs': 'pass criteria_met',
    });
    expect(gate.checkRun).toMatchObject({ conclusion: 'failure' });
    expect(gate.checkRun?.output.title).toMatch(/^Aborted at Step 2: 50 %/);
    expect(gate.statuses.at(-1)?.state).toBe('failure');
  });

  test('whose metrics go silent is not taken for good: nobody watches it, so its traffic is taken back', async () => {
    const { 'errors-50': _, ...files } = GOOD;
    const gate = await holdGate({ phase: 'canary', plan: PLAN, files });
    expect(gate, gate.log).toMatchObject({ conclusion: 'failure' });
    expect(['fail', 'error', 'inconclusive']).toContain(gate.outputs['verdict']);
    expect(gate.files['log.txt']).toBe('set 10\nset 50\nabort 0\nundone\n');
  });

  test('whose system has another weight than was set does not go on', async () => {
    const plan = PLAN.replace('verify: cat weight', 'verify: echo 3');
    const gate = await holdGate({ phase: 'canary', plan, files: GOOD });
    expect(gate, gate.log).toMatchObject({ conclusion: 'failure' });
    expect(endings(gate)['Send 10 % to the canary']).toBe('fail tool_disagrees');
    expect(gate.files['log.txt']).toContain('set 10\nabort 0\n');
    expect(gate.files['log.txt']).not.toContain('set 50');
  });

  test('in a dry run tries its metrics, moves no traffic and posts nothing', async () => {
    const files = { ...GOOD, weight: '10' };
    const gate = await holdGate({ phase: 'canary', plan: PLAN, files, with: { 'dry-run': 'true' } });
    expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'skipped', 'reason-code': 'dry_run' } });
    expect(gate.files).not.toHaveProperty('log.txt');
    expect(gate.files['weight']).toBe('10');
    expect(gate.requests).toEqual([]);
    expect(gate.summary).toContain('Dry run, nothing changed');
    expect(endings(gate)['Every metric can be measured']).toBe('skipped dry_run');
  });
});
