import type { Evidence, Outcome } from '../checklist/model.ts';
import type { StepContext } from '../checklist/step.ts';
import { type Measurements, milliseconds, number, text } from '../criteria/value.ts';
import type { Applied, MigrationContext } from '../database/migrations/tool.ts';
import type { MigratePlan } from '../plan/plan.ts';
import type { PhaseContext } from './phase.ts';
import { type MigrateWords, migrateWords } from './words/migrate.ts';

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
  const words = migrateWords(context.locale);
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
        if (step.signal.aborted) return stopped(await lastLook(migration), context.signal.aborted, words);
        throw error;
      });
      if ('state' in applied) return applied;
      const evidence = evidenceOf(applied, tool.name, context, words);
      if (applied.exitCode !== 0) {
        const now = await tool.current(migration).then(
          (after) => stateSentence(before, after, words),
          (error: unknown) => words.stateUnknown(error instanceof Error ? error.message : String(error)),
        );
        const problem = context.secrets.mask(applied.problem ?? 'it printed nothing');
        const message = `${words.failed(tool.name, applied.exitCode, ended(problem))} ${now}${several(heads, words)}`;
        return { state: 'fail', reason: 'migration_failed', message, evidence };
      }
      const after = await tool.current(migration);
      migrated = { before, after, applied };
      const outcome = { measurements: measurementsOf(migrated), evidence };
      const disagreement = disagreementOf(after, heads, words);
      if (disagreement !== undefined) {
        return { state: 'fail', reason: 'tool_disagrees', message: words.disagrees(tool.name, disagreement), ...outcome };
      }
      return { state: 'pass', reason: 'task_done', message: summary(migrated, words), ...outcome };
    },

    async foresee(step) {
      const migration = await contextOf(step);
      const before = await tool.current(migration);
      const heads = await tool.heads(migration);
      pending = heads === undefined || !sameSet(before, heads);
      const target = heads === undefined ? '' : words.filesEndIn(shown(heads, words));
      const would = pending ? words.wouldRun(tool.description) : words.nothingToApply;
      const message = `${would}. ${words.at(shown(before, words))}${target}.${several(heads, words)}`;
      return { state: 'skipped', reason: 'dry_run', message };
    },

    measurements: () => (migrated ? measurementsOf(migrated) : {}),
    pending: () => pending,
  };

  async function lastLook(migration: MigrationContext): Promise<string> {
    const look = tool.current({ ...migration, signal: AbortSignal.timeout(LAST_LOOK_MS) });
    return look.then(
      (now) => `${words.at(shown(now, words))}.`,
      () => words.stateUnknown(undefined),
    );
  }
}

function stopped(state: string, cancelled: boolean, words: MigrateWords): Outcome {
  const message = `${words.stopped} ${state}`;
  return { state: 'error', reason: cancelled ? 'cancelled' : 'timed_out', message };
}

/** Why the tool's success is not believed; undefined when the database bears it out. */
function disagreementOf(after: Revisions, heads: Revisions | undefined, words: MigrateWords): string | undefined {
  if (after.length === 0) return words.noVersionAtAll;
  if (heads === undefined || sameSet(after, heads)) return undefined;
  return words.otherHeads(shown(after, words), shown(heads, words));
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

function evidenceOf(
  { migrations, warnings, output }: Applied,
  tool: string,
  { secrets }: PhaseContext,
  words: MigrateWords,
): readonly Evidence[] {
  const table: Evidence = {
    kind: 'table',
    title: words.table.title,
    columns: [words.table.migration, words.table.time],
    rows: migrations.map(({ name, durationMs }) => [name, durationMs === undefined ? '' : `${(durationMs / 1000).toFixed(2)} s`]),
  };
  return [
    ...(migrations.length === 0 ? [] : [table]),
    ...(warnings.length === 0
      ? []
      : [{ kind: 'output' as const, title: words.warnings, text: secrets.mask(warnings.join('\n')) }]),
    ...(output.trim() === '' ? [] : [{ kind: 'output' as const, title: words.output(tool), text: secrets.mask(output) }]),
  ];
}

function summary({ before, after, applied }: Migrated, words: MigrateWords): string {
  if (sameSet(before, after)) return words.nothingToApplyAt(shown(after, words));
  const { migrations, durationMs } = applied;
  return words.applied(migrations.length, durationMs, shown(before, words), shown(after, words));
}

function stateSentence(before: Revisions, after: Revisions, words: MigrateWords): string {
  if (sameSet(before, after)) return words.stillAt(shown(after, words));
  return words.partApplied(shown(before, words), shown(after, words));
}

function several(heads: Revisions | undefined, words: MigrateWords): string {
  if (heads === undefined || heads.length < 2) return '';
  return words.severalHeads(heads.length, shown(heads, words));
}

function shown(revisions: Revisions, { noVersion }: MigrateWords): string {
  return revisions.length === 0 ? noVersion : revisions.join(', ');
}

function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

function sameSet(a: Revisions, b: Revisions): boolean {
  return a.length === b.length && a.every((revision) => b.includes(revision));
}
