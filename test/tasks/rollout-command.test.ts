import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandRollout } from '../../src/tasks/rollout-command.ts';
import { boundRollout, taskContext } from './carry-out.ts';

const WRITE = 'echo "$WEIGHT $WEIGHT_FRACTION" > weight';
const written = (directory: string) => readFileSync(join(directory, 'weight'), 'utf8').trim();

test('the weight reaches the command by its environment, as percent and as fraction', async () => {
  const context = taskContext();
  const rollout = boundRollout(commandRollout, { set: WRITE, abort: WRITE });
  await rollout.setWeight(0.07, context);
  expect(written(context.directory)).toBe('7 0.07');
  await rollout.setWeight(0.005, context);
  expect(written(context.directory)).toBe('0.5 0.005');
});

test('an abort sets the weight to zero', async () => {
  const context = taskContext();
  const done = await boundRollout(commandRollout, { set: WRITE, abort: WRITE, verify: 'cut -d" " -f1 weight' }).abort(context);
  expect(written(context.directory)).toBe('0 0');
  expect(done.message).toBe('No traffic goes to the canary; the system says so too.');
});

test('a tool that says it did and a system that did not is found out', async () => {
  const rollout = boundRollout(commandRollout, { set: 'echo done', abort: 'true', verify: 'echo 10%' });
  await expect(rollout.setWeight(0.5, taskContext())).rejects.toMatchObject({ reason: 'tool_disagrees' });
  await expect(rollout.setWeight(0.1, taskContext())).resolves.toMatchObject({ message: expect.stringContaining('10 %') });
});

test('a verification that prints no weight proves nothing', async () => {
  const rollout = boundRollout(commandRollout, { set: 'true', abort: 'true', verify: 'echo fine' });
  await expect(rollout.setWeight(0.1, taskContext())).rejects.toMatchObject({ reason: 'bad_response' });
});

test('a shift that fails is told, and the verification is not asked', async () => {
  const context = taskContext();
  const rollout = boundRollout(commandRollout, { set: 'exit 1', abort: 'true', verify: 'touch asked; echo 10' });
  await expect(rollout.setWeight(0.1, context)).rejects.toMatchObject({ reason: 'task_failed' });
  expect(existsSync(join(context.directory, 'asked'))).toBe(false);
});
