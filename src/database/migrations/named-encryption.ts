import { withSession } from '../client.ts';
import { parseConnectionString } from '../connection-string.ts';
import type { MigrationContext } from './tool.ts';

/**
 * The database's URL with an `sslmode` that Go's lib/pq knows. Without one it asks for TLS and fails on a server that has none, and
 * it knows no `prefer` or `allow`; so the URL says what our own connection came to.
 */
export async function withNamedEncryption(context: MigrationContext): Promise<string> {
  const { url } = parseConnectionString(context.databaseUrl);
  const mode = url.searchParams.get('sslmode');
  if (mode !== null && mode !== 'prefer' && mode !== 'allow') return url.href;
  const encrypted = await withSession(context.databaseUrl, context, async (session) => {
    const { rows } = await session.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return rows[0]?.['ssl'] === true;
  });
  url.searchParams.set('sslmode', encrypted ? 'require' : 'disable');
  return url.href;
}
