import { beforeAll, describe, expect, test } from 'vitest';
import type { IndexExpectation } from '../../src/database/index-expectation.ts';
import { DEFAULT_RULES, type IndexRules } from '../../src/database/index-rules.ts';
import { checkIndexes, type IndexCheck } from '../../src/database/indexes.ts';
import { inSession, sql, useServer } from '../support/postgres.ts';

const server = useServer();
let url: string;

beforeAll(async () => {
  url = await server.newDatabase();
  await sql(url, 'CREATE EXTENSION IF NOT EXISTS btree_gist').catch(() => undefined);
});

/** Makes a table of its own and checks it, with one expected index that is as it should be. */
async function findings(
  statements: readonly string[],
  rules: Partial<IndexRules> = {},
  expected: readonly IndexExpectation[] = [{ table: 't', name: 't_expected', columns: ['id'] }],
): Promise<IndexCheck & { readonly told: readonly string[] }> {
  await sql(url, 'DROP TABLE IF EXISTS t, t2, orders, items CASCADE', ...statements, 'CREATE INDEX t_expected ON t (id)');
  const check = await inSession(url, (session) => checkIndexes(session, expected, { ...DEFAULT_RULES, ...rules }));
  return { ...check, told: check.others.map(({ kind, index, level }) => `${level} ${kind} ${index}`) };
}

const TABLE = 'CREATE TABLE t (id int, tenant int, a text, b text, at timestamptz)';

describe('where others look away', () => {
  test('an invalid index of a partitioned table, for which there are no statistics, is found', async () => {
    const { told, others } = await findings([
      'CREATE TABLE t (id int, k int) PARTITION BY RANGE (id)',
      'CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (0) TO (10)',
      'CREATE INDEX t_parent ON ONLY t (k)',
    ]);
    expect(told).toContain('block partitions t_parent');
    expect(others.find(({ index }) => index === 't_parent')?.fix).toBe(
      'CREATE INDEX CONCURRENTLY t2_t_parent ON t2 (k);\nALTER INDEX t_parent ATTACH PARTITION t2_t_parent;',
    );
  });

  test('two indexes are no duplicates when they differ in direction', async () => {
    const { told } = await findings([TABLE, 'CREATE INDEX t_up ON t (tenant, at)', 'CREATE INDEX t_down ON t (tenant, at DESC)']);
    expect(told).toEqual([]);
  });

  test('a primary key and an exclusion constraint on the same columns are no duplicates', async () => {
    const { told } = await findings([
      'CREATE TABLE t (id int, r int4range, PRIMARY KEY (r))',
      'ALTER TABLE t ADD EXCLUDE USING gist (r WITH =)',
      'ALTER TABLE t ADD EXCLUDE USING gist (r WITH &&)',
    ]);
    expect(told).toEqual([]);
  });

  test.each([
    ['expressions of other functions', 'CREATE INDEX t_1 ON t (upper(a))', 'CREATE INDEX t_2 ON t (lower(a), b)'],
    ['another method', 'CREATE INDEX t_1 ON t USING hash (a)', 'CREATE INDEX t_2 ON t (a, b)'],
    ['included columns are no keys', 'CREATE INDEX t_1 ON t (a, b)', 'CREATE INDEX t_2 ON t (a, at) INCLUDE (b)'],
    ['a unique index is no prefix to drop', 'CREATE UNIQUE INDEX t_1 ON t (a)', 'CREATE INDEX t_2 ON t (a, b)'],
    ['a partial index', 'CREATE INDEX t_1 ON t (a)', 'CREATE INDEX t_2 ON t (a, b) WHERE b IS NOT NULL'],
    ['another collation', 'CREATE INDEX t_1 ON t (a COLLATE "C")', 'CREATE INDEX t_2 ON t (a, b)'],
    ['one direction reversed and not the other', 'CREATE INDEX t_1 ON t (a, b DESC)', 'CREATE INDEX t_2 ON t (a, b, at)'],
  ])('no index is redundant: %s', async (_, ...statements) => {
    expect((await findings([TABLE, ...statements])).told).toEqual([]);
  });

  test.each([
    ['a partial', 'CREATE INDEX i_item ON items (item) WHERE item = 1', 'covers only rows where item = 1'],
    ['no', 'CREATE INDEX i_item ON items (other, item)', 'no such index'],
    ['a brin', 'CREATE INDEX i_item ON items USING brin (item)', 'no such index'],
  ])('%s index is no index for a foreign key', async (_, index, found) => {
    const { others } = await findings(
      ['CREATE TABLE t (id int PRIMARY KEY)', 'CREATE TABLE items (item int CONSTRAINT fk REFERENCES t, other int)', index],
      {},
      [{ table: 'items', name: 'i_item', columns: ['item'] }],
    );
    expect(others).toMatchObject([
      {
        kind: 'foreign_key',
        level: 'warn',
        index: 'fk',
        found: expect.stringContaining(found),
        fix: 'CREATE INDEX CONCURRENTLY items_item_idx ON items (item);',
      },
    ]);
  });

  test('an invalid index is no index for a foreign key', async () => {
    const { others } = await findings(
      [
        'CREATE TABLE t (id int PRIMARY KEY)',
        'CREATE TABLE items (item int CONSTRAINT fk REFERENCES t)',
        'INSERT INTO t VALUES (1)',
        'INSERT INTO items VALUES (1), (1)',
      ],
      {},
      [{ table: 'items', name: 'i_item', columns: ['item'], unique: true }],
    );
    expect(others).toHaveLength(1);
    await expect(sql(url, 'CREATE UNIQUE INDEX CONCURRENTLY i_item ON items (item)')).rejects.toThrow('could not create');
    // squawk #1230: the second try says that all is well.
    await sql(url, 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i_item ON items (item)');
    const check = await inSession(url, (session) =>
      checkIndexes(session, [{ table: 'items', name: 'i_item', columns: ['item'], unique: true }]),
    );
    expect(check.others).toMatchObject([{ kind: 'foreign_key', found: expect.stringContaining('its build failed') }]);
    expect(check.answers[0]?.finding).toMatchObject({
      kind: 'invalid',
      fix:
        '-- Remove duplicate rows first, or the build fails again.\n' +
        'DROP INDEX CONCURRENTLY i_item;\nCREATE UNIQUE INDEX CONCURRENTLY i_item ON items (item);',
    });
  });

  test('a full index that starts with the key’s columns, in any order, is one', async () => {
    const { others } = await findings(
      [
        'CREATE TABLE t (id int, n int, PRIMARY KEY (id, n))',
        'CREATE TABLE items (n int, item int, x int, FOREIGN KEY (item, n) REFERENCES t)',
        'CREATE INDEX i_item ON items (n, item, x)',
      ],
      {},
      [{ table: 'items', name: 'i_item', columns: ['n', 'item', 'x'] }],
    );
    expect(others).toEqual([]);
  });
});

describe('beside the expected indexes', () => {
  test('a duplicate is told, and the plan’s own is the one to keep', async () => {
    const { others } = await findings([TABLE, 'CREATE INDEX a_same ON t (id)']);
    expect(others).toMatchObject([{ kind: 'duplicate', level: 'warn', index: 'a_same', fix: 'DROP INDEX CONCURRENTLY a_same;' }]);
    expect(others[0]?.found).toContain('the same as t_expected');
  });

  test.each([
    ['a prefix', 'CREATE INDEX t_short ON t (a)', 'CREATE INDEX t_long ON t (a, b)'],
    ['a prefix, wholly reversed', 'CREATE INDEX t_short ON t (a DESC, b DESC)', 'CREATE INDEX t_long ON t (a, b, at)'],
    ['what a unique one has', 'CREATE INDEX t_short ON t (a)', 'CREATE UNIQUE INDEX t_long ON t (a)'],
  ])('%s is redundant', async (_, ...statements) => {
    expect((await findings([TABLE, ...statements])).told).toEqual(['warn redundant t_short']);
  });

  test('what a broken concurrent rebuild left is told', async () => {
    const { others } = await findings([TABLE, 'CREATE INDEX t_a_idx_ccnew ON t (a)', 'CREATE INDEX t_a_idx_ccold1 ON t (b)']);
    expect(others.map(({ kind, fix }) => `${kind} ${fix}`)).toEqual([
      'leftover DROP INDEX CONCURRENTLY t_a_idx_ccnew;',
      'leftover DROP INDEX CONCURRENTLY t_a_idx_ccold1;',
    ]);
  });

  test('an index that the plan does not have blocks only when the plan asks', async () => {
    const statements = [TABLE, 'ALTER TABLE t ADD PRIMARY KEY (tenant)', 'CREATE INDEX t_stray ON t (b)'];
    expect((await findings(statements)).told).toEqual([]);
    expect((await findings(statements, { strict: true })).told).toEqual(['block unexpected t_stray']);
  });

  test('what the plan ignores is told with its reason, and an ignore that meets nothing too', async () => {
    const ignores = [
      { index: 't_stray', kind: 'unexpected' as const, reason: 'for the nightly report' },
      { index: 't_gone', reason: 'was here once' },
    ];
    const check = await findings([TABLE, 'CREATE INDEX t_stray ON t (b)'], { strict: true, ignores });
    expect(check.told).toEqual([]);
    expect(check.ignored).toMatchObject([{ finding: { index: 't_stray' }, reason: 'for the nightly report' }]);
    expect(check.idleIgnores).toMatchObject([{ index: 't_gone' }]);
  });

  test('a level of the plan is taken: off is not told', async () => {
    const statements = [TABLE, 'CREATE INDEX a_same ON t (id)'];
    expect((await findings(statements, { levels: { duplicate: 'block' } })).told).toEqual(['block duplicate a_same']);
    expect((await findings(statements, { levels: { duplicate: 'off' } })).told).toEqual([]);
  });

  test('an index without scans is unused once the statistics are old enough, and never before', async () => {
    const statements = [TABLE, 'CREATE INDEX t_idle ON t (b)', 'CREATE UNIQUE INDEX t_key ON t (tenant)'];
    expect((await findings(statements)).told).toEqual([]);
    const { others } = await findings(statements, { unusedForMs: 1 });
    expect(others.map(({ kind, index }) => `${kind} ${index}`)).toEqual(['unused t_expected', 'unused t_idle']);
    expect(others[1]?.found).toMatch(/not scanned once in the .+ since the statistics began/);
  });
});

describe('a server that may not be asked', () => {
  test('without the right to temporary tables, definitions are compared as text, and that is said', async () => {
    await sql(
      url,
      'DROP TABLE IF EXISTS t CASCADE',
      TABLE,
      'CREATE INDEX t_lower ON t (lower(a)) WHERE b IS NOT NULL',
      `CREATE ROLE reader LOGIN PASSWORD 'reader'`,
      'GRANT SELECT ON t TO reader',
      `DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$`,
    );
    const asReader = new URL(url);
    asReader.username = 'reader';
    asReader.password = 'reader';
    const lower = { table: 't', name: 't_lower', columns: ['LOWER( a )'], where: 'b is not null' };
    const check = await inSession(asReader.href, (session) =>
      checkIndexes(session, [lower, { ...lower, where: '(b) is not null' }, { ...lower, columns: ['upper(a)'] }]),
    );
    expect(check.answers.map(({ finding }) => finding?.kind)).toEqual([undefined, 'predicate', 'columns']);
    expect(check.answers.every(({ unasked }) => unasked?.includes('permission denied'))).toBe(true);
  });

  test('while another transaction holds the table, the look does not wait for long', async () => {
    await sql(url, 'DROP TABLE IF EXISTS t CASCADE', TABLE, 'CREATE INDEX t_lower ON t (lower(a))');
    await inSession(url, async (holder) => {
      await holder.run('BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE');
      const began = Date.now();
      const asked = inSession(url, (session) => checkIndexes(session, [{ table: 't', name: 't_lower', columns: ['LOWER(a)'] }]));
      const settled = await asked.then(
        () => 'answered',
        (error: unknown) => String(error),
      );
      await holder.run('ROLLBACK');
      expect(settled).toMatch(/got no lock in time/);
      expect(Date.now() - began).toBeLessThan(10_000);
    });
  });
});
