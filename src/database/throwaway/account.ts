import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';

/** The system account that a server runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL refuses to run as root. When we are root this is who runs it instead; otherwise undefined. */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const wanted of ['postgres', 'nobody']) {
    const line = accounts.split('\n').find((candidate) => candidate.startsWith(`${wanted}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  // What Linux gives to "nobody" when no file says so.
  return { uid: 65534, gid: 65534 };
}

/** The first folder that the account can reach; ours is often below a home that is root's alone. */
export async function reachableFolder(preferred: string, account: Account | undefined): Promise<string> {
  if (account === undefined) return preferred;
  for (const folder of [preferred, tmpdir(), '/tmp', '/var/tmp']) {
    if (await reachable(folder)) return folder;
  }
  return preferred;
}

async function reachable(folder: string): Promise<boolean> {
  for (let current = folder; ; current = dirname(current)) {
    const found = await stat(current).catch(() => undefined);
    // 0o001: others may go through.
    if (found === undefined || (found.mode & 0o001) === 0) return false;
    if (current === dirname(current)) return true;
  }
}
