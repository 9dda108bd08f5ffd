import { openChecklist } from '../../src/checklist/events.ts';
import type { Item } from '../../src/checklist/model.ts';
import { runChecklist } from '../../src/checklist/run.ts';
import type { Locale } from '../../src/criteria/value.ts';
import { openDatabases } from '../../src/database/connections.ts';
import type { Databases } from '../../src/database/databases.ts';
import type { BoundMigrationTool } from '../../src/database/migrations/tool.ts';
import { startThrowaway, type Throwaway, type ThrowawayEngine } from '../../src/database/throwaway.ts';
import { prepareMigrate } from '../../src/phases/migrate.ts';
import type { PhaseContext } from '../../src/phases/phase.ts';
import type { MigratePlan, Plan } from '../../src/plan/plan.ts';
import type { RehearsalPlan } from '../../src/plan/sections/migrate-rehearsal.ts';
import { testPorts } from './ports.ts';

const position = { file: 'holdpoint.yml', line: 7, column: 1 };

export interface RehearsalRun {
  readonly directory: string;
  readonly tool: BoundMigrationTool;
  readonly rehearsal?: Partial<RehearsalPlan>;
  readonly plan?: Partial<MigratePlan>;
  readonly engine?: ThrowawayEngine;
  readonly path?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly locale?: Locale;
  readonly dryRun?: boolean;
  readonly event?: string;
}

export interface Rehearsed {
  readonly items: readonly Item[];
  item(id: string): Item;
  /** `fail unsafe_migration` */
  state(id: string): string;
  /** `index-not-concurrent` of each finding, sorted. */
  readonly findings: readonly string[];
}

/** Carries out the migrate phase on a throwaway server of its own. */
export async function rehearseMigration(run: RehearsalRun): Promise<Rehearsed> {
  const { directory, tool, rehearsal = {}, plan = {}, engine, path = process.env['PATH'], locale = 'en', dryRun = false } = run;
  const ports = testPorts({ directory, env: { PATH: path, HOME: process.env['HOME'], ...run.env } });
  const databases = engine === undefined ? openDatabases({ main: { kind: 'throwaway' } }, ports) : undefined;
  const throwaway = engine === undefined ? undefined : await startThrowaway({ ...ports, directory: process.cwd() }, { engine });
  const origin = { file: 'holdpoint.yml', source: 'head' as const };
  const whole: Plan = { origin, databases: {}, vars: {}, secrets: [], warnings: [] };
  const context: PhaseContext = {
    ...ports,
    plan: whole,
    databases: databases ?? oneThrowaway(throwaway),
    dryRun,
    facts: run.event === undefined ? {} : { event: run.event },
    locale,
  };
  const section: MigratePlan = {
    database: 'main',
    tool,
    limitMs: 60_000,
    criteria: [],
    policy: { inconclusive: 'block', error: 'block' },
    indexes: [],
    queries: [],
    checks: [],
    rehearsal: { seed: [], rows: {}, undo: true, xray: { ignore: [] }, limitMs: 60_000, assumed: false, position, ...rehearsal },
    position,
    ...plan,
  };
  try {
    const steps = prepareMigrate(section, context);
    const checklist = await runChecklist({
      checklist: openChecklist({ phase: 'migrate', subject: {}, plan: origin, dryRun, startedAt: 0 }, steps),
      steps,
      clock: ports.clock,
      signal: ports.signal,
      concurrency: 4,
      observe: () => undefined,
    });
    const item = (id: string): Item => {
      const found = checklist.items.find((candidate) => candidate.id === id);
      if (!found) throw new Error(`There is no item ${id} among ${checklist.items.map((each) => each.id).join(', ')}.`);
      return found;
    };
    const judged = checklist.items.find(({ id }) => id === 'x-ray')?.judgements ?? [];
    return {
      items: checklist.items,
      item,
      state: (id) => `${item(id).state} ${item(id).reason}`,
      findings: judged.map(({ criterion }) => criterion).sort(),
    };
  } finally {
    await databases?.stop();
    await throwaway?.stop();
  }
}

function oneThrowaway(throwaway: Throwaway | undefined): Databases {
  if (throwaway === undefined) throw new Error('A throwaway server was to be started.');
  const { url, engine, version, readyMs, readLog } = throwaway;
  return {
    url: async () => url,
    throwaways: () => [{ name: 'main', engine, version, readyMs, ...(readLog === undefined ? {} : { readLog }) }],
  };
}
