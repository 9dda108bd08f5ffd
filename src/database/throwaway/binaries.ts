import { access, readdir, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Environment } from '../../runner/ports.ts';
import { programFile, programIn, programOnPath } from '../programs.ts';

/** Where a PostgreSQL's programs are. */
export interface Binaries {
  readonly initdb: string;
  readonly pgCtl: string;
}

/**
 * The machine's own PostgreSQL server programs: PGBIN (GitHub's Windows images set it), PATH, then where packages put
 * them, the newest version first. undefined when there are none; a client alone does not count.
 */
export async function findBinaries(env: Environment): Promise<Binaries | undefined> {
  const onPath = await programOnPath('initdb', env);
  const named = [env['PGBIN'], onPath === undefined ? undefined : dirname(await realpath(onPath))];
  for (const folder of named) {
    const found = folder === undefined ? undefined : await binariesIn(folder);
    if (found) return found;
  }
  for (const place of places(env)) {
    for (const folder of await versionFolders(place)) {
      const found = await binariesIn(folder);
      if (found) return found;
    }
  }
  return undefined;
}

async function binariesIn(folder: string): Promise<Binaries | undefined> {
  const [initdb, pgCtl, postgres] = await Promise.all([
    programIn(folder, 'initdb'),
    programIn(folder, 'pg_ctl'),
    access(join(folder, programFile('postgres'))).then(
      () => true,
      () => false,
    ),
  ]);
  return initdb !== undefined && pgCtl !== undefined && postgres ? { initdb, pgCtl } : undefined;
}

interface Place {
  readonly parent: string;
  /** Names of version folders under the parent; the group is the version. */
  readonly pattern: RegExp;
}

function places(env: Environment): readonly Place[] {
  if (process.platform === 'win32') {
    return [{ parent: join(env['ProgramFiles'] ?? 'C:\\Program Files', 'PostgreSQL'), pattern: /^(\d+)/ }];
  }
  return [
    { parent: '/usr/lib/postgresql', pattern: /^(\d+)/ },
    { parent: '/usr', pattern: /^pgsql-(\d+)$/ },
    { parent: '/opt/homebrew/opt', pattern: /^postgresql@(\d+)$/ },
    { parent: '/usr/local/opt', pattern: /^postgresql@(\d+)$/ },
    { parent: '/home/linuxbrew/.linuxbrew/opt', pattern: /^postgresql@(\d+)$/ },
    { parent: '/Applications/Postgres.app/Contents/Versions', pattern: /^(\d+)/ },
    { parent: '/usr/libexec', pattern: /^postgresql(\d+)$/ },
  ];
}

async function versionFolders({ parent, pattern }: Place): Promise<readonly string[]> {
  const names = await readdir(parent).catch(() => []);
  return names
    .flatMap((name) => {
      const version = Number(pattern.exec(name)?.[1]);
      return Number.isNaN(version) ? [] : [{ version, folder: join(parent, name) }];
    })
    .sort((a, b) => b.version - a.version)
    .flatMap(({ folder }) => [join(folder, 'bin'), folder]);
}
