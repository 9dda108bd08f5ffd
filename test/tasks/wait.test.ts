import { expect, test } from 'vitest';
import { wait } from '../../src/tasks/wait.ts';
import { fakeClock } from '../support/ports.ts';
import { bound, taskContext } from './carry-out.ts';

test('a wait is over when its time is, by the run’s clock', async () => {
  const clock = fakeClock();
  let over = false;
  const waiting = bound(wait, '60s')
    .perform(taskContext({}, { clock }))
    .then(() => {
      over = true;
    });
  await clock.advance(59_999);
  expect(over).toBe(false);
  await clock.advance(1);
  expect(over).toBe(true);
  await waiting;
});

test('cancelling ends a wait', async () => {
  const controller = new AbortController();
  const waiting = bound(wait, '60s').perform(taskContext({}, { clock: fakeClock(), signal: controller.signal }));
  controller.abort(new Error('cancelled'));
  await expect(waiting).rejects.toThrow('cancelled');
});
