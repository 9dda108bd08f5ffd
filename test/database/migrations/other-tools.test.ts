import { describe, expect, test, vi } from 'vitest';
import { flyway } from '../../../src/database/migrations/flyway.ts';
import { golangMigrate } from '../../../src/database/migrations/golang-migrate.ts';
import { liquibase } from '../../../src/database/migrations/liquibase.ts';
import { boundTool, lacksTool, type Project, projectWith, type Running, running } from '../../support/migration-tools.ts';
import { sql, useServer } from '../../support/postgres.ts';

// Each call of Flyway or Liquibase starts a Java machine.
vi.setConfig({ testTimeout: 180_000 });

const server = useServer();
const ABSENT = 'ALTER TABLE absent ADD COLUMN a int;';

interface Prepared extends Running {
  readonly project: Project;
  readonly url: string;
}

describe.skipIf(lacksTool('migrate'))('golang-migrate', () => {
  async function prepare(): Promise<Prepared> {
    const project = await projectWith({
      'migrations/000001_users.up.sql': 'CREATE TABLE users (id int);',
      'migrations/000001_users.down.sql': 'DROP TABLE users;',
      'migrations/000002_email.up.sql': 'ALTER TABLE users ADD COLUMN email text;',
      'migrations/000002_email.down.sql': 'ALTER TABLE users DROP COLUMN email;',
    });
    const url = await server.newDatabase();
    return { project, url, ...running(boundTool(golangMigrate, {}), { directory: project.directory, databaseUrl: url }) };
  }

  test('migrates, times each, undoes, and has the password in no argument', async () => {
    const { migrate, down, state, argv, url } = await prepare();
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'pass', measurements: { version: { value: { text: '2' } } } });
    expect(outcome.evidence?.[0]).toMatchObject({
      rows: [
        ['1/u users', expect.any(String)],
        ['2/u email', expect.any(String)],
      ],
    });
    expect((await migrate()).message).toContain('Nothing to apply');
    expect(await down({ to: '1' })).toMatchObject({ exitCode: 0, migrations: [{ name: '2/d email' }] });
    expect(await state()).toMatchObject({ current: ['1'], pending: [{ version: '2' }] });
    await down({ steps: 1 });
    expect((await state()).current).toEqual([]);
    expect(argv.join('\n')).not.toContain(new URL(url).password);
  });

  test('that fails is dirty, and nothing runs before somebody has looked', async () => {
    const { migrate, project } = await prepare();
    await project.write('migrations/000003_bad.up.sql', ABSENT);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('relation "absent" does not exist');
    expect(outcome.message).toContain('says that 3 began and did not end well');
    const again = await migrate();
    expect(again).toMatchObject({ state: 'fail', reason: 'dirty_state', message: expect.stringContaining('migrate force') });
  });

  test('that passes over an older file is found out', async () => {
    const { migrate, project, url } = await prepare();
    await migrate();
    await project.write('migrations/000003_more.up.sql', 'SELECT 1;');
    await sql(url, 'UPDATE schema_migrations SET version = 7');
    expect(await migrate()).toMatchObject({ state: 'fail' });
  });

  test('that ends well behind a script that does nothing is not believed', async () => {
    const { project, url } = await prepare();
    const lying = running(boundTool(golangMigrate, { command: ['true'] }), { directory: project.directory, databaseUrl: url });
    expect(await lying.migrate()).toMatchObject({ state: 'fail', reason: 'tool_disagrees' });
  });
});

describe.skipIf(lacksTool('flyway'))('Flyway', () => {
  async function prepare(): Promise<Prepared> {
    const project = await projectWith({
      'flyway.conf': 'flyway.locations=filesystem:sql',
      'sql/V1__users.sql': 'CREATE TABLE users (id int);',
      'sql/V2__email.sql': 'ALTER TABLE users ADD COLUMN email text;',
      'sql/R__view.sql': 'CREATE OR REPLACE VIEW v AS SELECT id FROM users;',
    });
    const url = await server.newDatabase();
    return { project, url, ...running(boundTool(flyway, {}), { directory: project.directory, databaseUrl: url }) };
  }

  test('migrates, and its table has the time of each', async () => {
    const { migrate, state, down, argv, url } = await prepare();
    expect((await state()).pending?.map(({ version }) => version)).toEqual(['1', '2', 'R: view']);
    const outcome = await migrate();
    expect(outcome.message).toContain('3 migrations');
    expect(outcome).toMatchObject({ state: 'pass', measurements: { version: { value: { text: '2' } } } });
    expect(outcome.evidence?.[0]).toMatchObject({
      rows: [
        ['1', expect.stringMatching(/ s$/)],
        ['2', expect.any(String)],
        ['R: view', expect.any(String)],
      ],
    });
    expect((await migrate()).message).toContain('Nothing to apply');
    await expect(down({ steps: 1 })).rejects.toMatchObject({ reason: 'unsupported' });
    expect(argv.join('\n')).not.toContain(new URL(url).password);
  });

  test('that fails says with what', async () => {
    const { migrate, project } = await prepare();
    await project.write('sql/V3__bad.sql', ABSENT);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('relation "absent" does not exist');
    expect(outcome.message).toContain('Applied: 1 users; 2 email. Not applied: 3 bad; R: view.');
  });

  test('a row of its table that says success=false is told before anything is run', async () => {
    const { migrate, url } = await prepare();
    await migrate();
    await sql(url, `UPDATE flyway_schema_history SET success = false WHERE version = '2'`);
    expect(await migrate()).toMatchObject({
      state: 'fail',
      reason: 'dirty_state',
      message: expect.stringContaining('flyway repair'),
    });
  });

  test('that ends well before its target is found out', async () => {
    const { project, url } = await prepare();
    const command = ['bash', '-c', 'case "$*" in *migrate) flyway -target=1 "$@";; *) flyway "$@";; esac', 'flyway'];
    const half = running(boundTool(flyway, { command }), { directory: project.directory, databaseUrl: url });
    const outcome = await half.migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_pending' });
    expect(outcome.message).toContain('2 email');
  });
});

describe.skipIf(lacksTool('liquibase'))('Liquibase', () => {
  const CHANGELOG = `--liquibase formatted sql
--changeset ana:users
CREATE TABLE users (id int);
--rollback DROP TABLE users;
--changeset ana:email context:email
ALTER TABLE users ADD COLUMN email text;
--rollback ALTER TABLE users DROP COLUMN email;`;

  async function prepare(spec: object = {}): Promise<Prepared> {
    const project = await projectWith({
      'liquibase.properties': 'changelog-file=changelog.sql',
      'changelog.sql': CHANGELOG,
    });
    const url = await server.newDatabase();
    return { project, url, ...running(boundTool(liquibase, spec), { directory: project.directory, databaseUrl: url }) };
  }

  test('migrates, times each, and undoes', async () => {
    const { migrate, state, down, argv, url } = await prepare();
    expect((await state()).pending?.map(({ version }) => version)).toEqual([
      'changelog.sql::users::ana',
      'changelog.sql::email::ana',
    ]);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'pass', measurements: { version: { value: { text: 'changelog.sql::email::ana' } } } });
    expect(outcome.evidence?.[0]).toMatchObject({
      kind: 'table',
      rows: [['changelog.sql::users::ana', expect.any(String)], expect.anything()],
    });
    expect(await down({ steps: 1 })).toMatchObject({ exitCode: 0, migrations: [{ name: 'changelog.sql::email::ana' }] });
    expect((await state()).current).toEqual(['changelog.sql::users::ana']);
    expect(argv.join('\n')).not.toContain(new URL(url).password);
  });

  test('that fails says with what', async () => {
    const { migrate, project } = await prepare();
    await project.write('changelog.sql', CHANGELOG, '--changeset ana:bad', ABSENT);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('relation "absent" does not exist');
    expect(outcome.message).toContain('Not applied: changelog.sql::bad::ana.');
  });

  test('a lock that a killed run left is told before anything is run', async () => {
    const { migrate, url } = await prepare();
    await migrate();
    await sql(url, `UPDATE databasechangeloglock SET locked = true, lockedby = 'runner (10.0.0.1)'`);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'dirty_state' });
    expect(outcome.message).toContain('runner (10.0.0.1)');
  });

  test('that filters a changeset out and ends well is found out', async () => {
    const { project, url } = await prepare();
    const command = [
      'bash',
      '-c',
      'case "$*" in *update*) liquibase "$@" --context-filter=none;; *) liquibase "$@";; esac',
      'liquibase',
    ];
    const half = running(boundTool(liquibase, { command }), { directory: project.directory, databaseUrl: url });
    const outcome = await half.migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_pending' });
    expect(outcome.message).toContain('changelog.sql::email::ana');
  });
});
