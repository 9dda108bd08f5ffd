import { expect, test } from 'vitest';
import { maskTexts } from '../../src/checklist/mask.ts';

const mask = (text: string) => text.replaceAll('pass', '***');

test('masks every text, at any depth, and leaves numbers, flags and names alone', () => {
  const data = {
    title: 'a pass',
    items: [{ message: 'pass twice: pass', duration: 3, required: true }],
    measurements: { pass: 1 },
  };
  expect(maskTexts(data, mask)).toEqual({
    title: 'a ***',
    items: [{ message: '*** twice: ***', duration: 3, required: true }],
    measurements: { pass: 1 },
  });
});

test('leaves verdicts and reasons as they are: a password that is one of these words must not make them unreadable', () => {
  const data = { verdict: 'pass', reason: 'criteria_met', items: [{ state: 'pass', kind: 'bypass', title: 'pass' }] };
  expect(maskTexts(data, mask)).toEqual({ ...data, items: [{ state: 'pass', kind: 'bypass', title: '***' }] });
});

test('takes an earlier copy of what has not changed', () => {
  const known = new WeakMap<object, unknown>();
  const item = { title: 'pass' };
  const first = maskTexts({ items: [item] }, mask, known);
  const second = maskTexts({ items: [item] }, mask, known);
  expect(second.items[0]).toBe(first.items[0]);
});
