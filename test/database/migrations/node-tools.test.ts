import { describe, expect, test } from 'vitest';
import { dbmate } from '../../../src/database/migrations/dbmate.ts';
import { drizzle } from '../../../src/database/migrations/drizzle.ts';
import { knex } from '../../../src/database/migrations/knex.ts';
import { nodePgMigrate } from '../../../src/database/migrations/node-pg-migrate.ts';
import { boundTool, lacksTool, type Project, projectWith, type Running, running } from '../../support/migration-tools.ts';
import { sql, useServer } from '../../support/postgres.ts';

const server = useServer();
const ABSENT = 'ALTER TABLE absent ADD COLUMN a int';

interface Prepared extends Running {
  readonly project: Project;
  readonly url: string;
}

describe.skipIf(lacksTool('knex'))('Knex', () => {
  const KNEXFILE = 'module.exports = { client: "pg", connection: process.env.DATABASE_URL };';
  const file = (up: string, down = 'exports.down = async () => {};') => `exports.up = async (knex) => { ${up} };\n${down}`;

  async function prepare(): Promise<Prepared> {
    const project = await projectWith({
      'knexfile.js': KNEXFILE,
      'migrations/20260101000000_users.js': file(
        'await knex.raw("CREATE TABLE users (id int)");',
        'exports.down = (knex) => knex.raw("DROP TABLE users");',
      ),
      'migrations/20260102000000_email.js': file('await knex.raw("ALTER TABLE users ADD COLUMN email text");'),
    });
    const url = await server.newDatabase();
    return { project, url, ...running(boundTool(knex, {}), { directory: project.directory, databaseUrl: url }) };
  }

  test('migrates, tells what came in and what cannot be undone, and has nothing to do the second time', async () => {
    const { migrate, state, argv, url } = await prepare();
    expect((await state()).pending?.map(({ version }) => version)).toEqual([
      '20260101000000_users.js',
      '20260102000000_email.js',
    ]);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'pass', measurements: { migrations: { value: { amount: 2 } } } });
    expect(outcome.message).toContain('Cannot be undone: 20260102000000_email.js.');
    expect((await migrate()).message).toBe('Nothing to apply: the database is at 20260102000000_email.js.');
    expect(argv.join('\n')).not.toContain(new URL(url).password);
  });

  test('undoes one migration at a time, or down to one', async () => {
    const { migrate, down, state } = await prepare();
    await migrate();
    expect(await down({ steps: 1 })).toMatchObject({ exitCode: 0, migrations: [{ name: '20260102000000_email.js' }] });
    expect((await state()).current).toEqual(['20260101000000_users.js']);
    await down({ to: 'zero' });
    expect((await state()).current).toEqual([]);
    await expect(down({ steps: 1 })).rejects.toThrow('only 0 are applied');
  });

  test('that fails says with what, and what was applied', async () => {
    const { migrate, project } = await prepare();
    await migrate();
    await project.write('migrations/20260103000000_bad.js', file(`await knex.raw("${ABSENT}");`));
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('relation "absent" does not exist');
    expect(outcome.message).toContain('still at 20260102000000_email.js. Not applied: 20260103000000_bad.js.');
  });

  test('that leaves a migration out is found out', async () => {
    const { migrate, project } = await prepare();
    // Knex takes only what its own settings name; the plan's folder has one more.
    await project.write('knexfile.js', KNEXFILE.replace('}', ', migrations: { loadExtensions: [".js"] } }'));
    await project.write('migrations/20260103000000_other.cjs', file('await knex.raw("SELECT 1");'));
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_pending' });
    expect(outcome.message).toContain('20260103000000_other.cjs');
  });

  test('that migrates another database is not believed', async () => {
    const { migrate, project } = await prepare();
    await project.write('knexfile.js', KNEXFILE.replace('process.env.DATABASE_URL', JSON.stringify(await server.newDatabase())));
    expect(await migrate()).toMatchObject({ state: 'fail', reason: 'tool_disagrees' });
  });

  test('warnings are counted', async () => {
    const { migrate, project } = await prepare();
    await project.write('migrations/20260103000000_warn.js', file('console.warn("Warning: slow");'));
    expect(await migrate()).toMatchObject({ measurements: { warnings: { value: { amount: 1 } } } });
  });

  test('a lock that a killed run left is told before anything is run', async () => {
    const { migrate, project, url } = await prepare();
    await migrate();
    await sql(url, 'UPDATE knex_migrations_lock SET is_locked = 1');
    await project.write('migrations/20260103000000_more.js', file('await knex.raw("SELECT 1");'));
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'dirty_state' });
    expect(outcome.message).toContain('knex migrate:unlock');
  });
});

describe.skipIf(lacksTool('node-pg-migrate'))('node-pg-migrate', () => {
  async function prepare(): Promise<Prepared> {
    const project = await projectWith({
      'package.json': '{ "type": "commonjs", "dependencies": { "node-pg-migrate": "*" } }',
      'migrations/1767225600000_users.js':
        'exports.up = (pgm) => pgm.sql("CREATE TABLE users (id int)");\nexports.down = (pgm) => pgm.sql("DROP TABLE users");',
      'migrations/1767312000000_email.js':
        'exports.up = (pgm) => pgm.sql("ALTER TABLE users ADD COLUMN email text");\nexports.down = false;',
    });
    const url = await server.newDatabase();
    return { project, url, ...running(boundTool(nodePgMigrate, {}), { directory: project.directory, databaseUrl: url }) };
  }

  test('migrates, times each, and undoes', async () => {
    const { migrate, apply, down, state, argv, url } = await prepare();
    const { migrations, exitCode, output } = await apply();
    expect([exitCode, output]).toMatchObject([0, expect.stringContaining('Migrations complete!')]);
    expect(migrations).toMatchObject([{ name: '1767225600000_users' }, { name: '1767312000000_email' }]);
    expect(migrations.every(({ durationMs }) => durationMs !== undefined)).toBe(true);
    expect(await migrate()).toMatchObject({ state: 'pass', message: expect.stringContaining('Nothing to apply') });
    // It has said `down = false`.
    expect(await down({ steps: 1 })).toMatchObject({ exitCode: 1 });
    expect((await state()).migrations).toMatchObject([{ reversible: true }, { reversible: false }]);
    expect(argv.join('\n')).not.toContain(new URL(url).password);
  });

  test('that fails says with what, and one transaction holds them all', async () => {
    const { migrate, project } = await prepare();
    await project.write('migrations/1767398400000_bad.js', `exports.up = (pgm) => pgm.sql("${ABSENT}");`);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('relation "absent" does not exist');
    expect(outcome.message).toContain('Not applied: 1767225600000_users.js; 1767312000000_email.js; 1767398400000_bad.js.');
  });

  test('its warnings are counted', async () => {
    const { migrate, project } = await prepare();
    await project.write(
      'migrations/1767398400000_ix.js',
      'exports.up = (pgm) => { pgm.noTransaction(); pgm.sql("CREATE INDEX CONCURRENTLY ix ON users (id)"); };',
    );
    expect(await migrate()).toMatchObject({ state: 'pass', measurements: { warnings: { value: { amount: 1 } } } });
  });

  test('a file that it passes over is found out', async () => {
    const { migrate, project } = await prepare();
    const half = running(
      boundTool(nodePgMigrate, { command: ['node_modules/.bin/node-pg-migrate', '--ignore-pattern', '.*email.*'] }),
      {
        directory: project.directory,
        databaseUrl: await server.newDatabase(),
      },
    );
    expect(await half.migrate()).toMatchObject({ state: 'fail', reason: 'migration_pending' });
    expect(await migrate()).toMatchObject({ state: 'pass' });
  });

  test('that would only pretend (--fake) is refused by the plan', () => {
    expect(nodePgMigrate.bind({ command: ['npx', 'node-pg-migrate', '--fake'] })).toMatchObject({
      issues: [{ message: expect.stringContaining('nothing would be migrated') }],
    });
  });
});

describe.skipIf(lacksTool('dbmate'))('dbmate', () => {
  async function prepare(): Promise<Prepared> {
    const project = await projectWith({
      'db/migrations/20260101000000_users.sql': '-- migrate:up\nCREATE TABLE users (id int);\n-- migrate:down\nDROP TABLE users;',
      'db/migrations/20260102000000_email.sql': '-- migrate:up\nALTER TABLE users ADD COLUMN email text;\n-- migrate:down\n',
    });
    const url = await server.newDatabase();
    return { project, url, ...running(boundTool(dbmate, {}), { directory: project.directory, databaseUrl: url }) };
  }

  test('migrates, times each, and undoes', async () => {
    const { migrate, state, down, argv, url } = await prepare();
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'pass', measurements: { version: { value: { text: '20260102000000' } } } });
    expect(outcome.evidence?.[0]).toMatchObject({
      rows: [
        ['20260101000000_users.sql', expect.stringMatching(/ s$/)],
        ['20260102000000_email.sql', expect.stringMatching(/ s$/)],
      ],
    });
    expect(await down({ to: '20260101000000' })).toMatchObject({
      exitCode: 0,
      migrations: [{ name: '20260102000000_email.sql' }],
    });
    expect(await state()).toMatchObject({ current: ['20260101000000'], pending: [{ reversible: false }] });
    expect(argv.join('\n')).not.toContain(new URL(url).password);
  });

  test('says “Applied” of the migration that failed, and only the table is believed', async () => {
    const { migrate, project } = await prepare();
    await project.write('db/migrations/20260103000000_bad.sql', `-- migrate:up\n${ABSENT};\n-- migrate:down\n`);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('relation "absent" does not exist');
    expect(outcome.message).toContain(
      'Applied: 20260101000000_users.sql; 20260102000000_email.sql. Not applied: 20260103000000_bad.sql.',
    );
    expect(JSON.stringify(outcome.evidence)).toContain('Applied: 20260103000000_bad.sql in');
  });

  test('says “Applied” and ends well behind a script that swallows its exit code: not believed', async () => {
    const { project } = await prepare();
    await project.write('db/migrations/20260103000000_bad.sql', `-- migrate:up\n${ABSENT};\n-- migrate:down\n`);
    const command = ['bash', '-c', 'node_modules/.bin/dbmate "$@" || true', 'dbmate'];
    const lying = running(boundTool(dbmate, { command }), {
      directory: project.directory,
      databaseUrl: await server.newDatabase(),
    });
    const outcome = await lying.migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'tool_disagrees' });
    expect(outcome.message).toContain('20260103000000_bad.sql');
  });

  test('that does not see a file of the plan is found out', async () => {
    const { project } = await prepare();
    const command = ['bash', '-c', 'rm db/migrations/20260102*; node_modules/.bin/dbmate "$@"', 'dbmate'];
    const half = running(boundTool(dbmate, { command }), {
      directory: project.directory,
      databaseUrl: await server.newDatabase(),
    });
    expect(await half.migrate()).toMatchObject({ state: 'fail', reason: 'migration_pending' });
  });

  test('its warnings are counted', async () => {
    const { project } = await prepare();
    const command = ['bash', '-c', 'echo "Warning: old" >&2; node_modules/.bin/dbmate "$@"', 'dbmate'];
    const warning = running(boundTool(dbmate, { command }), {
      directory: project.directory,
      databaseUrl: await server.newDatabase(),
    });
    expect(await warning.migrate()).toMatchObject({ state: 'pass', measurements: { warnings: { value: { amount: 1 } } } });
  });
});

describe.skipIf(lacksTool('drizzle-kit'))('Drizzle', () => {
  const CONFIG = 'export default { dialect: "postgresql", out: "./drizzle", dbCredentials: { url: process.env.DATABASE_URL } };';
  const journal = (...entries: readonly (readonly [string, number])[]) =>
    JSON.stringify({
      version: '7',
      dialect: 'postgresql',
      entries: entries.map(([tag, when], idx) => ({ idx, version: '7', when, tag, breakpoints: true })),
    });

  async function prepare(): Promise<Prepared> {
    const project = await projectWith({
      'drizzle.config.ts': CONFIG,
      'drizzle/meta/_journal.json': journal(['0000_users', 1000], ['0001_email', 2000]),
      'drizzle/0000_users.sql': 'CREATE TABLE users (id int);',
      'drizzle/0001_email.sql':
        'ALTER TABLE users ADD COLUMN email text;\n--> statement-breakpoint\nCREATE INDEX ix ON users (email);',
    });
    const url = await server.newDatabase();
    return { project, url, ...running(boundTool(drizzle, {}), { directory: project.directory, databaseUrl: url }) };
  }

  test('migrates, and the table bears it out', async () => {
    const { migrate, down, argv, url } = await prepare();
    const outcome = await migrate();
    expect(outcome.message).toContain('2 migrations');
    expect(outcome).toMatchObject({ state: 'pass', measurements: { version: { value: { text: '0001_email' } } } });
    expect(await migrate()).toMatchObject({ state: 'pass', message: 'Nothing to apply: the database is at 0001_email.' });
    await expect(down({ steps: 1 })).rejects.toMatchObject({ reason: 'unsupported' });
    expect(argv.join('\n')).not.toContain(new URL(url).password);
  });

  test('fails in silence, and the server tells why', async () => {
    const { migrate, project } = await prepare();
    await project.write('drizzle/meta/_journal.json', journal(['0000_users', 1000], ['0001_email', 2000], ['0002_bad', 3000]));
    await project.write('drizzle/0002_bad.sql', `${ABSENT};`);
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_failed' });
    expect(outcome.message).toContain('0002_bad');
    expect(outcome.message).toContain('relation "absent" does not exist');
    expect(outcome.message).toContain('Not applied: 0000_users.sql; 0001_email.sql; 0002_bad.sql.');
  });

  test('passes over a migration that is older than the last one, and says “applied successfully”', async () => {
    const { migrate, project } = await prepare();
    await migrate();
    await project.write('drizzle/meta/_journal.json', journal(['0000_users', 1000], ['0001_email', 2000], ['0002_late', 1500]));
    await project.write('drizzle/0002_late.sql', 'CREATE TABLE late (id int);');
    const outcome = await migrate();
    expect(JSON.stringify(outcome.evidence)).toContain('migrations applied successfully!');
    expect(outcome).toMatchObject({ state: 'fail', reason: 'migration_pending' });
    expect(outcome.message).toContain('0002_late.sql');
  });

  test('that migrates another database is not believed', async () => {
    const { migrate, project } = await prepare();
    await project.write(
      'drizzle.config.ts',
      CONFIG.replace('process.env.DATABASE_URL', JSON.stringify(await server.newDatabase())),
    );
    expect(await migrate()).toMatchObject({ state: 'fail', reason: 'tool_disagrees' });
  });

  test('its warnings are counted', async () => {
    const { migrate, project } = await prepare();
    await project.write('drizzle.config.ts', `console.warn("Warning: old");\n${CONFIG}`);
    expect(await migrate()).toMatchObject({ state: 'pass', measurements: { warnings: { value: { amount: 1 } } } });
  });
});
