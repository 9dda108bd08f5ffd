import { beforeAll, describe, expect, test } from 'vitest';
import { withSession } from '../../../src/database/client.ts';
import { proveQuery, type QueryExpectation } from '../../../src/database/query-proof/proof.ts';
import { testPorts } from '../../support/ports.ts';
import { inSession, sql, useServer } from '../../support/postgres.ts';
import { lacksPostgres } from '../../support/tools.ts';

const { secrets } = testPorts();

const SCHEMA = [
  'CREATE TABLE plans (id int PRIMARY KEY, status text, needs_review boolean, email varchar(80), at timestamptz, title text NOT NULL)',
  'CREATE INDEX plans_status ON plans (status, needs_review)',
  'CREATE INDEX plans_status_alone ON plans (status)',
  'CREATE INDEX plans_email ON plans (lower(email))',
  'CREATE INDEX plans_at ON plans (at)',
  `CREATE INDEX plans_open ON plans (at) WHERE status = 'open'`,
  'CREATE INDEX plans_title ON plans (title COLLATE "C" text_ops)',
  'CREATE INDEX plans_review ON plans (id) WHERE needs_review',
  `INSERT INTO plans SELECT n, 'draft', false, 'a' || n, now(), 't' FROM generate_series(1, 20) n`,
  'ANALYZE plans',
  'CREATE TABLE events (at date, kind int, id int) PARTITION BY RANGE (at)',
  `CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`,
  `CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')`,
  'CREATE INDEX events_kind ON events (kind)',
  'CREATE INDEX events_half ON ONLY events (id)',
  'CREATE INDEX events_half_1 ON events_1 (id)',
  'ALTER INDEX events_half ATTACH PARTITION events_half_1',
  'CREATE TABLE people (id int PRIMARY KEY, email text)',
  'CREATE UNIQUE INDEX people_email ON people (email)',
  'CREATE TABLE orders (id int PRIMARY KEY, person int, total numeric)',
  'CREATE INDEX orders_person ON orders (person)',
  'CREATE TABLE spots (id int, place point, words tsvector)',
  'CREATE INDEX spots_place ON spots USING gist (place)',
  'CREATE INDEX spots_words ON spots USING gin (words)',
  'CREATE SCHEMA audit',
  'CREATE TABLE audit.plans (id int, status text)',
  'CREATE INDEX plans_audit ON audit.plans (status)',
];

describe.skipIf(await lacksPostgres())('on PostgreSQL', () => suite('postgresql'));
describe('on PGlite', () => suite('pglite'));

function suite(engine: 'postgresql' | 'pglite'): void {
  const server = useServer(engine);
  beforeAll(() => sql(server.url, ...SCHEMA));
  const prove = (expected: Partial<QueryExpectation> & { readonly sql: string }, ours = true) =>
    withSession(server.url, { secrets }, (session) => proveQuery(session, { uses: [], ...expected }, { throwaway: ours }));

  describe('an index serves a query', () => {
    test.each([
      [
        'with a parameter, on a table so small that it would be read whole',
        'select * from plans where status = $1',
        'plans_status',
        'condition',
      ],
      ['although another would be taken', `select * from plans where status = 'a'`, 'plans_status', 'condition'],
      [
        'with several parameters and a semicolon',
        'select * from plans where status = $1 and needs_review = $2 ;',
        'plans_status',
        'condition',
      ],
      ['by its expression', `select * from plans where lower(email) = 'a'`, 'plans_email', 'condition'],
      ['of partitions, by the name of their parent', 'select * from events where kind = 1', 'events_kind', 'condition'],
      ['of partitions that a parameter selects', 'select * from events where at = $1 and kind = $2', 'events_kind', 'condition'],
      ['of one partition, by its own name', 'select * from events_1 where kind = 1', 'events_1_kind_idx', 'condition'],
      ['that deletes, which is not done', 'delete from plans where at < now()', 'plans_at', 'condition'],
      ['that updates', 'update plans set title = $1 where at = $2', 'plans_at', 'condition'],
      ['by its order, which saves a sort', 'select * from plans order by at limit 5', 'plans_at', 'order'],
      ['by its order, backwards', 'select * from plans order by at desc', 'plans_at', 'order'],
      ['by a predicate that the query implies', `select * from plans where status = 'open'`, 'plans_open', 'predicate'],
      [
        'as the arbiter of an upsert',
        'insert into people values ($1, $2) on conflict (email) do nothing',
        'people_email',
        'conflict',
      ],
      ['of a join', 'select * from people p join orders o on o.person = p.id where p.id = $1', 'orders_person', 'condition'],
      ['of a join of everything', 'select * from people p join orders o on o.person = p.id', 'orders_person', 'condition'],
      [
        'in a subquery',
        'select * from people where exists (select from orders where person = people.id and total > 5)',
        'orders_person',
        'condition',
      ],
      [
        'in a common table expression',
        'with o as materialized (select * from orders where person = $1) select * from o',
        'orders_person',
        'condition',
      ],
      ['by distance', `select * from spots order by place <-> point '(0,0)' limit 3`, 'spots_place', 'distance'],
      ['by a bitmap only', `select * from spots where words @@ to_tsquery('english', $1)`, 'spots_words', 'condition'],
      ['the largest key', 'select max(at) from plans', 'plans_at', 'condition'],
      [
        'with a pattern, where the order is that of bytes',
        `select * from plans where title like 'a%'`,
        'plans_title',
        'condition',
      ],
      ['in another schema, by its full name', 'select * from audit.plans where status = $1', 'audit.plans_audit', 'condition'],
      ['by a primary key', 'select * from plans where id = any($1)', 'plans_pkey', 'condition'],
    ])('%s', async (_, statement, uses, by) => {
      const { finding, provenPlan, chosenPlan } = await prove({ sql: statement, uses: [uses] });
      expect(finding, `${chosenPlan}\n\n${provenPlan}`).toEqual({ kind: 'served', indexes: [uses], by });
      const { rows } = await inSession(server.url, (session) => session.query('SELECT count(*)::int AS n FROM plans'));
      expect(rows).toEqual([{ n: 20 }]);
    });
  });

  describe('an index does not serve a query', () => {
    test.each<[string, string, string, object]>([
      [
        'whose function is another',
        `select * from plans where upper(email) = 'A'`,
        'plans_email',
        { kind: 'expression', key: 'lower((email)::text)' },
      ],
      [
        'that has a function on the column',
        `select * from plans where date_trunc('day', at) = $1`,
        'plans_at',
        { kind: 'expression', key: 'at' },
      ],
      ['that casts the column', 'select * from plans where at::date = $1', 'plans_at', { kind: 'cast', asked: '(at)::date' }],
      [
        'that compares with another type',
        'select * from plans where id = 1.5',
        'plans_pkey',
        { kind: 'cast', asked: '(id)::numeric' },
      ],
      ['that only counts', 'select count(*) from plans', 'plans_at', { kind: 'walk' }],
      ['that filters what it reads from the whole of it', 'select id from plans where id % 2 = 1', 'plans_pkey', {}],
      [
        'that groups what it reads from the whole of it',
        'select at, count(*) from plans group by at',
        'plans_at',
        { kind: 'walk' },
      ],
      ['that lists the distinct keys of the whole of it', 'select distinct at from plans', 'plans_at', { kind: 'walk' }],
      [
        'of which one side of an OR leaves its first key out',
        `select * from plans where status = 'a' or needs_review`,
        'plans_status',
        { kind: 'first_key', key: 'status' },
      ],
      [
        'whose conditions leave its first key out',
        'select * from plans where needs_review = $1',
        'plans_status',
        { kind: 'first_key', key: 'status' },
      ],
      ['that asks for another column', 'select * from plans where id = $1', 'plans_at', { kind: 'first_key', key: 'at' }],
      ['whose pattern begins anywhere', `select * from plans where title like '%a'`, 'plans_title', { kind: 'like_wildcard' }],
      ['whose pattern is a parameter', 'select * from plans where title like $1', 'plans_title', { kind: 'like_parameter' }],
      ['whose pattern ignores case', `select * from plans where title ilike 'a%'`, 'plans_title', { kind: 'like_case' }],
      ['that does not repeat its predicate', 'select * from plans where at = $1', 'plans_open', { kind: 'predicate' }],
    ])('%s', async (_, statement, uses, cause) => {
      const { finding, chosenPlan, provenPlan } = await prove({ sql: statement, uses: [uses] });
      expect(finding, `${chosenPlan}\n\n${provenPlan}`).toMatchObject({ kind: 'unserved', index: uses, cause });
    });

    test('that it is not there for', async () => {
      const { finding } = await prove({ sql: 'select * from plans where at = $1', uses: ['plans_absent'] });
      expect(finding).toEqual({ kind: 'no_index', names: ['plans_absent'] });
    });

    test('that is invalid, left over from a build that failed', async () => {
      await sql(server.url, 'CREATE TABLE broken (a int)', 'CREATE INDEX broken_a ON broken (a)');
      await sql(server.url, `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'broken_a'::regclass`);
      const { finding } = await prove({ sql: 'select * from broken where a = 1', uses: ['broken_a'] });
      expect(finding).toMatchObject({ kind: 'unserved', cause: { kind: 'invalid' } });
    });

    test('of which a partition has no part of it', async () => {
      const { finding } = await prove({ sql: 'select * from events where id = $1', uses: ['events_half'] });
      expect(finding).toMatchObject({ kind: 'unserved', cause: { kind: 'partitions', tables: ['events_2'] } });
    });

    test('with a parameter where its predicate wants a value: told with the value', async () => {
      const { finding } = await prove({ sql: 'select * from plans where status = $1 and at < $2', uses: ['plans_open'] });
      expect(finding).toEqual({
        kind: 'partial_parameter',
        index: 'plans_open',
        predicate: `(status = 'open'::text)`,
        parameter: 1,
        value: `'open'`,
      });
      const flag = await prove({ sql: 'select * from plans where needs_review = $1 and id > $2', uses: ['plans_review'] });
      expect(flag.finding).toMatchObject({ kind: 'partial_parameter', parameter: 1, value: `'true'` });
    });
  });

  describe('the four queries of a deployment checklist', () => {
    const served = [
      ['select * from intervention_plans where status = $1 and needs_review', 'ix_status_needs_review'],
      ['select * from intervention_plans where last_reviewed_at < $1', 'ix_last_reviewed_at'],
      ['select * from intervention_plans where review_frequency = $1', 'ix_review_frequency'],
      ['select * from intervention_plans where created_by_id = $1 order by created_at', 'ix_created_by_id'],
    ] as const;
    beforeAll(() =>
      sql(
        server.url,
        `CREATE TABLE intervention_plans (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title varchar(200) NOT NULL,
           status varchar(20) NOT NULL, needs_review boolean NOT NULL, review_frequency varchar(20), last_reviewed_at timestamptz,
           created_by_id uuid, created_at timestamptz NOT NULL)`,
        'CREATE INDEX ix_status_needs_review ON intervention_plans (status, needs_review)',
        'CREATE INDEX ix_last_reviewed_at ON intervention_plans (last_reviewed_at)',
        'CREATE INDEX ix_review_frequency ON intervention_plans (review_frequency)',
        'CREATE INDEX ix_created_by_id ON intervention_plans (created_by_id)',
        'CREATE INDEX ix_swapped ON intervention_plans (needs_review, review_frequency)',
      ),
    );

    test.each(served)('are served: %s', async (statement, uses) => {
      for (const rows of [{}, { intervention_plans: 1e6 }]) {
        const { finding, choice } = await prove({ sql: statement, uses: [uses], rows });
        expect(finding).toMatchObject({ kind: 'served', indexes: [uses], by: 'condition' });
        if ('intervention_plans' in rows) expect(choice).toMatchObject({ statistics: 'assumed', indexes: [uses] });
      }
    });

    test('are not by an index whose first key they do not ask for', async () => {
      const { finding } = await prove({ sql: served[2][0], uses: ['ix_swapped'] });
      expect(finding).toMatchObject({ kind: 'unserved', cause: { kind: 'first_key', key: 'needs_review' } });
    });
  });

  test('of several indexes one must serve', async () => {
    const { finding } = await prove({
      sql: 'select * from plans where at = $1',
      uses: ['plans_absent', 'plans_status', 'plans_at'],
    });
    expect(finding).toEqual({ kind: 'served', indexes: ['plans_at'], by: 'condition' });
  });

  describe('without the name of an index', () => {
    test('any may serve', async () => {
      const { finding } = await prove({ sql: 'select * from people p join orders o on o.person = p.id where p.email = $1' });
      expect(finding).toMatchObject({ kind: 'served', by: 'condition' });
    });

    test.each([
      ['a table that is read whole is found', 'select * from orders where total > $1', [], { tables: ['orders'], walks: [] }],
      ['and an index of which all is read', 'select count(id) from people', [], { tables: [], walks: ['people_pkey'] }],
      ['but not where that was allowed', 'select * from plans, orders where plans.id = 1', ['plans'], { tables: ['orders'] }],
      ['and partitions by the name of their table', 'select * from events where at = $1', [], { tables: ['events'] }],
    ])('%s', async (_, statement, mayScan, found) => {
      const { finding } = await prove({ sql: statement, mayScan });
      expect(finding).toMatchObject({ kind: 'read_whole', ...found });
    });

    test('nothing is asked of small tables that may be read whole, nor where there is no table', async () => {
      expect((await prove({ sql: 'select * from orders', mayScan: ['orders'] })).finding).toEqual({
        kind: 'exempt',
        tables: ['orders'],
      });
      expect((await prove({ sql: 'select * from orders', smallMayScan: true })).finding.kind).toBe('exempt');
      expect((await prove({ sql: 'select $1::int' })).finding).toEqual({ kind: 'no_table' });
    });
  });

  test.each([
    ['select * from orders where total > $1', 'CREATE INDEX CONCURRENTLY ON orders (total);'],
    ['select * from plans where title > $1 and email = $2', 'CREATE INDEX CONCURRENTLY ON plans (email, title);'],
    ['select * from plans where upper(email) = $1', 'CREATE INDEX CONCURRENTLY ON plans (upper((email)::text));'],
    ['select * from events where at = $1', 'CREATE INDEX ON events (at);'],
    ['select * from plans where at::date = $1', 'no index'],
    ['select * from orders', 'no index'],
  ])('an index is suggested where one was seen to help: %s', async (statement, wanted) => {
    const { suggestion = 'no index', finding } = await prove({ sql: statement });
    expect(finding.kind).toBe('read_whole');
    expect(suggestion).toBe(wanted);
  });

  test('rows are assumed, and the choice follows', async () => {
    await sql(
      server.url,
      'CREATE TABLE tall (id int PRIMARY KEY, kind text NOT NULL, at date)',
      'CREATE INDEX tall_kind ON tall (kind)',
    );
    await sql(server.url, 'ANALYZE tall');
    const few = await prove({ sql: 'select * from tall where kind = $1', uses: ['tall_kind'] });
    expect(few.choice).toMatchObject({ statistics: 'small' });
    const many = await prove({ sql: 'select * from tall where kind = $1', uses: ['tall_kind'], rows: { tall: 1e6 } });
    expect(many.choice).toEqual({ statistics: 'assumed', indexes: ['tall_kind'], scans: [] });
    expect(many.costs?.without).toBeGreaterThan(10 * (many.costs?.with ?? 0));
    const absent = await prove({ sql: 'select 1', uses: ['tall_kind'], rows: { absent: 5 } });
    expect(absent.assumed).toEqual([{ table: 'absent', rows: 5, refused: 'no_such_table' }]);
    const { rows } = await inSession(server.url, (session) =>
      session.query(
        `SELECT reltuples::int AS rows, (SELECT count(*)::int FROM tall) AS real FROM pg_class WHERE relname = 'tall'`,
      ),
    );
    expect(rows).toEqual([{ rows: 0, real: 0 }]);
  });

  test('costs tell what the index is worth', async () => {
    await sql(
      server.url,
      'CREATE TABLE large (id int, note text)',
      `INSERT INTO large SELECT g, repeat('x', 100) FROM generate_series(1, 20000) g`,
    );
    await sql(server.url, 'CREATE INDEX large_id ON large (id)', 'ANALYZE large');
    const { costs, choice, provenPlan } = await prove({ sql: 'select * from large where id = $1', uses: ['large_id'] });
    expect(choice).toEqual({ statistics: 'real', indexes: ['large_id'], scans: [] });
    expect(provenPlan).toBeUndefined();
    expect(costs?.withoutAny).toBe(false);
    expect((costs?.without ?? 0) / (costs?.with ?? 1)).toBeGreaterThan(30);
  });

  describe('where nothing may be hidden', () => {
    test('an index that is taken is proof, with the cost without any', async () => {
      const { finding, hiding, costs } = await prove({ sql: 'select * from plans where at = $1', uses: ['plans_at'] }, false);
      expect(finding).toMatchObject({ kind: 'served' });
      expect(hiding).toBe('none');
      expect(costs).toMatchObject({ withoutAny: true });
    });

    test('another that is taken instead leaves it open', async () => {
      await sql(server.url, 'CREATE TABLE twin (a int)', 'CREATE INDEX twin_1 ON twin (a)', 'CREATE INDEX twin_2 ON twin (a)');
      const names = ['twin_1', 'twin_2'];
      const proofs = await Promise.all(
        names.map((uses) => prove({ sql: 'select * from twin where a = $1', uses: [uses] }, false)),
      );
      expect(proofs.map(({ finding }) => finding.kind).sort()).toEqual(['in_the_way', 'served']);
      for (const uses of names) {
        expect((await prove({ sql: 'select * from twin where a = $1', uses: [uses] })).finding.kind).toBe('served');
      }
    });

    test('one that cannot serve is found out all the same, and nothing is written', async () => {
      const { finding, assumed } = await prove(
        { sql: 'select * from plans where upper(email) = $1', uses: ['plans_email'], rows: { plans: 9 } },
        false,
      );
      expect(finding).toMatchObject({ kind: 'unserved', cause: { kind: 'expression' } });
      expect(assumed).toEqual([{ table: 'plans', rows: 9, refused: 'not_allowed' }]);
    });
  });

  test('what the server does not understand is an error with its own words; a second statement is none', async () => {
    await expect(prove({ sql: 'select absent from plans' })).rejects.toThrow('column "absent" does not exist');
    await expect(prove({ sql: 'select 1; drop table plans' })).rejects.toMatchObject({ reason: 'bad_response' });
    await expect(prove({ sql: 'drop table plans' })).rejects.toMatchObject({ reason: 'bad_response' });
  });

  test('one proof leaves nothing behind for the next', async () => {
    await withSession(server.url, { secrets }, async (session) => {
      const options = { throwaway: true };
      await expect(proveQuery(session, { sql: 'select absent', uses: ['plans_at'] }, options)).rejects.toThrow();
      await proveQuery(session, { sql: 'select * from plans where at = $1 and upper(title) = $2', uses: ['plans_at'] }, options);
      const { rows } = await session.query(
        `SELECT current_setting('enable_seqscan') AS seqscan, (SELECT count(*)::int FROM pg_prepared_statements WHERE name LIKE 'holdpoint%') AS left,
           (SELECT count(*)::int FROM pg_index WHERE NOT indisvalid AND indrelid = 'plans'::regclass) AS hidden`,
      );
      expect(rows).toEqual([{ seqscan: 'on', left: 0, hidden: 0 }]);
    });
  });

  if (engine === 'postgresql') {
    test('a pattern finds no beginning in the order of a language; the operator class that does is suggested', async () => {
      await sql(server.url, 'CREATE TABLE names (name text COLLATE "und-x-icu")', 'CREATE INDEX names_name ON names (name)');
      const { finding, suggestion } = await prove({ sql: `select * from names where name like 'a%'`, uses: ['names_name'] });
      expect(finding).toMatchObject({ kind: 'unserved', cause: { kind: 'like_opclass', key: 'name' } });
      expect(suggestion).toBe('CREATE INDEX CONCURRENTLY ON names (name text_pattern_ops);');
    });

    describe('without a superuser', () => {
      const as = (user: string): string => server.url.replace(/\/\/postgres:[^@]+@/, `//${user}:secret@`);
      beforeAll(() =>
        sql(
          server.url,
          ...['owner', 'reader'].map((name) => `CREATE ROLE the_${name} LOGIN PASSWORD 'secret'`),
          'CREATE TABLE owned (a int PRIMARY KEY, b int)',
          'CREATE INDEX owned_1 ON owned (b)',
          'CREATE INDEX owned_2 ON owned (b)',
          'ALTER TABLE owned OWNER TO the_owner',
          'GRANT SELECT ON owned TO the_reader',
        ),
      );
      const proveAs = (user: string, uses: string) =>
        withSession(as(user), { secrets }, (session) =>
          proveQuery(session, { sql: 'select * from owned where b = $1', uses: [uses] }, { throwaway: false, mayHide: true }),
        );

      test('the owner hides by dropping, which is undone', async () => {
        for (const uses of ['owned_1', 'owned_2']) {
          expect(await proveAs('the_owner', uses)).toMatchObject({ finding: { kind: 'served' }, hiding: 'drop' });
        }
        const { rows } = await inSession(server.url, (session) =>
          session.query(`SELECT count(*)::int AS n FROM pg_index WHERE indrelid = 'owned'::regclass`),
        );
        expect(rows).toEqual([{ n: 3 }]);
      });

      test('an owner who finds the table locked does not wait: nothing is hidden then', async () => {
        await inSession(server.url, async (holder) => {
          await holder.run('BEGIN; LOCK TABLE owned IN ROW EXCLUSIVE MODE');
          const proofs = [await proveAs('the_owner', 'owned_1'), await proveAs('the_owner', 'owned_2')];
          expect(proofs.map(({ finding }) => finding.kind).sort()).toEqual(['in_the_way', 'served']);
          expect(proofs.map(({ hiding }) => hiding)).toEqual(['none', 'none']);
          await holder.run('ROLLBACK');
        });
      });

      test('a reader hides nothing', async () => {
        const proofs = [await proveAs('the_reader', 'owned_1'), await proveAs('the_reader', 'owned_2')];
        expect(proofs.map(({ finding }) => finding.kind).sort()).toEqual(['in_the_way', 'served']);
      });
    });
  }
}
