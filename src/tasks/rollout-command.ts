import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { ratio } from '../criteria/value.ts';
import { percentNumber, percentText } from './percent.ts';
import { defineRollout } from './rollout.ts';
import { commandField, commandText, runCommand } from './shell.ts';
import type { Done, TaskContext } from './task.ts';

const schema = () =>
  z.strictObject({
    set: commandField().describe(
      'Sends the weight to the canary. It gets $WEIGHT (percent: 10) and $WEIGHT_FRACTION (0.1) in its environment.',
    ),
    abort: commandField().describe(
      'Takes all traffic from the canary. It gets a $WEIGHT of 0. Give it no more than two seconds of work.',
    ),
    verify: commandField()
      .describe('Prints the weight in percent that the system really has; another one than was set is a failure.')
      .optional(),
    env: z.record(z.string(), z.string()).describe('Environment variables added for all of them.').optional(),
  });

type CommandRollout = z.infer<ReturnType<typeof schema>>;

export const commandRollout = defineRollout<CommandRollout>({
  name: 'command',
  summary: 'Shifts traffic with commands of your own: a load balancer’s tool, a script, a feature flag.',
  schema,
  example: 'command: { set: ./shift.sh, abort: ./shift.sh, verify: ./shift.sh --read }',
  title: (spec) => `Traffic by ${commandText(spec.set)}`,
  describe: (spec, weight) => `Would run “${commandText(spec.set)}” with WEIGHT=${percentNumber(weight)}.`,
  async setWeight(spec, weight, context) {
    await runCommand(spec.set, context, weightEnv(spec, weight));
    return verified(spec, weight, context, `${percentText(weight)} of the traffic goes to the canary`);
  },
  async abort(spec, context) {
    await runCommand(spec.abort, context, weightEnv(spec, 0));
    return verified(spec, 0, context, 'No traffic goes to the canary');
  },
});

function weightEnv({ env }: CommandRollout, weight: number): Readonly<Record<string, string>> {
  return { ...env, WEIGHT: String(percentNumber(weight)), WEIGHT_FRACTION: String(percentNumber(weight) / 100) };
}

async function verified(spec: CommandRollout, weight: number, context: TaskContext, what: string): Promise<Done> {
  const { verify } = spec;
  const measurements = { weight: { value: ratio(weight) } };
  if (verify === undefined) {
    return { message: `${what}, says the command; the plan gives no \`verify\` to ask the system itself.`, measurements };
  }
  const { stdout } = await runCommand(verify, context, weightEnv(spec, weight));
  const said = stdout.trim();
  const found = /^(\d+(?:\.\d+)?)\s*%?$/.exec(said)?.[1];
  if (found === undefined) {
    const shown = said === '' ? 'nothing' : `“${said.split('\n')[0]}”`;
    throw new MeasurementError(
      'bad_response',
      `“${commandText(verify)}” printed ${shown} and not a weight in percent such as 10.`,
    );
  }
  if (Math.abs(Number(found) - percentNumber(weight)) > 1e-6) {
    throw new MeasurementError(
      'tool_disagrees',
      `The command succeeded, but the system has ${found} % on the canary, not ${percentText(weight)}.`,
    );
  }
  return { message: `${what}; the system says so too.`, measurements };
}
