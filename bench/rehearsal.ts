import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { alembic } from '../src/database/migrations/alembic.ts';
import { command } from '../src/database/migrations/command.ts';
import { startThrowaway } from '../src/database/throwaway.ts';
import { testPorts } from '../test/support/ports.ts';
import { rehearseMigration } from '../test/support/rehearsal.ts';
import { ROOT } from './bundle.ts';
import type { Figure } from './figures.ts';
import { isThere } from './is-there.ts';

const REVISIONS = 10;
const FILES = 1000;

/** How long a throwaway PostgreSQL takes to its first answer. */
export async function readyFigure(): Promise<Figure> {
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const throwaway = await startThrowaway(testPorts({ directory: ROOT }), { engine: 'postgresql' });
    times.push(throwaway.readyMs);
    await throwaway.stop();
  }
  times.sort((a, b) => a - b);
  const [first = 0, , median = 0, , last = 0] = times;
  return { name: 'throwaway PostgreSQL, ready', value: median, unit: 'ms', spread: [first, last], limit: 1500 };
}

/**
 * A whole rehearsal of ten Alembic revisions (server, up, x-ray, down, up, all comparisons), as a part of its budget: 1.5 × the time that
 * Alembic alone takes for up, down and up, plus 2 s. Needs alembic with psycopg on PATH.
 */
export async function rehearsalFigure(): Promise<Figure | readonly Figure[]> {
  if (!isThere('alembic')) {
    console.log('alembic is not on PATH: the rehearsal is not measured.');
    return [];
  }
  const directory = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  try {
    tenRevisions(directory);
    const binding = alembic.bind({ directory: 'backend' });
    if ('issues' in binding) throw new Error('The spec must be accepted.');
    const parts: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const throwaway = await startThrowaway(testPorts({ directory: ROOT }), { engine: 'postgresql' });
      const alone = timed(() => {
        for (const args of [
          ['upgrade', 'head'],
          ['downgrade', 'base'],
          ['upgrade', 'head'],
        ])
          execFileSync('alembic', args, {
            cwd: join(directory, 'backend'),
            env: { ...process.env, DATABASE_URL: throwaway.url },
            stdio: 'ignore',
          });
      });
      await throwaway.stop();
      const began = performance.now();
      const { state } = await rehearseMigration({ directory, tool: binding.bound });
      const whole = performance.now() - began;
      if (state('rehearsal-up') !== 'pass criteria_met') throw new Error(`The rehearsal ended with ${state('rehearsal-up')}.`);
      parts.push(whole / (1.5 * alone + 2000));
    }
    parts.sort((a, b) => a - b);
    const [first = 0, median = 0, last = 0] = parts;
    return {
      name: `rehearsal of ${REVISIONS} Alembic revisions, against 1.5 × Alembic's own time + 2 s`,
      value: median,
      unit: '×',
      spread: [first, last],
      limit: 1,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function tenRevisions(directory: string): void {
  const backend = join(directory, 'backend');
  cpSync(join(ROOT, 'examples/alembic-indexes/backend'), backend, {
    recursive: true,
    filter: (path) => !/__pycache__|versions\/./.test(path),
  });
  for (let n = 1; n <= REVISIONS; n += 1) {
    const lines = [
      `"""table ${n}"""`,
      'from alembic import op',
      `revision = "r${n}"`,
      `down_revision = ${n === 1 ? 'None' : `"r${n - 1}"`}`,
      'def upgrade() -> None:',
      `    op.execute("create table t${n} (id int primary key, name text)")`,
      `    op.execute("create index t${n}_name on t${n} (name)")`,
      'def downgrade() -> None:',
      `    op.execute("drop table t${n}")`,
    ];
    writeFileSync(join(backend, 'migrations/versions', `r${n}.py`), `${lines.join('\n')}\n`);
  }
}

/**
 * An x-ray of 1,000 SQL files, each run by psql on a server of its own, against squawk, which reads them. The one finds what happens, the
 * other what is written; there is no limit, since running is more work than reading.
 */
export async function findingsFigure(): Promise<Figure> {
  const directory = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  try {
    mkdirSync(join(directory, 'migrations'));
    const tables = Array.from({ length: 100 }, (_, n) => `create table t${n} (id int primary key, a text, b text);`);
    writeFileSync(
      join(directory, 'base.sql'),
      `${tables.join('\n')}\ncreate table schema_migrations (version text primary key);\n`,
    );
    const names = Array.from({ length: FILES }, (_, n) => `${1000 + n}_change.sql`);
    for (const [n, name] of names.entries()) writeFileSync(join(directory, 'migrations', name), `${statementOf(n)}\n`);
    const args = names.flatMap((name) => [
      `-f migrations/${name}`,
      `-c "insert into schema_migrations values ('${name.replace('.sql', '')}')"`,
    ]);
    writeFileSync(join(directory, 'migrate.sh'), `psql -XqAt -v ON_ERROR_STOP=1 -d "$DATABASE_URL" ${args.join(' ')}\n`);
    const binding = command.bind({
      run: 'bash migrate.sh',
      version: { query: 'select version from schema_migrations order by 1' },
    });
    if ('issues' in binding) throw new Error('The spec must be accepted.');
    const began = performance.now();
    const { item } = await rehearseMigration({
      directory,
      tool: binding.bound,
      rehearsal: { schema: 'base.sql', undo: false },
    });
    const ours = performance.now() - began;
    const found = item('x-ray').judgements.length;
    const watching = item('x-ray').durationMs ?? 0;
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
    const own = `x-ray of ${FILES} SQL files, server and psql included (${found} findings in ${seconds(ours)}, of which ${seconds(watching)} after the run)`;
    // Not among our dependencies: the registry has not all of its platforms' packages, so `npm ci` could not install it.
    if (!isThere('squawk')) {
      return { name: `${own}; squawk is not on PATH, so nothing to compare with`, value: ours / 1000, unit: 's' };
    }
    const files = names.map((name) => join('migrations', name));
    let said = '';
    const theirs = timed(() => {
      said = spawnSync('squawk', ['--reporter', 'json', ...files], {
        cwd: directory,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      }).stdout;
    });
    const theirFindings = said.split('"rule_name"').length - 1;
    return {
      name: `${own}, against squawk reading them (${theirFindings} in ${seconds(theirs)})`,
      value: ours / theirs,
      unit: '×',
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Half of them harmless. */
function statementOf(n: number): string {
  const table = `t${n % 100}`;
  const forms = [
    `create index ix_${n} on ${table} (a);`,
    `create index concurrently ix_${n} on ${table} (b);`,
    `set lock_timeout = '1s';\nalter table ${table} add column c${n} text;`,
    `set lock_timeout = '1s';\nalter table ${table} add constraint k${n} check (id > -${n + 1});`,
  ];
  return forms[n % forms.length] ?? '';
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}
