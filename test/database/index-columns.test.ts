import { describe, expect, test } from 'vitest';
import { bareExpression, plannedColumn } from '../../src/database/index-columns.ts';

describe('a column as the plan writes it', () => {
  test.each([
    ['status', 'status'],
    [' status  asc ', 'status'],
    ['created_at DESC', 'created_at desc'],
    ['created_at desc nulls first', 'created_at desc'],
    ['created_at desc nulls last', 'created_at desc nulls last'],
    ['created_at nulls first', 'created_at nulls first'],
    ['name text_pattern_ops', 'name text_pattern_ops'],
    ['name text_pattern_ops desc', 'name text_pattern_ops desc'],
    ['"Name"', 'Name'],
    ['lower( email )', 'lower(email)'],
    ['(LOWER(email)) desc', 'lower(email) desc'],
    ["((data ->> 'Kind'))", "data->>'Kind'"],
  ])('%s is the same as %s', (written, form) => {
    expect(plannedColumn(written)).toBe(form);
  });
});

test('only parentheses around the whole are dropped', () => {
  expect(bareExpression('(a) || (b)')).toBe('(a)||(b)');
});

test('texts in quotes keep their case and spaces', () => {
  expect(bareExpression("status = 'In  Review'")).toBe("status='In  Review'");
});
