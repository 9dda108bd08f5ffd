import { resolve } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import type { Evidence } from '../checklist/model.ts';
import { DIMENSION, type Measurement, milliseconds, number, text } from '../criteria/value.ts';
import type { ExecResult } from '../runner/ports.ts';
import { durationField, durationMs } from './duration.ts';
import { leafMeasurements } from './json-path.ts';
import { plainValue } from './plain-value.ts';
import { defineProbe } from './probe.ts';
import { namesSecret } from './secret-names.ts';

const MOST_OUTPUT = 10 * 1024 * 1024;
const LONGEST_TEXT = 64 * 1024;
const SHOWN = 4000;
const NO_SUCH_COMMAND = 127;

const wholeSchema = () =>
  z
    .strictObject({
      run: z
        .string()
        .min(1)
        .describe('A line for bash, with `-e` and `-o pipefail`: a command that fails in the middle is a failure.')
        .optional(),
      argv: z.array(z.string()).min(1).describe('A program and its arguments, with no shell: `[kubectl, get, pods]`.').optional(),
      directory: z.string().min(1).describe('Where to run it. Default: the root of the repository.').optional(),
      env: z
        .record(z.string(), z.string())
        .describe('Variables to add to its environment. Secrets belong here, not in `run`.')
        .optional(),
      timeout: durationField('The longest it may take; then it is stopped and the item is an error. Default: 60s.').optional(),
      output: z
        .enum(['text', 'json', 'lines'])
        .describe('How to read its standard output. Default: text, which a single number or `true` is read from too.')
        .optional(),
    })
    .refine(
      (spec) => (spec.run === undefined) !== (spec.argv === undefined),
      'Give `run: a line for bash` or `argv: [program, …]`.',
    );

type CommandSpec = z.infer<ReturnType<typeof wholeSchema>>;

/** A line alone is the same as `run:` with that line, as it is for the task of this name. */
const schema = () =>
  z.union([
    z
      .string()
      .min(1)
      .describe('A line for bash.')
      .transform((run): CommandSpec => ({ run })),
    wholeSchema(),
  ]);

export const command = defineProbe<CommandSpec>({
  name: 'command',
  summary: 'Runs a command that only looks, and measures its exit code, duration and output.',
  schema,
  documented: {
    exit_code: 'The exit code; anything but 0 is measured, not an error.',
    duration: 'How long it took (time).',
    stdout: 'Standard output without blanks at its end, the last 64 KiB (text).',
    stderr: 'Standard error, likewise (text).',
    lines: 'How many lines of standard output are not blank.',
    output: 'Standard output as a number, flag or text (with `output: text`).',
    'output.<path>': 'A value of JSON output: `output.items.length` (with `output: json`).',
    'output[<index>]': 'One line that is not blank, from 0 (with `output: lines`).',
  },
  example: 'command: { run: "git status --porcelain", output: lines }',
  defaultLimitMs: 120_000,
  title: ({ run, argv = [] }) => `$ ${(run ?? argv.join(' ')).split('\n', 1)[0]}`,
  provides: () => ({
    names: {
      exit_code: DIMENSION.number,
      duration: DIMENSION.time,
      stdout: 'text',
      stderr: 'text',
      lines: DIMENSION.number,
    },
    open: ['output'],
  }),
  async measure(spec, { exec, signal, directory, secrets, wanted }) {
    for (const [name, value] of Object.entries(spec.env ?? {})) if (namesSecret(name)) secrets.add(value);
    const timeoutMs = durationMs(spec.timeout ?? '60s');
    const result = await exec({
      ...programOf(spec),
      cwd: resolve(directory, spec.directory ?? '.'),
      signal,
      timeoutMs,
      keepBytes: MOST_OUTPUT,
      ...(spec.env === undefined ? {} : { env: spec.env }),
    });
    if (result.timedOut) {
      const message = `The command was stopped after ${timeoutMs / 1000} s. ${endOf(result)}Raise the timeout if it needs longer.`;
      throw new MeasurementError('timed_out', message, { retryable: true });
    }
    if (spec.run !== undefined && result.exitCode === NO_SUCH_COMMAND) {
      throw new MeasurementError('tool_missing', `bash did not find a command. ${endOf(result)}Install it in an earlier step.`);
    }
    if (Buffer.byteLength(result.stdout) >= MOST_OUTPUT) {
      throw new MeasurementError('bad_response', 'The command printed more than 10 MiB, which is not read. Let it print less.');
    }
    const measurements: Record<string, Measurement> = {
      // A process that a signal ended has no exit code, which must not look like success.
      exit_code: {
        value: number(result.exitCode ?? Number.NaN),
        ...exitNote(result),
      },
      duration: { value: milliseconds(result.durationMs) },
      stdout: { value: text(result.stdout.trimEnd().slice(-LONGEST_TEXT)) },
      stderr: { value: text(result.stderr.trimEnd().slice(-LONGEST_TEXT)) },
      lines: { value: number(filledLines(result.stdout).length) },
      ...outputOf(spec, result, wanted),
    };
    return { measurements, evidence: evidenceOf(spec, result) };
  },
});

function programOf({ run, argv = [] }: CommandSpec): { readonly file: string; readonly args: readonly string[] } {
  const [file = '', ...args] = argv;
  return run === undefined ? { file, args } : { file: 'bash', args: ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run] };
}

function outputOf(spec: CommandSpec, { stdout, exitCode }: ExecResult, wanted: ReadonlySet<string>): Record<string, Measurement> {
  if (spec.output === 'lines') return leafMeasurements('output', filledLines(stdout), wanted);
  if (spec.output !== 'json') return { output: { value: plainValue(stdout.trim()) } };
  try {
    return leafMeasurements('output', JSON.parse(stdout), wanted);
  } catch (cause) {
    // After a failure the exit code says more than the missing JSON does.
    if (exitCode !== 0) return {};
    const problem = cause instanceof Error ? cause.message : String(cause);
    const message = `The command's output is not JSON: ${problem}. Let it print JSON alone, or use \`output: text\`.`;
    throw new MeasurementError('bad_response', message, { cause });
  }
}

function filledLines(output: string): string[] {
  return output.split(/\r?\n/).filter((line) => line.trim() !== '');
}

/** What a reader wants to see beside an exit code that is not 0: how it came about. */
function exitNote({ exitCode, stdout, stderr }: ExecResult): { readonly note?: string } {
  if (exitCode === null) return { note: 'stopped by a signal' };
  const last = filledLines(stderr).at(-1) ?? filledLines(stdout).at(-1);
  return exitCode === 0 || last === undefined ? {} : { note: last.trim().slice(0, 300) };
}

function endOf({ stdout, stderr }: ExecResult): string {
  const last = filledLines(stderr).at(-1) ?? filledLines(stdout).at(-1);
  return last === undefined ? '' : `Its last line: ${last.trim().slice(0, 300)}. `;
}

function evidenceOf(spec: CommandSpec, { stdout, stderr }: ExecResult): Evidence[] {
  const output = [stdout.trimEnd(), stderr.trimEnd()].filter((part) => part !== '').join('\n');
  if (output === '') return [];
  const shown = output.length > SHOWN ? `… ${output.slice(-SHOWN)}` : output;
  return [{ kind: 'output', title: `$ ${spec.run ?? spec.argv?.join(' ')}`.split('\n', 1)[0] ?? '$', text: shown }];
}
