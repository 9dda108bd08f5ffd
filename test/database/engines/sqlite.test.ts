import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkEngineIndexes } from '../../../src/database/engines/engine-indexes.ts';
import { proveEngineQuery } from '../../../src/database/engines/engine-proof.ts';
import { withEngineSession } from '../../../src/database/engines/session.ts';
import type { IndexExpectation } from '../../../src/database/index-expectation.ts';
import { temporaryFolder, testPorts } from '../../support/ports.ts';
import { lacks } from '../../support/tools.ts';

describe.skipIf(lacks('sqlite3'))('SQLite', () => {
  const directory = temporaryFolder();
  const file = join(directory, 'app.db');
  const url = `sqlite:${file}`;
  const write = (sql: string, into = file) => execFileSync('sqlite3', [into], { input: sql });

  beforeAll(() => {
    write(`
      CREATE TABLE plans (id INTEGER PRIMARY KEY, status TEXT, needs_review INT, at TEXT, name TEXT COLLATE NOCASE, CONSTRAINT u UNIQUE (at, name));
      CREATE INDEX plans_status ON plans (status, needs_review);
      CREATE INDEX plans_short ON plans (status);
      CREATE INDEX plans_open ON plans (at DESC) WHERE needs_review = 1 AND status <> 'a(b,c)';
      CREATE INDEX plans_lower ON plans (lower(status), name COLLATE BINARY DESC);
      CREATE INDEX plans_name ON plans (name);
      CREATE TABLE kids (id INTEGER PRIMARY KEY REFERENCES plans, plan_id INT REFERENCES plans (id), other INT REFERENCES plans (id));
      CREATE INDEX kids_plan ON kids (plan_id);
    `);
  });

  const expectation = (name: string, columns: readonly string[], more: Partial<IndexExpectation> = {}): IndexExpectation => ({
    table: 'plans',
    name,
    columns,
    ...more,
  });
  const check = (...expected: readonly IndexExpectation[]) =>
    withEngineSession(url, testPorts({ directory }), async (session) => {
      const found = await checkEngineIndexes(session, expected);
      return { ...found, trips: session.roundTrips() };
    });
  const prove = (sql: string, ...uses: readonly string[]) =>
    withEngineSession(url, testPorts({ directory }), (session) => proveEngineQuery(session, { sql, uses }));

  test('finds indexes with direction, condition, expression, collation and uniqueness in one query', async () => {
    const { answers, trips, engine } = await check(
      expectation('plans_status', ['status', 'NEEDS_REVIEW'], { unique: false }),
      expectation('plans_open', ['at desc'], { where: `needs_review=1 and status <> 'a(b,c)'` }),
      expectation('plans_lower', ['lower( status )', 'name collate binary desc']),
      expectation('plans_name', ['name collate nocase']),
      expectation('plans_name', ['name']),
      expectation('sqlite_autoindex_plans_1', ['at', 'name'], { unique: true }),
      expectation('plans_open', [], { definition: `(at DESC) WHERE needs_review = 1 AND status <> 'a(b,c)'`, unique: false }),
    );
    expect(answers.flatMap(({ finding }) => finding ?? [])).toEqual([]);
    expect(answers[2]?.unasked).toMatch(/compared as they are written/);
    expect({ trips, engine }).toEqual({ trips: 1, engine: 'SQLite' });
  });

  test('tells what differs, what cannot be there, and foreign keys without an index', async () => {
    const { answers, others } = await check(
      expectation('plans_status', ['needs_review', 'status']),
      expectation('plans_open', ['at desc']),
      expectation('plans_open', ['at'], { where: `needs_review = 1 AND status <> 'a(b,c)'` }),
      expectation('plans_lower', ['lower(status)', 'name desc']),
      expectation('plans_name', ['name collate binary']),
      expectation('plans_name', ['name'], { unique: true }),
      expectation('nowhere', ['name']),
      expectation('plans_name', ['name(10)']),
      expectation('plans_name', ['name'], { method: 'hash' }),
      { table: 'kids', name: 'kids_plan', columns: ['plan_id'] },
    );
    expect(answers.map(({ finding }) => finding?.kind ?? 'good')).toEqual([
      ...['order', 'predicate', 'direction', 'collation', 'collation', 'unique', 'missing', 'definition', 'definition', 'good'],
    ]);
    expect(answers[0]?.finding?.fix).toBe('DROP INDEX plans_status;\nCREATE INDEX plans_status ON plans (needs_review, status);');
    expect(others.map(({ kind, index }) => [kind, index])).toEqual([
      ['redundant', 'plans_short'],
      ['foreign_key', 'kids(other) → plans'],
    ]);
  });

  test('proves a query by a lookup or a saved sort, and by nothing else', async () => {
    const finding = async (sql: string, ...uses: readonly string[]) => (await prove(sql, ...uses)).finding;
    const served = (index: string, by = 'condition') => ({ kind: 'served', indexes: [index], by });
    expect(await finding('select * from plans p where p.status = ? and needs_review = $1', 'plans_status')).toEqual(
      served('plans_status'),
    );
    expect(await finding('select * from plans where status = ?', 'plans_short')).toEqual(served('plans_short'));
    expect(await finding('update plans set at = 1 where status = ?', 'plans_status')).toEqual(served('plans_status'));
    expect(await finding('select * from plans order by status limit 3', 'plans_status')).toEqual(served('plans_status', 'order'));
    expect(await finding('select status from plans', 'plans_status')).toMatchObject({
      kind: 'unserved',
      cause: { kind: 'walk' },
    });
    expect(await finding('select * from plans where needs_review = 1', 'plans_status')).toMatchObject({ kind: 'unserved' });
    expect(await finding('select * from plans where at > 1', 'plans_open')).toMatchObject({ kind: 'unserved' });
    expect(await finding('select * from kids', 'plans_status')).toMatchObject({ kind: 'unproven', why: { kind: 'no_place' } });
    expect(await finding('select * from plans where status = 1', 'nowhere')).toMatchObject({ kind: 'no_index' });
    expect(
      await finding('select * from (select plan_id from kids where plan_id = 1) q join plans on plans.id = q.plan_id'),
    ).toMatchObject({
      kind: 'served',
    });
    expect(await finding('select * from kids where other = ?')).toMatchObject({ kind: 'read_whole', tables: ['kids'] });
  });

  test('keeps the shell’s commands and second statements out, and writes nothing', async () => {
    await expect(prove('select 1;\n.shell touch /tmp/x')).rejects.toThrow('several statements');
    await expect(
      withEngineSession(url, testPorts({ directory }), (session) => session.query('DELETE FROM plans')),
    ).rejects.toMatchObject({
      reason: 'permission_denied',
    });
    await expect(prove('select missing from plans', 'plans_status')).rejects.toThrow('no such column');
  });

  test('takes the file that a URL means, and refuses one that may mean two', async () => {
    const about = (path: string) => withEngineSession(path, testPorts({ directory }), ({ label }) => Promise.resolve(label));
    expect(await about('sqlite:app.db')).toBe(file);
    expect(await about('sqlite:///app.db')).toBe(file);
    expect(await about(`sqlite:///${file}`)).toBe(file);
    expect(await about(`sqlite+aiosqlite://${file}`)).toBe(file);
    await expect(about('sqlite:nowhere.db')).rejects.toMatchObject({ reason: 'not_found' });
    await expect(about('sqlite::memory:')).rejects.toThrow('names no file');
    await expect(about('sqlite://host/app.db')).rejects.toThrow('has a host');
  });

  test('says what to install where nothing can read it', async () => {
    if (process.getBuiltinModule?.('node:sqlite') !== undefined) return;
    const { exec } = testPorts({ env: { PATH: directory } });
    const ports = testPorts({ directory, exec: (request) => exec({ ...request, file: 'sqlite3-that-is-missing' }) });
    await expect(withEngineSession(url, ports, (session) => session.about())).rejects.toMatchObject({
      reason: 'tool_missing',
      message: expect.stringContaining('Install sqlite3'),
    });
  });
});
