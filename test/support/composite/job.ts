import { Buffer } from 'node:buffer';
import { type CommandFiles, makeCommandFiles, parseEntries } from './command-files.ts';
import type { Status } from './expressions.ts';
import { type GithubContext, githubVariables, machineVariables } from './github-context.ts';
import type { JobLog } from './job-log.ts';
import { type RUNNER_GRACE, runProcess } from './step-process.ts';

export interface StepResult {
  readonly id: string | undefined;
  readonly name: string;
  /** Before `continue-on-error`. */
  readonly outcome: Status | 'skipped';
  readonly conclusion: Status | 'skipped';
  /** null when it was not run, or killed. */
  readonly exitCode: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  /** As the process wrote it: not masked, workflow commands included. */
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote for the job summary, masked. */
  readonly summary: string;
  readonly durationMs: number;
}

/** One use of an action in a job, while it is carried out. */
export interface Job {
  readonly actionPath: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** The job's `env:`, and what steps add by `GITHUB_ENV`. */
  readonly env: Map<string, string>;
  /** Steps put folders before it by `GITHUB_PATH`. */
  path: string;
  readonly node: string;
  readonly github: GithubContext;
  readonly runner: { readonly os: string; readonly arch: string; readonly name: string; readonly temp: string };
  readonly workspace: string;
  readonly temporary: string;
  readonly trackingId: string;
  /** Aborted when the job is cancelled. */
  readonly signal: AbortSignal;
  readonly grace: typeof RUNNER_GRACE;
  readonly log: JobLog;
  readonly steps: StepResult[];
  /** What a JavaScript action saves for its post step. */
  readonly state: Map<string, string>;
}

export interface Program {
  readonly id: string | undefined;
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A step whose condition holds in a cancelled job is let be. */
  readonly outlivesCancellation: boolean;
  readonly continueOnError: boolean;
}

/** Of the steps so far, or of the job once it is cancelled. */
export function jobStatus(job: Job): Status {
  if (job.signal.aborted || job.steps.some((step) => step.conclusion === 'cancelled')) return 'cancelled';
  return job.steps.some((step) => step.conclusion === 'failure') ? 'failure' : 'success';
}

/** The `steps` context: what expressions see of the steps that have an id. */
export function stepsContext(job: Job): Record<string, unknown> {
  return Object.fromEntries(
    job.steps.flatMap(({ id, outcome, conclusion, outputs }) =>
      id === undefined ? [] : [[id, { outcome, conclusion, outputs }]],
    ),
  );
}

const NEVER = new AbortController().signal;
/** `CreateStepSummaryCommand.AttachmentSizeLimit`, bytes. */
const SUMMARY_LIMIT = 1024 * 1024;

/** Runs a step's program, and adds what became of it to the job. */
export async function runProgram(job: Job, program: Program): Promise<void> {
  const files = makeCommandFiles(job.temporary, String(job.steps.length));
  const written = { stdout: '', stderr: '' };
  const startedAt = performance.now();
  const signal = program.outlivesCancellation ? NEVER : job.signal;
  let failed = false;
  const fail = (message: string) => {
    job.log.error(message);
    failed = true;
  };

  const exitCode = await runProcess({
    file: program.file,
    args: program.args,
    cwd: program.cwd,
    env: environmentOf(job, program, files),
    signal,
    grace: job.grace,
    onLine(stream, line) {
      written[stream] += `${line}\n`;
      job.log.line(line);
    },
  }).catch((error: Error) => {
    fail(error.message);
    return null;
  });

  const entries = (name: 'OUTPUT' | 'ENV' | 'STATE') => {
    try {
      return parseEntries(files.read(name));
    } catch (error) {
      fail(`Unable to process file command '${name.toLowerCase()}' successfully. ${String(error)}`);
      return new Map<string, string>();
    }
  };
  const outputs = Object.fromEntries(entries('OUTPUT'));
  for (const [name, value] of entries('ENV')) job.env.set(name, value);
  for (const [name, value] of entries('STATE')) job.state.set(name, value);
  for (const folder of files.read('PATH').split(/\r?\n/))
    if (folder) job.path = `${folder}${process.platform === 'win32' ? ';' : ':'}${job.path}`;
  const summary = summaryOf(job, files);

  if (exitCode !== 0 && !signal.aborted && !failed) fail(`Process completed with exit code ${exitCode}.`);
  const outcome: Status = signal.aborted ? 'cancelled' : failed ? 'failure' : 'success';
  if (outcome === 'cancelled') job.log.error('The operation was canceled.');
  job.steps.push({
    id: program.id,
    name: program.name,
    outcome,
    conclusion: outcome === 'failure' && program.continueOnError ? 'success' : outcome,
    exitCode,
    outputs,
    ...written,
    summary,
    durationMs: performance.now() - startedAt,
  });
}

export function skipStep(job: Job, step: { readonly id: string | undefined; readonly name: string }): void {
  job.steps.push({
    id: step.id,
    name: step.name,
    outcome: 'skipped',
    conclusion: 'skipped',
    exitCode: null,
    outputs: {},
    stdout: '',
    stderr: '',
    summary: '',
    durationMs: 0,
  });
}

function environmentOf(job: Job, program: Program, files: CommandFiles): Record<string, string> {
  return {
    ...machineVariables(),
    PATH: job.path,
    CI: 'true',
    ...Object.fromEntries(job.env),
    ...program.env,
    GITHUB_ACTIONS: 'true',
    ...githubVariables(job.github),
    ...files.env,
    RUNNER_OS: job.runner.os,
    RUNNER_ARCH: job.runner.arch,
    RUNNER_NAME: job.runner.name,
    RUNNER_TEMP: job.runner.temp,
    RUNNER_ENVIRONMENT: 'self-hosted',
    RUNNER_TRACKING_ID: job.trackingId,
  };
}

/** A summary over the limit is dropped as a whole, which does not fail the step. */
function summaryOf(job: Job, files: CommandFiles): string {
  const summary = files.read('STEP_SUMMARY');
  if (Buffer.byteLength(summary) <= SUMMARY_LIMIT) return job.log.mask(summary);
  job.log.error(`$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of ${SUMMARY_LIMIT / 1024}k.`);
  return '';
}
