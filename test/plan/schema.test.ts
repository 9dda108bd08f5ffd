import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { MIGRATION_TOOLS } from '../../src/database/migrations/registry.ts';
import { MINIMAL_PLAN } from '../../src/plan/missing.ts';
import { planJsonSchema } from '../../src/plan/schema.ts';
import { PROBES } from '../../src/probes/registry.ts';
import { ROLLOUTS, TASKS } from '../../src/tasks/registry.ts';
import { problemsOf } from './read.ts';

const ajv = new Ajv({ strict: false, allErrors: true });
const validate = ajv.compile(planJsonSchema());

function faults(plan: unknown): string[] {
  return validate(plan) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

const item = (probe: unknown, name: string) => ({ version: 1, 'pre-deploy': [{ [name]: probe, expect: ['x == 1'] }] });
const rollback = (task: unknown) => ({
  version: 1,
  rollback: { options: { a: { tasks: [task] } }, verify: [{ tcp: { address: 'a:1' }, expect: 'open' }] },
});
const canary = (rollout: unknown, metrics: unknown = { http: { url: 'https://a.example' } }) => ({
  version: 1,
  canary: { rollout, metrics, steps: [{ weight: '10%', hold: '1m' }], expect: 'status == 200' },
});
const migrate = (run: unknown) => ({ version: 1, migrate: { database: 'main', run, expect: 'warnings == 0' } });

describe('The schema for editors takes', () => {
  const examples = join(import.meta.dirname, '../../examples');
  const plans = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /(^|[/\\])holdpoint\.yml$/.test(file),
  );

  test.each(plans)('the example %s', (file) => {
    // A brace inside brackets is the reader's own indulgence.
    const text = readFileSync(join(examples, file), 'utf8').replace(/"\$\{TARGET_VERSION\}"/g, '"v1"');
    expect(faults(parse(text))).toEqual([]);
  });

  test('the first plan that a newcomer is shown', () => {
    expect(faults(parse(MINIMAL_PLAN))).toEqual([]);
  });

  test.each(PROBES.map(({ name, example }) => [name, example] as const))('the example of the probe %s', (name, example) => {
    expect(faults(item(parse(example)[name], name))).toEqual([]);
  });

  test.each(TASKS.map(({ name, example }) => [name, example] as const))('the example of the task %s', (_, example) => {
    expect(faults(rollback(parse(example)))).toEqual([]);
  });

  test.each(ROLLOUTS.map(({ name, example }) => [name, example] as const))(
    'the example of the rollout driver %s',
    (_, example) => {
      expect(faults(canary(parse(example)))).toEqual([]);
    },
  );

  test.each(MIGRATION_TOOLS.map(({ name, example }) => [name, example] as const))(
    'the example of the migration tool %s',
    (_, example) => {
      expect(faults(migrate(parse(example).run))).toEqual([]);
    },
  );

  test('the short forms of rollout and metrics', () => {
    const metrics = { prometheus: 'http://p:9090', queries: { p95: 'x' } };
    expect(faults(canary({ kubernetes: 'deployment/a', namespace: 'production' }, [metrics]))).toEqual([]);
  });

  test('variables in the place of numbers, flags and durations, and numbers as texts', () => {
    expect(faults(item({ url: '${URL}', requests: '${N}', timeout: '${T}', headers: { 'x-try': 1 } }, 'load'))).toEqual([]);
  });

  test('anchors under keys of their own', () => {
    expect(faults({ ...item({ address: 'a:1' }, 'tcp'), 'x-limits': { a: 1 } })).toEqual([]);
    expect(
      problemsOf('version: 1\nx-limits: &limits [open]\npre-deploy:\n  - { tcp: { address: "a:1" }, expect: *limits }\n'),
    ).toEqual([]);
  });
});

describe('The schema for editors refuses', () => {
  test.each([
    ['an unknown key', { ...item({ address: 'a:1' }, 'tcp'), servce: 'a' }],
    ['an unknown probe', item({}, 'approval')],
    ['an unknown key of a probe', item({ adress: 'a:1' }, 'tcp')],
    ['two probes in one item', { version: 1, 'pre-deploy': [{ tcp: { address: 'a:1' }, tls: { host: 'a' }, expect: 'open' }] }],
    ['a wrong value', item({ url: 'https://a.example', requests: 'many' }, 'load')],
    ['an unknown migration tool', migrate({ tool: 'alembik' })],
    ['a sibling of another driver', canary({ command: { set: 'a', abort: 'b' }, namespace: 'x' })],
    ['a rollback that proves nothing', { version: 1, rollback: { options: {} } }],
    ['a plan without a version', {}],
  ])('%s', (_, plan) => {
    expect(faults(plan)).not.toEqual([]);
  });
});
