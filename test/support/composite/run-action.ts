import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runComposite } from './composite.ts';
import { interpolate } from './expressions.ts';
import { DEFAULT_GITHUB, type GithubContext } from './github-context.ts';
import { runJavascript } from './javascript.ts';
import { type Job, jobStatus, type StepResult, stepsContext } from './job.ts';
import { makeJobLog } from './job-log.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { endOrphans, RUNNER_GRACE } from './step-process.ts';
import type { Annotation } from './workflow-commands.ts';

export interface ActionRequest {
  /** The folder that holds the `action.yml`. */
  readonly actionPath: string;
  /** `with:` of the workflow's step. */
  readonly with?: Readonly<Record<string, string>>;
  /** `env:` of the workflow's job. */
  readonly env?: Readonly<Record<string, string>>;
  /** The checkout; steps start here. */
  readonly workspace: string;
  /** The webhook's payload: `github.event` and the file at `GITHUB_EVENT_PATH`. */
  readonly event?: unknown;
  /** Values of the `github` context that differ from `DEFAULT_GITHUB`; `token` is masked. */
  readonly github?: GithubContext;
  /** Values that the runner masks from the start, as it does with `secrets`. */
  readonly secrets?: readonly string[];
  /** The Node that is first on PATH, and that runs JavaScript actions. Default: this one. */
  readonly nodePath?: string;
  /** PATH as a whole, in place of the machine's with `nodePath` before it. */
  readonly path?: string;
  /** Aborting it is pressing "Cancel workflow". */
  readonly signal?: AbortSignal;
  /** Milliseconds after which the job is cancelled. */
  readonly cancelAfter?: number;
  /** Milliseconds between the signals of a cancellation; default the runner's. */
  readonly grace?: typeof RUNNER_GRACE;
  /** Where the job's own folder is made, `RUNNER_TEMP` in it; default the machine's folder for such. */
  readonly temporary?: string;
  /** Told each line of the masked log as it is printed. */
  readonly onLine?: (line: string) => void;
}

export interface ActionResult {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  /** Of the first step that did not succeed, else 0; null when it was killed. */
  readonly exitCode: number | null;
  /** Outputs of the action, as a later step of the workflow reads them. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly steps: readonly StepResult[];
  /** The job's log, masked. */
  readonly log: string;
  /** The job summary: what the steps wrote, masked, in order. */
  readonly summary: string;
  readonly annotations: readonly Annotation[];
  readonly masks: readonly string[];
  /** What a JavaScript action saved for its post step. */
  readonly state: Readonly<Record<string, string>>;
  /** Command lines of processes that were still there at the end and had to be killed; on Linux. */
  readonly orphans: readonly string[];
}

/**
 * Carries out an action as actions/runner does on a machine without containers: inputs and their defaults, expressions,
 * `if:`, command files, workflow commands, masks, cancellation. Written after its CompositeActionHandler, ScriptHandler,
 * NodeScriptActionHandler and ProcessInvoker. Not carried out: `pre:`, `uses:` in steps, containers, problem matchers.
 */
export async function runAction(request: ActionRequest): Promise<ActionResult> {
  const manifest = readManifest(request.actionPath);
  const temporary = mkdtempSync(path.join(request.temporary ?? tmpdir(), 'holdpoint-job-'));
  const trackingId = `github_${randomUUID()}`;
  const cancellation = cancelledBy(request);
  try {
    const job = makeJob(request, manifest, temporary, trackingId, cancellation.signal);
    const { runs } = manifest;
    if (runs.using === 'composite') await runComposite(job, runs.steps);
    else await runJavascript(job, runs);
    const outputs = runs.using === 'composite' ? compositeOutputs(job, manifest) : (job.steps[0]?.outputs ?? {});
    return resultOf(job, outputs, endOrphans(trackingId));
  } finally {
    cancellation.clear();
    endOrphans(trackingId);
    rmSync(temporary, { recursive: true, force: true });
  }
}

function makeJob(request: ActionRequest, manifest: Manifest, temporary: string, trackingId: string, signal: AbortSignal): Job {
  const log = makeJobLog(request.onLine);
  const eventPath = path.join(temporary, 'event.json');
  writeFileSync(eventPath, JSON.stringify(request.event ?? {}));
  const runnerTemp = path.join(temporary, 'temp');
  mkdirSync(runnerTemp);
  const github: GithubContext = {
    ...DEFAULT_GITHUB,
    workspace: request.workspace,
    ...request.github,
    event: request.event ?? {},
    event_path: eventPath,
    action_path: request.actionPath,
  };
  if (typeof github['token'] === 'string' && github['token'] !== '') log.addMask(github['token']);
  for (const secret of request.secrets ?? []) log.addMask(secret);
  const node = request.nodePath ?? process.execPath;
  return {
    actionPath: request.actionPath,
    inputs: inputsOf(manifest, request.with ?? {}, github),
    env: new Map(Object.entries(request.env ?? {})),
    path: request.path ?? [path.dirname(node), process.env['PATH'] ?? ''].join(path.delimiter),
    node,
    github,
    runner: {
      os: RUNNER_OS[process.platform] ?? 'Linux',
      arch: process.arch.toUpperCase(),
      name: 'holdpoint-tests',
      temp: runnerTemp,
    },
    workspace: request.workspace,
    temporary,
    trackingId,
    signal,
    grace: request.grace ?? RUNNER_GRACE,
    log,
    steps: [],
    state: new Map(),
  };
}

const RUNNER_OS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** `required: true` is not enforced, and an input that the action does not have is passed on: the runner does both. */
function inputsOf(manifest: Manifest, given: Readonly<Record<string, string>>, github: GithubContext): Record<string, string> {
  const inputs: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) inputs[name.toLowerCase()] = value;
  for (const [name, spec] of Object.entries(manifest.inputs)) inputs[name] ??= interpolate(spec.default ?? '', { github });
  return inputs;
}

/** Evaluated whatever became of the steps. */
function compositeOutputs(job: Job, manifest: Manifest): Record<string, string> {
  const contexts = {
    inputs: job.inputs,
    github: job.github,
    runner: job.runner,
    env: Object.fromEntries(job.env),
    steps: stepsContext(job),
  };
  return Object.fromEntries(
    Object.entries(manifest.outputs).map(([name, { value }]) => [name, interpolate(value ?? '', contexts)]),
  );
}

function resultOf(job: Job, outputs: Record<string, string>, orphans: readonly string[]): ActionResult {
  const failed = job.steps.find((step) => step.conclusion === 'failure' || step.conclusion === 'cancelled');
  return {
    conclusion: jobStatus(job),
    exitCode: failed ? failed.exitCode : 0,
    outputs,
    steps: job.steps,
    log: job.log.lines.join('\n'),
    summary: job.steps.map((step) => step.summary).join(''),
    annotations: job.log.annotations,
    masks: job.log.masks,
    state: Object.fromEntries(job.state),
    orphans,
  };
}

function cancelledBy({ signal, cancelAfter }: ActionRequest): { readonly signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const cancel = () => controller.abort();
  const timer = cancelAfter === undefined ? undefined : setTimeout(cancel, cancelAfter);
  if (signal?.aborted) cancel();
  signal?.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
    },
  };
}
