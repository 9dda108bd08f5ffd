import { describe, expect, test } from 'vitest';
import { statementsIn } from '../../../src/database/query-proof/sql-file.ts';

const texts = (file: string): readonly string[] => statementsIn(file).map(({ sql }) => sql);

describe('an SQL file', () => {
  test.each([
    ['is split at its semicolons', 'select 1; select 2;\nselect 3', ['select 1', 'select 2', 'select 3']],
    ['keeps those in quotes', `select 'a;b', "c;d"; select 'it''s;'`, [`select 'a;b', "c;d"`, `select 'it''s;'`]],
    ['keeps those in escapes', String.raw`select e'a\';b'; select 2`, [String.raw`select e'a\';b'`, 'select 2']],
    ['keeps those in dollar quotes', 'select $$a;b$$; select $x$ ; $$ ; $x$', ['select $$a;b$$', 'select $x$ ; $$ ; $x$']],
    ['takes parameters for no dollar quotes', 'select $1; select $2', ['select $1', 'select $2']],
    ['leaves comments out, one in another too', '/* a; /* b; */ c; */ select /* ; */ 1 -- d; e\n, 2', ['select   1 \n, 2']],
    ['has no empty statements', ';; \n -- nothing\n ;', []],
    ['may end in an open quote', `select 'a; b`, [`select 'a`, 'b']],
  ])('%s', (_, file, found) => {
    expect(texts(file)).toEqual(found);
  });

  test('names indexes in comments, each for the statement after it, and knows its line', () => {
    const file = '-- uses: a\nselect 1;\n\n-- why\n--uses: b , c\n-- uses: d\nselect 2;\nselect\n  3 -- uses: e\n;';
    expect(statementsIn(file)).toEqual([
      { sql: 'select 1', uses: ['a'], line: 2 },
      { sql: 'select 2', uses: ['b', 'c', 'd'], line: 7 },
      { sql: 'select\n  3', uses: ['e'], line: 8 },
    ]);
  });
});
