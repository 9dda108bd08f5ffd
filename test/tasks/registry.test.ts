import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { ROLLOUTS, TASKS } from '../../src/tasks/registry.ts';

const all = [...TASKS, ...ROLLOUTS];

test.each(all.map((one) => [one.name, one] as const))('the example of %s is accepted', (name, registered) => {
  const example: unknown = parse(registered.example);
  const [[key, spec] = []] = Object.entries(z.record(z.string(), z.unknown()).parse(example));
  expect(key).toBe(name);
  expect(registered.bind(spec)).toHaveProperty('bound');
});

test.each(all.map((one) => [one.name, one] as const))('%s can be told to editors', (_, registered) => {
  const schema = z.toJSONSchema(registered.schema, { io: 'input' });
  expect(JSON.stringify(schema)).toContain('"description"');
});

test('no name stands for two tasks or two drivers', () => {
  expect(new Set(TASKS.map(({ name }) => name)).size).toBe(TASKS.length);
  expect(new Set(ROLLOUTS.map(({ name }) => name)).size).toBe(ROLLOUTS.length);
});
