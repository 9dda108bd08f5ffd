import { expect, test } from 'vitest';
import { sqlStatements } from '../../../src/database/rehearsal/statements.ts';

test.each([
  ['quotes', "select ';' ; select E'\\';', \"a;\"", ["select ';'", "select E'\\';', \"a;\""]],
  ['comments', '-- a;\nselect 1 /* ; */; -- end;', ['select 1 /* ; */']],
  ['dollar-quoted bodies', 'do $x$ begin; $y$;$y$; end $x$; select 2', ['do $x$ begin; $y$;$y$; end $x$', 'select 2']],
  ['nothing at all', ' ;; \n', []],
])('semicolons in %s do not end a statement', (_, text, expected) => {
  expect(sqlStatements(text).map(({ sql }) => sql)).toEqual(expected);
});

test('each statement knows its line', () => {
  expect(sqlStatements('\n-- why\nselect 1;\n\nselect\n2;').map(({ line }) => line)).toEqual([3, 5]);
});
