import { expect, test } from 'vitest';
import { problemsOf, read } from './read.ts';

const plan = (keys: string, databases = '') => `version: 1
${databases}migrate:
  run: { tool: alembic }
  expect: warnings == 0
${keys}`;

test('without a database the migration is rehearsed on a throwaway one', () => {
  expect(read(plan('')).migrate).toMatchObject({
    database: 'throwaway',
    rehearsal: { undo: true, seed: [], rows: {}, assumed: true, limitMs: 600_000 },
  });
  expect(read(plan('')).migrate?.rehearsal?.xray).toBeUndefined();
});

test('with a base, its statements are watched', () => {
  const { migrate } = read(plan('  database: throwaway\n  rehearsal: { from: base, seed: s.sql, rows: { a: 5 }, within: 1m }\n'));
  expect(migrate?.rehearsal).toMatchObject({ from: {}, seed: ['s.sql'], rows: { a: 5 }, limitMs: 60_000, xray: { ignore: [] } });
  expect(read(plan('  rehearsal: { from: main }\n')).migrate?.rehearsal?.from).toEqual({ branch: 'main' });
  expect(read(plan('  rehearsal: { schema: a.sql }\n  xray: false\n')).migrate?.rehearsal?.xray).toBeUndefined();
});

test('on a database of yours there is no rehearsal, whatever the plan says of one', () => {
  const given = 'databases: { main: { url: "postgresql://a/b" } }\n';
  const { migrate } = read(plan('  database: main\n  rehearsal: { from: base }\n  xray: true\n', given));
  expect(migrate?.rehearsal).toBeUndefined();
  expect(read(plan('  rehearsal: false\n')).migrate?.rehearsal).toBeUndefined();
});

test('findings are ignored with a reason, by our name or another tool’s, all or for one object', () => {
  const { migrate } = read(plan('  xray: { ignore: { E6: small, column-dropped: { a.b: unused since May } } }\n'));
  expect(migrate?.rehearsal?.xray?.ignore).toEqual([
    { rule: 'index-not-concurrent', reason: 'small' },
    { rule: 'column-dropped', object: 'a.b', reason: 'unused since May' },
  ]);
});

test('an unknown finding is told with the nearest', () => {
  expect(problemsOf(plan('  xray: { ignore: { index-not-concurent: small } }\n'))[0]).toContain(
    'Did you mean `index-not-concurrent`?',
  );
});
