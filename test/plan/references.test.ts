import { describe, expect, test } from 'vitest';
import { preDeploy, problemsOf, read } from './read.ts';

const references = (items: string): readonly (readonly string[])[] =>
  (read(preDeploy(items)).preDeploy?.checks ?? []).map((check) => check.references);

const SETTINGS = '  - { id: config, settings: { file: a.env }, expect: [LIMIT == 50] }\n';
const OTHERS = '  - { id: more, settings: { file: b.env }, expect: [OTHER == 1] }\n';

describe('A name in a criterion', () => {
  test('is the item’s own measurement first', () => {
    const two =
      '  - { id: a, tcp: { address: "a:1" }, expect: [latency < 1s] }\n  - { id: b, tcp: { address: "b:1" }, expect: [latency < 1s] }\n';
    expect(references(two)).toEqual([[], []]);
  });

  test('may be that of another item by its id, earlier or later', () => {
    const two =
      '  - { id: a, tcp: { address: "a:1" }, expect: [latency < 2 * b.latency] }\n  - { id: b, tcp: { address: "b:1" }, expect: [latency < 1s] }\n';
    expect(references(two)).toEqual([['b'], []]);
  });

  test('is checked by the unit that the other item has', () => {
    const two =
      '  - { id: a, tcp: { address: "a:1" }, expect: [b.latency < 5MB] }\n  - { id: b, tcp: { address: "b:1" }, expect: [open] }\n';
    expect(problemsOf(preDeploy(two))).toEqual([
      '3:60 `b.latency` is a time, the limit is an amount of bytes: they cannot be compared.',
    ]);
  });

  test('may be without an id what only one other item measures', () => {
    expect(
      references(
        '  - { tcp: { address: "a:1" }, expect: [open] }\n  - { id: cert, tls: { host: a.example }, expect: [valid, open] }\n',
      ),
    ).toEqual([[], ['a-1-accepts-connections']]);
  });

  test('must say which item is meant when several measure it', () => {
    const three =
      '  - { id: a, tcp: { address: "a:1" }, expect: [open] }\n  - { id: b, tcp: { address: "b:1" }, expect: [open] }\n  - { tls: { host: a.example }, expect: [valid, open] }\n';
    expect(problemsOf(preDeploy(three))).toEqual([
      '5:49 Several items measure `open`. Say which is meant: `a.open` or `b.open`.',
    ]);
  });

  test('may be a setting of an earlier item, the one that judges it when there are several', () => {
    const postgres = '  - { postgres: { database: throwaway }, expect: [max_connections >= 2 * LIMIT] }\n';
    expect(references(SETTINGS + postgres)).toEqual([[], ['config']]);
    expect(references(SETTINGS + OTHERS + postgres)).toEqual([[], [], ['config']]);
    expect(references(SETTINGS + OTHERS + postgres.replace('LIMIT', 'THIRD'))).toEqual([[], [], ['config', 'more']]);
    expect(problemsOf(preDeploy(postgres + SETTINGS))[0]).toMatch(/^3:\d+ Nothing here measures `LIMIT`/);
  });

  test('of a settings item is never looked up in another file', () => {
    expect(references(SETTINGS + SETTINGS.replace('config', 'second'))).toEqual([[], []]);
  });

  test('that a query mentions is its column, and one that it does not is a setting', () => {
    const query = '  - { postgres: { database: throwaway, query: "select 1 as active" }, expect: [active < LIMIT] }\n';
    expect(references(SETTINGS + query)).toEqual([[], ['config']]);
    expect(references(SETTINGS.replace('LIMIT', 'active') + query)).toEqual([[], ['config']]);
    expect(references(query.replace('LIMIT', '5'))).toEqual([[]]);
  });

  test('with a hyphen stands in backticks', () => {
    const two = (name: string): string =>
      `  - { id: load-test, tcp: { address: "a:1" }, expect: [open] }\n  - { tls: { host: a.example }, expect: ['${name} < 1s'] }\n`;
    expect(problemsOf(preDeploy(two('load-test.latency')))).toEqual([
      '4:43 A name with `-` in it stands in backticks: `` `load-test.…` ``. Or give that item a short `id:`.',
    ]);
    expect(references(two('`load-test.latency`'))).toEqual([[], ['load-test']]);
  });

  test('of an item with a mistake in it is not told as a mistake too', () => {
    const two =
      '  - { id: a, tcp: { addres: "a:1" }, expect: [open] }\n  - { tls: { host: a.example }, expect: [a.latency < 1s, valdi] }\n';
    expect(problemsOf(preDeploy(two)).map((line) => line.slice(line.indexOf(' ') + 1))).toEqual([
      'Unknown key `addres`. Did you mean `address`?',
      'Nothing here measures `valdi`. Did you mean `valid`?',
    ]);
  });
});

test('items that wait for one another are refused', () => {
  const two =
    '  - { id: a, tcp: { address: "a:1" }, expect: [latency < b.latency] }\n  - { id: b, tcp: { address: "b:1" }, expect: [latency < a.latency] }\n';
  expect(problemsOf(preDeploy(two))).toEqual([
    '3:5 `a` and `b` refer to one another, so none of them can be measured first. Compare with a fixed number in one of them.',
  ]);
});

describe('An id', () => {
  const ids = (items: string): readonly (string | undefined)[] =>
    (read(preDeploy(items)).preDeploy?.checks ?? []).map(({ id }) => id);

  test('is made of the title, and unique', () => {
    const item = '  - { title: Saúde do serviço, tcp: { address: "a:1" }, expect: [open] }\n';
    expect(ids(item + item)).toEqual(['saude-do-servico', 'saude-do-servico-2']);
  });

  test('of the plan is kept for its item', () => {
    expect(
      ids(
        '  - { title: db, tcp: { address: "a:1" }, expect: [open] }\n  - { id: db, tcp: { address: "a:1" }, expect: [open] }\n',
      ),
    ).toEqual(['db-2', 'db']);
  });
});
