import { describe, expect, test } from 'vitest';
import { prisma } from '../../../src/database/migrations/prisma.ts';
import { rails } from '../../../src/database/migrations/rails.ts';
import { sqlx } from '../../../src/database/migrations/sqlx.ts';
import type { RegisteredMigrationTool } from '../../../src/database/migrations/tool.ts';
import { boundTool, projectWith, running } from '../../support/migration-tools.ts';
import { sql, useServer } from '../../support/postgres.ts';
import { pathWithStub } from '../../support/stub-program.ts';

/*
 * These tools could not be had from a registry (Prisma downloads its engines from elsewhere; Rails and sqlx-cli would take minutes to
 * build), so a stub prints what they print. Their tables are real, and so is what is read from them.
 */
const server = useServer();

interface Stub {
  readonly tool: RegisteredMigrationTool;
  readonly spec?: object;
  readonly program: string;
  readonly files: Readonly<Record<string, string>>;
  readonly table: readonly string[];
  readonly prints: string;
}

async function stubbed({ tool, spec = {}, program, files, table, prints }: Stub) {
  const { directory } = await projectWith(files);
  const databaseUrl = await server.newDatabase();
  await sql(databaseUrl, ...table);
  return {
    ...running(boundTool(tool, spec), { directory, databaseUrl, path: await pathWithStub(program, prints) }),
    databaseUrl,
  };
}

describe('Prisma (recorded output through a stub)', () => {
  const TABLE = `CREATE TABLE _prisma_migrations (id text, checksum text, finished_at timestamptz, migration_name text, logs text,
    rolled_back_at timestamptz, started_at timestamptz DEFAULT now(), applied_steps_count int DEFAULT 0)`;
  const row = (name: string, finished: string) =>
    `INSERT INTO _prisma_migrations (migration_name, started_at, finished_at) VALUES ('${name}', '2026-01-01 00:00:00Z', ${finished})`;
  const stub = {
    tool: prisma,
    program: 'prisma',
    files: {
      'prisma/migrations/1_init/migration.sql': '',
      'prisma/migrations/2_email/migration.sql': '',
      'prisma/migrations/migration_lock.toml': '',
    },
  };
  const DEPLOYED = 'echo "The following migration(s) have been applied:"; echo "All migrations have been successfully applied."';

  test('is where its table says, with the times that the table has', async () => {
    const { state, migrate } = await stubbed({
      ...stub,
      table: [TABLE, row('1_init', "'2026-01-01 00:00:02Z'"), row('2_email', "'2026-01-01 00:00:01Z'")],
      prints: 'echo "No pending migrations to apply."',
    });
    expect((await state()).pending).toEqual([]);
    expect(await migrate()).toMatchObject({ state: 'pass', message: expect.stringContaining('Nothing to apply') });
  });

  test('that says it applied what its table does not have is not believed', async () => {
    const { migrate } = await stubbed({ ...stub, table: [TABLE, row('1_init', 'now()')], prints: DEPLOYED });
    expect(await migrate()).toMatchObject({
      state: 'fail',
      reason: 'migration_pending',
      message: expect.stringContaining('2_email'),
    });
  });

  test('that fails says its code, the migration and the error', async () => {
    const { migrate } = await stubbed({
      ...stub,
      table: [TABLE, row('1_init', 'now()')],
      prints: `cat >&2 <<'END'
Error: P3018

A migration failed to apply. New migrations cannot be applied before the error is recovered from.

Migration name: 2_email

Database error code: 42P01

Database error:
ERROR: relation "absent" does not exist
END
exit 1`,
    });
    const outcome = await migrate();
    expect(outcome.message).toContain('P3018: 2_email: relation "absent" does not exist');
    expect(outcome.message).toContain('Not applied: 2_email.');
  });

  test('a row that never finished is told before anything is run', async () => {
    const { migrate, argv } = await stubbed({ ...stub, table: [TABLE, row('1_init', 'NULL')], prints: DEPLOYED });
    const outcome = await migrate();
    expect(outcome).toMatchObject({ state: 'fail', reason: 'dirty_state' });
    expect(outcome.message).toContain('prisma migrate resolve --rolled-back 1_init');
    expect(argv).toEqual([]);
  });
});

describe('Rails (recorded output through a stub)', () => {
  const stub = {
    tool: rails,
    spec: { command: ['rails'] },
    program: 'rails',
    files: {
      'db/migrate/20260101000000_create_users.rb': 'class CreateUsers\n  def change\n  end\nend',
      'db/migrate/20260102000000_drop_names.rb': 'class DropNames\n  def up\n  end\nend',
    },
  };
  const TABLE = 'CREATE TABLE schema_migrations (version text)';

  test('times each migration by its lines, and does not believe a table that lacks one', async () => {
    const { apply, migrate, state } = await stubbed({
      ...stub,
      table: [TABLE, "INSERT INTO schema_migrations VALUES ('20260101000000')"],
      prints: `echo "== 20260102000000 DropNames: migrating ======"; echo "-- remove_column(:users, :name)"; echo "   -> 0.0012s"
echo "DEPRECATION WARNING: old"; echo "== 20260102000000 DropNames: migrated (0.0013s) ======"`,
    });
    expect((await state()).pending).toMatchObject([{ version: '20260102000000', reversible: false }]);
    expect(await apply()).toMatchObject({ warningCount: 1, migrations: [{ name: '20260102000000 DropNames' }] });
    expect(await migrate()).toMatchObject({ state: 'fail', reason: 'tool_disagrees' });
  });

  test('that fails says with what', async () => {
    const { migrate } = await stubbed({
      ...stub,
      table: [TABLE],
      prints: `cat >&2 <<'END'
rails aborted!
StandardError: An error has occurred, this and all later migrations canceled:

PG::UndefinedTable: ERROR:  relation "absent" does not exist
END
exit 1`,
    });
    expect((await migrate()).message).toContain('PG::UndefinedTable: ERROR:  relation "absent" does not exist');
  });
});

describe('sqlx (recorded output through a stub)', () => {
  const stub = {
    tool: sqlx,
    program: 'sqlx',
    files: { 'migrations/1_users.up.sql': '', 'migrations/1_users.down.sql': '', 'migrations/2_email.sql': '' },
  };
  const TABLE = 'CREATE TABLE _sqlx_migrations (version bigint, success boolean)';

  test('does not believe a line that its table does not bear out', async () => {
    const { migrate, state } = await stubbed({
      ...stub,
      table: [TABLE, 'INSERT INTO _sqlx_migrations VALUES (1, true)'],
      prints: 'echo "Applied 2/migrate email (1.2ms)"',
    });
    expect((await state()).migrations).toMatchObject([{ reversible: true }, { reversible: false }]);
    expect(await migrate()).toMatchObject({ state: 'fail', reason: 'tool_disagrees' });
  });

  test('a row that did not succeed is told before anything is run', async () => {
    const { migrate } = await stubbed({
      ...stub,
      table: [TABLE, 'INSERT INTO _sqlx_migrations VALUES (1, false)'],
      prints: 'true',
    });
    expect(await migrate()).toMatchObject({ state: 'fail', reason: 'dirty_state' });
  });
});
