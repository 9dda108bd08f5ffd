import { execFileSync } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runCommandLine } from '../../src/cli/run.ts';
import { sql, useServer } from '../support/postgres.ts';
import { lacks } from '../support/tools.ts';

const server = useServer();
let url: string;
let directory: string;

beforeAll(async () => {
  url = await server.newDatabase();
  directory = await mkdtemp(join(tmpdir(), 'holdpoint-indexes-'));
  await sql(
    url,
    'CREATE TABLE plans (id int, status text, needs_review boolean, at timestamptz)',
    'CREATE INDEX plans_status ON plans (status, needs_review)',
    'CREATE INDEX plans_open ON plans (at DESC) WHERE needs_review',
  );
});

interface Ran {
  readonly status: number;
  readonly out: string;
  readonly errors: string;
}

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = { DATABASE_URL: url }): Promise<Ran> {
  let out = '';
  let errors = '';
  const stream = { colour: false, columns: undefined };
  const status = await runCommandLine(argv, { PATH: process.env['PATH'], ...env }, new AbortController().signal, {
    output: stream,
    errors: stream,
    out: async (text) => {
      out += text;
    },
    error: async (text) => {
      errors += text;
    },
  });
  return { status, out, errors };
}

async function planWith(indexes: string, more = ''): Promise<string> {
  const file = join(directory, `plan-${Math.random()}.yml`);
  const migrate = `migrate:\n  database: main\n  run: { tool: alembic, directory: backend }\n${more}${indexes.replace(/^/gm, '  ')}`;
  await writeFile(file, `version: 1\ndatabases: { main: { url: "$\{DATABASE_URL}" } }\n${migrate}\n`);
  return file;
}

describe('a snapshot', () => {
  test('is the plan’s indexes, and a check against the same database passes', async () => {
    const { status, out } = await run(['indexes', 'snapshot', '--database', 'DATABASE_URL']);
    expect(status).toBe(0);
    expect(out).toContain('plans_status: [ status, needs_review ]');
    const checked = await run(['indexes', 'check', '--plan', await planWith(out), '--json']);
    expect(JSON.parse(checked.out)).toEqual({
      verdict: 'pass',
      round_trips: 1,
      indexes: 2,
      findings: [],
      ignored: [],
      notes: [],
    });
    expect(checked.status).toBe(0);
  });
});

describe('a check', () => {
  test('tells each finding with the SQL that mends it, and ends with 1', async () => {
    const plan = await planWith('indexes: { plans: { plans_status: [needs_review, status], plans_gone: [lower(status)] } }');
    const { status, out } = await run(['indexes', 'check', '--database', 'main', '--plan', plan, '--json']);
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'fail',
      round_trips: 2,
      findings: [
        {
          kind: 'order',
          schema: 'public',
          table: 'plans',
          index: 'plans_status',
          expected: '(needs_review, status)',
          found: '(status, needs_review)',
          fix: 'DROP INDEX CONCURRENTLY plans_status;\nCREATE INDEX CONCURRENTLY plans_status ON plans (needs_review, status);',
        },
        {
          kind: 'missing',
          index: 'plans_gone',
          fix: 'CREATE INDEX CONCURRENTLY plans_gone ON plans ((lower(status)));',
        },
      ],
    });
  });

  test('against a file of SQL lets a throwaway server read it, owners and all', async () => {
    await writeFile(
      join(directory, 'schema.sql'),
      "SELECT pg_catalog.set_config('search_path', '', false);\n" +
        'CREATE TABLE public.plans (id int, status text, needs_review boolean, at timestamp with time zone);\n' +
        'ALTER TABLE public.plans OWNER TO somebody;\n' +
        'CREATE INDEX plans_status ON public.plans USING btree (status, needs_review);\n' +
        'CREATE INDEX plans_open ON public.plans USING btree (at DESC) WHERE (needs_review = true);\n',
    );
    const plan = await planWith(`indexes: { from: ${join(directory, 'schema.sql')} }`);
    const { out } = await run(['indexes', 'check', '--plan', plan, '--json']);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'fail',
      indexes: 2,
      findings: [{ kind: 'predicate', index: 'plans_open', found: '(at desc) where needs_review' }],
    });
  });

  test('against a file that the server does not read names its line', async () => {
    await writeFile(join(directory, 'broken.sql'), 'CREATE TABLE a (id int);\nCREATE INDEX ON b (id;\n');
    const plan = await planWith(`indexes: { from: ${join(directory, 'broken.sql')} }`);
    const { status, errors } = await run(['indexes', 'check', '--plan', plan]);
    expect(status).toBe(3);
    expect(errors).toMatch(/broken\.sql, line 2, cannot be read by a throwaway PostgreSQL: syntax error/);
  });

  test('by the plan’s rules: strict, with a level and an ignore', async () => {
    const rules = '  index-rules: { strict: true, levels: { unexpected: warn } }\n';
    const plan = await planWith('indexes: { plans: { plans_status: [status, needs_review] } }', rules);
    const { status, out } = await run(['indexes', 'check', '--plan', plan]);
    expect(status).toBe(0);
    expect(out).toContain('warn  unexpected  plans_open on public.plans');
    expect(out).toMatch(/warn: 1 index expected, 1 finding, 1 round trip\n$/);
  });

  test('that cannot reach the database ends with 3, and shows no password', async () => {
    const dead = 'postgresql://someone:hunter2hunter2@127.0.0.1:1/app';
    const plan = await planWith('indexes: { plans: { plans_status: [status] } }');
    const { status, out, errors } = await run(['indexes', 'check', '--plan', plan, '--json'], { DATABASE_URL: dead });
    expect(status).toBe(3);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'error', reason_code: 'connection_refused', findings: [] });
    expect(`${out}${errors}`).not.toContain('hunter2');
  });

  test.each([
    [['indexes'], 'writes or checks'],
    [['indexes', 'snapshoot', '--database', 'X'], 'Did you mean `snapshot`?'],
    [['indexes', 'snapshot'], 'needs a database'],
    [['indexes', 'snapshot', '--database', 'NO_SUCH_VARIABLE'], 'no environment variable'],
  ])('%j is a usage error', async (argv, message) => {
    const { status, errors } = await run(argv);
    expect(status).toBe(2);
    expect(errors).toContain(message);
  });

  test('a password in the arguments is taken, and warned of', async () => {
    const { status, errors } = await run(['indexes', 'snapshot', '--database', url.replace('postgres@', 'postgres:secret@')]);
    expect(errors).toMatch(/password in the arguments|^$/);
    expect([0, 3]).toContain(status);
  });
});

describe.skipIf(lacks('sqlite3'))('a check of an SQLite file', () => {
  test('tells findings, what it does not know, and no snapshot', async () => {
    const file = join(directory, 'app.db');
    execFileSync('sqlite3', [file], {
      input: 'CREATE TABLE plans (status TEXT, at TEXT); CREATE INDEX plans_status ON plans (status);',
    });
    const env = { DATABASE_URL: `sqlite:${file}` };
    const plan = await planWith('indexes: { plans: { plans_status: [status, at] } }');
    const { status, out } = await run(['indexes', 'check', '--plan', plan, '--json'], env);
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      verdict: 'fail',
      round_trips: 1,
      findings: [
        {
          kind: 'columns',
          schema: 'main',
          table: 'plans',
          found: '(status)',
          fix: 'DROP INDEX plans_status;\nCREATE INDEX plans_status ON plans (status, at);',
        },
      ],
      notes: [expect.stringContaining('Not told on SQLite')],
    });
    const named = await run(['indexes', 'check', '--database', `sqlite:${file}`, '--plan', plan], env);
    expect(named.out).toContain('fail: 1 index expected, 1 finding, 1 round trip');
    const snapshot = await run(['indexes', 'snapshot', '--database', 'DATABASE_URL'], env);
    expect(snapshot).toMatchObject({ status: 3, errors: expect.stringContaining('of a PostgreSQL only') });
    const fromFile = await run(['indexes', 'check', '--plan', await planWith('indexes: { from: schema.sql }'), '--json'], env);
    expect(JSON.parse(fromFile.out)).toMatchObject({ verdict: 'error', reason_code: 'unsupported' });
  });
});
