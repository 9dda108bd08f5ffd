import { MeasurementError } from '../../checklist/errors.ts';
import type { Session } from '../client.ts';

/** The oldest that has `pg_stat_progress_create_index` and REINDEX CONCURRENTLY. */
const OLDEST_MAJOR = 12;

/** @throws MeasurementError `unsupported` for a server that is older than what everything here was made for. */
export async function requireSupportedServer(session: Session): Promise<void> {
  const { rows } = await session.query("SELECT current_setting('server_version_num') AS number");
  const [row] = rows;
  const major = Math.floor(Number(row?.['number']) / 10_000);
  if (major >= OLDEST_MAJOR) return;
  const found = Number.isNaN(major) ? 'of an unknown version' : `PostgreSQL ${major}`;
  throw new MeasurementError(
    'unsupported',
    `${session.label} is ${found}; PostgreSQL ${OLDEST_MAJOR} and newer can be migrated under watch. ` +
      'Upgrade the server, or migrate it without Holdpoint.',
  );
}
