import type { Secrets } from '../../runner/ports.ts';
import type { Session } from '../client.ts';
import { amount, type OtherSession, readSession, written } from './sessions.ts';

/** A build of an index as `pg_stat_progress_create_index` has it. */
export interface IndexBuild {
  readonly pid: number;
  /** `CREATE INDEX CONCURRENTLY` */
  readonly command: string;
  readonly table: string;
  /** Empty where it is not known yet. */
  readonly index: string;
  /** `building index: scanning table` */
  readonly phase: string;
  /** What of this phase is done, 0 to 1; undefined where the server does not tell. */
  readonly share?: number;
  readonly lockersTotal: number;
  readonly lockersDone: number;
}

/** A session that waits for a lock, and one that has it. */
export interface LockWait {
  readonly waiter: OtherSession;
  /** Of its own: whether it started after the migration did. */
  readonly startedSince: boolean;
  readonly blocker: OtherSession;
}

export interface Look {
  readonly builds: readonly IndexBuild[];
  readonly waits: readonly LockWait[];
}

const BUILDS = `
SELECT p.pid, p.command, p.phase, p.lockers_total, p.lockers_done,
       p.blocks_total, p.blocks_done, p.tuples_total, p.tuples_done,
       p.relid::regclass::text AS "table", CASE WHEN p.index_relid <> 0 THEN p.index_relid::regclass::text ELSE '' END AS index
FROM pg_stat_progress_create_index p WHERE p.datname = current_database() ORDER BY p.pid`;

const WAITS = `
SELECT w.pid, w.application_name, w.usename, w.state, w.query, w.backend_start >= to_timestamp($1::float8 / 1000) AS started_since,
       extract(epoch FROM clock_timestamp() - w.xact_start)::float8 * 1000 AS transaction_ms,
       b.pid AS b_pid, b.application_name AS b_application_name, b.usename AS b_usename, b.state AS b_state, b.query AS b_query,
       extract(epoch FROM clock_timestamp() - b.xact_start)::float8 * 1000 AS b_transaction_ms
FROM pg_stat_activity w
CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS blocking(pid)
LEFT JOIN pg_stat_activity b ON b.pid = blocking.pid
WHERE w.datname = current_database() AND w.wait_event_type = 'Lock'
ORDER BY w.pid, b.pid LIMIT 20`;

/** @param since by the server's clock, milliseconds since the epoch. */
export async function lookAtBuilds(session: Session, since: number, secrets: Secrets): Promise<Look> {
  const builds = (await session.query(BUILDS)).rows;
  const waits = (await session.query(WAITS, [since])).rows;
  return {
    builds: builds.map(indexBuild),
    waits: waits.map((row) => {
      const blocker = Object.fromEntries(
        Object.entries(row).flatMap(([name, value]) => (name.startsWith('b_') ? [[name.slice(2), value]] : [])),
      );
      return {
        waiter: readSession(row, secrets),
        startedSince: row['started_since'] === true,
        blocker: readSession(blocker, secrets),
      };
    }),
  };
}

function indexBuild(row: Readonly<Record<string, unknown>>): IndexBuild {
  const share = shareOf(row['blocks_done'], row['blocks_total']) ?? shareOf(row['tuples_done'], row['tuples_total']);
  return {
    pid: Number(row['pid']),
    command: written(row['command']),
    table: written(row['table']),
    index: written(row['index']),
    phase: written(row['phase']),
    lockersTotal: Number(row['lockers_total'] ?? 0),
    lockersDone: Number(row['lockers_done'] ?? 0),
    ...(share === undefined ? {} : { share }),
  };
}

function shareOf(done: unknown, total: unknown): number | undefined {
  const whole = amount(total) ?? 0;
  return whole > 0 ? Math.min(1, (amount(done) ?? 0) / whole) : undefined;
}
