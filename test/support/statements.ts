import { execFileSync } from 'node:child_process';
import { serverAccount } from '../../src/database/throwaway/account.ts';
import { findBinaries } from '../../src/database/throwaway/binaries.ts';
import { inSession, sql } from './postgres.ts';

/** Restarts a throwaway server with pg_stat_statements loaded, which only a start can do. */
export async function loadStatements(url: string): Promise<void> {
  const binaries = await findBinaries(process.env);
  if (binaries === undefined) throw new Error('Only a server that can be restarted can load a library.');
  await sql(url, `ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`);
  const { rows } = await inSession(url, (session) => session.query('SHOW data_directory'));
  const directory = String(rows[0]?.['data_directory']);
  const account = await serverAccount();
  execFileSync(binaries.pgCtl, ['restart', '-s', '-w', '-m', 'fast', '-D', directory, '-l', `${directory}/../restarted.log`], {
    cwd: '/',
    stdio: 'ignore',
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  });
}
