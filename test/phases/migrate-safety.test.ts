import { randomBytes } from 'node:crypto';
import { chmodSync, readdirSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startThrowaway } from '../../src/database/throwaway.ts';
import { type AlembicProject, alembicProject, pathWithAlembic } from '../support/alembic.ts';
import { temporaryFolder, testPorts } from '../support/ports.ts';
import { DEAD_URL, inSession, sql, useServer } from '../support/postgres.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';
import { guardedMigration, PLAIN_SQL, plainSql, someoneElse, until } from './guarded-migration.ts';

const without = lacks('psql') || lacks('pg_dump') || (await lacksPostgres());
const server = useServer();

const ALEMBIC = '  run: { tool: alembic, directory: backend }';
const EXPECT = '  expect: [duration < 60s]';
const JUDGED = `${PLAIN_SQL}\n${EXPECT}`;
const VERSION = 'create table if not exists schema_version (version text); ';

/** A database with a table of some rows, which is at version 1. */
async function shop(): Promise<string> {
  const url = await server.newDatabase();
  await sql(
    url,
    'CREATE TABLE schema_version (version text)',
    "INSERT INTO schema_version VALUES ('1')",
    'CREATE TABLE plans (id int PRIMARY KEY, status text)',
    "INSERT INTO plans SELECT n, 'open' FROM generate_series(1, 100) n",
  );
  return url;
}

const rows = (url: string, query: string) => inSession(url, async (session) => (await session.query(query)).rows);
const any = async (url: string, query: string) => (await rows(url, query)).length > 0;
const SLEEPING = "select 1 from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()";
const to2 = "update schema_version set version = '2';";

describe.skipIf(without)('a backup', () => {
  const backed = (url: string, backup: string, more = '') =>
    guardedMigration({ url, directory: plainSql(to2), plan: `${PLAIN_SQL}\n  backup: ${backup}\n${more || EXPECT}` });

  test.each(['custom', 'directory', 'tar', 'plain'])(
    'by pg_dump in the %s format is made and read before anything runs',
    async (format) => {
      const url = await shop();
      const directory = plainSql(to2);
      const { item, state, checklist } = await guardedMigration({
        url,
        directory,
        plan: `${PLAIN_SQL}\n  backup: { pg_dump: { format: ${format} }, to: safe }\n${EXPECT}`,
      });
      expect(
        checklist.verdict,
        JSON.stringify(
          checklist.items.map(({ id, message }) => [id, message]),
          null,
          1,
        ),
      ).toBe('pass');
      expect(state('migrate-backup')).toBe('pass criteria_met');
      expect(item('migrate-backup').message).toMatch(
        /^safe\/test_\d+-\d{8}T\d{6}Z\.\w+ \(\w+\) was read to its end\. SHA-256 [0-9a-f]{64}\./,
      );
      expect(item('migrate-backup').measurements).toMatchObject({ 'backup.format': { value: { text: format } } });
      expect(readdirSync(join(directory, 'safe'))).toHaveLength(1);
      expect(statSync(join(directory, 'safe')).mode & 0o077).toBe(0);
    },
  );

  test('is judged before the migration, not after it', async () => {
    const url = await shop();
    const { item, state } = await backed(
      url,
      '{ pg_dump: true }',
      '  expect: [backup.size > 1 GB, backup.age < 1h, duration < 60s]',
    );
    expect(state('migrate-backup')).toBe('fail criterion_failed');
    expect(item('migrate-backup').judgements.map(({ outcome }) => outcome)).toEqual(['violated', 'holds']);
    expect(state('migrate-run')).toBe('skipped needs_unmet');
    expect(await rows(url, 'select version from schema_version')).toEqual([{ version: '1' }]);
  });

  test('that nobody configured is a note', async () => {
    const { item, state, checklist } = await guardedMigration({ url: await shop(), directory: plainSql(to2), plan: JUDGED });
    expect(state('migrate-backup')).toBe('skipped not_applicable');
    expect(item('migrate-backup').message).toContain('No backup is configured');
    expect(checklist.verdict).toBe('pass');
  });

  test('by a command counts when it is new, whole and readable', async () => {
    const { item, state } = await backed(await shop(), '{ command: "pg_dump --format=custom --file=b.dump", file: "*.dump" }');
    expect(state('migrate-backup')).toBe('pass criteria_met');
    expect(item('migrate-backup').message).toMatch(/^b\.dump \(custom\)/);
  });

  test('by a command in plain SQL, compressed, counts when it is whole', async () => {
    const { state } = await backed(await shop(), '{ command: "pg_dump | gzip > b.sql.gz", file: b.sql.gz }');
    expect(state('migrate-backup')).toBe('pass criteria_met');
  });

  test.each([
    ['fails', 'echo disk full; exit 7', 'exit code 7): disk full'],
    ['makes nothing', 'true', 'There is no file b.dump'],
    ['makes an empty file', 'touch b.dump', 'is empty (0 bytes)'],
    ['makes plain SQL that is cut off', 'pg_dump | head -n 20 > b.dump', 'is cut off'],
    ['makes a compressed file that is cut off', 'pg_dump | gzip | head -c 200 > b.dump', 'cannot be decompressed'],
    ['makes something else', 'head -c 500 /dev/zero > b.dump', 'is of no format that can be read here'],
  ])('whose command %s lets nothing run', async (_, command, message) => {
    const url = await shop();
    const { item, state } = await backed(url, `{ command: "${command}", file: b.dump }`);
    expect(state('migrate-backup')).toBe('fail backup_unusable');
    expect(item('migrate-backup').message).toContain(message);
    expect(state('migrate-run')).toBe('skipped needs_unmet');
  });

  test('that is old is not taken for what the command should have made', async () => {
    const url = await shop();
    const directory = plainSql(to2);
    writeFileSync(join(directory, 'b.dump'), '-- PostgreSQL database dump complete\n');
    const yesterday = Date.now() / 1000 - 30 * 3600;
    utimesSync(join(directory, 'b.dump'), yesterday, yesterday);
    const run = (backup: string, more = EXPECT) =>
      guardedMigration({ url, directory, plan: `${PLAIN_SQL}\n  backup: ${backup}\n${more}` });
    const made = await run('{ command: "true", file: b.dump }');
    expect(made.item('migrate-backup').message).toContain('made no new backup');
    const found = await run('{ file: b.dump }');
    expect(found.state('migrate-backup')).toBe('fail backup_unusable');
    expect(found.item('migrate-backup').message).toContain('1 d 6 h old');
    const allowed = await run('{ file: b.dump }', '  expect: [backup.age < 48h]');
    expect(allowed.state('migrate-backup')).toBe('pass criteria_met');
  });

  test('in the custom format that is cut off inside its data is found out, though its list of contents is whole', async () => {
    const url = await shop();
    await sql(url, 'INSERT INTO plans SELECT n, md5(n::text) || md5((n * 7)::text) FROM generate_series(1000, 60000) n');
    const directory = plainSql(to2);
    const first = await guardedMigration({ url, directory, plan: `${PLAIN_SQL}\n  backup: { pg_dump: true }\n${EXPECT}` });
    expect(first.state('migrate-backup')).toBe('pass criteria_met');
    const [name = ''] = readdirSync(join(directory, 'backups'));
    const dump = join(directory, 'backups', name);
    truncateSync(dump, Math.floor(statSync(dump).size / 2));
    const { exitCode } = await testPorts().exec({ file: 'pg_restore', args: ['--list', dump] });
    expect(exitCode).toBe(0);
    const second = await guardedMigration({
      url,
      directory,
      plan: `${PLAIN_SQL}\n  backup: { file: "backups/*.dump" }\n${EXPECT}`,
    });
    expect(second.state('migrate-backup')).toBe('fail backup_unusable');
    expect(second.item('migrate-backup').message).toMatch(/cannot be read by pg_restore: .*end of file/);
    expect(second.state('migrate-run')).toBe('skipped needs_unmet');
  });

  test('by a pg_dump that is older than the server says what to install', async () => {
    const bin = temporaryFolder();
    writeFileSync(join(bin, 'pg_dump'), '#!/bin/sh\necho "pg_dump (PostgreSQL) 11.22 (Debian 11.22-1)"\n');
    chmodSync(join(bin, 'pg_dump'), 0o755);
    const { item, state } = await guardedMigration({
      url: await shop(),
      directory: plainSql(to2),
      path: `${bin}${delimiter}${process.env['PATH']}`,
      plan: `${PLAIN_SQL}\n  backup: { pg_dump: true }\n${EXPECT}`,
    });
    expect(state('migrate-backup')).toBe('error unsupported');
    expect(item('migrate-backup').message).toMatch(
      /^pg_dump 11\.22 is older than the server, PostgreSQL \d+\.\d+, .*postgresql-client-\d+/,
    );
    expect(state('migrate-run')).toBe('skipped needs_unmet');
  });

  test('by a role that may not read a table tells what pg_dump said', async () => {
    const url = await shop();
    const role = `reader_${randomBytes(4).toString('hex')}`;
    await sql(url, `CREATE ROLE ${role} LOGIN PASSWORD 'a-pass-word'`, `GRANT SELECT, UPDATE ON schema_version TO ${role}`);
    const limited = new URL(url);
    limited.username = role;
    limited.password = 'a-pass-word';
    const { item, state, checklist } = await backed(limited.href, '{ pg_dump: true }');
    expect(state('migrate-backup')).toBe('fail backup_unusable');
    expect(item('migrate-backup').message).toContain('permission denied for table plans');
    expect(JSON.stringify(checklist)).not.toContain('a-pass-word');
  });

  test('is only told of in a dry run', async () => {
    const directory = plainSql(to2);
    const { item, state } = await guardedMigration({
      url: await shop(),
      directory,
      dryRun: true,
      plan: `${PLAIN_SQL}\n  backup: { pg_dump: true }\n${EXPECT}`,
    });
    expect(state('migrate-backup')).toBe('skipped dry_run');
    expect(item('migrate-backup').message).toContain('Would run pg_dump into backups');
    expect(readdirSync(directory)).not.toContain('backups');
  });
});

describe.skipIf(without)('before the migration', () => {
  test('nothing in the way is told, with the connections', async () => {
    const { item, state } = await guardedMigration({ url: await shop(), directory: plainSql(to2), plan: JUDGED });
    expect(state('migrate-activity')).toBe('pass criteria_met');
    expect(item('migrate-activity').message).toMatch(/^Nothing is in the way\. \d+ of \d+ connections are open\.$/);
  });

  test('a session that is idle in a transaction and holds a lock is a warning, without its literals', async () => {
    const url = await shop();
    const other = await someoneElse(url);
    await other.run('BEGIN');
    await other.run("LOCK TABLE plans IN SHARE MODE; SELECT 'a-private-text'");
    const { item, state, checklist } = await guardedMigration({ url, directory: plainSql(to2), plan: JUDGED });
    await other.end();
    expect(state('migrate-activity')).toBe('warn warning_criterion_held');
    expect(item('migrate-activity').measurements).toMatchObject({ lock_holders: { value: { amount: 1 } } });
    const table = JSON.stringify(item('migrate-activity').evidence);
    expect(table).toMatch(/pid \d+ \(report as postgres, idle in transaction/);
    expect(table).toContain('plans ShareLock');
    expect(table).not.toContain('a-private-text');
    expect(checklist.verdict).toBe('warn');
  });

  test('a long transaction stops it where the plan says so, before anything runs', async () => {
    const url = await shop();
    const other = await someoneElse(url);
    await other.run('BEGIN');
    await other.query('SELECT * FROM plans');
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const plan = `${PLAIN_SQL}\n  transactions: { long: 1s }\n  expect: [long_transactions == 0]`;
    const { item, state } = await guardedMigration({ url, directory: plainSql(to2), plan });
    await other.end();
    expect(state('migrate-activity')).toBe('fail criterion_failed');
    expect(item('migrate-activity').measurements).toMatchObject({
      long_transactions: { value: { amount: 1 } },
      idle_in_transaction: { value: { amount: 1 } },
    });
    expect(state('migrate-run')).toBe('skipped needs_unmet');
  });

  test('what is in the way is waited for', async () => {
    const url = await shop();
    const other = await someoneElse(url);
    await other.run('BEGIN');
    await other.run('LOCK TABLE plans');
    setTimeout(() => void other.end(), 1500);
    const plan = `${JUDGED}\n  transactions: { wait: 20s }`;
    const { item, state, progress } = await guardedMigration({ url, directory: plainSql(to2), plan });
    expect(state('migrate-activity')).toBe('pass criteria_met');
    expect(item('migrate-activity').message).toMatch(/Waited \d/);
    expect(progress.join('\n')).toMatch(/^waiting for pid \d+ \(report as postgres/m);
  });

  test('a view that may not be read is an error, and nothing runs', async () => {
    const url = await shop();
    const role = `blind_${randomBytes(4).toString('hex')}`;
    await sql(
      url,
      `CREATE ROLE ${role} LOGIN PASSWORD 'blind-pass-word'`,
      `GRANT ALL ON schema_version, plans TO ${role}`,
      'REVOKE SELECT ON pg_stat_activity FROM PUBLIC',
    );
    const limited = new URL(url);
    limited.username = role;
    limited.password = 'blind-pass-word';
    const { item, state, checklist } = await guardedMigration({ url: limited.href, directory: plainSql(to2), plan: JUDGED });
    expect(state('migrate-activity')).toBe('error permission_denied');
    expect(item('migrate-activity').message).toContain('permission denied for view pg_stat_activity. Grant the right');
    expect(state('migrate-run')).toBe('skipped needs_unmet');
    expect(JSON.stringify(checklist)).not.toContain('blind-pass-word');
  });

  test('sessions of other roles that cannot be seen are counted', async () => {
    const url = await shop();
    const role = `small_${randomBytes(4).toString('hex')}`;
    await sql(url, `CREATE ROLE ${role} LOGIN PASSWORD 'small-pass-word'`, `GRANT ALL ON schema_version, plans TO ${role}`);
    const limited = new URL(url);
    limited.username = role;
    limited.password = 'small-pass-word';
    const other = await someoneElse(url);
    const { item } = await guardedMigration({ url: limited.href, directory: plainSql(to2), plan: JUDGED });
    await other.end();
    expect(item('migrate-activity').message).toContain('1 session of other roles cannot be seen: GRANT pg_read_all_stats');
  });
});

describe.skipIf(without)('two runs at once', () => {
  test('the second is refused, and told who migrates', async () => {
    const url = await shop();
    const directory = plainSql(`select pg_sleep(3); ${to2}`);
    const first = guardedMigration({ url, directory, plan: JUDGED, env: { GITHUB_RUN_ID: '4711' } });
    await until(
      async () =>
        (await rows(url, "select 1 from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()")).length > 0,
    );
    const refused = await guardedMigration({ url, directory, plan: JUDGED });
    expect(refused.state('migrate-run')).toBe('error migration_locked');
    expect(refused.item('migrate-run').message).toMatch(
      /^Another run is migrating this database: the lock is held by pid \d+ \(application_name holdpoint migrate, run 4711 \([0-9a-f]{6}\) lock, user postgres, from 127\.0\.0\.1\/32, since [\d-]+ [\d:]+ UTC\)\. Nothing was run\./,
    );
    expect((await first).state('migrate-run')).toBe('pass task_done');
  });

  test('the second waits where the plan says so', async () => {
    const url = await shop();
    const directory = plainSql(`select pg_sleep(2); ${to2}`);
    const first = guardedMigration({ url, directory, plan: JUDGED });
    await until(
      async () =>
        (await rows(url, "select 1 from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()")).length > 0,
    );
    const second = await guardedMigration({ url, directory, plan: `${JUDGED}\n  lock-wait: 30s` });
    expect(second.state('migrate-run')).toBe('pass task_done');
    expect(second.progress.join('\n')).toContain('another run migrates this database: pid ');
    await first;
  });
});

describe.skipIf(without)('timeouts', () => {
  test('reach what the tool starts', async () => {
    const url = await shop();
    const { item } = await guardedMigration({
      url,
      directory: plainSql(`show lock_timeout; show statement_timeout; ${to2}`),
      plan: `${JUDGED}\n  lock-timeout: 7s\n  within: 2m`,
    });
    expect(JSON.stringify(item('migrate-run').evidence)).toMatch(/7s.*2min/);
  });

  test('reach it by the URL where the plan says so', async () => {
    const url = await shop();
    const { item } = await guardedMigration({
      url,
      directory: plainSql(`show lock_timeout; ${to2}`),
      plan: `${JUDGED}\n  lock-timeout: 7s\n  timeouts-by: url`,
    });
    expect(JSON.stringify(item('migrate-run').evidence)).toContain('7s');
  });

  test('that a tool does not take over are found out by its waiting', async () => {
    const url = await shop();
    const other = await someoneElse(url);
    await other.run('BEGIN');
    await other.run('LOCK TABLE plans');
    setTimeout(() => void other.end(), 5500);
    const { item, state } = await guardedMigration({
      url,
      directory: plainSql(`set lock_timeout = 0; alter table plans add column due date; ${to2}`),
      plan: `${JUDGED}\n  lock-timeout: 1s`,
    });
    expect(state('migrate-run')).toBe('warn weak_evidence');
    expect(item('migrate-run').message).toMatch(/It waited [\d.]+ s for a lock, longer than its lock_timeout of 1 s/);
  });

  test('on a lock that somebody holds: it is told who', async () => {
    const url = await shop();
    const other = await someoneElse(url);
    await other.run('BEGIN');
    await other.run("UPDATE plans SET status = 'a-private-text' WHERE id = 1");
    const { item, state } = await guardedMigration({
      url,
      directory: plainSql(`alter table plans add column due date; ${to2}`),
      plan: `${JUDGED}\n  lock-timeout: 1s`,
    });
    await other.end();
    expect(state('migrate-run')).toBe('fail migration_failed');
    const { message = '' } = item('migrate-run');
    expect(message).toContain('canceling statement due to lock timeout');
    expect(message).toMatch(
      /It waited [\d.]+ m?s for a lock that is held by pid \d+ \(report as postgres, idle in transaction, transaction open for [^)]+\): UPDATE plans SET status = '…'/,
    );
    expect(message).toContain('The catalog is as it was before.');
    expect(message).not.toContain('a-private-text');
  });
});

describe.skipIf(without)('a migration that fails half-way', () => {
  test('outside a transaction: what applied is told from the catalog, though the version is the same', async () => {
    const url = await shop();
    const { item, state } = await guardedMigration({
      url,
      directory: plainSql(`alter table plans add column due date; create index ix_due on plans (due); select 1/0; ${to2}`),
      plan: JUDGED,
    });
    expect(state('migrate-run')).toBe('fail migration_failed');
    expect(item('migrate-run').message).toContain('division by zero');
    expect(item('migrate-run').message).toContain(
      'It is half applied: the version is the same as before, the catalog is not. In the catalog since it began: column public.plans.due added, index public.ix_due added.',
    );
    expect(state('migrate-afterwards')).toBe('skipped needs_unmet');
  });

  test('in a unique index built concurrently: the invalid index is told, with the SQL that mends', async () => {
    const url = await shop();
    const { item } = await guardedMigration({
      url,
      directory: plainSql(`create unique index concurrently ux_status on plans (status); ${to2}`),
      plan: JUDGED,
    });
    expect(item('migrate-run').message).toContain('Left invalid: public.ux_status on plans');
    expect(JSON.stringify(item('migrate-run').evidence)).toContain('DROP INDEX CONCURRENTLY public.ux_status;');
  });

  test('and is undone where the plan says so: the database is where it was, and the item stays failed', async () => {
    const url = await shop();
    const { item, state } = await guardedMigration({
      url,
      directory: plainSql(
        `alter table plans add column due date; ${to2} select 1/0;`,
        "alter table plans drop column due; update schema_version set version = '1';",
      ),
      plan: `${JUDGED}\n  on-failure: downgrade`,
    });
    expect(state('migrate-run')).toBe('fail migration_failed');
    expect(item('migrate-run').message).toContain(
      'It was undone: the database is at 1 again, by the tool’s own table, and its catalog as before.',
    );
    expect(await rows(url, 'select version from schema_version')).toEqual([{ version: '1' }]);
  });

  test('and whose down restores nothing is found out', async () => {
    const { item } = await guardedMigration({
      url: await shop(),
      directory: plainSql(
        `alter table plans add column due date; ${to2} select 1/0;`,
        "update schema_version set version = '1';",
      ),
      plan: `${JUDGED}\n  on-failure: downgrade`,
    });
    expect(item('migrate-run').message).toContain('at 1 again by the tool’s own table, but its catalog is not as before');
    expect(JSON.stringify(item('migrate-run').evidence)).toContain('column public.plans.due');
  });

  test('and has no way down is not undone, which is told', async () => {
    const { item } = await guardedMigration({
      url: await shop(),
      directory: plainSql(`alter table plans add column due date; ${to2} select 1/0;`),
      plan: `${JUDGED.replace(/\n {4}down:.*/, '')}\n  on-failure: downgrade`,
    });
    expect(item('migrate-run').message).toContain('It was not undone: The plan does not say how to undo a migration');
  });
});

describe.skipIf(without || lacks('python3'))('with a real Alembic', () => {
  let path: string;
  let project: AlembicProject;
  beforeAll(async () => {
    path = await pathWithAlembic();
  }, 180_000);

  const run = (url: string, plan = '', more: Partial<Parameters<typeof guardedMigration>[0]> = {}) =>
    guardedMigration({ url, directory: project.directory, path, plan: `${ALEMBIC}\n${EXPECT}\n${plan}`, ...more });

  const CONCURRENTLY = [
    'with op.get_context().autocommit_block():',
    '    op.create_index("ix_title", "intervention_plans", ["title"], postgresql_concurrently=True)',
  ].join('\n');

  test('all that is around it passes, and what it measures can be judged', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    const { checklist, item } = await guardedMigration({
      url,
      directory: project.directory,
      path,
      plan: `${ALEMBIC}\n  backup: { pg_dump: true }\n  expect: [backup.size > 0 bytes, backup.age < 1h, long_transactions == 0, deadlocks == 0, connections_used < 90%, invalid_indexes == 0, version == 5403edb1d087]`,
    });
    expect(checklist.items.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'migrate-database pass',
      'migrate-backup pass',
      'migrate-activity pass',
      'migrate-run pass',
      'migrate-afterwards pass',
      'migrate-limits pass',
    ]);
    expect(item('migrate-limits').judgements).toHaveLength(4);
    expect(item('migrate-afterwards').message).toMatch(
      /^No index is invalid\. \d+ of \d+ connections are open, \d+ before\. No deadlock since/,
    );
  });

  test('cancelled while it builds an index concurrently that somebody blocks: the index is told, and its session is gone', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    await run(url);
    await project.add('aaaaaaaaaaaa', '5403edb1d087', CONCURRENTLY);
    const other = await someoneElse(url, 'nightly-export');
    await other.run('BEGIN');
    await other.run("INSERT INTO intervention_plans (title) VALUES ('a-private-text')");
    const cancel = new AbortController();
    const began = performance.now();
    let cancelledAt = 0;
    const onProgress = (text: string): void => {
      if (cancelledAt > 0 || !text.includes('blocked by')) return;
      cancelledAt = performance.now();
      cancel.abort(new Error('cancelled'));
    };
    const { item, state, progress } = await run(url, '  lock-timeout: 60s', { signal: cancel.signal, onProgress });
    const tookMs = performance.now() - cancelledAt;
    expect(cancelledAt).toBeGreaterThan(began);
    expect(progress.join('\n')).toMatch(
      /CREATE INDEX CONCURRENTLY .*intervention_plans: waiting for writers before build, 0 of 1 transactions waited for; blocked by pid \d+ \(nightly-export as postgres, idle in transaction, .*INSERT INTO intervention_plans \(title\) VALUES \('…'\)/,
    );
    expect(state('migrate-run')).toBe('error cancelled');
    const { message = '', evidence } = item('migrate-run');
    expect(message).toContain('The database is at 5403edb1d087.');
    expect(message).toMatch(/Its session on the server was ended \(pid \d+\)\./);
    expect(message).toContain('It is half applied');
    expect(message).toContain('In the catalog since it began: index public.ix_title added.');
    expect(message).toContain('Left invalid: public.ix_title on intervention_plans');
    expect(JSON.stringify(evidence)).toContain('DROP INDEX CONCURRENTLY public.ix_title;');
    expect(JSON.stringify(evidence)).toContain('waiting for writers before build');
    expect(tookMs).toBeLessThan(1500);
    expect(await rows(url, 'select pid from pg_stat_progress_create_index')).toEqual([]);
    await other.end();
  });

  test('over its time while it builds an index concurrently: the same, by its limit', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    await run(url);
    await project.add('aaaaaaaaaaaa', '5403edb1d087', CONCURRENTLY);
    const other = await someoneElse(url);
    await other.run('BEGIN');
    await other.run("INSERT INTO intervention_plans (title) VALUES ('x')");
    const { item, state } = await run(url, '  lock-timeout: 60s\n  within: 12s');
    await other.end();
    expect(state('migrate-run')).toBe('error timed_out');
    expect(item('migrate-run').message).toContain('Left invalid: public.ix_title on intervention_plans');
  });

  test('with each revision in a transaction of its own, failing in the second, is taken down to where it was', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    await run(url);
    await project.changeFile(
      'migrations/env.py',
      'connection=connection)',
      'connection=connection, transaction_per_migration=True)',
    );
    await project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("CREATE TABLE extra (id int)")');
    await project.changeFile('migrations/versions/aaaaaaaaaaaa.py', /pass\n$/, 'op.execute("DROP TABLE extra")\n');
    await project.add('bbbbbbbbbbbb', 'aaaaaaaaaaaa', 'op.execute("SELECT 1/0")');
    const { item, state } = await run(url, '  on-failure: downgrade');
    expect(state('migrate-run')).toBe('fail migration_failed');
    expect(item('migrate-run').message).toContain('a part was applied');
    expect(item('migrate-run').message).toContain('table public.extra added');
    expect(item('migrate-run').message).toContain('It was undone: the database is at 5403edb1d087 again');
    expect(await rows(url, 'select version_num from alembic_version')).toEqual([{ version_num: '5403edb1d087' }]);
  });

  test('of which a revision cannot be undone says so, and where the database is now', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    await run(url);
    await project.changeFile(
      'migrations/env.py',
      'connection=connection)',
      'connection=connection, transaction_per_migration=True)',
    );
    await project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("CREATE TABLE extra (id int)")');
    await project.changeFile('migrations/versions/aaaaaaaaaaaa.py', /pass\n$/, 'raise NotImplementedError("irreversible")\n');
    await project.add('bbbbbbbbbbbb', 'aaaaaaaaaaaa', 'op.execute("SELECT 1/0")');
    const { item, state } = await run(url, '  on-failure: downgrade');
    expect(state('migrate-run')).toBe('fail migration_failed');
    expect(item('migrate-run').message).toMatch(
      /Undoing it failed too: .*irreversible\. The database is at aaaaaaaaaaaa: mend it by hand\./,
    );
  });

  test('whose database is dropped in the middle is told, without a password', async () => {
    project = await alembicProject();
    const url = await server.newDatabase();
    await project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("SELECT pg_sleep(30)")');
    const name = new URL(url).pathname.slice(1);
    const going = run(url);
    await until(
      async () =>
        (await rows(server.url, `select 1 from pg_stat_activity where datname = '${name}' and query like '%pg_sleep%'`)).length >
        0,
      20_000,
    );
    await sql(server.url, `DROP DATABASE ${name} WITH (FORCE)`);
    const { item, state, checklist } = await going;
    expect(state('migrate-run')).toBe('fail migration_failed');
    expect(item('migrate-run').message).toMatch(
      /What state it left is not known: The database does not exist: 127\.0\.0\.1:\d+\/test_\d+/,
    );
    expect(item('migrate-run').message).toMatch(/What is in the catalog now could not be read: The database does not exist/);
    expect(JSON.stringify(checklist)).not.toContain(new URL(url).password);
  });

  test('whose server goes away in the middle is told, without a password', async () => {
    project = await alembicProject();
    const doomed = await startThrowaway(testPorts({ directory: process.cwd() }), { engine: 'postgresql' });
    await project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("SELECT pg_sleep(30)")');
    const going = run(doomed.url);
    await until(
      async () =>
        (await rows(doomed.url, "select 1 from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()"))
          .length > 0,
      20_000,
    );
    await doomed.stop();
    const { item, state, checklist } = await going;
    expect(state('migrate-run')).toBe('fail migration_failed');
    expect(item('migrate-run').message).toMatch(/What state it left is not known: Nothing listens at 127\.0\.0\.1:\d+/);
    expect(JSON.stringify(checklist)).not.toContain(new URL(doomed.url).password);
  });
});

describe.skipIf(without)('after the migration', () => {
  test('an index that it left invalid fails, though the tool was content', async () => {
    const url = await shop();
    const { item, state, checklist } = await guardedMigration({
      url,
      directory: plainSql(`\\set ON_ERROR_STOP 0\ncreate unique index concurrently ux_status on plans (status);\n${to2}`),
      plan: JUDGED,
    });
    expect(state('migrate-run')).toBe('pass task_done');
    expect(state('migrate-afterwards')).toBe('fail index_invalid');
    expect(item('migrate-afterwards').message).toContain('The migration left invalid indexes: public.ux_status on plans.');
    expect(checklist.verdict).toBe('fail');
  });

  test('a deadlock of others since it began is a warning', async () => {
    const url = await shop();
    const [one, two] = await Promise.all([someoneElse(url), someoneElse(url)]);
    const going = guardedMigration({ url, directory: plainSql(`select pg_sleep(5); ${to2}`), plan: JUDGED });
    await until(() => any(url, SLEEPING));
    for (const session of [one, two]) await session.run('BEGIN');
    await one.run("UPDATE plans SET status = 'x' WHERE id = 1");
    await two.run("UPDATE plans SET status = 'x' WHERE id = 2");
    const met = await Promise.allSettled([
      one.run("UPDATE plans SET status = 'x' WHERE id = 2"),
      two.run("UPDATE plans SET status = 'x' WHERE id = 1"),
    ]);
    expect(met.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await Promise.all([one.end(), two.end()]);
    const { item, state } = await going;
    expect(state('migrate-afterwards')).toBe('warn warning_criterion_held');
    expect(item('migrate-afterwards').message).toContain('1 deadlock since the migration began.');
  });

  test('one that was invalid before is a warning', async () => {
    const url = await shop();
    await sql(url, 'CREATE UNIQUE INDEX CONCURRENTLY ux_status ON plans (status)').catch(() => undefined);
    const { item, state } = await guardedMigration({ url, directory: plainSql(to2), plan: JUDGED });
    expect(state('migrate-afterwards')).toBe('warn warning_criterion_held');
    expect(item('migrate-afterwards').message).toContain('Invalid since before the migration: public.ux_status on plans.');
  });
});

describe.skipIf(without)('a database that cannot be reached', () => {
  test.each([
    ['at an address where nothing listens', () => DEAD_URL, 'error connection_refused'],
    ['by a wrong password', () => server.url.replace(/:[^:@]+@/, ':hunter2hunter2@'), 'error authentication_failed'],
    ['by the name of none', () => server.url.replace(/postgres$/, 'no_such_database'), 'error not_found'],
  ])('%s: nothing around the migration runs, and no password is shown', async (_, url, expected) => {
    const { state, checklist } = await guardedMigration({ url: url(), directory: plainSql(VERSION + to2), plan: JUDGED });
    expect(state('migrate-database')).toBe(expected);
    for (const id of ['migrate-backup', 'migrate-activity', 'migrate-run', 'migrate-afterwards'])
      expect(state(id)).toBe('skipped needs_unmet');
    expect(JSON.stringify(checklist)).not.toContain('hunter2');
    expect(JSON.stringify(checklist)).not.toContain(new URL(server.url).password);
  });
});
