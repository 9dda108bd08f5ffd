import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { IgnoredFinding } from '../../src/plan/sections/migrate-rehearsal.ts';
import { type Rehearsed, rehearseMigration } from '../support/rehearsal.ts';
import { sqlMigrations, sqlTool } from '../support/sql-migrations.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';

const without = (await lacksPostgres()) || lacks('psql');

const BASE = `
create table authors (id int primary key, name text not null, email text, born text, amount int);
create table books (id int primary key, author int, title text);
create index books_title on books (title);
`;

interface Options {
  readonly ignore?: readonly IgnoredFinding[];
  readonly base?: string;
  readonly seed?: string;
}

/** X-rays one migration on top of a schema that is there. */
async function xray(sql: string, { ignore = [], base = BASE, seed }: Options = {}): Promise<Rehearsed> {
  const directory = await sqlMigrations({ '2_change.up': sql });
  await writeFile(join(directory, 'base.sql'), base);
  if (seed !== undefined) await writeFile(join(directory, 'seed.sql'), seed);
  return rehearseMigration({
    directory,
    tool: sqlTool(),
    rehearsal: { schema: 'base.sql', undo: false, xray: { ignore }, seed: seed === undefined ? [] : ['seed.sql'] },
  });
}

const SAFE = "set lock_timeout = '2s';\n";

describe.skipIf(without)('the six cases that other tools are known by', () => {
  test('an index without CONCURRENTLY (eugene E6, squawk require-concurrent-index-creation, atlas PG101)', async () => {
    const bad = await xray(`${SAFE}create index authors_name_idx on authors (name);`);
    expect(bad.state('x-ray')).toBe('fail unsafe_migration');
    expect(bad.findings).toEqual(['index-not-concurrent']);
    const [judgement] = bad.item('x-ray').judgements;
    expect(judgement).toMatchObject({
      detail: 'blocks writes to authors while it builds the index authors_name_idx (2_change)',
      position: { file: 'migrations/2_change.up.sql', line: 2 },
    });
    expect(bad.item('x-ray').evidence).toContainEqual({
      kind: 'output',
      title: 'Safe form',
      text: expect.stringContaining('CREATE INDEX CONCURRENTLY authors_name_idx ON public.authors USING btree (name);'),
    });
    expect(bad.item('x-ray').evidence).toContainEqual(
      expect.objectContaining({
        kind: 'table',
        rows: [['create index authors_name_idx on authors (name)', 'Share', 'authors', 'writes', expect.any(String)]],
      }),
    );
    const good = await xray(`${SAFE}create index concurrently authors_name_idx on authors (name);`);
    expect(good.state('x-ray')).toBe('pass criteria_met');
    expect(good.item('x-ray').evidence).toContainEqual(
      expect.objectContaining({ rows: [expect.arrayContaining(['ShareUpdateExclusive', 'authors'])] }),
    );
  });

  test('SET NOT NULL that scans (eugene E2, squawk adding-not-nullable-field, atlas MF104 and PG303)', async () => {
    const bad = await xray(`${SAFE}alter table authors alter column email set not null;`);
    expect(bad.findings).toEqual(['not-null-scan']);
    const good = await xray(`${SAFE}
      alter table authors add constraint email_there check (email is not null) not valid;
      alter table authors validate constraint email_there;
      alter table authors alter column email set not null;
      alter table authors drop constraint email_there;`);
    expect(good.findings).toEqual([]);
    expect(good.state('x-ray')).toBe('pass criteria_met');
  });

  test('a unique constraint that builds its index (eugene E7, squawk disallowed-unique-constraint, atlas PG105 and MF101)', async () => {
    const bad = await xray(`${SAFE}alter table authors add constraint unique_name unique (name);`);
    expect(bad.findings).toEqual(['unique-builds-index']);
    const good = await xray(`${SAFE}create unique index concurrently unique_name on authors (name);
      alter table authors add constraint unique_name unique using index unique_name;`);
    expect(good.findings).toEqual([]);
  });

  test('a foreign key whose only index is partial (eugene E15; squawk and pg-index-health miss it)', async () => {
    const key = `${SAFE}alter table books add constraint books_author foreign key (author) references authors not valid;
      alter table books validate constraint books_author;`;
    const bad = await xray(`${key} create index concurrently books_author_idx on books (author) where author = 1;`);
    expect(bad.findings).toEqual(['foreign-key-without-index']);
    expect(bad.state('x-ray')).toBe('warn unsafe_migration');
    const good = await xray(`${key} create index concurrently books_author_idx on books (author);`);
    expect(good.findings).toEqual([]);
  });

  test('a SERIAL column that rewrites (eugene E11, strong_migrations add_column_auto_incrementing; squawk is silent)', async () => {
    const bad = await xray(`${SAFE}alter table authors add column n serial;`);
    expect(bad.findings).toEqual(['serial-added']);
    const good = await xray(`${SAFE}alter table authors add column n int;
      create sequence authors_n_seq owned by authors.n;
      alter table authors alter column n set default nextval('authors_n_seq');`);
    expect(good.findings).toEqual([]);
  });

  test('IF NOT EXISTS that keeps an invalid index (squawk #1230; every linter is silent)', async () => {
    const seed = "insert into authors (id, name, email) values (1, 'a', 'x'), (2, 'b', 'x');";
    // The first attempt fails and is retried, as a deployment would be.
    const bad = await xray(
      `${SAFE}\\set ON_ERROR_STOP off\ncreate unique index concurrently u on authors (email);
      \\set ON_ERROR_STOP on\ncreate unique index concurrently if not exists u on authors (email);`,
      { seed },
    );
    expect(bad.state('migrate-run')).toBe('pass task_done');
    expect(bad.findings).toEqual(['index-invalid']);
    const safe = bad.item('x-ray').evidence.find(({ title }) => title === 'Safe form');
    expect(safe).toMatchObject({ text: expect.stringContaining('DROP INDEX CONCURRENTLY u;') });
    const good = await xray(`${SAFE}create index concurrently if not exists u on authors (email);`, { seed });
    expect(good.findings).toEqual([]);
  });
});

describe.skipIf(without)('what else blocks or breaks', () => {
  const cases: readonly [title: string, sql: string, expected: readonly string[]][] = [
    ['an index dropped without CONCURRENTLY', 'drop index books_title', ['index-drop-not-concurrent']],
    ['an index dropped with it', 'drop index concurrently books_title', []],
    ['a type change that rewrites', 'alter table authors alter column id type bigint', ['column-type-change']],
    ['a type change that does not', 'alter table authors alter column name type varchar', []],
    ['a volatile default', 'alter table authors add column token uuid default gen_random_uuid()', ['volatile-default']],
    ['a constant default', 'alter table authors add column since timestamptz not null default now()', []],
    ['a required column without a default', 'alter table authors add column code text not null', ['not-null-added']],
    ['a computed column', 'alter table authors add column d int generated always as (id * 2) stored', ['stored-column-added']],
    ['a checked constraint', 'alter table authors add constraint c check (id > 0)', ['constraint-scan']],
    [
      'a constraint left NOT VALID',
      'alter table authors add constraint c check (id > 0) not valid',
      ['constraint-not-validated'],
    ],
    ['a column dropped', 'alter table authors drop column born', ['column-dropped']],
    ['a table dropped', 'drop table books', ['table-dropped']],
    ['a column renamed', 'alter table authors rename column born to birth', ['column-renamed']],
    ['a table renamed', 'alter table books rename to volumes', ['table-renamed']],
    ['an exclusion constraint', 'alter table books add constraint x exclude using btree (id with =)', ['exclusion-constraint']],
    ['a table set unlogged', 'alter table books set unlogged', ['table-rewrite']],
    ['a new table with its index', 'create table a (id int primary key, b int references a); create index on a (b)', []],
    [
      'a check validated under the lock that made it',
      'begin; alter table authors add constraint c check (id > 0) not valid; alter table authors validate constraint c; commit',
      ['more-under-lock', 'validate-under-lock'],
    ],
    [
      'rows changed under a lock that blocks all',
      'begin; alter table authors add column seen bool; update authors set seen = true; commit',
      ['more-under-lock'],
    ],
    ['a transaction that is rolled back', 'begin; alter table authors alter column id type bigint; rollback', []],
  ];
  test.each(cases)('%s', async (_, sql, expected) => {
    expect((await xray(`${SAFE}${sql};`)).findings).toEqual(expected);
  });

  test('a lock without lock_timeout is told once for a migration', async () => {
    const { findings, state } = await xray('alter table authors add column a int; alter table authors add column b int;');
    expect(findings).toEqual(['no-lock-timeout']);
    expect(state('x-ray')).toBe('warn unsafe_migration');
  });
});

describe.skipIf(without)('a finding can be ignored with a reason', () => {
  const sql = `${SAFE}create index a on authors (name); create index b on books (author);`;

  test('everywhere', async () => {
    const ignore = [{ rule: 'index-not-concurrent', reason: 'tables have 200 rows' } as const];
    const { state, item } = await xray(sql, { ignore });
    expect(state('x-ray')).toBe('pass criteria_met');
    expect(item('x-ray').evidence).toContainEqual(
      expect.objectContaining({
        title: 'Ignored by the plan',
        rows: [
          ['index-not-concurrent', 'a', 'tables have 200 rows'],
          ['index-not-concurrent', 'b', 'tables have 200 rows'],
        ],
      }),
    );
  });

  test('for one object, by its name or its table’s', async () => {
    const byTable = await xray(sql, { ignore: [{ rule: 'index-not-concurrent', object: 'authors', reason: 'small' }] });
    expect(byTable.item('x-ray').judgements.map(({ detail }) => detail)).toEqual([
      'blocks writes to books while it builds the index b (2_change)',
    ]);
  });
});

describe.skipIf(without)('without a base', () => {
  test('a table counts as soon as an earlier migration made it', async () => {
    const directory = await sqlMigrations({
      '1_authors.up': `${SAFE}create table authors (id int primary key, name text); create index a on authors (name);`,
      '2_index.up': `${SAFE}create index b on authors (id, name);`,
    });
    const { item } = await rehearseMigration({ directory, tool: sqlTool(), rehearsal: { undo: false } });
    expect(item('x-ray').judgements.map(({ detail }) => detail)).toEqual([
      'blocks writes to authors while it builds the index b (2_index)',
    ]);
  });
});
