import { beforeAll, describe, expect, test } from 'vitest';
import { withSession } from '../../src/database/client.ts';
import { proveQuery, type QueryExpectation } from '../../src/database/query-plans.ts';
import { testPorts } from '../support/ports.ts';
import { inSession, sql, useServer } from '../support/postgres.ts';

const server = useServer();
const { secrets } = testPorts();

beforeAll(() =>
  sql(
    server.url,
    'CREATE TABLE plans (id int PRIMARY KEY, status text, needs_review boolean, email text, at timestamptz)',
    'CREATE INDEX plans_status ON plans (status, needs_review)',
    'CREATE INDEX plans_email ON plans (lower(email))',
    'CREATE INDEX plans_at ON plans (at)',
    `INSERT INTO plans SELECT n, 'draft', false, 'a' || n, now() FROM generate_series(1, 20) n`,
    'ANALYZE plans',
    'CREATE TABLE events (at date, kind int) PARTITION BY RANGE (at)',
    `CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`,
    'CREATE INDEX events_kind ON events (kind)',
  ),
);

const prove = (expected: QueryExpectation) => withSession(server.url, { secrets }, (session) => proveQuery(session, expected));

describe('an index serves a query', () => {
  test.each([
    [
      'with a parameter, on a table so small that it would be read whole',
      'select * from plans where status = $1',
      'plans_status',
    ],
    ['with several parameters and a semicolon', 'select * from plans where status = $1 and needs_review = $2 ;', 'plans_status'],
    ['by its expression', `select * from plans where lower(email) = 'a'`, 'plans_email'],
    ['of partitions, by the name of their parent', 'select * from events where kind = 1', 'events_kind'],
    ['that deletes, which is not done', 'delete from plans where at < now()', 'plans_at'],
  ])('%s', async (_, statement, uses) => {
    const { served, plan } = await prove({ sql: statement, uses });
    expect(served, plan).toBe(true);
    const { rows } = await inSession(server.url, (session) => session.query('SELECT count(*)::int AS n FROM plans'));
    expect(rows).toEqual([{ n: 20 }]);
  });
});

describe('an index does not serve a query', () => {
  test.each([
    ['whose expression is another', `select * from plans where upper(email) = 'A'`, 'plans_email', 'does not use plans_email'],
    [
      'that only counts: a walk through the whole index is no proof',
      'select at from plans order by at',
      'plans_at',
      'walk through the whole',
    ],
    ['that takes another index', 'select * from plans where id = $1', 'plans_at', 'takes plans_pkey'],
    ['when it does not exist', 'select 1', 'plans_absent', 'no index plans_absent'],
  ])('%s', async (_, statement, uses, found) => {
    const proof = await prove({ sql: statement, uses });
    expect(proof.served).toBe(false);
    expect(proof.found).toContain(found);
    expect(proof.plan).not.toBe('');
  });
});

test('a query that the server does not understand is an error with its own words', async () => {
  await expect(prove({ sql: 'select absent from plans', uses: 'plans_at' })).rejects.toThrow('column "absent" does not exist');
  await expect(prove({ sql: 'select 1; drop table plans', uses: 'plans_at' })).rejects.toMatchObject({ reason: 'bad_response' });
});

test('one proof leaves nothing behind for the next', async () => {
  await withSession(server.url, { secrets }, async (session) => {
    await expect(proveQuery(session, { sql: 'select absent', uses: 'plans_at' })).rejects.toThrow();
    const { served } = await proveQuery(session, { sql: 'select * from plans where at = $1', uses: 'plans_at' });
    expect(served).toBe(true);
    const { rows } = await session.query(
      `SELECT current_setting('enable_seqscan') AS seqscan, (SELECT count(*)::int FROM pg_prepared_statements) AS left`,
    );
    expect(rows).toMatchObject([{ seqscan: 'on' }]);
  });
});
