import { MeasurementError } from '../checklist/errors.ts';
import type { Evidence, Outcome } from '../checklist/model.ts';
import type { StepContext } from '../checklist/step.ts';
import { connect, type Session, withSession } from '../database/client.ts';
import type { MigrationContext } from '../database/migrations/tool.ts';
import { type MigrationLock, takeMigrationLock } from '../database/safety/advisory-lock.ts';
import {
  type CatalogChange,
  type CatalogState,
  changesBetween,
  type InvalidIndex,
  readCatalogState,
  readInvalidIndexes,
} from '../database/safety/state.ts';
import type { MigratePlan } from '../plan/plan.ts';
import type { SafetyPlan } from '../plan/sections/migrate-safety.ts';
import { type Watched, watchMigration } from './migrate-watch.ts';
import type { PhaseContext } from './phase.ts';
import { type SafetyWords, safetyWords } from './words/migrate-safety.ts';

/** Of the 800 ms that the runner gives a step after a cancellation, what may pass until the state is told. */
const TOLD_WITHIN_MS = 700;
/** For reading the state after a failure, where nobody is in a hurry. */
const STATE_WITHIN_MS = 15_000;
const SHOWN_CHANGES = 5;
const SAID_EVERY_MS = 30_000;
/** How far past lock_timeout a wait must be seen before it is said that there was none. */
const LATE_MS = 2000;

/** What the database was like before the tool ran. */
export interface Before {
  readonly state: CatalogState;
  readonly invalid: readonly InvalidIndex[];
  readonly revisions: readonly string[];
  readonly deadlocks: number;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number;
}

interface Guarded {
  readonly section: MigratePlan;
  readonly safety: SafetyPlan;
  /** As the tool gets it: with its timeouts. */
  readonly tools: PhaseContext;
  /** The name of the tool's sessions. */
  readonly application: string;
  readonly plan: string;
}

/** Longest time that all of a guarded migration may take. */
export function guardedLimitMs({ limitMs }: MigratePlan, { lockWaitMs, onFailure }: SafetyPlan): number {
  return lockWaitMs + limitMs + STATE_WITHIN_MS + (onFailure === 'downgrade' ? limitMs : 0);
}

/**
 * Runs a migration under the lock that lets one run at a time migrate, watches it from beside, and when it does not end well reads from
 * the database what it left.
 *
 * @param known told what the database was like, for those who compare afterwards.
 */
export async function guardMigration(
  guarded: Guarded,
  step: StepContext,
  context: PhaseContext,
  carryOut: (step: StepContext) => Promise<Outcome>,
  known: (before: Before) => void,
): Promise<Outcome> {
  const { section, safety, application } = guarded;
  const words = safetyWords(context.locale);
  const { clock, secrets } = context;
  const url = await context.databases.url(section.database);
  const lock = await takeMigrationLock(url, {
    secrets,
    clock,
    signal: step.signal,
    plan: guarded.plan,
    application: `${application} lock`,
    waitMs: safety.lockWaitMs,
    waiting: (holder) => step.progress(secrets.mask(words.waitingForRun(holder))),
  });
  const settled = new AbortController();
  try {
    // Not the step's signal: the state is read when that has been aborted.
    const session = await connect(url, { secrets });
    try {
      const before = await readBefore(session, guarded, step, url);
      known(before);
      const limit = new AbortController();
      clock.sleep(section.limitMs, settled.signal).then(
        () => limit.abort(new Error('over the time limit')),
        () => undefined,
      );
      const signal = AbortSignal.any([step.signal, limit.signal]);
      let abortedAt = Number.NEGATIVE_INFINITY;
      signal.addEventListener('abort', () => {
        abortedAt = clock.now();
      });
      void keepAlive(lock, session, clock, settled.signal);
      const watch = watchMigration({ url, since: before.at, application, progress: step.progress }, context);
      const ended = endSessionsOnAbort(signal, session, application);
      const outcome = await carryOut({ ...step, signal }).catch((error: unknown): Outcome => {
        if (error instanceof MeasurementError) return { state: 'error', reason: error.reason, message: error.message };
        throw error;
      });
      const cancelled = step.signal.aborted;
      const left = cancelled ? TOLD_WITHIN_MS - (clock.now() - abortedAt) : STATE_WITHIN_MS;
      // Also over when all is done; nobody may be left waiting.
      const deadline = clock.sleep(Math.max(0, left), settled.signal).catch(() => undefined);
      const stopped = signal.aborted ? await Promise.race([ended(), deadline.then((): readonly number[] => [])]) : [];
      const watched = await watch.end();
      if (outcome.state === 'pass') {
        const lost = lock.held && !(await lock.stillHeld());
        return warned(
          withEvidence(outcome, watched.evidence),
          passNotes(watched, { held: lock.held, lost, safety, words }),
          watched,
          words,
        );
      }
      const told = await Promise.race([
        tellState({ guarded, before, session, url, watched, stopped }, context, words),
        deadline.then((): Told => ({ sentences: [words.noTimeToTell], evidence: [] })),
      ]);
      const undone =
        safety.onFailure === 'stop'
          ? undefined
          : cancelled
            ? { sentences: [words.noTimeToUndo], evidence: [] }
            : await undo(guarded, before, url, step, context, words);
      return {
        ...outcome,
        message: [outcome.message ?? '', ...told.sentences, ...(undone?.sentences ?? [])].filter((part) => part !== '').join(' '),
        evidence: [...(outcome.evidence ?? []), ...watched.evidence, ...told.evidence, ...(undone?.evidence ?? [])],
      };
    } finally {
      await session.end();
    }
  } finally {
    settled.abort('settled');
    await lock.release();
  }
}

/** Firewalls forget connections on which nothing is said; these two have to last as long as the migration. */
async function keepAlive(
  lock: MigrationLock,
  session: Session,
  clock: PhaseContext['clock'],
  settled: AbortSignal,
): Promise<void> {
  while (!settled.aborted) {
    await clock.sleep(SAID_EVERY_MS, settled).catch(() => undefined);
    if (settled.aborted) return;
    await Promise.all([lock.stillHeld(), session.query('SELECT 1').catch(() => undefined)]);
  }
}

async function readBefore(session: Session, { section, tools }: Guarded, step: StepContext, url: string): Promise<Before> {
  const { rows } = await session.query(
    `SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at,
            (SELECT deadlocks::float8 FROM pg_stat_database WHERE datname = current_database()) AS deadlocks`,
  );
  const revisions = await section.tool.current(migrationContext(tools, step, url));
  return {
    revisions,
    state: await readCatalogState(session),
    invalid: await readInvalidIndexes(session),
    deadlocks: Number(rows[0]?.['deadlocks'] ?? 0),
    at: Number(rows[0]?.['at']),
  };
}

const migrationContext = (tools: PhaseContext, { signal, progress }: StepContext, databaseUrl: string): MigrationContext => ({
  ...tools,
  signal,
  progress,
  databaseUrl,
});

/**
 * A tool that is gone leaves its session at work: the server looks for its client only when it next has something to say. So the
 * session is ended on the server as well, where it bears our name. Gives the pids of those that were.
 */
function endSessionsOnAbort(signal: AbortSignal, session: Session, application: string): () => Promise<readonly number[]> {
  let ending: Promise<readonly number[]> | undefined;
  const end = (): void => {
    ending ??= endSessions(session, application).catch(() => []);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return async () => (await ending) ?? [];
}

async function endSessions(session: Session, application: string): Promise<readonly number[]> {
  const { rows } = await session.query(
    `SELECT pid, pg_terminate_backend(pid) AS ended FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = $1 AND pid <> pg_backend_pid()`,
    [application],
  );
  const pids = rows.map((row) => Number(row['pid']));
  // Its work is rolled back first; then what it left can be read.
  for (let look = 0; look < 12 && pids.length > 0; look += 1) {
    const left = await session.query('SELECT 1 FROM pg_stat_activity WHERE pid = ANY ($1::int[])', [pids]);
    if (left.rows.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return pids;
}

interface Told {
  readonly sentences: readonly string[];
  readonly evidence: readonly Evidence[];
}

interface Telling {
  readonly guarded: Guarded;
  readonly before: Before;
  readonly session: Session;
  readonly url: string;
  readonly watched: Watched;
  readonly stopped: readonly number[];
}

/** What applied and what did not, from the catalog; what it waited for; what is left to mend. Never throws. */
async function tellState(
  { guarded, before, session, url, watched, stopped }: Telling,
  context: PhaseContext,
  words: SafetyWords,
): Promise<Told> {
  const waited = watched.wait === undefined ? [] : [words.waited(words.session(watched.wait.blocker), watched.wait.ms)];
  const besides = [
    ...ignoredTimeout(watched, guarded.safety, words),
    ...(watched.blocked === 0 ? [] : [words.blocksOthers(watched.blocked)]),
    ...(stopped.length === 0 ? [] : [words.sessionStopped(stopped.join(', '))]),
    ...(watched.problem === undefined ? [] : [words.notWatched(watched.problem)]),
  ];
  try {
    const now = await stateNow(session, url, before, context);
    const changes = changesBetween(before.state, now.state);
    const invalid = newlyInvalid(before, now.invalid);
    const { section, tools } = guarded;
    const revisions = await section.tool
      .current(
        migrationContext(
          tools,
          { signal: AbortSignal.timeout(STATE_WITHIN_MS), progress: () => undefined, measured: () => undefined },
          url,
        ),
      )
      .catch(() => undefined);
    const same = revisions !== undefined && revisions.join() === before.revisions.join();
    const shown = changes.slice(0, SHOWN_CHANGES).map(({ change, what }) => `${what} ${words.change[change]}`);
    // A table of a check run cuts long messages: what somebody must mend comes first.
    const sentences = [
      ...(invalid.length === 0 ? [] : [words.leftInvalid(names(invalid))]),
      ...(same && changes.length > 0 ? [words.halfApplied] : []),
      ...waited,
      changes.length === 0 ? words.unchanged : words.changes(shown.join(', '), Math.max(0, changes.length - SHOWN_CHANGES)),
      ...(now.working.length === 0 ? [] : [words.sessionStays(now.working.join(', '))]),
      ...besides,
    ];
    const evidence: readonly Evidence[] = [
      ...(changes.length === 0 ? [] : [changeTable(changes, words)]),
      ...(invalid.length === 0 ? [] : [fixes(invalid, words)]),
    ];
    return { sentences, evidence };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { sentences: [words.stateUnknown(why), ...waited, ...besides], evidence: [] };
  }
}

/** By the connection that is open; by a new one when that is gone, as after a restart of the server. */
async function stateNow(session: Session, url: string, before: Before, { secrets }: PhaseContext) {
  const read = async (by: Session) => ({
    state: await readCatalogState(by),
    invalid: await readInvalidIndexes(by),
    working: await stillWorking(by, before),
  });
  return read(session).catch(() => withSession(url, { secrets }, read));
}

/** Sessions of this role that came since the migration began and build or wait: perhaps the tool's, by another name. */
async function stillWorking(session: Session, { at }: Before): Promise<readonly number[]> {
  const { rows } = await session.query(
    `SELECT a.pid FROM pg_stat_activity a LEFT JOIN pg_stat_progress_create_index p ON p.pid = a.pid
     WHERE a.datname = current_database() AND a.usename = current_user AND a.pid <> pg_backend_pid()
       AND a.backend_start >= to_timestamp($1::float8 / 1000) AND a.state = 'active'
       AND a.application_name NOT LIKE 'holdpoint%'
       AND (p.pid IS NOT NULL OR a.wait_event_type = 'Lock') ORDER BY a.pid`,
    [at],
  );
  return rows.map((row) => Number(row['pid']));
}

async function undo(
  { section, tools }: Guarded,
  before: Before,
  url: string,
  step: StepContext,
  context: PhaseContext,
  words: SafetyWords,
): Promise<Told> {
  const { tool, limitMs } = section;
  const signal = AbortSignal.any([step.signal, AbortSignal.timeout(limitMs)]);
  const migration = migrationContext(tools, { ...step, signal }, url);
  try {
    const now = await tool.current(migration);
    if (now.join() === before.revisions.join()) return { sentences: [], evidence: [] };
    if (before.revisions.length > 1) return { sentences: [words.nothingToUndo], evidence: [] };
    const { exitCode, output, problem } = await tool.down({ to: before.revisions[0] ?? firstOf(tool.name) }, migration);
    const evidence: readonly Evidence[] =
      output.trim() === '' ? [] : [{ kind: 'output', title: words.outputOfUndo, text: context.secrets.mask(output) }];
    const after = await tool.current(migration);
    const version = after.join(', ') || words.noVersion;
    if (exitCode !== 0 || after.join() !== before.revisions.join()) {
      const why = exitCode === 0 ? 'exit code 0' : (problem ?? `exit code ${exitCode}`);
      return { sentences: [words.notUndone(context.secrets.mask(why), version)], evidence };
    }
    const state = await withSession(url, { secrets: context.secrets }, readCatalogState);
    const left = changesBetween(before.state, state).filter(({ what }) => !isVersionTable(what));
    if (left.length === 0) return { sentences: [words.undone(version)], evidence };
    return { sentences: [words.undoneButLeft(version)], evidence: [...evidence, changeTable(left, words)] };
  } catch (error) {
    if (!(error instanceof MeasurementError) && !signal.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return { sentences: [words.cannotUndo(why)], evidence: [] };
  }
}

/** What tools call the state before their first migration. */
const FIRST: Readonly<Record<string, string>> = { alembic: 'base', django: 'zero' };
const firstOf = (tool: string): string => FIRST[tool] ?? '0';

/** Tools make their own table with the first migration, and never take it away. */
const isVersionTable = (what: string): boolean =>
  /^(?:table|sequence|schema) .*(?:alembic_version|migrations|flyway_schema_history|databasechangelog|drizzle)/.test(what);

export function newlyInvalid({ invalid }: Before, now: readonly InvalidIndex[]): readonly InvalidIndex[] {
  const known = new Set(invalid.map(({ name }) => name));
  return now.filter(({ name }) => !known.has(name));
}

export const names = (indexes: readonly InvalidIndex[]): string =>
  indexes.map(({ name, table }) => `${name} on ${table}`).join(', ');

export function fixes(indexes: readonly InvalidIndex[], words: SafetyWords): Evidence {
  return { kind: 'output', title: words.mends, text: indexes.map(({ fix }) => fix).join('\n') };
}

function changeTable(changes: readonly CatalogChange[], words: SafetyWords): Evidence {
  const { title, change, what } = words.changeTable;
  return {
    kind: 'table',
    title,
    columns: [change, what],
    rows: changes.slice(0, 200).map((each) => [words.change[each.change], each.what]),
  };
}

function passNotes(
  watched: Watched,
  {
    held,
    lost,
    safety,
    words,
  }: { readonly held: boolean; readonly lost: boolean; readonly safety: SafetyPlan; readonly words: SafetyWords },
): readonly string[] {
  return [
    ...(held ? [] : [words.lockCannotHold]),
    ...(lost ? [words.lockLost] : []),
    ...(safety.timeouts.by === 'none' ? [words.timeoutsNotGiven] : []),
    ...ignoredTimeout(watched, safety, words),
    ...(watched.problem === undefined ? [] : [words.notWatched(watched.problem)]),
  ];
}

/** Nobody can read another session's settings; but one that waits on past its limit does not have it. */
function ignoredTimeout({ longestWaitMs }: Watched, { timeouts }: SafetyPlan, words: SafetyWords): readonly string[] {
  const { lockMs, by } = timeouts;
  if (by === 'none' || lockMs === 0 || longestWaitMs < lockMs + LATE_MS) return [];
  return [words.timeoutIgnored(longestWaitMs, lockMs)];
}

/** What passed while something could not be made sure of passes as a warning. */
function warned(outcome: Outcome, notes: readonly string[], { blocked }: Watched, words: SafetyWords): Outcome {
  const told = [...notes, ...(blocked === 0 ? [] : [words.blocksOthers(blocked)])];
  const message = [outcome.message ?? '', ...told].filter((part) => part !== '').join(' ');
  return notes.length === 0 ? { ...outcome, message } : { ...outcome, state: 'warn', reason: 'weak_evidence', message };
}

function withEvidence(outcome: Outcome, evidence: readonly Evidence[]): Outcome {
  return { ...outcome, evidence: [...(outcome.evidence ?? []), ...evidence] };
}
