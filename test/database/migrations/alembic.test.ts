import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { alembic } from '../../../src/database/migrations/alembic.ts';
import type { BoundMigrationTool, MigrationContext } from '../../../src/database/migrations/tool.ts';
import { nodeExec } from '../../../src/runner/exec.ts';
import { type AlembicProject, alembicProject, pathWithAlembic } from '../../support/alembic.ts';
import { temporaryFolder, testPorts } from '../../support/ports.ts';
import { inSession, sql, useServer } from '../../support/postgres.ts';

const server = useServer();
let path: string;

beforeAll(async () => {
  path = await pathWithAlembic();
}, 180_000);

function tool(spec: object = { directory: 'backend' }): BoundMigrationTool {
  const binding = alembic.bind(spec);
  if ('issues' in binding) throw new Error(binding.issues.map(({ message }) => message).join());
  return binding.bound;
}

interface Prepared {
  readonly context: MigrationContext;
  readonly project: AlembicProject;
  readonly progress: string[];
}

async function prepare(overrides: Partial<MigrationContext> = {}): Promise<Prepared> {
  const project = await alembicProject();
  const progress: string[] = [];
  const ports = testPorts({ env: { PATH: path, HOME: process.env['HOME'] }, directory: project.directory });
  const databaseUrl = await server.newDatabase();
  return { project, progress, context: { ...ports, databaseUrl, progress: (text) => progress.push(text), ...overrides } };
}

describe('Alembic', () => {
  test('upgrades to the head, tells each migration with its time, and the table bears it out', async () => {
    const { context, progress } = await prepare();
    expect(await tool().current(context)).toEqual([]);
    expect(await tool().heads(context)).toEqual(['5403edb1d087']);
    const applied = await tool().apply(context);
    expect(applied).toMatchObject({ exitCode: 0, warnings: [] });
    expect(applied.migrations.map(({ name }) => name)).toEqual([
      '3f2b7c9a41de, create intervention plans',
      '5403edb1d087, optimise intervention plans',
    ]);
    const times = applied.migrations.map(({ durationMs = Number.NaN }) => durationMs);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(0);
    expect(times.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(applied.durationMs);
    expect(progress).toEqual(applied.migrations.map(({ name }) => name));
    expect(await tool().current(context)).toEqual(['5403edb1d087']);
  });

  test('undoes one migration, or goes down to one', async () => {
    const { context } = await prepare();
    await tool().apply(context);
    const undone = await tool().down({ steps: 1 }, context);
    expect(undone).toMatchObject({ exitCode: 0, migrations: [{ name: '5403edb1d087, optimise intervention plans' }] });
    expect(await tool().current(context)).toEqual(['3f2b7c9a41de']);
    await tool().down({ to: 'base' }, context);
    expect(await tool().current(context)).toEqual([]);
    expect(await tool().down({ steps: 1 }, context)).toMatchObject({
      problem: expect.stringContaining(`didn't produce 1 migrations`),
    });
  });

  test('counts warnings, Python’s and the log’s', async () => {
    const { context, project } = await prepare();
    await project.add(
      'aaaaaaaaaaaa',
      '5403edb1d087',
      'import logging, warnings\nwarnings.warn("odd default")\nlogging.getLogger("app").warning("slow table")',
    );
    const { warnings } = await tool().apply(context);
    expect(warnings).toHaveLength(2);
    expect(warnings.join('\n')).toMatch(/UserWarning: odd default[\s\S]*WARNI \[app\] slow table/);
  });

  test('says in one line what went wrong', async () => {
    const { context, project } = await prepare();
    await project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("ALTER TABLE absent ADD COLUMN a int")');
    const { exitCode, problem, migrations } = await tool().apply(context);
    expect(exitCode).not.toBe(0);
    expect(problem).toContain('relation "absent" does not exist');
    expect(migrations.at(-1)?.name).toBe('aaaaaaaaaaaa, aaaaaaaaaaaa');
  });

  test('tells of several heads', async () => {
    const { context, project } = await prepare();
    await project.add('aaaaaaaaaaaa', '3f2b7c9a41de', 'pass');
    expect([...((await tool().heads(context)) ?? [])].sort()).toEqual(['5403edb1d087', 'aaaaaaaaaaaa']);
    expect(await tool().apply(context)).toMatchObject({ problem: expect.stringContaining('Multiple head revisions') });
  });

  test('stops at a target, by the beginning of its name too', async () => {
    const { context } = await prepare();
    const first = tool({ directory: 'backend', target: '3f2b' });
    expect(await first.heads(context)).toEqual(['3f2b7c9a41de']);
    await first.apply(context);
    expect(await first.current(context)).toEqual(['3f2b7c9a41de']);
  });

  test('tells what is pending by its history, and what came in also when the project logs nothing', async () => {
    const { context, project } = await prepare();
    await project.changeFile('migrations/env.py', 'fileConfig(context.config.config_file_name)', '');
    const before = await tool().state(context);
    expect(before.pending).toMatchObject([
      { version: '3f2b7c9a41de', name: '3f2b7c9a41de, create intervention plans', reversible: true },
      { version: '5403edb1d087', name: '5403edb1d087, optimise intervention plans', reversible: true },
    ]);
    await tool().apply(context);
    const after = await tool().state(context);
    expect(after.migrations?.map(({ applied }) => applied)).toEqual([true, true]);
    await tool().down({ steps: 1 }, context);
    expect((await tool().state(context)).pending).toMatchObject([{ version: '5403edb1d087' }]);
  });

  test('leaves a migration pending behind its target, and that is no target of its own', async () => {
    const { context } = await prepare();
    const first = tool({ directory: 'backend', target: '3f2b' });
    await first.apply(context);
    expect((await first.state(context)).pending).toEqual([]);
    expect((await tool().state(context)).pending).toMatchObject([{ version: '5403edb1d087' }]);
  });

  test('keeps its table where the project puts it', async () => {
    const { context, project } = await prepare();
    await sql(context.databaseUrl, 'CREATE SCHEMA audit');
    const options = 'connection=connection, version_table="schema_revisions", version_table_schema="audit"';
    await project.changeFile('migrations/env.py', 'connection=connection', options);
    const own = tool({ directory: 'backend', 'version-table': 'audit.schema_revisions' });
    await own.apply(context);
    expect(await own.current(context)).toEqual(['5403edb1d087']);
    expect(await tool({ directory: 'backend', 'version-table': 'schema_revisions' }).current(context)).toEqual(['5403edb1d087']);
  });

  test('gets its URL by the environment, with the driver that the project wants', async () => {
    const { context, project } = await prepare();
    await project.changeFile(
      'migrations/env.py',
      /def database_url[\s\S]*?\n\n\n/,
      'def database_url() -> str:\n    return os.environ["APP_DB"]\n\n\n',
    );
    const own = tool({ directory: 'backend', env: 'APP_DB', driver: 'psycopg' });
    expect(await own.apply(context)).toMatchObject({ exitCode: 0 });
    expect(await own.current(context)).toEqual(['5403edb1d087']);
  });

  test('never has the password in its arguments', async () => {
    const seen: string[] = [];
    const { context } = await prepare();
    const watching: MigrationContext = {
      ...context,
      exec: (request) => {
        seen.push([request.file, ...request.args].join(' '));
        return nodeExec(context.env)(request);
      },
    };
    await tool().heads(watching);
    await tool().apply(watching);
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.join('\n')).not.toContain(new URL(context.databaseUrl).password);
  });

  test('is stopped with the run, and the database is as it was', async () => {
    const stop = new AbortController();
    const { context, project } = await prepare({ signal: stop.signal });
    await project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("SELECT pg_sleep(30)")');
    const running = tool().apply({
      ...context,
      progress: (text) => text.startsWith('aaaaaaaaaaaa') && stop.abort(new Error('enough')),
    });
    await expect(running).rejects.toThrow('enough');
    const { rows } = await inSession(context.databaseUrl, (session) => session.query('SELECT version_num FROM alembic_version'));
    expect(rows).toEqual([{ version_num: '3f2b7c9a41de' }]);
  });
});

describe('Alembic that is not there', () => {
  test('is missed, with what to do', async () => {
    const empty = temporaryFolder();
    const { context } = await prepare();
    await expect(tool().apply({ ...context, env: { PATH: empty } })).rejects.toMatchObject({ reason: 'tool_missing' });
  });

  test('is missed too when only Python is there', async () => {
    const bin = temporaryFolder();
    await mkdir(bin, { recursive: true });
    const python = join(bin, 'python3');
    await writeFile(python, '#!/bin/sh\necho "$0: No module named alembic" >&2\nexit 1\n', { mode: 0o755 });
    const { context } = await prepare();
    const env = { PATH: `${bin}` };
    await expect(tool().apply({ ...context, env, exec: nodeExec(env) })).rejects.toMatchObject({ reason: 'tool_missing' });
  });

  test('fails with its own words when there is no project', async () => {
    const { context } = await prepare();
    await expect(tool({}).heads(context)).rejects.toMatchObject({
      reason: 'command_failed',
      message: expect.stringContaining('script_location'),
    });
  });
});
