import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { durationField } from '../criteria/fields.ts';
import { formatDuration } from '../criteria/format.ts';
import type { Environment, ExecResult } from '../runner/ports.ts';
import type { TaskContext } from './task.ts';

const DEFAULT_TIMEOUT_MS = 10 * 60_000;
/** Lines of output that a failure's message shows. */
const SHOWN_LINES = 3;

/** A shell line, or a program with its arguments and surroundings. */
export const commandField = () =>
  z.union([
    z.string().min(1).describe('A line for bash; it ends at the first command that fails.'),
    z
      .strictObject({
        run: z.string().min(1).describe('A line for bash; it ends at the first command that fails.').optional(),
        argv: z.array(z.string()).min(1).describe('A program and its arguments, without a shell.').optional(),
        directory: z.string().describe('Where it runs. Default: the repository’s root.').optional(),
        env: z.record(z.string(), z.string()).describe('Environment variables added for it: the place for secrets.').optional(),
        timeout: durationField().describe('The longest it may take. Default: 10m.').optional(),
      })
      .refine((spec) => (spec.run === undefined) !== (spec.argv === undefined), 'Give either `run` or `argv`.'),
  ]);

export type Command = z.infer<ReturnType<typeof commandField>>;

/** The command as a reader knows it. */
export function commandText(command: Command): string {
  if (typeof command === 'string') return firstLine(command);
  return command.run === undefined ? (command.argv ?? []).join(' ') : firstLine(command.run);
}

/**
 * Runs a command to its end and gives its output, which goes to the log as it comes.
 *
 * @throws MeasurementError `task_failed` with the last lines when it ends with another exit code than 0, `timed_out`, `tool_missing`.
 */
export async function runCommand(command: Command, context: TaskContext, env: Environment = {}): Promise<ExecResult> {
  const { directory, env: own, timeout: timeoutMs = DEFAULT_TIMEOUT_MS } = typeof command === 'string' ? {} : command;
  const [file, args] = programOf(command);
  const result = await context.exec({
    file,
    args,
    cwd: directory === undefined ? context.directory : join(context.directory, directory),
    env: { ...own, ...env },
    signal: context.signal,
    timeoutMs,
    onLine: (_, line) => {
      context.log.info(`  | ${line}`);
      if (line.trim() !== '') context.progress(line.trim());
    },
  });
  const text = commandText(command);
  if (result.timedOut) {
    throw new MeasurementError('timed_out', `“${text}” did not end within ${formatDuration(timeoutMs)} and was stopped.`);
  }
  if (result.exitCode !== 0) {
    const how = result.exitCode === null ? 'was stopped by a signal' : `ended with exit code ${result.exitCode}`;
    throw new MeasurementError('task_failed', `“${text}” ${how}${lastLines(result)}`);
  }
  return result;
}

/** A shell that stops at the first command that fails, also inside a pipe, as `shell: bash` does in a workflow. */
function programOf(command: Command): readonly [string, readonly string[]] {
  const line = typeof command === 'string' ? command : command.run;
  if (line !== undefined) return ['bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', line]];
  const [file = '', ...args] = typeof command === 'string' ? [] : (command.argv ?? []);
  return [file, args];
}

function lastLines({ stdout, stderr }: ExecResult): string {
  const lines = (stderr.trim() === '' ? stdout : stderr).split('\n').map((line) => line.trim());
  const last = lines.filter((line) => line !== '').slice(-SHOWN_LINES);
  return last.length === 0 ? ', without a word.' : `: ${last.join(' | ')}`;
}

function firstLine(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n');
  return rest.length === 0 ? first : `${first} …`;
}
