import type { Evidence, Outcome } from '../checklist/model.ts';
import type { StepContext } from '../checklist/step.ts';
import { type Measurements, milliseconds, number, text } from '../criteria/value.ts';
import type { Applied, MigrationContext } from '../database/migrations/tool.ts';
import type { MigratePlan } from '../plan/plan.ts';
import type { PhaseContext } from './phase.ts';

/** How long the state may take to be read after the run was stopped: the runner waits no longer. */
const LAST_LOOK_MS = 600;

/** What `version` is before the first migration. */
const NO_VERSION = 'none';

type Revisions = readonly string[];

interface Migrated {
  readonly before: Revisions;
  readonly after: Revisions;
  readonly applied: Applied;
}

/** The run of a migration tool, and what came of it. */
export interface MigrationRun {
  carryOut(step: StepContext): Promise<Outcome>;
  /** For `--dry-run`: what `carryOut` would do. */
  foresee(step: StepContext): Promise<Outcome>;
  /** After `carryOut`; empty when it did not get that far. */
  measurements(): Measurements;
  /** After `foresee`: whether there is anything to apply, as far as can be known. */
  pending(): boolean;
}

export function migrationRun({ tool, database }: MigratePlan, context: PhaseContext): MigrationRun {
  let migrated: Migrated | undefined;
  let pending = true;

  const contextOf = async (step: StepContext): Promise<MigrationContext> => ({
    ...context,
    signal: step.signal,
    progress: step.progress,
    databaseUrl: await context.databases.url(database),
  });

  return {
    async carryOut(step) {
      const migration = await contextOf(step);
      const before = await tool.current(migration);
      const heads = await tool.heads(migration);
      const applied = await tool.apply(migration).catch(async (error: unknown) => {
        if (step.signal.aborted) return stopped(await lastLook(migration), context.signal.aborted);
        throw error;
      });
      if ('state' in applied) return applied;
      const evidence = evidenceOf(applied, tool.name, context);
      if (applied.exitCode !== 0) {
        const now = await tool.current(migration).then(
          (after) => stateSentence(before, after),
          (error: unknown) => `What state it left is not known: ${error instanceof Error ? error.message : String(error)}`,
        );
        const problem = context.secrets.mask(applied.problem ?? 'it printed nothing');
        const message = `${tool.name} failed (exit code ${applied.exitCode ?? 'none: it was killed'}): ${ended(problem)} ${now}${several(heads)}`;
        return { state: 'fail', reason: 'migration_failed', message, evidence };
      }
      const after = await tool.current(migration);
      migrated = { before, after, applied };
      const outcome = { measurements: measurementsOf(migrated), evidence };
      const disagreement = disagreementOf(after, heads);
      if (disagreement !== undefined) {
        const message =
          `${tool.name} reported no error, but ${disagreement}. ` +
          'Perhaps it migrated another database: it must take the URL from its environment, not from a file.';
        return { state: 'fail', reason: 'tool_disagrees', message, ...outcome };
      }
      return { state: 'pass', reason: 'task_done', message: summary(migrated), ...outcome };
    },

    async foresee(step) {
      const migration = await contextOf(step);
      const before = await tool.current(migration);
      const heads = await tool.heads(migration);
      pending = heads === undefined || !sameSet(before, heads);
      const target = heads === undefined ? '' : `; the files end in ${shown(heads)}`;
      const would = pending ? `Would run: ${tool.description}` : 'Nothing to apply';
      const message = `${would}. The database is at ${shown(before)}${target}.${several(heads)}`;
      return { state: 'skipped', reason: 'dry_run', message };
    },

    measurements: () => (migrated ? measurementsOf(migrated) : {}),
    pending: () => pending,
  };

  async function lastLook(migration: MigrationContext): Promise<string> {
    const look = tool.current({ ...migration, signal: AbortSignal.timeout(LAST_LOOK_MS) });
    return look.then(
      (now) => `The database is at ${shown(now)}.`,
      () => 'What state it left is not known: read it with the tool before going on.',
    );
  }
}

function stopped(state: string, cancelled: boolean): Outcome {
  const message = `The migration was stopped while it ran. ${state}`;
  return { state: 'error', reason: cancelled ? 'cancelled' : 'timed_out', message };
}

/** Why the tool's success is not believed; undefined when the database bears it out. */
function disagreementOf(after: Revisions, heads: Revisions | undefined): string | undefined {
  if (after.length === 0) return 'the database has no version at all';
  if (heads === undefined || sameSet(after, heads)) return undefined;
  return `the database is at ${shown(after)}, and the migration files end in ${shown(heads)}`;
}

function measurementsOf({ before, after, applied }: Migrated): Measurements {
  return {
    version: { value: text(after.join(',') || NO_VERSION) },
    version_before: { value: text(before.join(',') || NO_VERSION) },
    duration: { value: milliseconds(applied.durationMs) },
    warnings: { value: number(applied.warningCount) },
    migrations: { value: number(applied.migrations.length) },
  };
}

function evidenceOf({ migrations, warnings, output }: Applied, tool: string, { secrets }: PhaseContext): readonly Evidence[] {
  const table: Evidence = {
    kind: 'table',
    title: 'Migrations',
    columns: ['Migration', 'Time'],
    rows: migrations.map(({ name, durationMs }) => [name, durationMs === undefined ? '' : `${(durationMs / 1000).toFixed(2)} s`]),
  };
  return [
    ...(migrations.length === 0 ? [] : [table]),
    ...(warnings.length === 0 ? [] : [{ kind: 'output' as const, title: 'Warnings', text: secrets.mask(warnings.join('\n')) }]),
    ...(output.trim() === '' ? [] : [{ kind: 'output' as const, title: `Output of ${tool}`, text: secrets.mask(output) }]),
  ];
}

function summary({ before, after, applied }: Migrated): string {
  if (sameSet(before, after)) return `Nothing to apply: the database is at ${shown(after)}.`;
  const { migrations, durationMs } = applied;
  const count = migrations.length === 1 ? '1 migration' : `${migrations.length} migrations`;
  return `${count} in ${(durationMs / 1000).toFixed(1)} s: from ${shown(before)} to ${shown(after)}.`;
}

function stateSentence(before: Revisions, after: Revisions): string {
  if (sameSet(before, after)) return `The database is still at ${shown(after)}.`;
  return `The database went from ${shown(before)} to ${shown(after)}: a part was applied.`;
}

function several(heads: Revisions | undefined): string {
  if (heads === undefined || heads.length < 2) return '';
  return ` The migration files end in ${heads.length} heads, ${shown(heads)}: merge them into one.`;
}

function shown(revisions: Revisions): string {
  return revisions.length === 0 ? 'no version (before the first migration)' : revisions.join(', ');
}

function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

function sameSet(a: Revisions, b: Revisions): boolean {
  return a.length === b.length && a.every((revision) => b.includes(revision));
}
