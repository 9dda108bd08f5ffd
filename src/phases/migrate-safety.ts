import { randomBytes } from 'node:crypto';
import { judgeCriteria } from '../checklist/judging.ts';
import type { Evidence, Outcome } from '../checklist/model.ts';
import type { Step, StepContext } from '../checklist/step.ts';
import { formatDuration } from '../criteria/format.ts';
import { type Measurements, milliseconds, number, ratio } from '../criteria/value.ts';
import { withSession } from '../database/client.ts';
import { type Activity, type BusySession, readActivity } from '../database/safety/activity.ts';
import { readInvalidIndexes } from '../database/safety/state.ts';
import { settingsOf, urlWithSettings, withSettings } from '../database/safety/timeouts.ts';
import type { MigratePlan, PlannedCriterion } from '../plan/plan.ts';
import { ACTIVITY_NAMES, BACKUP_NAMES, type SafetyPlan } from '../plan/sections/migrate-safety.ts';
import { backupStep } from './migrate-backup.ts';
import { type Before, fixes, guardedLimitMs, guardMigration, names, newlyInvalid } from './migrate-guard.ts';
import type { PhaseContext } from './phase.ts';
import { migrateWords } from './words/migrate.ts';
import { type SafetyWords, safetyWords } from './words/migrate-safety.ts';

const BACKUP = 'migrate-backup';
const ACTIVITY = 'migrate-activity';
const AFTERWARDS = 'migrate-afterwards';
const ASK_AGAIN_MS = 1000;
/** Shorter pauses inside a transaction are how applications work. */
const IDLE_MS = 5000;
const READ_LIMIT_MS = 60_000;
/** From this share of max_connections on, few are left. */
const FEW_LEFT = 0.9;

/** What stands around the run of a migration. */
export interface MigrationSafety {
  /** For the tool: its timeouts are in what its programs and its URL get. */
  readonly tools: PhaseContext;
  readonly before: readonly Step[];
  readonly afterwards: readonly Step[];
  /** What the run needs, and what it only has to wait for. */
  readonly needs: readonly string[];
  readonly after: readonly string[];
  readonly limitMs: number;
  guard(step: StepContext, carryOut: (step: StepContext) => Promise<Outcome>): Promise<Outcome>;
  /** For the criteria that are judged when all is over. */
  measurements(): Measurements;
  readonly criteria: readonly PlannedCriterion[];
  /** Items that measure what those criteria name. */
  readonly measuring: readonly string[];
}

interface Ids {
  readonly database: string;
  readonly run: string;
}

/** On a database that stays: backup, a look at who is in the way, one run at a time, a watch, and a look at what it left. */
export function migrationSafety(section: MigratePlan, context: PhaseContext, ids: Ids): MigrationSafety {
  const { safety } = section;
  if (safety === undefined) return unguarded(section, context);
  const words = safetyWords(context.locale);
  const group = migrateWords(context.locale).migration;
  const kept: Record<string, Measurements[string]> = {};
  const keep = (measurements: Measurements): void => void Object.assign(kept, measurements);
  const onBackup = section.criteria.filter((criterion) => speaksOf(BACKUP_NAMES, criterion));
  const onActivity = section.criteria.filter((criterion) => speaksOf(ACTIVITY_NAMES, criterion));
  const { position } = section;
  let known: Before | undefined;

  const backup = backupStep(
    {
      item: { id: BACKUP, title: words.backup, group, kind: 'backup', required: true, position },
      needs: [ids.database],
      database: section.database,
      plan: safety.backup,
      criteria: onBackup,
      policy: section.policy,
      keep,
    },
    context,
  );
  const activity: Step = {
    item: { id: ACTIVITY, title: words.activity, group, kind: 'postgres', required: true, position },
    needs: [ids.database, ...(needed(safety, context) ? [BACKUP] : [])],
    after: [BACKUP],
    limitMs: safety.waitMs + READ_LIMIT_MS,
    carryOut: (step) => lookForObstacles(section, safety, onActivity, step, context, keep),
  };
  const afterwards: Step = {
    item: { id: AFTERWARDS, title: words.afterwards, group, kind: 'postgres', required: true, position },
    needs: [ids.run],
    limitMs: READ_LIMIT_MS,
    carryOut: (step) => lookAfterwards(section, known, kept, step, context, keep),
  };
  const application = applicationName(context);
  const tools = toolContext(section, safety, application, context);
  return {
    tools,
    before: [backup, activity],
    afterwards: [afterwards],
    needs: [...(needed(safety, context) ? [BACKUP] : []), ACTIVITY],
    after: [],
    limitMs: guardedLimitMs(section, safety),
    guard: (step, carryOut) =>
      guardMigration(
        { section, safety, tools, application, plan: context.plan.service ?? context.plan.origin.file },
        step,
        context,
        carryOut,
        (before) => {
          known = before;
        },
      ),
    measurements: () => kept,
    criteria: section.criteria.filter((criterion) => !onBackup.includes(criterion) && !onActivity.includes(criterion)),
    measuring: [AFTERWARDS],
  };
}

function unguarded(section: MigratePlan, context: PhaseContext): MigrationSafety {
  return {
    tools: context,
    before: [],
    afterwards: [],
    needs: [],
    after: [],
    limitMs: section.limitMs,
    guard: (step, carryOut) => carryOut(step),
    measurements: () => ({}),
    criteria: section.criteria,
    measuring: [],
  };
}

/** A note that there is none, and a dry run of it, keep nothing from going on. */
const needed = ({ backup }: SafetyPlan, { dryRun }: PhaseContext): boolean => backup !== undefined && !dryRun;

/** Whether a criterion names some of these, and nothing else that is measured: it can be judged where they are. */
function speaksOf(measured: Readonly<Record<string, unknown>>, { criterion }: PlannedCriterion): boolean {
  const named = criterion.names.filter((name) => !/^(?:vars|env)\./.test(name));
  return named.length > 0 && named.every((name) => Object.hasOwn(measured, name));
}

/** At most 63 bytes, as the server has it; no two runs have the same, since sessions are ended by it. */
function applicationName({ env }: PhaseContext): string {
  const run = env['GITHUB_RUN_ID'];
  return `holdpoint migrate${run === undefined ? '' : `, run ${run.slice(0, 20)}`} (${randomBytes(3).toString('hex')})`;
}

function toolContext(section: MigratePlan, { timeouts }: SafetyPlan, application: string, context: PhaseContext): PhaseContext {
  const settings = settingsOf(timeouts);
  const exec = withSettings(context.exec, timeouts.by === 'environment' ? settings : '', application, context.env['PGOPTIONS']);
  if (timeouts.by !== 'url') return { ...context, exec };
  const url = async (name: string): Promise<string> => {
    const found = await context.databases.url(name);
    return name === section.database ? urlWithSettings(found, settings) : found;
  };
  return { ...context, exec, databases: { ...context.databases, url } };
}

async function lookForObstacles(
  section: MigratePlan,
  safety: SafetyPlan,
  criteria: readonly PlannedCriterion[],
  step: StepContext,
  context: PhaseContext,
  keep: (measurements: Measurements) => void,
): Promise<Outcome> {
  const words = safetyWords(context.locale);
  const { clock, secrets } = context;
  const began = clock.now();
  const question = {
    longMs: safety.longMs,
    idleMs: Math.min(IDLE_MS, safety.longMs),
    tables: [...new Set(section.indexes.map(({ schema, table }) => (schema === undefined ? table : `${schema}.${table}`)))],
  };
  const url = await context.databases.url(section.database);
  const activity = await withSession(url, { secrets, signal: step.signal }, async (session) => {
    let found = await readActivity(session, question, secrets);
    while ((found.busy.length > 0 || found.prepared.length > 0) && clock.now() - began < safety.waitMs) {
      const [first] = found.busy;
      step.progress(words.waitingFor(first === undefined ? (found.prepared[0]?.gid ?? '') : words.session(first)));
      await clock.sleep(Math.min(ASK_AGAIN_MS, safety.waitMs), step.signal);
      found = await readActivity(session, question, secrets);
    }
    return found;
  });
  const measurements = activityMeasurements(activity);
  keep(measurements);
  const waitedMs = clock.now() - began;
  const message = [activityText(activity, words), ...(waitedMs >= ASK_AGAIN_MS ? [words.waitedFor(waitedMs)] : [])].join(' ');
  const evidence = activity.busy.length === 0 ? [] : [sessionTable(activity.busy, context, words)];
  const obstructed =
    activity.busy.length > 0 || activity.prepared.length > 0 || few(activity.connections, activity.maxConnections);
  const told = { message, measurements, evidence };
  const judged = judgeCriteria(
    criteria,
    { observations: [{ at: clock.now(), measurements }], locale: context.locale },
    section.policy,
  );
  // The plan's own limits come first; what they let through is still worth a warning.
  if (criteria.length > 0 && judged.state !== 'pass') return { ...judged, ...told };
  const { judgements } = judged;
  if (obstructed) return { state: 'warn', reason: 'warning_criterion_held', judgements, ...told };
  return { state: 'pass', reason: 'criteria_met', judgements, ...told };
}

function activityMeasurements({ busy, prepared, connections, maxConnections, replicationLagMs }: Activity): Measurements {
  const count = (obstacle: BusySession['obstacles'][number]) => ({
    value: number(busy.filter(({ obstacles }) => obstacles.includes(obstacle)).length),
  });
  return {
    long_transactions: count('long'),
    idle_in_transaction: count('idle'),
    waiting_sessions: count('waiting'),
    lock_holders: count('holding'),
    prepared_transactions: { value: number(prepared.length) },
    connections_before: { value: number(connections) },
    max_connections: { value: number(maxConnections) },
    ...(replicationLagMs === undefined ? {} : { replication_lag: { value: milliseconds(replicationLagMs) } }),
  };
}

function activityText({ busy, prepared, connections, maxConnections, hidden }: Activity, words: SafetyWords): string {
  return [
    ...(busy.length === 0 ? [] : [words.inTheWay(busy.length)]),
    ...prepared.map(({ gid, ageMs }) => words.preparedFound(gid, ageMs)),
    ...(busy.length === 0 && prepared.length === 0 ? [words.quiet(connections, maxConnections)] : []),
    ...(few(connections, maxConnections) ? [words.fewConnections(connections, maxConnections)] : []),
    ...(hidden === 0 ? [] : [words.hidden(hidden)]),
  ].join(' ');
}

const few = (connections: number, most: number): boolean => connections >= most * FEW_LEFT;

function sessionTable(busy: readonly BusySession[], { locale }: PhaseContext, words: SafetyWords): Evidence {
  const { title, who, why, since, locks, statement } = words.sessions;
  return {
    kind: 'table',
    title,
    columns: [who, why, since, locks, statement],
    rows: busy
      .slice(0, 50)
      .map((session) => [
        words.session({ ...session, query: '' }),
        [
          ...session.obstacles.map((obstacle) => words.obstacle[obstacle]),
          ...(session.blockers.length === 0 ? [] : [`(pid ${session.blockers.join(', ')})`]),
        ].join(', '),
        session.transactionMs === undefined ? '' : formatDuration(session.transactionMs, locale),
        session.locks.join(', '),
        session.query,
      ]),
  };
}

async function lookAfterwards(
  section: MigratePlan,
  before: Before | undefined,
  earlier: Measurements,
  step: StepContext,
  context: PhaseContext,
  keep: (measurements: Measurements) => void,
): Promise<Outcome> {
  const words = safetyWords(context.locale);
  const { secrets } = context;
  const url = await context.databases.url(section.database);
  const { activity, invalid } = await withSession(url, { secrets, signal: step.signal }, async (session) => ({
    activity: await readActivity(
      session,
      { longMs: Number.MAX_SAFE_INTEGER, idleMs: Number.MAX_SAFE_INTEGER, tables: [] },
      secrets,
    ),
    invalid: await readInvalidIndexes(session),
  }));
  const { connections, maxConnections } = activity;
  const deadlocks = Math.max(0, activity.deadlocks - (before?.deadlocks ?? 0));
  const fresh = before === undefined ? invalid : newlyInvalid(before, invalid);
  const old = invalid.filter((index) => !fresh.includes(index));
  const measurements: Measurements = {
    connections: { value: number(connections) },
    connections_used: { value: ratio(connections / maxConnections) },
    deadlocks: { value: number(deadlocks) },
    invalid_indexes: { value: number(invalid.length) },
  };
  keep(measurements);
  const was = earlier['connections_before']?.value;
  const message = [
    ...(fresh.length === 0 ? [] : [words.newInvalid(names(fresh))]),
    ...(old.length === 0 ? [] : [words.oldInvalid(names(old))]),
    ...(invalid.length === 0 ? [words.allValid] : []),
    words.connections(connections, was?.kind === 'quantity' ? was.amount : 0, maxConnections),
    deadlocks === 0 ? words.noDeadlocks : words.deadlocks(deadlocks),
  ].join(' ');
  const told = { message, measurements, evidence: invalid.length === 0 ? [] : [fixes(invalid, words)] };
  if (fresh.length > 0) return { state: 'fail', reason: 'index_invalid', ...told };
  const notable = old.length > 0 || deadlocks > 0 || few(connections, maxConnections);
  return notable
    ? { state: 'warn', reason: 'warning_criterion_held', ...told }
    : { state: 'pass', reason: 'criteria_met', ...told };
}
