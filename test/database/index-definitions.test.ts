import { beforeAll, describe, expect, test } from 'vitest';
import { readWholeCatalog } from '../../src/database/catalog.ts';
import type { IndexExpectation } from '../../src/database/index-expectation.ts';
import type { IndexRules } from '../../src/database/index-rules.ts';
import { DEFAULT_RULES } from '../../src/database/index-rules.ts';
import { snapshotOf } from '../../src/database/index-snapshot.ts';
import { readIndexStatement } from '../../src/database/index-statement.ts';
import { checkIndexes, type IndexAnswer, type IndexCheck } from '../../src/database/indexes.ts';
import type { ThrowawayEngine } from '../../src/database/throwaway.ts';
import { ALL_REGISTRIES } from '../../src/plan/all-registries.ts';
import { indexesText } from '../../src/plan/indexes-text.ts';
import { readPlan } from '../../src/plan/read.ts';
import { inSession, sql, useServer } from '../support/postgres.ts';
import { lacksPostgres } from '../support/tools.ts';

const noPostgres = await lacksPostgres();

/** A schema with all that an index can have. */
const EVERYTHING = [
  'CREATE SCHEMA app',
  'CREATE SCHEMA "Odd.schema"',
  'CREATE TABLE users (id int PRIMARY KEY, tenant int, email varchar(200), name text, "order" int, tags jsonb, at timestamptz, deleted_at timestamptz, code char(4), area int4range, note text COLLATE "C")',
  'CREATE INDEX u_plain ON users (tenant, email)',
  'CREATE INDEX u_desc ON users (tenant DESC, at DESC NULLS LAST, id NULLS FIRST)',
  "CREATE INDEX u_expr ON users (lower(email), (tags ->> 'kind') DESC, (tenant + id))",
  `CREATE INDEX u_partial ON users (name) WHERE deleted_at IS NULL AND name IN ('a', 'b;c'::text) AND tenant BETWEEN 1 AND 9`,
  'CREATE INDEX u_pattern ON users (email varchar_pattern_ops, name text_pattern_ops DESC)',
  'CREATE INDEX u_collate ON users (name COLLATE "C", note, note COLLATE "POSIX", lower(note) COLLATE "default")',
  'CREATE INDEX u_code ON users (code, code bpchar_pattern_ops)',
  'CREATE UNIQUE INDEX u_include ON users (tenant, "order") INCLUDE (name, at)',
  'CREATE INDEX u_gin ON users USING gin (tags jsonb_path_ops)',
  "CREATE INDEX u_tsv ON users USING gist (to_tsvector('english', name) tsvector_ops (siglen=32))",
  'CREATE INDEX u_gist ON users USING gist (area)',
  'CREATE INDEX u_brin ON users USING brin (at) WITH (pages_per_range = 8)',
  'CREATE INDEX u_hash ON users USING hash (email)',
  'CREATE UNIQUE INDEX u_nulls ON users (tenant, name) NULLS NOT DISTINCT',
  "CREATE INDEX u_dollar ON users ((name || '${x}'))",
  'ALTER TABLE users ADD CONSTRAINT u_constraint UNIQUE (at, id)',
  'ALTER TABLE users ADD CONSTRAINT u_exclusion EXCLUDE USING gist (area WITH &&)',
  'CREATE TABLE app."Users" (id int, "Weird ""name""" int)',
  'CREATE INDEX "Ix ""odd""" ON app."Users" ("Weird ""name""" DESC)',
  'CREATE TABLE "Odd.schema"."a.b" (id int)',
  'CREATE INDEX dotted ON "Odd.schema"."a.b" (id)',
  'CREATE TABLE events (at date, kind int) PARTITION BY RANGE (at)',
  `CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')`,
  `CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY RANGE (at)`,
  `CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES FROM ('2026-01-01') TO ('2026-07-01')`,
  'CREATE INDEX events_kind ON events (kind)',
  'CREATE MATERIALIZED VIEW per_tenant AS SELECT tenant, count(*) AS n FROM users GROUP BY tenant',
  'CREATE UNIQUE INDEX per_tenant_key ON per_tenant (tenant)',
];

describe.each<[ThrowawayEngine]>([['postgresql'], ['pglite']])('on %s', (engine) => {
  if (engine === 'postgresql' && noPostgres) return;
  const server = useServer(engine);
  let url: string;
  beforeAll(async () => {
    // PGlite has one database.
    url = engine === 'pglite' ? server.url : await server.newDatabase();
    await sql(url, ...EVERYTHING);
  }, 120_000);

  const all = (expected: readonly IndexExpectation[], rules: Partial<IndexRules> = {}): Promise<IndexCheck> =>
    inSession(url, (session) => checkIndexes(session, expected, { ...DEFAULT_RULES, ...rules }));
  async function check(expected: Partial<IndexExpectation> & { readonly name: string }): Promise<IndexAnswer> {
    const { answers } = await all([{ table: 'users', columns: [], ...expected }]);
    const [answer] = answers;
    if (!answer) throw new Error('There must be an answer.');
    return answer;
  }
  const kindOf = async (expected: Partial<IndexExpectation> & { readonly name: string }): Promise<string | undefined> =>
    (await check(expected)).finding?.kind;

  test('a snapshot read back by the plan finds nothing, in one round trip', async () => {
    const tables = await inSession(url, (session) => readWholeCatalog(session));
    const text = indexesText(tables.map(snapshotOf));
    expect(text).toContain('u_plain: [ tenant, email ]');
    const plan = `version: 1\nmigrate:\n  database: throwaway\n  run: { tool: alembic, directory: backend }\n${text.replace(/^/gm, '  ')}`;
    const { migrate } = readPlan({ text: plan, origin: { file: 'p.yml', source: 'head' } }, {}, { registries: ALL_REGISTRIES });
    const names = migrate?.indexes.map(({ name }) => name) ?? [];
    expect(names).toEqual(
      expect.arrayContaining(['u_tsv', 'u_nulls', 'Ix "odd"', 'dotted', 'events_kind', 'per_tenant_key', 'u_constraint']),
    );
    expect(names).not.toContain('users_pkey');
    await inSession(url, async (session) => {
      const { answers } = await checkIndexes(session, migrate?.indexes ?? [], { ...DEFAULT_RULES, strict: true });
      expect(answers.flatMap(({ finding }) => finding ?? [])).toEqual([]);
      expect(session.roundTrips()).toBe(1);
    });
    const { others } = await all(migrate?.indexes ?? [], { strict: true });
    expect(others.filter(({ kind }) => kind === 'unexpected')).toEqual([]);
  });

  test('what is read from the catalog builds the same index again', async () => {
    const tables = await inSession(url, (session) => readWholeCatalog(session));
    const expected = tables.flatMap((table) => snapshotOf(table).expected);
    // Spaces keep the text from being the catalog's own, so that the server reads every one.
    const respelled = expected.map((each) => ({
      ...each,
      columns: each.columns.map((column) => ` ${column} `),
      ...(each.where === undefined ? {} : { where: ` ${each.where} ` }),
    }));
    await inSession(url, async (session) => {
      const { answers } = await checkIndexes(session, respelled);
      expect(answers.flatMap(({ finding }) => finding ?? [])).toEqual([]);
      expect(session.roundTrips()).toBe(2);
    });
  });

  test.each<[string, Partial<IndexExpectation> & { readonly name: string }]>([
    ['another spelling of an expression', { name: 'u_expr', columns: ['LOWER( email::text )', "tags->>'kind' ", '"id"'] }],
  ])('%s that differs is a difference', async (_, expected) => {
    expect(await kindOf(expected)).toBe('columns');
  });

  test.each<[string, Partial<IndexExpectation> & { readonly name: string }]>([
    ['expressions in another spelling', { name: 'u_expr', columns: ['LOWER(email)', "(tags->>'kind') desc", 'tenant+id'] }],
    [
      'an operator class and a direction',
      { name: 'u_pattern', columns: ['email varchar_pattern_ops', 'name text_pattern_ops desc'] },
    ],
    ['another method', { name: 'u_gin', method: 'gin', columns: ['tags jsonb_path_ops'] }],
    ['included columns in any order', { name: 'u_include', columns: ['tenant', 'order'], include: ['at', 'name'], unique: true }],
    [
      'a collation',
      { name: 'u_collate', columns: ['name collate "C"', 'note', 'note COLLATE "POSIX"', 'lower(note) COLLATE "default"'] },
    ],
    ['nulls not distinct', { name: 'u_nulls', columns: ['tenant', 'name'], unique: true, nullsNotDistinct: true }],
  ])('%s is read by the server', async (_, expected) => {
    const { finding } = await check(expected);
    expect(finding).toBeUndefined();
  });

  test.each<[string, string, Partial<IndexExpectation> & { readonly name: string }]>([
    ['method', 'a btree is no hash', { name: 'u_hash', columns: ['email'] }],
    ['opclass', 'jsonb_ops is no jsonb_path_ops', { name: 'u_gin', method: 'gin', columns: ['tags'] }],
    [
      'collation',
      'the column’s own collation is no other',
      { name: 'u_collate', columns: ['name', 'note', 'note COLLATE "POSIX"', 'lower(note) COLLATE "default"'] },
    ],
    ['direction', 'descending is not ascending', { name: 'u_desc', columns: ['tenant', 'at desc nulls last', 'id nulls first'] }],
    ['direction', 'nulls first are not nulls last', { name: 'u_desc', columns: ['tenant desc', 'at desc', 'id nulls first'] }],
    ['include', 'a column less', { name: 'u_include', columns: ['tenant', 'order'], include: ['at'] }],
    ['nulls', 'nulls are not distinct', { name: 'u_nulls', columns: ['tenant', 'name'], unique: true }],
    ['predicate', 'a part is not all', { name: 'u_partial', columns: ['name'] }],
    ['predicate', 'other rows', { name: 'u_partial', columns: ['name'], where: 'deleted_at IS NULL' }],
    ['order', 'columns swapped', { name: 'u_plain', columns: ['email', 'tenant'] }],
    ['columns', 'upper is not lower', { name: 'u_expr', columns: ['upper(email)', "(tags ->> 'kind') desc", 'tenant + id'] }],
    ['unique', 'unique is not plain', { name: 'u_plain', columns: ['tenant', 'email'], unique: true }],
  ])('%s: %s', async (kind, _, expected) => {
    expect(await kindOf(expected)).toBe(kind);
  });

  test('a definition that the server refuses is told with its index and the server’s words; the others are judged', async () => {
    const { answers } = await all([
      { table: 'users', name: 'u_expr', columns: ['lower(emali)'] },
      { table: 'users', name: 'u_gin', method: 'gin', columns: ['(name)'] },
      { table: 'users', name: 'u_plain', columns: ['TENANT + 1; DROP TABLE users'] },
      { table: 'users', name: 'u_hash', method: 'hash', columns: [' (email) '] },
      { table: 'users', name: 'nowhere', columns: ['Tenant'] },
      { table: 'users', name: 'u_partial', columns: ['name'], where: 'now() > at' },
    ]);
    expect(answers.map(({ finding }) => finding?.kind)).toEqual([
      'definition',
      'definition',
      'definition',
      undefined,
      'definition',
      'definition',
    ]);
    const told = answers.map(({ finding }) => finding?.found ?? '');
    expect(told[0]).toContain('column "emali" does not exist');
    expect(told[1]).toContain('has no default operator class for access method "gin"');
    expect(told[2]).toContain('may not have a semicolon');
    expect(told[4]).toContain('column "Tenant" does not exist');
    expect(told[5]).toContain('must be marked IMMUTABLE');
  });

  test('a CREATE INDEX statement is compared whole', async () => {
    const of = (statement: string, name: string): Promise<string | undefined> => {
      const read = readIndexStatement(statement);
      return kindOf({ name, unique: read?.unique ?? false, definition: read?.definition ?? '' });
    };
    expect(await of('create unique index u_include on users (tenant, "order") include (name, at);', 'u_include')).toBeUndefined();
    expect(await of('create unique index u_include on users (tenant, "order")', 'u_include')).toBe('include');
    expect(await of('create index u_include on users (tenant, "order") include (name, at)', 'u_include')).toBe('unique');
    expect(await of('CREATE INDEX CONCURRENTLY u_brin ON ONLY public.users USING brin (at)', 'u_brin')).toBeUndefined();
  });

  test('nothing is left behind: no table, no lock, no setting', async () => {
    await inSession(url, async (session) => {
      await checkIndexes(session, [{ table: 'users', name: 'u_expr', columns: ['lower(email)'] }]);
      const { rows } = await session.query(
        `SELECT (SELECT count(*)::int FROM pg_class WHERE relname ~ '^holdpoint') AS tables,
                (SELECT count(*)::int FROM pg_locks WHERE relation = 'users'::regclass) AS locks,
                coalesce(current_setting('holdpoint.answers', true), '') AS setting`,
      );
      expect(rows).toEqual([{ tables: 0, locks: 0, setting: '' }]);
    });
  });
});
