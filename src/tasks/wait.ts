import { durationField } from '../criteria/fields.ts';
import { formatDuration } from '../criteria/format.ts';
import { defineTask } from './task.ts';

export const wait = defineTask<number>({
  name: 'wait',
  summary: 'Waits: for requests to drain, for caches to warm up.',
  schema: () => durationField().describe('How long: `60s`.'),
  example: 'wait: 60s',
  defaultLimitMs: 24 * 3_600_000,
  title: (ms) => `Wait ${formatDuration(ms)}`,
  describe: (ms) => `Would wait ${formatDuration(ms)}.`,
  async perform(ms, { clock, signal }) {
    await clock.sleep(ms, signal);
    return { message: `Waited ${formatDuration(ms)}.` };
  },
});
