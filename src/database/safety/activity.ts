import type { Secrets } from '../../runner/ports.ts';
import type { Session } from '../client.ts';
import { amount, type OtherSession, readSession, written } from './sessions.ts';

/** Why a session is in the way of a migration. */
export type Obstacle = 'long' | 'idle' | 'waiting' | 'holding';

export interface BusySession extends OtherSession {
  readonly obstacles: readonly Obstacle[];
  /** Pids of those that it waits for; 0 is a prepared transaction. */
  readonly blockers: readonly number[];
  /** `plans AccessExclusiveLock`, of tables that are not the system's. */
  readonly locks: readonly string[];
}

export interface PreparedTransaction {
  readonly gid: string;
  readonly owner: string;
  readonly ageMs: number;
}

/** What goes on in the database that is to be migrated. */
export interface Activity {
  /** Client connections to the server, without this one. */
  readonly connections: number;
  readonly maxConnections: number;
  /** Of this database, since its statistics were last reset. */
  readonly deadlocks: number;
  /** Sessions that are in the way, the oldest transaction first. */
  readonly busy: readonly BusySession[];
  /** Sessions of this database of which this role may see nothing but that they are there. */
  readonly hidden: number;
  readonly prepared: readonly PreparedTransaction[];
  /** The furthest that a standby is behind; undefined without standbys, or where this role may not see it. */
  readonly replicationLagMs?: number;
}

export interface ActivityQuestion {
  /** A transaction older than this many milliseconds is long. */
  readonly longMs: number;
  /** A session that has done nothing inside its transaction for this many milliseconds is idle. */
  readonly idleMs: number;
  /** Tables that the migration is known to touch (`schema.table` or `table`): any lock on them counts. */
  readonly tables: readonly string[];
}

const SERVER = `
SELECT current_setting('max_connections')::int AS max_connections,
       (SELECT count(*)::int FROM pg_stat_activity
        WHERE pid <> pg_backend_pid() AND datid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend') AS connections,
       (SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND query = '<insufficient privilege>') AS hidden,
       (SELECT deadlocks::float8 FROM pg_stat_database WHERE datname = current_database()) AS deadlocks,
       (SELECT extract(epoch FROM max(replay_lag))::float8 * 1000 FROM pg_stat_replication) AS replication_lag_ms`;

/** Locks up to RowExclusiveLock are what queries and writes take, and are gone with them; the others are in a migration's way. */
const SESSIONS = `
SELECT a.pid, a.application_name, a.usename, a.state, a.query, a.wait_event_type = 'Lock' AS waiting,
       extract(epoch FROM clock_timestamp() - a.xact_start)::float8 * 1000 AS transaction_ms,
       extract(epoch FROM clock_timestamp() - a.state_change)::float8 * 1000 AS state_ms,
       CASE WHEN a.wait_event_type = 'Lock' THEN pg_blocking_pids(a.pid) ELSE '{}' END AS blockers,
       coalesce(l.locks, '{}') AS locks, coalesce(l.strong, false) AS strong, coalesce(l.touched, false) AS touched
FROM pg_stat_activity a
LEFT JOIN LATERAL (
  SELECT array_agg(DISTINCT k.relation::regclass::text || ' ' || k.mode ORDER BY k.relation::regclass::text || ' ' || k.mode) AS locks,
         bool_or(k.granted AND k.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')) AS strong,
         bool_or(c.relname = ANY ($1::text[]) OR n.nspname || '.' || c.relname = ANY ($1::text[])) AS touched
  FROM pg_locks k JOIN pg_class c ON c.oid = k.relation JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE k.pid = a.pid AND k.locktype = 'relation' AND c.relkind IN ('r', 'p', 'm')
    AND k.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
) l ON true
WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL
  AND coalesce(a.backend_type, 'client backend') = 'client backend'
ORDER BY a.xact_start`;

const PREPARED = `
SELECT gid, owner::text AS owner, extract(epoch FROM clock_timestamp() - prepared)::float8 * 1000 AS age_ms
FROM pg_prepared_xacts WHERE database = current_database() ORDER BY prepared`;

/** A lock on a table of the migration counts once its transaction is this old: shorter ones come and go. */
const PASSING_MS = 1000;

/** @throws MeasurementError when a view may not be read, among others. */
export async function readActivity(session: Session, asked: ActivityQuestion, secrets: Secrets): Promise<Activity> {
  const server = (await session.query(SERVER)).rows[0] ?? {};
  const sessions = (await session.query(SESSIONS, [[...asked.tables]])).rows;
  const prepared = (await session.query(PREPARED)).rows;
  const lag = amount(server['replication_lag_ms']);
  return {
    connections: Number(server['connections']),
    maxConnections: Number(server['max_connections']),
    deadlocks: Number(server['deadlocks'] ?? 0),
    hidden: Number(server['hidden']),
    busy: sessions.map((row) => busySession(row, asked, secrets)).filter(({ obstacles }) => obstacles.length > 0),
    prepared: prepared.map((row) => ({
      gid: secrets.mask(written(row['gid'])),
      owner: written(row['owner']),
      ageMs: amount(row['age_ms']) ?? 0,
    })),
    ...(lag === undefined ? {} : { replicationLagMs: lag }),
  };
}

function busySession(row: Readonly<Record<string, unknown>>, asked: ActivityQuestion, secrets: Secrets): BusySession {
  const session = readSession(row, secrets);
  const { transactionMs = 0, state } = session;
  const idle = state.startsWith('idle in transaction');
  const obstacles: Obstacle[] = [];
  if (transactionMs > asked.longMs) obstacles.push('long');
  if (idle && (amount(row['state_ms']) ?? 0) > asked.idleMs) obstacles.push('idle');
  if (row['waiting'] === true) obstacles.push('waiting');
  if (row['strong'] === true || (row['touched'] === true && transactionMs > PASSING_MS)) obstacles.push('holding');
  return { ...session, obstacles, blockers: list(row['blockers']).map(Number), locks: list(row['locks']).map(String) };
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
