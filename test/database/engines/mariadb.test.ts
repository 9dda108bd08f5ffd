import { createConnection } from 'mysql2/promise';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkEngineIndexes } from '../../../src/database/engines/engine-indexes.ts';
import { proveEngineQuery } from '../../../src/database/engines/engine-proof.ts';
import { withEngineSession } from '../../../src/database/engines/session.ts';
import type { IndexExpectation } from '../../../src/database/index-expectation.ts';
import { DEFAULT_RULES, type IndexRules } from '../../../src/database/index-rules.ts';
import { APP_PASSWORD, useMariaDb } from '../../support/mariadb.ts';
import { testPorts } from '../../support/ports.ts';
import { lacks } from '../../support/tools.ts';

describe.skipIf(lacks('mariadbd'))('MariaDB', () => {
  const server = useMariaDb();
  let url: string;

  beforeAll(async () => {
    url = await server.database(
      `CREATE TABLE plans (id int PRIMARY KEY AUTO_INCREMENT, status varchar(20), needs_review bool, at datetime, name varchar(200),
         note text, kind enum('a', 'b'), KEY plans_status (status, needs_review), KEY plans_name (name(10)), KEY plans_at (at DESC),
         UNIQUE plans_unique (name), FULLTEXT plans_note (note), KEY plans_hidden (kind) IGNORED, KEY plans_short (status))`,
      'CREATE TABLE kids (id int PRIMARY KEY, plan_id int, FOREIGN KEY kids_plan (plan_id) REFERENCES plans (id))',
      'CREATE TABLE large (id int PRIMARY KEY, even bool, kind int, note varchar(100), KEY large_kind (kind), KEY large_even (even))',
      `INSERT INTO large SELECT seq, seq % 2, seq % 500, 'x' FROM seq_1_to_5000`,
      'ANALYZE TABLE large',
    );
  });

  const expectation = (name: string, columns: readonly string[], more: Partial<IndexExpectation> = {}): IndexExpectation => ({
    table: 'plans',
    name,
    columns,
    ...more,
  });
  const check = (expected: readonly IndexExpectation[], rules: IndexRules = DEFAULT_RULES) =>
    withEngineSession(url, testPorts(), async (session) => {
      const found = await checkEngineIndexes(session, expected, rules);
      return { ...found, trips: session.roundTrips() };
    });
  const kindsOf = async (...expected: readonly IndexExpectation[]) =>
    (await check(expected)).answers.map(({ finding }) => finding?.kind ?? 'good');
  const prove = (sql: string, ...uses: readonly string[]) =>
    withEngineSession(url, testPorts(), (session) => proveEngineQuery(session, { sql, uses }));

  test('finds indexes by columns, direction, beginning of a column, uniqueness and method, in two round trips', async () => {
    const { answers, trips, engine } = await check([
      expectation('plans_status', ['status', 'needs_review']),
      expectation('PLANS_AT', ['AT desc']),
      expectation('plans_name', ['name(10)']),
      expectation('plans_unique', ['name'], { unique: true }),
      expectation('plans_note', ['note'], { method: 'fulltext' }),
      expectation('plans_status', [], { definition: '(status, needs_review) USING BTREE', unique: false }),
    ]);
    expect(answers.map(({ finding }) => finding)).toEqual(answers.map(() => undefined));
    expect(answers[2]?.found).toBe('(name(10))');
    expect({ trips, engine }).toEqual({ trips: 2, engine: 'MariaDB' });
  });

  test('tells what differs, and SQL that the server takes and that mends it', async () => {
    const own = await server.database(
      'CREATE TABLE plans (id int PRIMARY KEY, a int, b int, name varchar(200), KEY one (b, a), KEY two (a), KEY three (name), KEY four (b) IGNORED)',
    );
    const expected = [
      expectation('one', ['a', 'b']),
      expectation('two', ['a desc'], { unique: true }),
      expectation('three', ['name(10)']),
      expectation('four', ['b']),
      expectation('five', ['name', 'a desc']),
    ];
    const look = () => withEngineSession(own, testPorts(), (session) => checkEngineIndexes(session, expected));
    const { answers } = await look();
    expect(answers.map(({ finding }) => finding?.kind)).toEqual(['order', 'direction', 'columns', 'invalid', 'missing']);
    expect(answers[3]?.finding?.fix).toBe('ALTER TABLE `plans` ALTER INDEX `four` NOT IGNORED;');
    const connection = await createConnection(own.replace('mariadb:', 'mysql:'));
    for (const { finding } of answers) {
      for (const statement of (finding?.fix ?? '').split('\n')) await connection.query(statement);
    }
    await connection.end();
    expect((await look()).answers.flatMap(({ finding }) => finding ?? [])).toEqual([]);
  });

  test('says what this engine cannot have, and never lets it pass', async () => {
    const asked: readonly [Partial<IndexExpectation> & { readonly columns?: readonly string[] }, RegExp][] = [
      [{ where: 'needs_review' }, /MariaDB has no partial indexes: take `where` out/],
      [{ include: ['at'] }, /no INCLUDE/],
      [{ nullsNotDistinct: true }, /no NULLS NOT DISTINCT/],
      [{ method: 'gin' }, /no index method gin/],
      [{ columns: ['lower(status)'] }, /no indexes on expressions/],
      [{ columns: ['status varchar_ops'] }, /no operator classes/],
      [{ columns: ['status desc nulls last'] }, /no order of nulls/],
      [{ columns: ['status collate utf8mb4_bin'] }, /the collation of its column/],
      [{ columns: [], definition: '(status, needs_review) INCLUDE (at)' }, /write `columns` instead/],
    ];
    const { answers } = await check(asked.map(([more]) => expectation('plans_status', more.columns ?? ['status'], more)));
    expect(answers.map(({ finding }) => finding?.kind)).toEqual(asked.map(() => 'definition'));
    for (const [at, [, words]] of asked.entries()) expect(answers[at]?.finding?.found).toMatch(words);
  });

  test('finds a missing table, and other indexes that are redundant, duplicate, ignored or not in the plan', async () => {
    expect(await kindsOf({ table: 'Plans', name: 'plans_status', columns: ['status'] })).toEqual(['table_missing']);
    const { others } = await check([expectation('plans_status', ['status', 'needs_review'])], { ...DEFAULT_RULES, strict: true });
    expect(others.filter(({ kind }) => kind !== 'unexpected').map(({ kind, index }) => [kind, index])).toEqual([
      ['unused', 'plans_hidden'],
      ['redundant', 'plans_short'],
    ]);
    expect(others.filter(({ kind }) => kind === 'unexpected').map(({ index }) => index)).toContain('plans_at');
    expect(others.find(({ index }) => index === 'plans_short')?.fix).toBe('DROP INDEX `plans_short` ON `plans`;');
  });

  test('proves a query by a lookup, with parameters, whatever the table holds', async () => {
    for (const sql of [
      'select * from plans where status = ? and needs_review = ?',
      'select * from plans p where p.status = $1 order by at limit $2',
      'select count(*) from (select id from plans where status like $1) q',
      'select * from kids k, plans as p where p.status = concat(k.id, ?) and p.needs_review = 1 limit ?',
    ]) {
      const proof = await prove(sql, 'plans_status');
      expect({ sql, finding: proof.finding }).toEqual({
        sql,
        finding: { kind: 'served', indexes: ['plans_status'], by: 'condition' },
      });
    }
    expect((await prove('select * from plans order by at desc limit 5', 'plans_at')).finding).toMatchObject({ by: 'order' });
    expect((await prove('select * from kids where plan_id = ?')).finding).toMatchObject({
      kind: 'served',
      indexes: ['kids_plan'],
    });
  });

  test('does not take for proof that an index is read whole, or cannot be used', async () => {
    const finding = async (sql: string, ...uses: readonly string[]) => (await prove(sql, ...uses)).finding;
    expect(await finding('select status from plans', 'plans_status')).toMatchObject({
      kind: 'unserved',
      cause: { kind: 'walk' },
    });
    expect(await finding('select * from plans where needs_review = 1', 'plans_status')).toMatchObject({
      kind: 'unserved',
      cause: { kind: 'first_key', key: 'status' },
    });
    expect(await finding(`select * from plans where lower(name) = 'x'`, 'plans_name')).toMatchObject({ kind: 'unserved' });
    expect(await finding('select * from plans where kind = ?', 'plans_hidden')).toMatchObject({ kind: 'hidden', how: 'ignored' });
    // A text is compared with a number as a number, in which the index is not sorted.
    expect(await finding('select * from kids k join plans p on p.status = k.id', 'plans_status')).toMatchObject({
      kind: 'unserved',
    });
    expect(await finding('select 1 from plans', 'nowhere')).toMatchObject({ kind: 'no_index' });
    expect(await finding('select * from large where note = ?')).toMatchObject({ kind: 'read_whole', tables: ['large'] });
    expect((await prove('select * from large where even = 1', 'large_even')).choice).toMatchObject({ statistics: 'real' });
  });

  test('says what it could not learn', async () => {
    const finding = async (sql: string, ...uses: readonly string[]) => (await prove(sql, ...uses)).finding;
    expect(await finding('select * from plans where id = ?', 'PRIMARY')).toMatchObject({
      kind: 'unproven',
      why: { kind: 'no_plan', said: expect.stringContaining('Impossible WHERE') },
    });
    expect(await finding('update plans set at = now() where status = ?', 'plans_status')).toMatchObject({
      why: { kind: 'writes' },
    });
    expect(await finding('select * from kids', 'plans_status')).toMatchObject({ kind: 'unproven', why: { kind: 'no_place' } });
    await expect(prove('select * from plans; drop table plans', 'plans_status')).rejects.toThrow('several statements');
    await expect(prove('select nothing from plans', 'plans_status')).rejects.toThrow(/Unknown column/);
    const assumed = withEngineSession(url, testPorts(), (session) =>
      proveEngineQuery(session, { sql: 'select 1', uses: [], rows: { plans: 5 } }),
    );
    await expect(assumed).rejects.toThrow('Rows can be assumed on PostgreSQL only');
  });

  test('only reads, and tells who refused without the password', async () => {
    await expect(withEngineSession(url, testPorts(), (session) => session.query('DELETE FROM large'))).rejects.toMatchObject({
      reason: 'permission_denied',
    });
    const other = url.replace(encodeURIComponent(APP_PASSWORD), 'wrong-password');
    const refused = await withEngineSession(other, testPorts(), (session) => session.about()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ reason: 'authentication_failed' });
    expect(String(refused)).not.toContain('wrong-password');
    const gone = url.replace(/app_\d+$/, 'nowhere');
    await expect(withEngineSession(gone, testPorts(), (session) => session.about())).rejects.toMatchObject({
      reason: 'not_found',
    });
    const closed = url.replace(/:\d+\//, ':1/');
    await expect(withEngineSession(closed, testPorts(), (session) => session.about())).rejects.toMatchObject({
      reason: 'connection_refused',
    });
  });
});
