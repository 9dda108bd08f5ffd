import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Terminal } from '../../src/cli/terminal.ts';
import { startThrowaway } from '../../src/database/throwaway.ts';
import { onMachine } from '../../src/runner/machine.ts';
import type { Ports } from '../../src/runner/ports.ts';
import { secretSet } from '../../src/runner/secrets.ts';
import { type ActionResult, runAction } from '../../test/support/composite/run-action.ts';
import { type FakeGitHub, startFakeGitHub } from '../../test/support/github/server.ts';
import { renderPage, type ShownCheck, type ShownScene } from './page.ts';
import { type GateRun, SCENES, type Scene } from './scenes.ts';
import { type Server, startServer, startUsers } from './world.ts';

/** The clone's root: this runs from build/examples/demo. */
const ROOT = join(import.meta.dirname, '..', '..', '..');
const SAMPLE = join(ROOT, 'examples', 'quickstart');
const PLAN = '.github/holdpoint.yml';
const STABLE = 'v1.5.0';

/** What stands behind the scenes while they run. */
interface World {
  readonly ports: Ports;
  readonly terminal: Terminal;
  readonly github: FakeGitHub;
  readonly databaseUrl: string;
  readonly stable: Server;
  readonly router: Server;
  /** Workspaces; inside the clone, so that the sample finds its packages. */
  readonly folder: string;
  readonly baseSha: string;
}

/**
 * Lets four runs of the sample service pass before one's eyes, by the composite actions themselves, and writes the page that shows what
 * a reviewer would have seen.
 *
 * @returns the exit status: 0 when every gate gave the verdict that its scene promises.
 */
export async function runDemo(terminal: Terminal, signal: AbortSignal): Promise<number> {
  const began = performance.now();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined, debug: () => undefined };
  return onMachine({ env: process.env, directory: ROOT, signal, secrets: secretSet(), log }, async (ports) => {
    const scenes = await inWorld(ports, terminal, playAll);
    if (scenes === undefined) return 130;
    const page = join(ROOT, 'demo-report', 'index.html');
    await mkdir(join(ROOT, 'demo-report'), { recursive: true });
    const seconds = (performance.now() - began) / 1000;
    await writeFile(page, renderPage(scenes.shown, seconds));
    await terminal.out(
      `\n${bold(terminal, `Done in ${Math.round(seconds)} s.`)} What a reviewer would have seen:\n  ${pathToFileURL(page).href}\n`,
    );
    for (const surprise of scenes.surprises) await terminal.error(`${surprise}\n`);
    return scenes.surprises.length === 0 ? 0 : 1;
  });
}

/** Starts the world, and takes it away again whatever happens in it. */
async function inWorld<Result>(ports: Ports, terminal: Terminal, play: (world: World) => Promise<Result>): Promise<Result> {
  const folder = join(ROOT, '.tmp', `demo-${process.pid}`);
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const opened = <Opened extends { stop(): Promise<void> }>(server: Opened): Opened => {
    closing.push(() => server.stop());
    return server;
  };
  try {
    await mkdir(folder, { recursive: true });
    await terminal.out(`${bold(terminal, 'Starting a PostgreSQL, a service and a GitHub of our own …')}\n`);
    const database = opened(await startThrowaway(ports));
    await terminal.out(
      `  ${database.engine === 'postgresql' ? 'PostgreSQL' : 'PGlite, PostgreSQL'} ${database.version}, ready in ${(database.readyMs / 1000).toFixed(1)} s\n`,
    );
    const migrated = await ports.exec({
      file: process.execPath,
      args: ['migrate.mjs', 'up'],
      cwd: SAMPLE,
      env: { DATABASE_URL: database.url },
    });
    if (migrated.exitCode !== 0) throw new Error(`The sample's migration failed:\n${migrated.stderr}`);
    const stable = opened(await startServer(SAMPLE, 'service.mjs', { DATABASE_URL: database.url, VERSION: STABLE }));
    const router = opened(await startServer(SAMPLE, 'router/router.mjs', { STABLE_URL: stable.url, CANARY_URL: stable.url }));
    const github = opened(await startFakeGitHub({ tokens: { ghs_demo: { permissions: PERMISSIONS } } }));
    const baseSha = github.addCommit({ branch: 'main' });
    github.putFile(baseSha, PLAN, await readFile(join(SAMPLE, PLAN), 'utf8'));
    return await play({ ports, terminal, github, databaseUrl: database.url, stable, router, folder, baseSha });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const PERMISSIONS = { checks: 'write', statuses: 'write', contents: 'read' } as const;

interface Played {
  readonly shown: readonly ShownScene[];
  /** Gates that did not do what their scene promises. */
  readonly surprises: readonly string[];
}

async function playAll(world: World): Promise<Played | undefined> {
  const shown: ShownScene[] = [];
  const surprises: string[] = [];
  for (const scene of SCENES) {
    const { pullRequest, title, story } = scene;
    await world.terminal.out(
      `\n${bold(world.terminal, `${pullRequest === undefined ? 'workflow_dispatch' : `#${pullRequest}`} ${title}`)}\n  ${story}\n`,
    );
    const headSha = shaOf(world, scene);
    for (const gate of scene.gates) {
      const result = await playGate(world, scene, gate, headSha);
      if (world.ports.signal.aborted) return undefined;
      const { verdict } = result.outputs;
      if (verdict !== gate.verdict)
        surprises.push(`${gate.action} of “${title}” was ${verdict || 'without a verdict'}, not ${gate.verdict}.`);
    }
    shown.push(shownScene(world, scene, headSha));
  }
  return { shown, surprises };
}

function shaOf({ github, baseSha }: World, { pullRequest, title, author }: Scene): string {
  if (pullRequest === undefined) return github.addCommit();
  return github.addPull({ number: pullRequest, title, user: author, base: { sha: baseSha, ref: 'main' } }).head.sha;
}

async function playGate(world: World, scene: Scene, gate: GateRun, headSha: string): Promise<ActionResult> {
  const { ports, terminal, github, router, stable } = world;
  const workspace = await checkOut(world, scene, gate);
  const service = gate.deployed === undefined ? undefined : await deploy(world, gate.deployed);
  const users = gate.phase === 'canary' ? startUsers(`${router.url}/api/plans?status=open`, 150) : undefined;
  try {
    if (gate.phase === 'canary' && service)
      await fetch(`${router.url}/-/backends`, { method: 'PUT', body: JSON.stringify({ canary: service.url }) });
    await terminal.out(`\n  ${bold(terminal, gate.action)}\n`);
    return await runAction({
      actionPath: join(ROOT, 'actions', gate.action),
      workspace,
      signal: ports.signal,
      ...(gate.with === undefined ? {} : { with: gate.with }),
      env: {
        SERVICE_URL: (service ?? stable).url,
        ROUTER_URL: router.url,
        DATABASE_URL: world.databaseUrl,
        PREVIOUS_URL: stable.url,
        TARGET_VERSION: STABLE,
      },
      event: eventOf(world, scene, headSha),
      github: {
        api_url: github.url,
        server_url: github.url,
        token: 'ghs_demo',
        repository: `${github.owner}/${github.repo}`,
        repository_owner: github.owner,
        event_name: scene.pullRequest === undefined ? 'workflow_dispatch' : 'pull_request',
        sha: headSha,
        run_id: '4711',
      },
      onLine: logPrinter(terminal),
    });
  } finally {
    users?.stop();
    await service?.stop();
  }
}

/** The pull request's checkout: the sample, changed as the scene tells. */
async function checkOut({ folder }: World, { pullRequest }: Scene, { action }: GateRun): Promise<string> {
  const workspace = join(folder, `${pullRequest ?? 'main'}-${action}`);
  await cp(SAMPLE, workspace, { recursive: true });
  await mkdir(join(workspace, 'backups'), { recursive: true });
  await writeFile(join(workspace, 'backups', 'plans.sql.gz'), gzipSync('-- a backup'));
  if (pullRequest === 102) {
    const migration = join(workspace, 'migrations', '002_review_indexes.sql');
    const sql = await readFile(migration, 'utf8');
    await writeFile(migration, sql.replace(/^create index ix_plans_status_needs_review.*\n/m, ''));
  }
  return workspace;
}

function deploy({ databaseUrl }: World, { version, flaw }: NonNullable<GateRun['deployed']>): Promise<Server> {
  return startServer(SAMPLE, 'service.mjs', {
    DATABASE_URL: databaseUrl,
    VERSION: version,
    ...(flaw === undefined ? {} : { FLAW: flaw }),
  });
}

function eventOf({ github, baseSha }: World, { pullRequest }: Scene, headSha: string): unknown {
  const repo = { full_name: `${github.owner}/${github.repo}` };
  if (pullRequest === undefined) return { repository: repo, inputs: { option: 'code' } };
  const pull = {
    number: pullRequest,
    head: { sha: headSha, ref: `change-${pullRequest}`, repo },
    base: { sha: baseSha, ref: 'main', repo },
  };
  return { repository: repo, pull_request: pull };
}

/** The log as the runner's page shows it: commands are not printed, groups are folded. */
function logPrinter(terminal: Terminal): (line: string) => void {
  let folded = false;
  return (line) => {
    if (line.startsWith('::group::') || line.startsWith('##[group]')) folded = true;
    else if (line.startsWith('::endgroup::') || line.startsWith('##[endgroup]')) folded = false;
    else if (!folded && !line.startsWith('::') && !line.startsWith('##[')) void terminal.out(`    ${line}\n`);
  };
}

function shownScene({ github }: World, { pullRequest, title, author, story, gates }: Scene, sha: string): ShownScene {
  const runs = github.checkRunsOf(sha).map(
    ({ name, conclusion, output }): ShownCheck => ({
      name,
      state: stateOf(conclusion),
      description: output.title ?? '',
      required: false,
      output: { title: output.title ?? '', summary: output.summary ?? '', text: output.text ?? '' },
    }),
  );
  const statuses = gates.flatMap(({ phase }): readonly ShownCheck[] => {
    const last = github.statusesOf(sha).findLast(({ context }) => context === `holdpoint/${phase}`);
    if (last === undefined) return [];
    return [
      {
        name: last.context,
        state: stateOf(last.state),
        description: last.description ?? '',
        required: pullRequest !== undefined,
      },
    ];
  });
  return { heading: title, author, story, checks: [...statuses, ...runs], ...(pullRequest === undefined ? {} : { pullRequest }) };
}

function stateOf(word: string | null): ShownCheck['state'] {
  if (word === 'success' || word === 'cancelled' || word === 'pending') return word;
  return word === null ? 'pending' : 'failure';
}

const bold = ({ output }: Terminal, text: string): string => (output.colour ? `\u001b[1m${text}\u001b[0m` : text);
