import { mkdir, rm } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Ports } from '../../runner/ports.ts';
import { withSession } from '../client.ts';
import { libpqEnvironment } from './libpq-environment.ts';

/** What pg_dump is asked for. */
export interface DumpRequest {
  readonly format: 'custom' | 'directory' | 'tar' | 'plain';
  /** Tables that are dumped at a time; only in the directory format. */
  readonly jobs?: number;
  /** Only these schemas; empty: all. */
  readonly schemas: readonly string[];
  readonly excludedTables: readonly string[];
  /** The folder, from the repository's root. */
  readonly to: string;
}

const ENDINGS = { custom: 'dump', directory: 'dir', tar: 'tar', plain: 'sql' } as const;
/** A table that somebody holds exclusively is waited for no longer than this. */
const LOCK_WAIT_MS = 60_000;

/** Dumps the database and gives the path of the dump. @throws MeasurementError saying what pg_dump said. */
export async function dumpDatabase(url: string, request: DumpRequest, ports: Ports, signal: AbortSignal): Promise<string> {
  const { clock, exec, secrets, directory } = ports;
  const server = await withSession(url, { secrets, signal }, async (session) => {
    const { rows } = await session.query("SELECT current_setting('server_version') AS version, current_database() AS name");
    const version = String(rows[0]?.['version'] ?? '').split(' ')[0] ?? '';
    return { version, name: String(rows[0]?.['name'] ?? 'database') };
  });
  await requireNewEnough(server.version, ports, signal);
  const folder = isAbsolute(request.to) ? request.to : join(directory, request.to);
  // A dump has everything that the database has: nobody else on this machine may read it.
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]|\.\d+/g, '');
  const file = join(folder, `${server.name.replace(/[^\w.-]/g, '_')}-${stamp}.${ENDINGS[request.format]}`);
  const { exitCode, stderr } = await exec({
    file: 'pg_dump',
    args: [
      `--format=${request.format}`,
      `--file=${file}`,
      '--no-password',
      `--lock-wait-timeout=${LOCK_WAIT_MS}`,
      ...(request.jobs === undefined ? [] : [`--jobs=${request.jobs}`]),
      ...request.schemas.map((schema) => `--schema=${schema}`),
      ...request.excludedTables.map((table) => `--exclude-table=${table}`),
    ],
    env: { ...libpqEnvironment(url), PGAPPNAME: 'holdpoint backup' },
    signal,
  }).catch(async (error: unknown) => {
    await remove(file);
    throw error;
  });
  if (exitCode === 0) return file;
  await remove(file);
  const said = secrets.mask(stderr.trim().split('\n').slice(-4).join(' ')) || 'it printed nothing';
  throw new MeasurementError(
    'backup_unusable',
    `pg_dump failed (exit code ${exitCode ?? 'none: it was killed'}): ${said}. Nothing was migrated.`,
  );
}

/** Half a dump must not be taken for a backup by anybody. */
async function remove(file: string): Promise<void> {
  await rm(file, { recursive: true, force: true }).catch(() => undefined);
}

/** pg_dump refuses a server that is newer than itself, and says so in its own words; ours say what to install. */
async function requireNewEnough(server: string, { exec }: Ports, signal: AbortSignal): Promise<void> {
  const { stdout } = await exec({ file: 'pg_dump', args: ['--version'], signal });
  const own = /(\d+)(?:\.\d+)*/.exec(stdout);
  const [major = Number.NaN, ownMajor = Number.NaN] = [Number.parseInt(server, 10), Number(own?.[1])];
  if (Number.isNaN(major) || Number.isNaN(ownMajor) || ownMajor >= major) return;
  throw new MeasurementError(
    'unsupported',
    `pg_dump ${own?.[0] ?? ''} is older than the server, PostgreSQL ${server}, and cannot dump it. ` +
      `Install pg_dump ${major} or newer (Debian and Ubuntu: apt-get install postgresql-client-${major}) and put it first on PATH.`,
  );
}
