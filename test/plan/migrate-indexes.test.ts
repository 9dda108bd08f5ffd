import { expect, test } from 'vitest';
import { ALL_REGISTRIES } from '../../src/plan/all-registries.ts';
import { readPlan } from '../../src/plan/read.ts';

const read = (indexes: string, rules = '') =>
  readPlan(
    {
      text: `version: 1\nmigrate:\n  database: throwaway\n  run: { tool: alembic, directory: backend }\n${rules}  indexes:\n${indexes}`,
      origin: { file: 'p.yml', source: 'head' },
    },
    {},
    { registries: ALL_REGISTRIES },
  ).migrate;

test('indexes are read in each of their forms', () => {
  const migrate = read(`    from: db/schema.sql
    plans:
      a: [status, at desc]
      b: { columns: [tags], method: GIN, where: status is not null, include: [id], unique: false, nulls-not-distinct: true }
      c: create unique index concurrently if not exists c on plans using btree (lower(name)) where x;
    '"odd.schema"."a.b"': { d: [id] }
    audit.plans: { e: 'CREATE INDEX ON ONLY audit.plans(id)' }
`);
  expect(migrate?.indexesFrom?.file).toBe('db/schema.sql');
  expect(migrate?.indexes.map(({ position: _, ...rest }) => rest)).toEqual([
    { table: 'plans', name: 'a', columns: ['status', 'at desc'] },
    {
      table: 'plans',
      name: 'b',
      columns: ['tags'],
      method: 'gin',
      where: 'status is not null',
      include: ['id'],
      unique: false,
      nullsNotDistinct: true,
    },
    { table: 'plans', name: 'c', columns: [], unique: true, definition: 'using btree (lower(name)) where x' },
    { schema: 'odd.schema', table: 'a.b', name: 'd', columns: ['id'] },
    { schema: 'audit', table: 'plans', name: 'e', columns: [], unique: false, definition: '(id)' },
  ]);
});

test.each([
  ['plans: { a: create table x }', 'Expected `CREATE INDEX name ON table (…)`'],
  ['plans: { a: create index b on plans (x) }', 'makes the index `b`, and stands under `a`'],
  ['plans: { a: create index a on others (x) }', 'about the table `others`, and stands under `plans`'],
  ['plans: { a: create index a on audit.plans (x) }', 'write `audit.plans`'],
  ['a.b.c: { a: [x] }', 'Expected a table or `schema.table`'],
])('%s is a mistake of the plan', (indexes, message) => {
  expect(() => read(`    ${indexes}\n`)).toThrow(message);
});

test('the rules are read, and an ignore needs its reason', () => {
  const rules = (ignore: string): string =>
    `  index-rules: { strict: true, levels: { redundant: block }, unused-for: 7d, ignore: [${ignore}] }\n`;
  expect(read('    plans: { a: [x] }\n', rules('{ index: b, kind: unused, reason: known }'))?.indexRules).toEqual({
    strict: true,
    levels: { redundant: 'block' },
    unusedForMs: 7 * 24 * 3_600_000,
    ignores: [{ index: 'b', kind: 'unused', reason: 'known' }],
  });
  expect(() => read('    plans: { a: [x] }\n', rules('{ index: b }'))).toThrow('reason');
});
