import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { alembic } from '../../src/database/migrations/alembic.ts';
import type { BoundMigrationTool, MigrationContext } from '../../src/database/migrations/tool.ts';
import { alembicProject, pathWithAlembic } from '../support/alembic.ts';
import { rehearseMigration } from '../support/rehearsal.ts';
import { addSqlMigrations, sqlMigrations, sqlTool } from '../support/sql-migrations.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';

const without = (await lacksPostgres()) || lacks('psql');
const GOOD = { '1_users.up': 'create table users (id int primary key, name text);', '1_users.down': 'drop table users;' };
const WITHOUT_XRAY = { seed: [], rows: {}, undo: true };

describe.skipIf(without)('up, down and up again of plain SQL', () => {
  test('passes when each restores what was there', async () => {
    const directory = await sqlMigrations({
      ...GOOD,
      '2_ix.up': 'create index u on users (name);',
      '2_ix.down': 'drop index u;',
    });
    const { items, item } = await rehearseMigration({ directory, tool: sqlTool(), rehearsal: WITHOUT_XRAY });
    expect(items.filter(({ id }) => id !== 'x-ray').map(({ id, state }) => `${id} ${state}`)).toEqual([
      'migrate-database pass',
      'rehearsal-base pass',
      'migrate-run pass',
      'rehearsal-down pass',
      'rehearsal-up pass',
    ]);
    expect(item('rehearsal-base').message).toBe('An empty database.');
    expect(item('rehearsal-down').message).toMatch(/^2 migrations undone in /);
  });

  test('fails when `down` leaves something behind, and lists what', async () => {
    const directory = await sqlMigrations({
      ...GOOD,
      '2_more.up': "create type mood as enum ('good', 'bad'); alter table users add column mood mood;",
      '2_more.down': 'alter table users drop column mood;',
    });
    await writeFile(join(directory, 'base.sql'), 'create table other (id int);');
    const { state, item } = await rehearseMigration({ directory, tool: sqlTool(), rehearsal: { schema: 'base.sql' } });
    expect(state('rehearsal-down')).toBe('fail not_restored');
    expect(item('rehearsal-down').message).toContain('1 object differs from before the migration, first enum public.mood.');
    expect(item('rehearsal-down').evidence[0]).toMatchObject({ rows: [['enum public.mood', '(absent)', 'good, bad']] });
    expect(state('rehearsal-up')).toBe('fail migration_failed');
    expect(item('rehearsal-up').message).toContain('type "mood" already exists');
  });

  test('fails when doing it again gives another schema', async () => {
    const directory = await sqlMigrations({
      '1_users.up': 'create table if not exists users (id int primary key); create table if not exists extra (n int);',
      '1_users.down': 'alter table users add column old int; drop table extra;',
    });
    const { state } = await rehearseMigration({ directory, tool: sqlTool(), rehearsal: WITHOUT_XRAY });
    expect(state('rehearsal-down')).toBe('fail not_restored');
    expect(state('rehearsal-up')).toBe('fail not_restored');
  });

  test('warns of a migration without `down`, and keeps its name', async () => {
    const directory = await sqlMigrations({ '1_users.up': 'create table users (id int primary key);' });
    const { state, item } = await rehearseMigration({ directory, tool: sqlTool(), rehearsal: WITHOUT_XRAY });
    expect(state('rehearsal-down')).toBe('warn irreversible');
    expect(item('rehearsal-down').measurements).toEqual({ irreversible: { value: { kind: 'text', text: '1_users' } } });
    expect(state('rehearsal-up')).toBe('skipped not_applicable');
  });

  test('is skipped with the names where the plan knows no way down', async () => {
    const directory = await sqlMigrations(GOOD);
    const { state, item } = await rehearseMigration({ directory, tool: sqlTool({ down: false }), rehearsal: WITHOUT_XRAY });
    expect(state('rehearsal-down')).toBe('skipped irreversible');
    expect(item('rehearsal-down').measurements['irreversible']).toMatchObject({ value: { text: '1_users' } });
  });

  test('does not undo a migration that failed half-way', async () => {
    const directory = await sqlMigrations({ ...GOOD, '2_bad.up': 'alter table nope add column a int;' });
    const { state } = await rehearseMigration({ directory, tool: sqlTool(), rehearsal: WITHOUT_XRAY });
    expect(state('migrate-run')).toBe('fail migration_failed');
    expect(state('rehearsal-down')).toBe('skipped needs_unmet');
    expect(state('x-ray')).toBe('skipped needs_unmet');
  });

  test('changes nothing in a dry run', async () => {
    const { items } = await rehearseMigration({ directory: await sqlMigrations(GOOD), tool: sqlTool(), dryRun: true });
    expect(items.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'migrate-database pass',
      'rehearsal-base skipped',
      'migrate-run skipped',
    ]);
  });

  test('without a database in the plan is for pull requests only', async () => {
    const rehearse = (event: string) =>
      sqlMigrations(GOOD).then((directory) =>
        rehearseMigration({ directory, tool: sqlTool(), event, dryRun: true, rehearsal: { assumed: true } }),
      );
    await expect(rehearse('push')).rejects.toThrow('this run is a push. Add `database:`.');
    expect((await rehearse('pull_request')).state('migrate-database')).toBe('pass criteria_met');
  });

  test('speaks Portuguese', async () => {
    const { item } = await rehearseMigration({ directory: await sqlMigrations(GOOD), tool: sqlTool(), locale: 'pt-BR' });
    expect(item('rehearsal-base')).toMatchObject({ title: 'Estado antes da migração', message: 'Um banco vazio.' });
    expect(item('rehearsal-down').message).toMatch(/^1 migração desfeita em /);
  });
});

describe.skipIf(without)('the state before', () => {
  test('has rows from a file and rows made up, parents first', async () => {
    const directory = await sqlMigrations({
      '2_key.up': 'alter table plans add column a int;',
      '2_key.down': 'alter table plans drop column a;',
    });
    await writeFile(
      join(directory, 'base.sql'),
      `create type mood as enum ('good', 'bad');
       create table teams (id int primary key, name varchar(8) unique not null);
       create table plans (id bigint generated always as identity primary key, team int not null references teams, title text not null,
         status text not null check (status in ('open', 'done')), mood mood not null, at timestamptz not null, ok bool not null,
         price numeric(5, 2) not null, data jsonb, token uuid unique, tags text[], score int check (score > 0));`,
    );
    await writeFile(join(directory, 'seed.sql'), "insert into teams values (1000000, 'first');");
    const check =
      "do $$ begin if (select count(*) from plans) <> 5000 or (select count(distinct status) from plans) <> 2 then raise 'wrong'; end if; end $$;";
    await addSqlMigrations(directory, { '3_check.up': check, '3_check.down': check });
    const { state, item } = await rehearseMigration({
      directory,
      tool: sqlTool(),
      rehearsal: { ...WITHOUT_XRAY, schema: 'base.sql', seed: ['seed.sql'], rows: { plans: 5000, teams: 100 } },
    });
    expect(item('rehearsal-base').message).toBe('Schema from base.sql. Rows from seed.sql. Rows made up: plans 5000, teams 100.');
    expect(state('migrate-run')).toBe('pass task_done');
    expect(state('rehearsal-up')).toBe('pass criteria_met');
  });

  test.each([
    ['a constraint that no made-up row keeps', 'create table t (a int check (a < 0));', 'violates check constraint "t_a_check"'],
    ['a type that cannot be made up', 'create table t (a point not null);', 't.a of type point. Fill the table by `seed`.'],
    [
      'a parent without rows',
      'create table p (id int primary key); create table t (p int not null references p);',
      'Add `p` to `rows`',
    ],
    ['a table that is not there', 'create table other (a int);', '`rows` names the table t, which is not there'],
  ])('refuses rows for %s', async (_, schema, message) => {
    const directory = await sqlMigrations(GOOD);
    await writeFile(join(directory, 'base.sql'), schema);
    const { item, state } = await rehearseMigration({
      directory,
      tool: sqlTool(),
      rehearsal: { ...WITHOUT_XRAY, schema: 'base.sql', rows: { t: 10 } },
    });
    expect(item('rehearsal-base').state).toBe('error');
    expect(item('rehearsal-base').message).toContain(message);
    expect(state('migrate-run')).toBe('skipped needs_unmet');
  });

  test('is the base branch’s, and only what the change adds is x-rayed', async () => {
    const lock = "set lock_timeout = '2s';\n";
    const directory = await sqlMigrations({ ...GOOD, '2_ix.up': `${lock}create index u on users (name);` });
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: directory, stdio: 'pipe' });
    git('init', '--quiet', '--initial-branch', 'main');
    git('add', '.');
    git('commit', '--quiet', '--message', 'base');
    git('checkout', '--quiet', '-b', 'change');
    await addSqlMigrations(directory, { '3_ix.up': `${lock}create index v on users (id, name);`, '3_ix.down': 'drop index v;' });
    git('add', '.');
    git('commit', '--quiet', '--message', 'change');
    const { items, item, findings, state } = await rehearseMigration({
      directory,
      tool: sqlTool(),
      rehearsal: { from: {} },
      env: { GITHUB_BASE_REF: 'main' },
    });
    expect(item('rehearsal-base').message, JSON.stringify(items)).toMatch(/^2 migrations of the base, [0-9a-f]{7}\.$/);
    expect(item('migrate-run').message).toContain('1 migration in');
    expect(findings).toEqual(['index-not-concurrent']);
    expect(state('rehearsal-down')).toBe('pass criteria_met');
    expect(git('worktree', 'list').toString().trim().split('\n')).toHaveLength(1);
  });

  test('of a base whose history is not there says how to fetch it', async () => {
    const directory = await sqlMigrations(GOOD);
    execFileSync('git', ['init', '--quiet', '--initial-branch', 'change'], { cwd: directory });
    const { state, item } = await rehearseMigration({ directory, tool: sqlTool(), rehearsal: { from: { branch: 'main' } } });
    expect(state('rehearsal-base')).toBe('error not_found');
    expect(item('rehearsal-base').message).toContain('`fetch-depth: 0`');
  });
});

describe.skipIf(without)('a real Alembic', () => {
  let path: string;
  beforeAll(async () => {
    path = await pathWithAlembic();
  }, 180_000);
  const tool = (): BoundMigrationTool => {
    const binding = alembic.bind({ directory: 'backend' });
    if ('issues' in binding) throw new Error('The spec must be accepted.');
    return binding.bound;
  };

  test('goes up, down and up; each finding stands at its revision’s file', async () => {
    const { directory, add } = await alembicProject();
    await add('aaaaaaaaaaaa', '5403edb1d087', 'op.create_index("ix_title", "intervention_plans", ["title"])');
    const { item, state } = await rehearseMigration({ directory, tool: tool(), path });
    expect(state('migrate-run')).toBe('pass task_done');
    const finding = item('x-ray').judgements.find(({ detail }) => detail?.includes('ix_title'));
    expect(finding?.detail).toBe(
      'blocks writes to intervention_plans while it builds the index ix_title (aaaaaaaaaaaa, aaaaaaaaaaaa)',
    );
    expect(finding?.position).toMatchObject({ file: 'backend/migrations/versions/aaaaaaaaaaaa.py', line: 6 });
    expect(state('rehearsal-down')).toBe('pass criteria_met');
  });

  test('whose `downgrade` restores nothing is found', async () => {
    const { directory, add } = await alembicProject();
    await add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("create sequence numbers")');
    const { state, item } = await rehearseMigration({ directory, tool: tool(), path, rehearsal: WITHOUT_XRAY });
    expect(state('rehearsal-down')).toBe('fail not_restored');
    expect(item('rehearsal-down').message).toContain('sequence public.numbers');
  });

  test('whose `downgrade` refuses is irreversible', async () => {
    const { directory, add, changeFile } = await alembicProject();
    await add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("select 1")');
    const file = 'migrations/versions/aaaaaaaaaaaa.py';
    await changeFile(file, /def downgrade[\s\S]*/, 'def downgrade() -> None:\n    raise NotImplementedError("data is gone")\n');
    const { state, item } = await rehearseMigration({ directory, tool: tool(), path, rehearsal: WITHOUT_XRAY });
    expect(state('rehearsal-down')).toBe('warn irreversible');
    expect(item('rehearsal-down').measurements['irreversible']).toMatchObject({ value: { text: 'aaaaaaaaaaaa, aaaaaaaaaaaa' } });
  });
});

describe('on PGlite', () => {
  test('the x-ray says what it cannot see, and never passes', async () => {
    // psql and PGlite’s one session go together badly, so the tool is a small one of our own.
    const directory = await sqlMigrations({});
    await writeFile(join(directory, 'base.sql'), 'create table users (id int primary key, name text);');
    const { state, item, findings } = await rehearseMigration({
      directory,
      tool: inSession("set lock_timeout = '1s'; create index u on users (name)", 'drop index u'),
      rehearsal: { schema: 'base.sql' },
      engine: 'pglite',
      // Without psql the file is run statement by statement.
      path: '/nowhere',
    });
    expect(state('rehearsal-base')).toBe('pass criteria_met');
    expect(findings).toEqual(['index-not-concurrent']);
    expect(item('x-ray').message).toContain('Install PostgreSQL to see all.');
    expect(state('rehearsal-up')).toBe('pass criteria_met');
  }, 60_000);

  test('a dump with commands of psql is refused by name', async () => {
    const directory = await sqlMigrations({});
    await writeFile(join(directory, 'base.sql'), '\\restrict abc\n\ncreate table users (id int);');
    const { item } = await rehearseMigration({
      directory,
      tool: inSession('select 1', 'select 1'),
      rehearsal: { schema: 'base.sql' },
      engine: 'pglite',
      path: '/nowhere',
    });
    expect(item('rehearsal-base').message).toBe(
      'base.sql:1 has the psql command \\restrict, which only psql can run. Install psql (postgresql-client), or take it out of the file.',
    );
  }, 60_000);
});

/** A tool with one migration, whose version is whether the index is there. */
function inSession(up: string, down: string): BoundMigrationTool {
  const run = async (sql: string, url: string) => {
    const { sql: send } = await import('../support/postgres.ts');
    await send(url, ...sql.split(';'));
    return { durationMs: 1, migrations: [{ name: '1' }], warningCount: 0, warnings: [], output: '', exitCode: 0 };
  };
  const current = async ({ databaseUrl }: MigrationContext): Promise<readonly string[]> => {
    const { inSession: work } = await import('../support/postgres.ts');
    const { rows } = await work(databaseUrl, (session) => session.query("select 1 from pg_class where relname = 'u'"));
    return rows.length === 0 ? [] : ['1'];
  };
  return {
    name: 'test',
    description: 'test',
    heads: async () => undefined,
    files: async () => undefined,
    state: async (context) => ({ current: await current(context), heads: undefined, migrations: undefined, pending: undefined }),
    current,
    apply: ({ databaseUrl }) => run(up, databaseUrl),
    down: (_, { databaseUrl }) => run(down, databaseUrl),
  };
}
