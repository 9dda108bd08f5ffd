import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { expect } from 'vitest';
import { COMPOSITES } from '../../src/actions/inputs.ts';
import type { Phase } from '../../src/checklist/model.ts';
import { type Report, reportSchema } from '../../src/report/schema.ts';
import { type ActionRequest, type ActionResult, runAction } from '../support/composite/run-action.ts';
import type { Fault } from '../support/github/faults.ts';
import type { LogEntry } from '../support/github/journal.ts';
import { type FakeGitHub, type FakeGitHubOptions, startFakeGitHub } from '../support/github/server.ts';
import type { CheckRun, CommitStatus } from '../support/github/state.ts';
import type { TokenGrant } from '../support/github/tokens.ts';
import { type GateEvent, payloadOf, type Refs, refsOf } from './event.ts';
import { leftovers } from './leftovers.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const TOKEN = 'ghs_acceptance';
const PLAN = '.github/holdpoint.yml';

export interface GateRequest {
  /** Whose composite is run. Default: `pre-deploy`. */
  readonly phase?: Phase;
  /** Runs the action at the root with `phase` as its input, in place of the phase's composite. */
  readonly root?: true;
  /** The plan in the checkout. None: there is no file. */
  readonly plan?: string;
  /** The plan at the base's commit. Default: the checkout's; `none`: the base has none. */
  readonly basePlan?: string;
  /** Other files of the checkout, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Default: a push to `main`. */
  readonly event?: GateEvent;
  readonly with?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the job's token. Default: all that the READMEs ask for. */
  readonly permissions?: TokenGrant['permissions'];
  readonly faults?: readonly Fault[];
  /** The job's token; empty for none. */
  readonly token?: string;
  /** In place of the fake's own. */
  readonly apiUrl?: string;
  readonly attempt?: number;
  /** A folder whose files the checkout has too. */
  readonly checkout?: string;
  /** PATH of the job, with this Node put before it. Default: the machine's. */
  readonly path?: string;
  /** A GitHub that stays after the gate, and the commits of an earlier gate in it. */
  readonly github?: FakeGitHub;
  readonly refs?: Refs;
  /** Asked all the time; once it is true the job is cancelled. */
  readonly cancelWhen?: (gate: RunningGate) => boolean;
  /** The test kills the gate, so what it had started is the runner's to end. */
  readonly killed?: true;
  /** Called all the time with the gate's folder. */
  readonly watch?: (gate: RunningGate) => void;
}

export interface RunningGate {
  readonly github: FakeGitHub;
  readonly workspace: string;
  /** Everything of the gate is in it. */
  readonly folder: string;
  /** Milliseconds since the job began. */
  readonly elapsed: () => number;
}

export interface HeldGate extends ActionResult, Refs {
  readonly github: FakeGitHub;
  /** What this gate asked of GitHub. */
  readonly requests: readonly LogEntry[];
  /** The newest check run at the head; undefined when there is none. */
  readonly checkRun: CheckRun | undefined;
  /** At the head, oldest first. */
  readonly statuses: readonly CommitStatus[];
  /** The JSON report, which fits its schema; undefined when none was written. */
  readonly report: Report | undefined;
  readonly html: string;
  /** Text of the files at the top of the checkout when the gate had ended, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly durationMs: number;
  /** From the cancellation to the answer to the last request. */
  readonly closedAfterMs: number;
}

export const PERMISSIONS = { checks: 'write', statuses: 'write', contents: 'read' } as const;
/** Milliseconds between two looks at a running gate. */
const LOOK = 15;

/**
 * Holds one gate as a workflow would: the bundle, through the action's own steps, in a checkout and against a GitHub of its own.
 * Fails when the gate sent what GitHub would not understand, or left a process, a server or a folder behind.
 */
export async function holdGate(request: GateRequest): Promise<HeldGate> {
  const folder = gateFolder();
  const github = request.github ?? (await startFakeGitHub(tokensOf(request)));
  const began = performance.now();
  try {
    return await hold(request, {
      github,
      folder,
      workspace: checkOut(folder, request),
      elapsed: () => performance.now() - began,
    });
  } finally {
    if (request.github === undefined) await github.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function hold(request: GateRequest, gate: RunningGate): Promise<HeldGate> {
  const { github, folder, workspace, elapsed } = gate;
  const { event = 'push', plan, basePlan = plan } = request;
  const refs = request.refs ?? refsOf(github, event);
  if (basePlan !== undefined && basePlan !== 'none') github.putFile(refs.baseSha, PLAN, basePlan);
  github.faults.push(...(request.faults ?? []));

  const sent = github.log.length;
  const cancelled = new AbortController();
  let cancelledAt = Number.POSITIVE_INFINITY;
  const looking = setInterval(() => {
    request.watch?.(gate);
    if (cancelled.signal.aborted || !request.cancelWhen?.(gate)) return;
    cancelledAt = Date.now();
    cancelled.abort();
  }, LOOK);
  const result = await runAction({ ...actionOf(request, gate, refs), signal: cancelled.signal }).finally(() =>
    clearInterval(looking),
  );
  const durationMs = elapsed();

  expect(github.violations, github.describeLog()).toEqual([]);
  if (!request.killed) expect(result.orphans, result.log).toEqual([]);
  expect(await leftovers(folder), result.log).toEqual([]);
  const requests = github.log.slice(sent);
  return {
    ...result,
    ...refs,
    ...reportsOf(result),
    github,
    requests,
    files: filesIn(workspace),
    durationMs,
    checkRun: github.checkRunsOf(refs.headSha).at(-1),
    statuses: github.statusesOf(refs.headSha),
    closedAfterMs: Math.max(0, ...requests.map(({ at }) => at)) - cancelledAt,
  };
}

function actionOf(request: GateRequest, { github, folder, workspace }: RunningGate, refs: Refs): ActionRequest {
  const { phase = 'pre-deploy', event = 'push', token = TOKEN, root, path } = request;
  return {
    actionPath: root ? ROOT : join(ROOT, 'actions', COMPOSITES[phase]),
    workspace,
    temporary: folder,
    with: { ...(root ? { phase } : {}), ...request.with },
    // Throwaway servers too are to be found below this folder.
    env: { TMPDIR: folder, ...request.env },
    event: payloadOf(github, event, refs),
    github: {
      api_url: request.apiUrl ?? github.url,
      server_url: github.url,
      token,
      repository: `${github.owner}/${github.repo}`,
      repository_owner: github.owner,
      event_name: event,
      sha: refs.workflowSha,
      run_attempt: String(request.attempt ?? 1),
    },
    ...(path === undefined ? {} : { path: `${dirname(process.execPath)}${delimiter}${path}` }),
  };
}

export function tokensOf({ permissions = PERMISSIONS }: Pick<GateRequest, 'permissions'>): FakeGitHubOptions {
  return { tokens: { [TOKEN]: { permissions } } };
}

/** PostgreSQL does not run as root, so its account must be able to reach the folder. */
function gateFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdpoint-gate-'));
  chmodSync(folder, 0o755);
  return folder;
}

function checkOut(folder: string, { plan, files = {}, checkout }: GateRequest): string {
  const workspace = join(folder, 'workspace');
  mkdirSync(workspace);
  if (checkout !== undefined) cpSync(checkout, workspace, { recursive: true });
  for (const [path, text] of Object.entries({ ...files, ...(plan === undefined ? {} : { [PLAN]: plan }) })) {
    mkdirSync(dirname(join(workspace, path)), { recursive: true });
    writeFileSync(join(workspace, path), text);
  }
  return workspace;
}

function filesIn(workspace: string): Readonly<Record<string, string>> {
  const files = readdirSync(workspace, { withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(files.map(({ name }) => [name, readFileSync(join(workspace, name), 'utf8')]));
}

function reportsOf({ outputs }: ActionResult): Pick<HeldGate, 'report' | 'html'> {
  const path = outputs['report-path'];
  if (!path) return { report: undefined, html: '' };
  return {
    report: reportSchema.parse(JSON.parse(readFileSync(path, 'utf8'))),
    html: readFileSync(path.replace(/\.json$/, '.html'), 'utf8'),
  };
}

/** How each item of the report ended: `{ 'Health check answers': 'fail criterion_failed' }`. */
export function endings({ report }: HeldGate): Readonly<Record<string, string>> {
  return Object.fromEntries(report?.items.map(({ title, state, reason_code }) => [title, `${state} ${reason_code}`]) ?? []);
}

export function itemOf({ report }: HeldGate, title: string): Report['items'][number] | undefined {
  return report?.items.find((item) => item.title === title);
}
