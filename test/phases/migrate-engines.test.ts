import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Locale } from '../../src/criteria/value.ts';
import { openDatabases } from '../../src/database/connections.ts';
import { prepareMigrate } from '../../src/phases/migrate.ts';
import { ALL_REGISTRIES } from '../../src/plan/all-registries.ts';
import { readPlan } from '../../src/plan/read.ts';
import { useMariaDb } from '../support/mariadb.ts';
import { temporaryFolder } from '../support/ports.ts';
import { lacks } from '../support/tools.ts';
import { type Carried, carryOut, phaseContext } from './carry-out.ts';

const TABLE = 'CREATE TABLE plans (id INTEGER PRIMARY KEY, status VARCHAR(20), at VARCHAR(20))';

/** A plan whose command migrates, and what comes of it. */
async function migrated(
  url: string,
  run: string,
  options: { readonly locale?: Locale; readonly dryRun?: boolean; readonly more?: string } = {},
): Promise<Carried> {
  const { locale = 'en', dryRun = false, more = '' } = options;
  const text = `
version: 1
databases: { main: { url: "\${DATABASE_URL}" } }
migrate:
  database: main
  run: { tool: command, run: ${JSON.stringify(run)}, version: { query: "select version from versions order by 1" }, heads: "printf 2" }
  indexes: { plans: { plans_status: [status, at] } }
  queries:
    - { sql: "select * from plans where status = ?", uses: plans_status }
${more}`;
  const env = { PATH: process.env['PATH'], DATABASE_URL: url };
  const plan = readPlan({ text, origin: { file: 'holdpoint.yml', source: 'head' } }, env, { registries: ALL_REGISTRIES });
  if (plan.migrate === undefined) throw new Error('The plan has no migrate section.');
  const base = phaseContext({ locale, dryRun, directory: temporaryFolder() }, plan);
  const context = { ...base, databases: openDatabases(plan.databases, base) };
  return carryOut('migrate', prepareMigrate(plan.migrate, context), context);
}

const shown = ({ checklist }: Carried) => checklist.items.map(({ id, state, reason }) => `${id}: ${state} ${reason}`);

describe.skipIf(lacks('sqlite3'))('migrate on SQLite', () => {
  const INDEX = 'CREATE INDEX plans_status ON plans (status, at)';
  function database(): { readonly url: string; readonly migration: string } {
    const directory = temporaryFolder();
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'app.db');
    execFileSync('sqlite3', [file], {
      input: `${TABLE}; CREATE TABLE versions (version TEXT); INSERT INTO versions VALUES (1);`,
    });
    const migration = join(directory, 'migration.sql');
    writeFileSync(migration, `${INDEX}; UPDATE versions SET version = 2;`);
    return { url: `sqlite:${file}`, migration: `sqlite3 ${file} < ${migration}` };
  }

  test('runs a command, reads the version before and after, and proves the index and its query', async () => {
    const { url, migration } = database();
    const done = await migrated(url, migration);
    expect(shown(done)).toEqual([
      'migrate-database: pass criteria_met',
      'migrate-run: pass task_done',
      'index-plans_status: pass criteria_met',
      'index-findings: pass criteria_met',
      'query-1: pass criteria_met',
    ]);
    const messages = done.checklist.items.map(({ message = '' }) => message);
    expect(messages[0]).toMatch(/^SQLite 3\.[\d.]+ at .*app\.db\./);
    expect(messages[2]).toBe('(status, at), as meant. SQLite keeps no state of validity: an index is there or it is not.');
    expect(messages[3]).toContain('Not told on SQLite');
    expect(done.checklist.items[1]?.measurements?.['version_before']?.value).toMatchObject({ text: '1' });
  });

  test('in a dry run looks at what is there, once nothing is pending', async () => {
    const { url, migration } = database();
    expect(shown(await migrated(url, migration, { dryRun: true }))).toContain('index-plans_status: skipped dry_run');
    execFileSync('bash', ['-c', migration]);
    const seen = shown(await migrated(url, migration, { dryRun: true }));
    expect(seen).toContain('index-plans_status: pass criteria_met');
    expect(seen).toContain('query-1: pass criteria_met');
  });

  test('a command that says OK and makes nothing fails; what is not known there is an error', async () => {
    const { url } = database();
    const done = await migrated(url, 'true', { locale: 'pt-BR', more: '    - { statements: {} }\n' });
    expect(shown(done)[1]).toBe('migrate-run: fail tool_disagrees');
    const direct = await migrated(url, `sqlite3 ${url.slice(7)} 'update versions set version = 2'`, {
      locale: 'pt-BR',
      more: '    - { statements: { top: 1 } }\n    - { sql: "select 1 from plans", rows: { plans: 5 } }\n',
    });
    expect(shown(direct).slice(2)).toEqual([
      'index-plans_status: fail index_missing',
      'index-findings: pass criteria_met',
      'query-1: fail index_missing',
      'statement-1: error unsupported',
      'query-2: error unsupported',
    ]);
  });
});

describe.skipIf(lacks('mariadbd'))('migrate on MariaDB', () => {
  const server = useMariaDb();

  test('holds indexes and queries against the server', async () => {
    const url = await server.database(
      TABLE,
      'CREATE TABLE versions (version int)',
      'INSERT INTO versions VALUES (2)',
      'CREATE INDEX plans_status ON plans (status, at)',
    );
    const done = await migrated(url, 'true');
    expect(shown(done)).toEqual([
      'migrate-database: pass criteria_met',
      'migrate-run: pass task_done',
      'index-plans_status: pass criteria_met',
      'index-findings: pass criteria_met',
      'query-1: pass criteria_met',
    ]);
    const [, , index, others, query] = done.checklist.items;
    expect(index?.message).toContain('MariaDB keeps no state of validity');
    expect(others?.message).toContain('InnoDB makes an index for each');
    const evidence = JSON.stringify(query?.evidence);
    expect(evidence).toContain("where status = '20010101'");
    expect(JSON.stringify(done.checklist)).not.toContain('hunter2');
    await server.run(`ALTER TABLE ${url.split('/').at(-1)}.plans ALTER INDEX plans_status IGNORED`);
    expect(shown(await migrated(url, 'true')).slice(2)).toEqual([
      'index-plans_status: fail index_invalid',
      'index-findings: pass criteria_met',
      'query-1: fail index_invalid',
    ]);
  });
});
