import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openChecklist } from '../../src/checklist/events.ts';
import type { Checklist, Item } from '../../src/checklist/model.ts';
import { runChecklist } from '../../src/checklist/run.ts';
import { connect, type Session } from '../../src/database/client.ts';
import { openDatabases } from '../../src/database/connections.ts';
import { prepareMigrate } from '../../src/phases/migrate.ts';
import type { PhaseContext } from '../../src/phases/phase.ts';
import { secretSet } from '../../src/runner/secrets.ts';
import { read } from '../plan/read.ts';
import { temporaryFolder, testPorts } from '../support/ports.ts';

export interface Guarded {
  readonly checklist: Checklist;
  readonly progress: readonly string[];
  readonly durationMs: number;
  item(id: string): Item;
  /** `fail index_missing` */
  state(id: string): string;
}

export interface GuardedRun {
  readonly url: string;
  /** Keys of `migrate:` beside `database`, as YAML; two spaces before each. */
  readonly plan: string;
  readonly directory?: string;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told of every progress of the run itself. */
  readonly onProgress?: (text: string) => void;
}

/** Holds the phase by a plan's text, on a database that stays. */
export async function guardedMigration(run: GuardedRun): Promise<Guarded> {
  const { url, directory = temporaryFolder(), dryRun = false, signal, path = process.env['PATH'], onProgress } = run;
  const env = { PATH: path, HOME: process.env['HOME'], DATABASE_URL: url, ...run.env };
  const ports = testPorts({ env, directory, secrets: secretSet(), ...(signal === undefined ? {} : { signal }) });
  const text = `version: 1\nservice: shop\ndatabases:\n  main: { url: "\${DATABASE_URL}" }\nmigrate:\n  database: main\n${run.plan}\n`;
  const plan = read(text, env, { phase: 'migrate' });
  if (plan.migrate === undefined) throw new Error('The plan has no migration.');
  const databases = openDatabases(plan.databases, ports);
  const context: PhaseContext = { ...ports, plan, databases, dryRun, facts: {}, locale: 'en' };
  const steps = prepareMigrate(plan.migrate, context);
  const opened = openChecklist({ phase: 'migrate', subject: {}, plan: plan.origin, dryRun, startedAt: 0 }, steps);
  const progress: string[] = [];
  const began = performance.now();
  const checklist = await runChecklist({
    checklist: opened,
    steps,
    clock: ports.clock,
    signal: ports.signal,
    concurrency: 4,
    observe: (_, event) => {
      if (event.kind !== 'item-progress') return;
      progress.push(event.text);
      onProgress?.(event.text);
    },
  });
  const item = (id: string): Item => {
    const found = checklist.items.find((candidate) => candidate.id === id);
    if (!found) throw new Error(`There is no item ${id} among ${checklist.items.map((candidate) => candidate.id).join(', ')}.`);
    return found;
  };
  return {
    checklist,
    progress,
    item,
    durationMs: performance.now() - began,
    state: (id) => `${item(id).state} ${item(id).reason}`,
  };
}

/** `run:` of a team whose migrations are plain SQL, one file after the other, with a table of their own. */
export const PLAIN_SQL = `  run:
    tool: command
    run: psql "$DATABASE_URL" --quiet --set ON_ERROR_STOP=1 --file up.sql
    down: psql "$DATABASE_URL" --quiet --set ON_ERROR_STOP=1 --file down.sql
    version: { query: select version from schema_version }`;

/** A folder with such migrations. */
export function plainSql(up: string, down = ''): string {
  const directory = temporaryFolder();
  writeFileSync(join(directory, 'up.sql'), up);
  writeFileSync(join(directory, 'down.sql'), down);
  return directory;
}

/** A session of somebody else's, which may write. */
export function someoneElse(url: string, application = 'report'): Promise<Session> {
  const named = new URL(url);
  named.searchParams.set('application_name', application);
  return connect(named.href, { secrets: secretSet(), readOnly: false, statementTimeoutMs: 120_000 });
}

/** Ends when it holds. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 10_000): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('It did not come about in time.');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
