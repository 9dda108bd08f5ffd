import { beforeAll, describe, expect, test } from 'vitest';
import { someoneElse, until } from '../phases/guarded-migration.ts';
import { type AlembicProject, alembicProject, pathWithAlembic } from '../support/alembic.ts';
import { inSession, useServer } from '../support/postgres.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';
import { type GateRequest, type HeldGate, holdGate, itemOf } from './gate.ts';
import { commandLines } from './leftovers.ts';

const without = lacks('python3') || lacks('pg_dump') || (await lacksPostgres());

const PLAN = `version: 1
service: intervention-plans
databases:
  main: { url: "$\{DATABASE_URL}" }
migrate:
  database: main
  run: { tool: alembic, directory: backend }
  backup: { pg_dump: true }
  lock-timeout: 60s
  expect: [backup.size > 0 bytes, backup.age < 1h, duration < 60s]
`;

const CONCURRENTLY = [
  'with op.get_context().autocommit_block():',
  '    op.create_index("ix_title", "intervention_plans", ["title"], postgresql_concurrently=True)',
].join('\n');

describe.skipIf(without)('a database that stays', () => {
  const server = useServer();
  let path: string;
  let project: AlembicProject;
  beforeAll(async () => {
    path = await pathWithAlembic();
  }, 180_000);

  const migrate = (url: string, request: GateRequest = {}): Promise<HeldGate> =>
    holdGate({
      phase: 'migrate',
      event: 'push',
      path,
      checkout: project.directory,
      plan: PLAN,
      ...request,
      env: { DATABASE_URL: url, ...request.env },
    });
  const any = (url: string, query: string) => inSession(url, async (session) => (await session.query(query)).rows.length > 0);
  const SLEEPING = "select 1 from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()";

  test('is backed up, then migrated, then looked at', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    const seen = new Set<string>();
    const gate = await migrate(url, {
      watch: () => {
        for (const line of commandLines()) seen.add(line);
      },
    });
    expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass' } });
    expect(gate.report?.items.map(({ title, state }) => `${title}: ${state}`)).toEqual([
      'Database answers: pass',
      'Backup: pass',
      'Transactions and locks: pass',
      'Migration runs: pass',
      'Database after the migration: pass',
      'Version and limits: pass',
    ]);
    expect(itemOf(gate, 'Backup')?.message).toMatch(
      /^backups\/test_1-\d{8}T\d{6}Z\.dump \(custom\) was read to its end\. SHA-256 [0-9a-f]{64}/,
    );
    for (const text of [everythingShownBy(gate), [...seen].join('\n')]) expect(text).not.toContain(new URL(url).password);
  });

  test('whose job is cancelled while an index is built concurrently that somebody blocks: what is left is told', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    expect((await migrate(url)).exitCode).toBe(0);
    await project.add('aaaaaaaaaaaa', '5403edb1d087', CONCURRENTLY);
    const other = await someoneElse(url, 'nightly-export');
    await other.run('BEGIN');
    await other.run("INSERT INTO intervention_plans (title) VALUES ('a-private-text')");
    let building = false;
    const looking = until(() => any(url, 'select 1 from pg_stat_progress_create_index where lockers_total > 0'), 60_000).then(
      () => {
        setTimeout(() => {
          building = true;
        }, 700);
      },
    );
    const gate = await migrate(url, { cancelWhen: () => building });
    await looking;
    expect(gate.conclusion).toBe('cancelled');
    expect(gate).toMatchObject({ exitCode: 130, outputs: { verdict: 'error', 'reason-code': 'cancelled' } });
    const message = itemOf(gate, 'Migration runs')?.message ?? '';
    expect(message).toContain('The database is at 5403edb1d087.');
    expect(message).toMatch(/held by pid \d+ \(nightly-export as postgres, idle in transaction/);
    expect(message).toContain('It is half applied');
    expect(message).toContain('In the catalog since it began: index public.ix_title added.');
    expect(message).toContain('Left invalid: public.ix_title on intervention_plans');
    expect(JSON.stringify(gate.report)).toContain('DROP INDEX CONCURRENTLY public.ix_title;');
    expect(gate.checkRun?.conclusion).toBe('cancelled');
    expect(gate.checkRun?.output.summary).toContain('Left invalid');
    expect(await any(url, 'select 1 from pg_stat_progress_create_index')).toBe(false);
    expect(everythingShownBy(gate)).not.toContain('a-private-text');
    expect(everythingShownBy(gate)).not.toContain(new URL(url).password);
    await other.end();
  });

  test('that another run migrates is left alone, and that run is named', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    await project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("SELECT pg_sleep(12)")');
    const first = migrate(url, { env: { GITHUB_RUN_ID: '4711' } });
    await until(() => any(url, SLEEPING), 60_000);
    const second = await migrate(url);
    expect(second, second.log).toMatchObject({ exitCode: 3, outputs: { verdict: 'error', 'reason-code': 'migration_locked' } });
    expect(itemOf(second, 'Migration runs')?.message).toMatch(
      /the lock is held by pid \d+ \(application_name holdpoint migrate, run \d+ \([0-9a-f]{6}\) lock, user postgres/,
    );
    expect((await first).outputs['verdict']).toBe('pass');
  });

  test('whose migration fails half-way outside a transaction: what applied is told from its catalog', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    await project.add('aaaaaaaaaaaa', '5403edb1d087', `${CONCURRENTLY}\nop.execute("ALTER TABLE absent ADD COLUMN a int")`);
    const gate = await migrate(url);
    expect(gate, gate.log).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail', 'reason-code': 'migration_failed' } });
    const message = itemOf(gate, 'Migration runs')?.message ?? '';
    expect(message).toContain('relation "absent" does not exist');
    expect(message).toMatch(/In the catalog since it began: .*table public\.intervention_plans added/);
    expect(gate.checkRun?.output.summary).toContain('absent');
    expect(everythingShownBy(gate)).not.toContain(new URL(url).password);
  });
});

function everythingShownBy({ log, summary, html, report, github, outputs }: HeldGate): string {
  return [log, summary, html, JSON.stringify([report, github.state.checkRuns, github.state.statuses, outputs])].join('\n');
}
