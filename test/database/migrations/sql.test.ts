import { describe, expect, test } from 'vitest';
import { sql as tool } from '../../../src/database/migrations/sql.ts';
import { sqlStatements } from '../../../src/database/migrations/sql-statements.ts';
import { boundTool, type Project, projectWith, type Running, running } from '../../support/migration-tools.ts';
import { inSession, sql, useServer } from '../../support/postgres.ts';

const server = useServer();

interface Prepared extends Running {
  readonly project: Project;
  readonly url: string;
}

async function prepare(files: Readonly<Record<string, string>> = {}): Promise<Prepared> {
  const project = await projectWith({
    'migrations/1_users.sql': 'CREATE TABLE users (id int);\n-- down\nDROP TABLE users;',
    'migrations/2_email.up.sql': 'ALTER TABLE users ADD COLUMN email text;',
    'migrations/2_email.down.sql': 'ALTER TABLE users DROP COLUMN email;',
    'migrations/10_index.sql': 'CREATE INDEX CONCURRENTLY ix ON users (email);\n-- down\nDROP INDEX CONCURRENTLY ix;',
    ...files,
  });
  const url = await server.newDatabase();
  return { project, url, ...running(boundTool(tool, {}), { directory: project.directory, databaseUrl: url }) };
}

describe('plain SQL files', () => {
  test('run in the order of their numbers, and are undone in the other', async () => {
    const { migrate, down, state } = await prepare();
    expect((await state()).pending?.map(({ version }) => version)).toEqual(['1_users', '2_email', '10_index']);
    expect(await migrate()).toMatchObject({ state: 'pass', measurements: { migrations: { value: { amount: 3 } } } });
    expect(await migrate()).toMatchObject({ message: 'Nothing to apply: the database is at 10_index.' });
    await down({ steps: 1 });
    expect((await state()).current).toEqual(['2_email']);
    expect(await down({ to: '1_users' })).toMatchObject({ exitCode: 0, migrations: [{ name: '2_email.up.sql' }] });
    expect(await down({ to: 'zero' })).toMatchObject({ exitCode: 0 });
    expect((await state()).current).toEqual([]);
  });

  test('one that fails leaves nothing of itself, and says where', async () => {
    const { migrate, state } = await prepare({
      'migrations/3_bad.sql': 'CREATE TABLE half (id int);\n\nALTER TABLE absent ADD COLUMN a int;',
    });
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('3_bad.sql:3: relation "absent" does not exist');
    expect(outcome.message).toContain('Applied: 1_users.sql; 2_email.up.sql. Not applied: 3_bad.sql; 10_index.sql.');
    expect((await state()).dirty).toBeUndefined();
  });

  test('one that fails half-way outside of a transaction is dirty until somebody has looked', async () => {
    const { migrate, url } = await prepare({
      'migrations/3_half.sql': '-- holdpoint: no transaction\nCREATE TABLE half (id int);\nSELECT 1/0;',
    });
    expect((await migrate()).message).toContain('3_half began and did not end well');
    const again = await migrate();
    expect(again).toMatchObject({ state: 'fail', reason: 'dirty_state' });
    expect(again.message).toContain("DELETE FROM holdpoint_migrations WHERE version = '3_half'");
    await sql(url, 'DROP TABLE half', "DELETE FROM holdpoint_migrations WHERE version = '3_half'");
    expect(await migrate()).toMatchObject({ reason: 'migration_failed' });
  });

  test('a concurrent build that fails leaves its invalid index, so it is half done', async () => {
    const { migrate } = await prepare({
      'migrations/3_rows.sql': "INSERT INTO users VALUES (1, 'a'), (1, 'a');",
      'migrations/4_unique.sql': 'CREATE UNIQUE INDEX CONCURRENTLY uq ON users (id);',
    });
    const outcome = await migrate();
    expect(outcome.message).toContain('could not create unique index "uq"');
    expect(outcome.message).toContain('4_unique began and did not end well');
  });

  test('notices of the server are warnings', async () => {
    const { migrate } = await prepare({ 'migrations/11_again.sql': 'CREATE INDEX IF NOT EXISTS ix ON users (email);' });
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'pass', measurements: { warnings: { value: { amount: 1 } } } });
    expect(JSON.stringify(outcome.evidence)).toContain('NOTICE: relation \\"ix\\" already exists, skipping');
  });

  test('one that was changed after it was applied is refused', async () => {
    const { migrate, project } = await prepare();
    await migrate();
    await project.write('migrations/1_users.sql', 'CREATE TABLE users (id bigint);');
    await project.write('migrations/11_more.sql', 'SELECT 1;');
    expect((await migrate()).message).toContain('1_users.sql was changed after it had been applied');
  });

  test('a row that somebody took from the table is told as pending work, not as done', async () => {
    const { migrate, url } = await prepare();
    await migrate();
    await sql(url, "DELETE FROM holdpoint_migrations WHERE version = '1_users'");
    expect(await migrate()).toMatchObject({ reason: 'migration_failed', message: expect.stringContaining('already exists') });
  });

  test('a transaction of its own is refused, with what to write', async () => {
    const { migrate } = await prepare({ 'migrations/3_own.sql': 'BEGIN;\nCREATE TABLE own (id int);\nCOMMIT;' });
    expect((await migrate()).message).toContain('Leave them out');
  });

  test('one without a way back is named, and nothing is undone', async () => {
    const { migrate, down, state } = await prepare({ 'migrations/11_data.sql': 'SELECT 1;' });
    expect((await migrate()).message).toContain('Cannot be undone: 11_data.sql.');
    await expect(down({ steps: 2 })).rejects.toMatchObject({ reason: 'unsupported' });
    expect((await state()).current).toEqual(['11_data']);
  });

  test('is stopped in the server too, and another run is kept out meanwhile', async () => {
    const { migrate, url } = await prepare({ 'migrations/3_slow.sql': 'SELECT pg_sleep(60);' });
    const stop = new AbortController();
    const slow = migrate({
      signal: stop.signal,
      onProgress: (text) => void (text === '3_slow.sql' && setTimeout(() => stop.abort(new Error('enough')), 1500)),
    });
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect((await migrate()).message).toContain('another run migrates this database now');
    const outcome = await slow;
    expect(outcome).toMatchObject({ state: 'error', message: expect.stringContaining('Not applied: 3_slow.sql; 10_index.sql.') });
    const { rows } = await inSession(url, (session) =>
      session.query(
        "SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()",
      ),
    );
    expect(rows).toEqual([{ n: 0 }]);
  });
});

describe('statements of a SQL file', () => {
  const texts = (text: string) => sqlStatements(text).map((statement) => statement.text);

  test.each([
    ["SELECT ';'; SELECT 2", ["SELECT ';'", 'SELECT 2']],
    ['SELECT "a;b" -- no; comment\n; SELECT 2;', ['SELECT "a;b" -- no; comment', 'SELECT 2']],
    ['/* a; /* b; */ c; */ SELECT 1;;', ['/* a; /* b; */ c; */ SELECT 1']],
    ['DO $x$ BEGIN PERFORM 1; END $x$; SELECT $1', ['DO $x$ BEGIN PERFORM 1; END $x$', 'SELECT $1']],
    ["SELECT E'it\\'s; '; SELECT 2", ["SELECT E'it\\'s; '", 'SELECT 2']],
    [
      'CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; SELECT 2',
      ['CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END', 'SELECT 2'],
    ],
    [
      'CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3',
      ['CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)', 'SELECT 3'],
    ],
    ['-- nothing\n\n', []],
  ])('%j', (text, expected) => {
    expect(texts(text)).toEqual(expected);
  });

  test('know the line that they begin in', () => {
    expect(sqlStatements('SELECT 1;\n\n-- two\nSELECT 2').map(({ line }) => line)).toEqual([1, 3]);
  });
});
