import type { Evidence, Outcome } from '../checklist/model.ts';
import type { StepContext } from '../checklist/step.ts';
import { type Measurements, milliseconds, number, text } from '../criteria/value.ts';
import type { KnownMigration, MigrationState } from '../database/migrations/state.ts';
import type { Applied, MigrationContext, MigrationFiles } from '../database/migrations/tool.ts';
import type { MigratePlan } from '../plan/plan.ts';
import type { PhaseContext } from './phase.ts';
import { type MigrateWords, migrateWords } from './words/migrate.ts';

/** How long the state may take to be read after the run was stopped: the runner waits no longer. */
const LAST_LOOK_MS = 600;

/** What `version` is before the first migration. */
const NO_VERSION = 'none';

type Revisions = readonly string[];

interface Migrated {
  readonly before: MigrationState;
  readonly after: MigrationState;
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
      const before = await tool.state(migration);
      const obstacle = obstacleTo(before, tool.name, words);
      if (obstacle !== undefined) return obstacle;
      const applied = await tool.apply(migration).catch(async (error: unknown) => {
        if (step.signal.aborted) return stopped(await lastLook(migration, before), context.signal.aborted, words);
        throw error;
      });
      if ('state' in applied) return applied;
      const look = tool.state(migration, filesOf(before));
      if (applied.exitCode !== 0 || applied.problem !== undefined) {
        const after = await look.catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
        const known = typeof after === 'string' ? undefined : after;
        const now = typeof after === 'string' ? words.stateUnknown(after) : stateSentence(before, after, tool.name, words);
        const problem = context.secrets.mask(applied.problem ?? 'it printed nothing');
        const message = `${words.failed(tool.name, applied.exitCode, ended(problem))} ${now}`;
        const evidence = evidenceOf({ applied, before, after: known }, tool.name, context, words);
        return { state: 'fail', reason: 'migration_failed', message, evidence };
      }
      const after = await look;
      migrated = { before, after, applied };
      const outcome = { measurements: measurementsOf(migrated), evidence: evidenceOf(migrated, tool.name, context, words) };
      const contradiction = contradictionIn(migrated, tool.name, words);
      if (contradiction !== undefined) return { ...contradiction, ...outcome };
      return { state: 'pass', reason: 'task_done', message: summary(migrated, words), ...outcome };
    },

    async foresee(step) {
      const migration = await contextOf(step);
      const now = await tool.state(migration);
      const obstacle = obstacleTo(now, tool.name, words);
      if (obstacle !== undefined) return obstacle;
      const { current, heads, pending: left } = now;
      pending = heads === undefined || !sameSet(current, heads) || (left !== undefined && left.length > 0);
      const target = heads === undefined ? '' : words.filesEndIn(shown(heads, words));
      const would = pending ? words.wouldRun(tool.description) : words.nothingToApply;
      const names = left === undefined || left.length === 0 ? '' : ` ${words.wouldApply(left.length, listed(left))}`;
      const message = `${would}. ${words.at(shown(current, words))}${target}.${names}${oneWay(left, words)}`;
      return { state: 'skipped', reason: 'dry_run', message };
    },

    measurements: () => (migrated ? measurementsOf(migrated) : {}),
    pending: () => pending,
  };

  async function lastLook(migration: MigrationContext, before: MigrationState): Promise<string> {
    const files = filesOf(before);
    const quick = { ...migration, signal: AbortSignal.timeout(LAST_LOOK_MS) };
    // Without what the files say, only the table is looked at: there is no time to start a tool.
    const look = files === undefined ? tool.current(quick).then((current) => ({ ...before, current })) : tool.state(quick, files);
    return look.then(
      (after) => [`${words.at(shown(after.current, words))}.`, ...whatCame(before, after, tool.name, words)].join(' '),
      () => words.stateUnknown(undefined),
    );
  }
}

function stopped(state: string, cancelled: boolean, words: MigrateWords): Outcome {
  const message = `${words.stopped} ${state}`;
  return { state: 'error', reason: cancelled ? 'cancelled' : 'timed_out', message };
}

/** Why nothing may be run: what an earlier run left, or files that no tool could follow. */
function obstacleTo({ dirty, conflict }: MigrationState, tool: string, words: MigrateWords): Outcome | undefined {
  if (dirty !== undefined) return { state: 'fail', reason: 'dirty_state', message: words.dirty(tool, dirty) };
  if (conflict === undefined) return undefined;
  return { state: 'fail', reason: 'multiple_heads', message: words.severalHeads(conflict.length, conflict.join(', ')) };
}

/** Why the tool's success is not believed; undefined when the database bears it out. */
function contradictionIn({ after, applied }: Migrated, tool: string, words: MigrateWords): Outcome | undefined {
  const { current, heads, pending = [], dirty } = after;
  const disagrees = (why: string): Outcome => {
    return { state: 'fail', reason: 'tool_disagrees', message: words.disagrees(tool, why) };
  };
  if (dirty !== undefined) return { state: 'fail', reason: 'dirty_state', message: words.dirty(tool, dirty) };
  if (current.length === 0) return disagrees(words.noVersionAtAll);
  const claimed = pending.filter((migration) => applied.migrations.some(({ name }) => isCalled(name, migration)));
  if (claimed.length > 0) return disagrees(words.claimed(listed(claimed)));
  if (pending.length > 0) {
    return { state: 'fail', reason: 'migration_pending', message: words.leftPending(tool, pending.length, listed(pending)) };
  }
  if (heads === undefined || sameSet(current, heads)) return undefined;
  return disagrees(words.otherHeads(shown(current, words), shown(heads, words)));
}

/** Whether what a tool printed is the name of a migration: `1/u create_users` is version 1. */
function isCalled(printed: string, { version, name }: KnownMigration): boolean {
  return printed === name || (printed.startsWith(version) && !/^\w/.test(printed.slice(version.length)));
}

/** Those that the run brought into the database, by its own table; undefined when the files are not known. */
function broughtIn(before: MigrationState, after: MigrationState): readonly KnownMigration[] | undefined {
  const earlier = new Set(before.migrations?.filter(({ applied }) => applied).map(({ version }) => version));
  return after.migrations?.filter(({ applied, version }) => applied && !earlier.has(version));
}

function countOf({ before, after, applied }: Migrated): number {
  return broughtIn(before, after)?.length ?? applied.migrations.length;
}

function measurementsOf(migrated: Migrated): Measurements {
  const { before, after, applied } = migrated;
  return {
    version: { value: text(after.current.join(',') || NO_VERSION) },
    version_before: { value: text(before.current.join(',') || NO_VERSION) },
    duration: { value: milliseconds(applied.durationMs) },
    warnings: { value: number(applied.warningCount) },
    migrations: { value: number(countOf(migrated)) },
    ...(after.pending === undefined ? {} : { pending: { value: number(after.pending.length) } }),
  };
}

interface Seen {
  readonly applied: Applied;
  readonly before: MigrationState;
  readonly after: MigrationState | undefined;
}

const MOST_ROWS = 200;

function evidenceOf(
  { applied, before, after }: Seen,
  tool: string,
  { secrets }: PhaseContext,
  words: MigrateWords,
): readonly Evidence[] {
  const { warnings, output } = applied;
  const byTable = after === undefined ? [] : (broughtIn(before, after) ?? []);
  const migrations: Applied['migrations'] = applied.migrations.length > 0 ? applied.migrations : byTable;
  const table: Evidence = {
    kind: 'table',
    title: words.table.title,
    columns: [words.table.migration, words.table.time],
    rows: migrations
      .slice(0, MOST_ROWS)
      .map(({ name, durationMs }) => [name, durationMs === undefined ? '' : `${(durationMs / 1000).toFixed(2)} s`]),
  };
  return [
    ...(migrations.length === 0 ? [] : [table]),
    ...(warnings.length === 0
      ? []
      : [{ kind: 'output' as const, title: words.warnings, text: secrets.mask(warnings.join('\n')) }]),
    ...(output.trim() === '' ? [] : [{ kind: 'output' as const, title: words.output(tool), text: secrets.mask(output) }]),
  ];
}

function summary(migrated: Migrated, words: MigrateWords): string {
  const { before, after, applied } = migrated;
  const count = countOf(migrated);
  if (count === 0 && sameSet(before.current, after.current)) return words.nothingToApplyAt(shown(after.current, words));
  const done = words.applied(count, applied.durationMs, shown(before.current, words), shown(after.current, words));
  return `${done}${oneWay(broughtIn(before, after), words)}`;
}

/** The state that a failure left: what was applied, and what was not. */
function stateSentence(before: MigrationState, after: MigrationState, tool: string, words: MigrateWords): string {
  const same = sameSet(before.current, after.current) && (broughtIn(before, after) ?? []).length === 0;
  const where = same
    ? words.stillAt(shown(after.current, words))
    : words.partApplied(shown(before.current, words), shown(after.current, words));
  return [where, ...whatCame(before, after, tool, words)].join(' ');
}

function whatCame(before: MigrationState, after: MigrationState, tool: string, words: MigrateWords): readonly string[] {
  const came = broughtIn(before, after) ?? [];
  const left = after.pending ?? [];
  return [
    ...(came.length === 0 ? [] : [words.didApply(listed(came))]),
    ...(left.length === 0 ? [] : [words.didNotApply(listed(left))]),
    ...(after.dirty === undefined ? [] : [words.dirty(tool, after.dirty)]),
  ];
}

/** Names those that cannot be undone. */
function oneWay(migrations: readonly KnownMigration[] | undefined, words: MigrateWords): string {
  const without = (migrations ?? []).filter(({ reversible }) => reversible === false);
  return without.length === 0 ? '' : ` ${words.noWayBack(listed(without))}`;
}

const MOST_NAMES = 5;

function listed(migrations: readonly KnownMigration[]): string {
  const names = migrations.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = migrations.length - names.length;
  return more === 0 ? names.join('; ') : `${names.join('; ')}; … +${more}`;
}

/** The files do not change while the tool runs, and reading them may take as long as the tool's own start. */
function filesOf({ heads, migrations, conflict }: MigrationState): MigrationFiles | undefined {
  if (heads === undefined) return undefined;
  return { heads, ...(migrations && { migrations }), ...(conflict && { conflict }) };
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
