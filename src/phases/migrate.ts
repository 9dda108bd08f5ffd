import { judgeCriteria } from '../checklist/judging.ts';
import type { Outcome } from '../checklist/model.ts';
import type { Step } from '../checklist/step.ts';
import { milliseconds, text, version } from '../criteria/value.ts';
import { isOtherEngine } from '../database/engine.ts';
import type { MigratePlan } from '../plan/plan.ts';
import { checkSteps } from './checks.ts';
import { indexSteps } from './migrate-indexes.ts';
import { querySteps } from './migrate-queries.ts';
import { REHEARSAL_BASE, rehearse } from './migrate-rehearsal.ts';
import { migrationRun } from './migrate-run.ts';
import { migrationSafety } from './migrate-safety.ts';
import type { PhaseContext } from './phase.ts';
import { migrateWords } from './words/migrate.ts';

const DATABASE = 'migrate-database';
const RUN = 'migrate-run';
const ANSWER_LIMIT_MS = 90_000;

/**
 * Migrate holds until the team's own tool has run, the database itself says that it is where the files end, and every expected index
 * exists as meant, is valid and serves its query.
 */
export function prepareMigrate(section: MigratePlan, context: PhaseContext): readonly Step[] {
  const { rehearsal: planned } = section;
  const rehearsal = planned === undefined ? undefined : rehearse(section, planned, context, { database: DATABASE, run: RUN });
  const safety = migrationSafety(section, context, { database: DATABASE, run: RUN });
  const run = migrationRun(rehearsal === undefined ? section : { ...section, tool: rehearsal.tool }, safety.tools);
  const { position } = section;
  const words = migrateWords(context.locale);
  const answers: Step = {
    item: { id: DATABASE, title: words.databaseAnswers, group: words.migration, kind: 'postgres', required: true, position },
    limitMs: ANSWER_LIMIT_MS,
    carryOut: (step) => answer(section.database, { ...context, signal: step.signal }),
  };
  const runs: Step = {
    item: { id: RUN, title: words.migrationRuns, group: words.migration, kind: section.tool.name, required: true, position },
    needs: [rehearsal === undefined || context.dryRun ? DATABASE : REHEARSAL_BASE, ...safety.needs],
    after: [...safety.after, ...(rehearsal === undefined || !context.dryRun ? [] : [REHEARSAL_BASE])],
    limitMs: safety.limitMs,
    // Nothing of ours may hold locks or connections while it migrates.
    exclusive: true,
    carryOut: (step) => (context.dryRun ? run.foresee(step) : safety.guard(step, run.carryOut)),
  };
  const limits: Step = {
    item: {
      id: 'migrate-limits',
      title: words.limits,
      group: words.migration,
      kind: section.tool.name,
      required: true,
      position,
    },
    needs: [RUN],
    after: safety.measuring,
    carryOut: async (): Promise<Outcome> => {
      const measurements = { ...run.measurements(), ...safety.measurements() };
      const judged = judgeCriteria(
        safety.criteria,
        { observations: [{ at: context.clock.now(), measurements }], locale: context.locale },
        section.policy,
      );
      return { ...judged, measurements };
    },
  };
  // In a dry run the migration is skipped; what is there already can be looked at all the same.
  const after = context.dryRun ? { needs: [DATABASE], after: [RUN], pending: run.pending } : { needs: [RUN], after: [] };
  const rest: readonly Step[] = [
    ...safety.afterwards,
    ...(safety.criteria.length === 0 ? [] : [limits]),
    ...indexSteps(section, context, after),
    ...querySteps(section, context, after),
    ...checkSteps(section.checks, context, { group: words.checks, needs: [RUN] }),
  ];
  const guarded = [...safety.before, runs];
  if (rehearsal === undefined) return [answers, ...guarded, ...rest];
  // Whatever looks at the migrated database comes before the migration is undone.
  return [answers, rehearsal.base, ...guarded, ...rehearsal.xray, ...rest, ...rehearsal.undo(rest.map(({ item }) => item.id))];
}

async function answer(database: string, context: PhaseContext): Promise<Outcome> {
  const url = await context.databases.url(database);
  if (isOtherEngine(url)) {
    const { withEngineSession } = await import('../database/engines/session.ts');
    return withEngineSession(url, context, async (session) => {
      const { product, version: number } = await session.about();
      const message = migrateWords(context.locale).otherServer(`${product} ${number}`, session.label);
      return { state: 'pass', reason: 'criteria_met', message };
    });
  }
  const [{ withSession }, { requireSupportedServer }] = await Promise.all([
    import('../database/client.ts'),
    import('../database/safety/supported.ts'),
  ]);
  const { server, label } = await withSession(url, context, async (session) => {
    await requireSupportedServer(session);
    const { rows } = await session.query('SHOW server_version');
    return { server: String(rows[0]?.['server_version'] ?? '').split(' ')[0] ?? '', label: session.label };
  });
  const throwaway = context.databases.throwaways?.().find(({ name }) => name === database);
  const words = migrateWords(context.locale);
  if (!throwaway) return { state: 'pass', reason: 'criteria_met', message: words.server(server, label) };
  const { engine, readyMs } = throwaway;
  const message =
    engine === 'postgresql'
      ? words.started(`PostgreSQL ${server}`, readyMs)
      : `${words.started(`PGlite (PostgreSQL ${server})`, readyMs)} ${words.oneSession}`;
  const measurements = {
    engine: { value: text(engine) },
    version: { value: version(server) },
    ready: { value: milliseconds(readyMs) },
  };
  return { state: 'pass', reason: 'criteria_met', message, measurements };
}
