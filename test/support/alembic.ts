import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { temporaryFolder } from './ports.ts';

const run = promisify(execFile);
const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const EXAMPLE = fileURLToPath(new URL('../../examples/alembic-indexes/', import.meta.url));
const BIN = process.platform === 'win32' ? 'Scripts' : 'bin';

/**
 * A PATH on which there is a real alembic: ours when it can import what requirements.txt names, else one in a virtual environment
 * that is made once and kept in the user's cache.
 */
export async function pathWithAlembic(): Promise<string> {
  const path = process.env['PATH'] ?? '';
  if (await complete('alembic', 'python3')) return path;
  return `${join(await virtualEnvironment(), BIN)}${delimiter}${path}`;
}

async function complete(alembic: string, python: string): Promise<boolean> {
  try {
    await Promise.all([run(alembic, ['--version']), run(python, ['-c', 'import alembic, django, psycopg'])]);
    return true;
  } catch {
    return false;
  }
}

async function virtualEnvironment(): Promise<string> {
  const wanted = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex')
    .slice(0, 12);
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir() || tmpdir(), '.cache');
  const folder = join(cache, 'holdpoint-tests', `alembic-${wanted}`);
  const made = join(folder, '.complete');
  const there = await access(made).then(
    () => true,
    () => false,
  );
  if (there) return folder;
  await alone(`${folder}.lock`, made, async () => {
    await run('python3', ['-m', 'venv', '--clear', folder]);
    await run(join(folder, BIN, 'python'), ['-m', 'pip', 'install', '--quiet', '--requirement', REQUIREMENTS], {
      timeout: 120_000,
    });
    await writeFile(made, '');
  });
  return folder;
}

/** A virtual environment knows its own path, so it is made in place; two test files at once would get in each other's way. */
async function alone(lock: string, made: string, work: () => Promise<void>): Promise<void> {
  await mkdir(join(lock, '..'), { recursive: true });
  const mine = await mkdir(lock).then(
    () => true,
    () => false,
  );
  if (mine) return work().finally(() => rm(lock, { recursive: true }));
  for (let waited = 0; waited < 600; waited += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (
      await access(made).then(
        () => true,
        () => false,
      )
    )
      return;
  }
  throw new Error(`Nobody made the virtual environment; remove ${lock} and try again.`);
}

/** A copy of the example's Alembic project that a test may change. */
export interface AlembicProject {
  /** The folder that has `backend/`. */
  readonly directory: string;
  /** Replaces text in the last revision's file; fails when it is not there. */
  change(from: string | RegExp, to: string): Promise<void>;
  /** Adds a revision on top, with the body of its `upgrade`. */
  add(revision: string, after: string, upgrade: string): Promise<void>;
  /** Replaces text in a file, by its path inside `backend/`. */
  changeFile(path: string, from: string | RegExp, to: string): Promise<void>;
}

const LAST = 'migrations/versions/20251124_1151_5403edb1d087_optimise_intervention_plans.py';

export async function alembicProject(): Promise<AlembicProject> {
  const directory = temporaryFolder();
  const backend = join(directory, 'backend');
  await cp(join(EXAMPLE, 'backend'), backend, { recursive: true, filter: (path) => !path.includes('__pycache__') });
  const changeFile = async (path: string, from: string | RegExp, to: string): Promise<void> => {
    const file = join(backend, path);
    const content = await readFile(file, 'utf8');
    const changed = content.replace(from, to);
    if (changed === content) throw new Error(`${path} has no ${String(from)}`);
    await writeFile(file, changed);
  };
  return {
    directory,
    changeFile,
    change: (from, to) => changeFile(LAST, from, to),
    async add(revision, after, upgrade) {
      const lines = [
        `"""${revision}"""`,
        'from alembic import op',
        `revision = "${revision}"`,
        `down_revision = "${after}"`,
        'def upgrade() -> None:',
        ...upgrade.split('\n').map((line) => `    ${line}`),
        'def downgrade() -> None:',
        '    pass',
      ];
      await writeFile(join(backend, 'migrations/versions', `${revision}.py`), `${lines.join('\n')}\n`);
    },
  };
}
