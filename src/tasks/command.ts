import { formatDuration } from '../criteria/format.ts';
import { type Command, commandField, commandText, runCommand } from './shell.ts';
import { defineTask } from './task.ts';

export const command = defineTask<Command>({
  name: 'command',
  summary: 'Runs a command of your own. Any exit code but 0 is a failure.',
  schema: commandField,
  example: 'command: "./deploy.sh production v1.2.3"',
  defaultLimitMs: 15 * 60_000,
  title: (spec) => `Run ${commandText(spec)}`,
  describe: (spec) => `Would run “${commandText(spec)}”.`,
  async perform(spec, context) {
    const { stdout, stderr, durationMs } = await runCommand(spec, context);
    const output = [stdout, stderr].filter((text) => text.trim() !== '').join('\n');
    return {
      message: `“${commandText(spec)}” succeeded in ${formatDuration(durationMs)}.`,
      evidence: output === '' ? [] : [{ kind: 'output', title: 'Output', text: output }],
    };
  },
});
