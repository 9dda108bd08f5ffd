import { randomBytes } from 'node:crypto';
import { lstat, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Ports } from '../../runner/ports.ts';

const FETCH = 'Give `fetch-depth: 0` to actions/checkout, so that the base branch’s history is there.';

/** What installs beside the files that git has, and that a migration tool needs all the same. */
const INSTALLED = ['node_modules', '.venv', 'venv', 'vendor'];

/** The repository at the commit that the change started from, in a folder of its own. */
export interface BaseCheckout {
  readonly directory: string;
  /** The merge base's commit. */
  readonly commit: string;
}

/**
 * Works in a checkout of the merge base, and removes it.
 *
 * @param branch the branch that the change goes into; by default the one that the event names.
 * @throws MeasurementError when git does not have the history.
 */
export async function inBaseCheckout<Result>(
  branch: string | undefined,
  ports: Ports,
  work: (checkout: BaseCheckout) => Promise<Result>,
): Promise<Result> {
  const commit = await mergeBase(branch ?? ports.env['GITHUB_BASE_REF'], ports);
  const directory = join(ports.temporaryDirectory, `holdpoint-base-${randomBytes(6).toString('hex')}`);
  // A run that is stopped must still tidy up, so these go without its signal.
  const lasting = { ...ports, signal: AbortSignal.timeout(60_000) };
  try {
    await git(['worktree', 'add', '--detach', '--quiet', directory, commit], ports);
    await linkInstalled(ports.directory, directory, 3);
    return await work({ directory, commit });
  } finally {
    await git(['worktree', 'remove', '--force', directory], lasting).catch(() => undefined);
    await rm(directory, { recursive: true, force: true });
    await git(['worktree', 'prune'], lasting).catch(() => undefined);
  }
}

async function mergeBase(branch: string | undefined, ports: Ports): Promise<string> {
  if (branch === undefined || branch === '') {
    throw new MeasurementError(
      'not_found',
      'The base branch is not known: the event names none. Say it in the plan: `rehearsal: { from: main }`.',
    );
  }
  for (const ref of [`refs/remotes/origin/${branch}`, `refs/heads/${branch}`]) {
    const known = await git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], ports).catch(() => undefined);
    if (known === undefined) continue;
    const commit = await git(['merge-base', 'HEAD', ref], ports).catch(() => undefined);
    if (commit !== undefined && commit !== '') return commit;
    throw new MeasurementError(
      'not_found',
      `The checkout and ${branch} have no commit in common here: the history is cut off. ${FETCH}`,
    );
  }
  throw new MeasurementError('not_found', `The base branch ${branch} is not in this checkout. ${FETCH}`);
}

async function git(args: readonly string[], { exec, directory, signal }: Ports): Promise<string> {
  const { exitCode, stdout, stderr } = await exec({ file: 'git', args, cwd: directory, signal });
  if (exitCode === 0) return stdout.trim();
  throw new MeasurementError('command_failed', `git ${args[0]} failed: ${stderr.trim().split('\n').at(-1) ?? ''}`);
}

async function linkInstalled(from: string, to: string, depth: number): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (INSTALLED.includes(entry.name)) {
      const there = await lstat(target).catch(() => undefined);
      if (there === undefined && (await lstat(to).catch(() => undefined)) !== undefined)
        await symlink(source, target, 'junction');
    } else if (entry.isDirectory() && entry.name !== '.git' && depth > 1) {
      await linkInstalled(source, target, depth - 1);
    }
  }
}
