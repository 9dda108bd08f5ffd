import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { command } from '../../src/tasks/command.ts';
import { bound, problems, taskContext } from './carry-out.ts';

test('a command that ends well is done, and its output is evidence', async () => {
  const context = taskContext();
  const done = await bound(command, 'echo one; echo two >&2').perform(context);
  expect(done.evidence).toEqual([{ kind: 'output', title: 'Output', text: 'one\n\ntwo\n' }]);
  expect(context.logged).toEqual(expect.arrayContaining(['info:   | one', 'info:   | two']));
});

test('any other exit code fails, with the last words', async () => {
  const attempt = bound(command, 'echo starting; echo "disk is full" >&2; exit 3').perform(taskContext());
  await expect(attempt).rejects.toMatchObject({
    reason: 'task_failed',
    message: expect.stringMatching(/exit code 3: disk is full/),
  });
});

test('a line that fails in the middle, or inside a pipe, has failed', async () => {
  await expect(bound(command, 'false\necho fine').perform(taskContext())).rejects.toMatchObject({ reason: 'task_failed' });
  await expect(bound(command, 'false | cat').perform(taskContext())).rejects.toMatchObject({ reason: 'task_failed' });
});

test('a program is run without a shell, in its folder and with its environment', async () => {
  const context = taskContext();
  mkdirSync(join(context.directory, 'inner'));
  const spec = {
    argv: ['node', '-p', 'process.env.ANSWER + process.cwd().slice(-5) + process.argv[1]', '$HOME;'],
    directory: 'inner',
    env: { ANSWER: '42' },
  };
  const done = await bound(command, spec).perform(context);
  expect(JSON.stringify(done.evidence)).toContain('42inner$HOME;');
});

test('a program that does not exist is a missing tool', async () => {
  const attempt = bound(command, { argv: ['no-such-program-here'] }).perform(taskContext());
  await expect(attempt).rejects.toMatchObject({ reason: 'tool_missing' });
});

test('cancelling stops the command', async () => {
  const began = performance.now();
  const attempt = bound(command, 'sleep 30').perform(taskContext({}, { signal: AbortSignal.timeout(200) }));
  await expect(attempt).rejects.toThrow('timeout');
  expect(performance.now() - began).toBeLessThan(3000);
});

test('a command takes longer than its own limit only once', async () => {
  const attempt = bound(command, { run: 'sleep 30', timeout: '300ms' }).perform(taskContext());
  await expect(attempt).rejects.toMatchObject({ reason: 'timed_out' });
});

test('a spec says either a line or a program', () => {
  expect(problems(command, { run: 'a', argv: ['b'] })).toContain('either');
  expect(problems(command, {})).toContain('either');
});
