import { createHash } from 'node:crypto';
import type { Clock } from '../../checklist/clock.ts';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Secrets } from '../../runner/ports.ts';
import { connect, type Session, withSession } from '../client.ts';
import { readSession, written } from './sessions.ts';

/** The first half of our keys: "HPMG" in ASCII, so that nobody else's locks are met by chance. */
const OURS = 0x48504d47;
const ASK_AGAIN_MS = 500;

export interface LockRequest {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** What must not be migrated twice at once, beside the database: the service, or the plan's file. */
  readonly plan: string;
  /** Who we are to those who meet the lock: `holdpoint migrate, run 4711`. */
  readonly application: string;
  /** How long to wait for somebody else's; 0: not at all. */
  readonly waitMs: number;
  /** Told who holds it, while waiting. */
  readonly waiting: (holder: string) => void;
}

/** The right to migrate, which one run at a time has. */
export interface MigrationLock {
  /** False behind a pooler that gives each transaction another connection: nothing can be held there. */
  readonly held: boolean;
  /** Asks the server whether it still is ours. Never throws. */
  stillHeld(): Promise<boolean>;
  /** Never throws. */
  release(): Promise<void>;
}

/**
 * Takes the lock with a connection of its own, which holds it until it is released or the process is gone: no left-over is possible.
 *
 * @throws MeasurementError `migration_locked`, saying who holds it.
 */
export async function takeMigrationLock(url: string, request: LockRequest): Promise<MigrationLock> {
  const { secrets, clock, signal } = request;
  // Not our signal: on cancellation the lock stays until the state has been read.
  const session = await connect(url, { secrets });
  try {
    await session.query("SELECT set_config('application_name', $1, false)", [request.application]);
    if (await shared(session, url, secrets)) {
      await session.end();
      return { held: false, stillHeld: async () => false, release: async () => undefined };
    }
    const key = await keyFor(session, request.plan);
    const deadline = clock.now() + request.waitMs;
    while (!(await tryLock(session, key))) {
      const holder = await holderOf(session, key, secrets);
      if (clock.now() >= deadline) throw taken(holder, request.waitMs);
      request.waiting(holder);
      await clock.sleep(Math.min(ASK_AGAIN_MS, Math.max(1, deadline - clock.now())), signal);
    }
    return {
      held: true,
      stillHeld: () => holds(session, key).catch(() => false),
      release: () => session.end(),
    };
  } catch (error) {
    await session.end();
    throw error;
  }
}

/** Two connections that are served by one process of the server are no two sessions. */
async function shared(session: Session, url: string, secrets: Secrets): Promise<boolean> {
  const pid = await pidOf(session);
  return withSession(url, { secrets }, async (other) => {
    // PgBouncer hands out the connection that was last given back; when others are quick it may take a second look.
    for (let look = 0; look < 3; look += 1) if ((await pidOf(other)) === pid) return true;
    return (await pidOf(session)) !== pid;
  });
}

async function pidOf(session: Session): Promise<number> {
  const { rows } = await session.query('SELECT pg_backend_pid() AS pid');
  return Number(rows[0]?.['pid']);
}

/** Advisory locks are the database's own already; its name is in the key for those who read `pg_locks`. */
async function keyFor(session: Session, plan: string): Promise<number> {
  const { rows } = await session.query('SELECT current_database() AS name');
  return createHash('sha256')
    .update(`${written(rows[0]?.['name'])}\n${plan}`)
    .digest()
    .readInt32BE(0);
}

async function tryLock(session: Session, key: number): Promise<boolean> {
  const { rows } = await session.query('SELECT pg_try_advisory_lock($1::int, $2::int) AS got', [OURS, key]);
  return rows[0]?.['got'] === true;
}

const HELD = `locktype = 'advisory' AND classid::bigint = $1::int AND objid::bigint = ($2::bigint & 4294967295) AND objsubid = 2
  AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

async function holds(session: Session, key: number): Promise<boolean> {
  const { rows } = await session.query(`SELECT 1 FROM pg_locks WHERE ${HELD} AND pid = pg_backend_pid()`, [OURS, key]);
  return rows.length > 0;
}

async function holderOf(session: Session, key: number, secrets: Secrets): Promise<string> {
  const { rows } = await session.query(
    `SELECT l.pid, a.application_name, a.usename, a.client_addr::text AS client,
            to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') AS since
     FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE ${HELD}`,
    [OURS, key],
  );
  const [row] = rows;
  if (!row) return 'a session that has just ended';
  const { pid, application, user } = readSession(row, secrets);
  const client = written(row['client']);
  const told = [
    application === '' ? '' : `application_name ${application}`,
    user === '' ? '' : `user ${user}`,
    client === '' ? '' : `from ${client}`,
    written(row['since']) === '' ? '' : `since ${written(row['since'])}`,
  ].filter((part) => part !== '');
  return `pid ${pid}${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
}

function taken(holder: string, waitedMs: number): MeasurementError {
  const waited = waitedMs === 0 ? '' : ` It did not let go within ${waitedMs / 1000} s.`;
  return new MeasurementError(
    'migration_locked',
    `Another run is migrating this database: the lock is held by ${holder}.${waited} Nothing was run. ` +
      'Wait until it has ended and run again, or give `lock-wait:` in the plan.',
    { retryable: true },
  );
}
