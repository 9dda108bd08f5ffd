import { beforeAll, describe, expect, test } from 'vitest';
import type { IndexExpectation } from '../../src/database/index-expectation.ts';
import { checkIndexes, type IndexAnswer } from '../../src/database/indexes.ts';
import { inSession, sql, useServer } from '../support/postgres.ts';

const server = useServer();
let url: string;

beforeAll(async () => {
  url = await server.newDatabase();
  await sql(
    url,
    'CREATE TABLE plans (id int PRIMARY KEY, status text, needs_review boolean, email text, at timestamptz, "Odd name" int)',
    'CREATE INDEX plans_status ON plans (status, needs_review)',
    'CREATE INDEX plans_at ON plans (at DESC)',
    'CREATE INDEX plans_email ON plans (lower(email))',
    'CREATE INDEX plans_open ON plans (at) WHERE needs_review',
    'CREATE INDEX plans_pattern ON plans (email text_pattern_ops)',
    'CREATE UNIQUE INDEX plans_unique ON plans (email, id)',
    'CREATE INDEX plans_cover ON plans (id) INCLUDE (status)',
    'CREATE INDEX "Odd index" ON plans ("Odd name")',
    'CREATE SCHEMA audit',
    'CREATE TABLE audit.plans (id int, status text)',
    'CREATE INDEX plans_status ON audit.plans (status)',
  );
});

async function check(expected: IndexExpectation): Promise<IndexAnswer> {
  const { answers } = await inSession(url, (session) => checkIndexes(session, [expected]));
  const [answer] = answers;
  if (!answer) throw new Error('There must be an answer.');
  return answer;
}

const onPlans = (name: string, ...columns: readonly string[]): IndexExpectation => ({ table: 'plans', name, columns });

describe('an index is as it should be', () => {
  test.each<[string, IndexExpectation]>([
    ['by its columns in order', onPlans('plans_status', 'status', 'needs_review')],
    ['by direction', onPlans('plans_at', 'at desc')],
    ['by expression', onPlans('plans_email', 'LOWER( email )')],
    ['by operator class', onPlans('plans_pattern', 'email text_pattern_ops')],
    ['by predicate', { ...onPlans('plans_open', 'at'), where: '(needs_review)' }],
    ['when unique is asked for', { ...onPlans('plans_unique', 'email', 'id'), unique: true }],
    ['whatever it includes beside its keys', onPlans('plans_cover', 'id')],
    ['when its names need quotes', onPlans('Odd index', '"Odd name"')],
    ['in another schema', { ...onPlans('plans_status', 'status'), schema: 'audit' }],
  ])('%s', async (_, expected) => {
    const { finding, found } = await check(expected);
    expect(finding).toBeUndefined();
    expect(found).toMatch(/^(?:unique )?\(/);
  });
});

describe('an index is found wanting', () => {
  test.each<[string, IndexExpectation, string, string]>([
    ['that does not exist', onPlans('plans_absent', 'at'), 'missing', 'no index of this name'],
    ['on a table that does not exist', { table: 'absent', name: 'i', columns: ['a'] }, 'table_missing', 'no table absent'],
    ['whose columns are swapped', onPlans('plans_status', 'needs_review', 'status'), 'order', '(status, needs_review)'],
    ['that has a column more', onPlans('plans_status', 'status'), 'columns', '(status, needs_review)'],
    ['that runs in the other direction', onPlans('plans_at', 'at'), 'direction', '(at desc)'],
    ['of another operator class', onPlans('plans_pattern', 'email'), 'opclass', '(email text_pattern_ops)'],
    ['that covers only some rows', onPlans('plans_open', 'at'), 'predicate', 'where needs_review'],
    [
      'that is not unique',
      { ...onPlans('plans_status', 'status', 'needs_review'), unique: true },
      'unique',
      '(status, needs_review)',
    ],
    ['that is unique', { ...onPlans('plans_unique', 'email', 'id'), unique: false }, 'unique', 'unique (email, id)'],
    ['whose columns the plan leaves out', onPlans('plans_status'), 'columns', '(status, needs_review)'],
    ['in another schema', { ...onPlans('plans_at', 'at desc'), schema: 'audit' }, 'definition', 'column "at" does not exist'],
  ])('%s', async (_, expected, kind, found) => {
    const { finding } = await check(expected);
    expect(finding).toMatchObject({ kind, index: expected.name, table: expected.table });
    expect(finding?.found).toContain(found);
  });

  test('that has the right columns under another name: renaming mends it', async () => {
    const { finding } = await check(onPlans('plans_by_email', 'lower(email)'));
    expect(finding?.found).toContain('plans_email has these columns');
    expect(finding?.fix).toBe('ALTER INDEX plans_email RENAME TO plans_by_email;');
  });

  test('whose concurrent build failed, although CREATE … IF NOT EXISTS says that all is well', async () => {
    await sql(url, 'CREATE TABLE people (email text)', `INSERT INTO people VALUES ('a'), ('a')`);
    const create = 'CREATE UNIQUE INDEX CONCURRENTLY';
    await expect(sql(url, `${create} people_email ON people (email)`)).rejects.toThrow('could not create unique index');
    await sql(url, `${create} IF NOT EXISTS people_email ON people (email)`);
    const expected = { table: 'people', name: 'people_email', columns: ['email'], unique: true };
    expect((await check(expected)).finding).toMatchObject({
      kind: 'invalid',
      found: expect.stringContaining('its build failed'),
    });
    await sql(url, 'DELETE FROM people');
    await mend(expected);
  });

  test('that lacks a partition', async () => {
    await sql(
      url,
      'CREATE TABLE events (at date, kind int) PARTITION BY RANGE (at)',
      `CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`,
      `CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`,
      'CREATE INDEX events_kind ON ONLY events (kind)',
      'CREATE INDEX events_1_kind ON events_1 (kind)',
      'ALTER INDEX events_kind ATTACH PARTITION events_1_kind',
    );
    const expected = { table: 'events', name: 'events_kind', columns: ['kind'] };
    expect((await check(expected)).finding).toMatchObject({ kind: 'partitions', found: expect.stringContaining('events_2') });
    await mend(expected);
  });

  test('whose name the server cut at 63 bytes is found all the same', async () => {
    const name = `plans_${'é'.repeat(40)}`;
    await sql(url, `CREATE INDEX ${name} ON plans (at, id)`);
    expect((await check(onPlans(name, 'at', 'id'))).finding).toBeUndefined();
  });

  /** Runs the SQL that the finding proposes, and looks again. */
  async function mend(expected: IndexExpectation): Promise<void> {
    const fix = (await check(expected)).finding?.fix ?? '';
    for (const statement of fix.split('\n').filter((line) => !line.startsWith('--'))) await sql(url, statement);
    expect((await check(expected)).finding, fix).toBeUndefined();
  }

  test.each<[string, IndexExpectation]>([
    ['a missing one', onPlans('mend_missing', 'status', 'at desc')],
    ['an expression', onPlans('mend_expression', 'upper(status)')],
    ['names that need quotes', onPlans('Mend this', '"Odd name"')],
    ['a predicate', { ...onPlans('mend_where', 'status'), where: 'needs_review' }],
    ['other columns', onPlans('plans_at', 'at', 'id')],
    ['one that is to be unique', { ...onPlans('plans_cover', 'id'), unique: true }],
    ['a schema', { ...onPlans('mend_audit', 'id'), schema: 'audit' }],
  ])('the SQL given for it mends %s', async (_, expected) => {
    expect((await check(expected)).finding).toBeDefined();
    await mend(expected);
  });
});

test('however many indexes are expected, the catalog is asked once, and the server reads definitions once', async () => {
  const expected = [
    onPlans('plans_status', 'status', 'needs_review'),
    { ...onPlans('plans_unique', 'email', 'id'), unique: true },
    { ...onPlans('plans_status', 'status'), schema: 'audit' },
    { table: 'absent', name: 'i', columns: ['a'] },
  ];
  await inSession(url, async (session) => {
    const plain = await checkIndexes(session, expected);
    expect(plain.answers.map(({ finding }) => finding?.kind)).toEqual([undefined, undefined, undefined, 'table_missing']);
    expect(session.roundTrips()).toBe(1);
    const all = await checkIndexes(session, [...expected, onPlans('plans_absent', 'at'), onPlans('plans_email', 'LOWER(email)')]);
    expect(all.answers.map(({ finding }) => finding?.kind)).toEqual([
      undefined,
      undefined,
      undefined,
      'table_missing',
      'missing',
      undefined,
    ]);
    expect(session.roundTrips()).toBe(3);
  });
});
