import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { PROBES } from '../../src/probes/registry.ts';

test('each probe has a name of its own', () => {
  expect(new Set(PROBES.map(({ name }) => name)).size).toBe(PROBES.length);
});

describe.each(PROBES.map((probe) => [probe.name, probe] as const))('the probe %s', (name, probe) => {
  test('accepts its own example', () => {
    const plan: unknown = parse(probe.example);
    const spec = z.record(z.literal(name), z.unknown()).parse(plan)[name];
    const binding = probe.bind(spec);
    expect(binding).not.toHaveProperty('issues');
  });

  test('documents every name that its example promises', () => {
    const spec = z.record(z.string(), z.unknown()).parse(parse(probe.example))[name];
    const binding = probe.bind(spec);
    const documented = Object.keys(probe.documented);
    // Where the documentation gives patterns instead of names, or the plan itself does, there is nothing to hold it to.
    if (!('bound' in binding) || documented.some((entry) => entry === '<name>' || /[ ,…]/.test(entry))) return;
    for (const promised of Object.keys(binding.bound.provides.names)) expect(documented).toContain(promised);
  });

  test('describes every field, for editors', () => {
    const schema = z.toJSONSchema(probe.schema, { io: 'input' });
    // A probe that takes a plain text too has one branch for each.
    const branches = schema.anyOf ?? [schema];
    const fields = branches.map((branch) => (typeof branch === 'object' ? (branch.properties ?? {}) : {}));
    const properties = z.record(z.string(), z.looseObject({})).parse(Object.assign({}, ...fields));
    for (const [field, property] of Object.entries(properties)) {
      expect(property, `${name}.${field} has no description`).toHaveProperty('description');
    }
  });
});
