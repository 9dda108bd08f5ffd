import { describe, expect, test } from 'vitest';
import { MeasurementError } from '../../src/checklist/errors.ts';
import { testPorts } from '../support/ports.ts';
import { problemsOf, read, readSection, told } from './read.ts';

const PLAN = `version: 1
vars: { staging: "\${STAGING_URL}" }
databases:
  main: { url: "\${DATABASE_URL}" }
  other: { url: "\${OTHER_URL}" }
pre-deploy:
  - http: { url: "\${staging}/health" }
    expect: [stauts == 200]
migrate:
  database: main
  run: { tool: alembic, directory: backend }
  expect: [verison == 1]
canary:
  rollout: { kubernetes: deployment/app }
  metrics: { prometheus: "\${PROMETHEUS_URL}", queries: { errors: "x" } }
  steps: [{ weight: 100%, hold: 10m }]
  expect: [errors < 1]
  on-abort: rollback code
rollback:
  options:
    code: { tasks: [{ kubernetes: undo deployment/app }] }
  verify:
    - http: { url: "\${PRODUCTION_URL}" }
      expect: [status == 200]
`;

describe('A run of one phase', () => {
  test('is not kept from running by what is wrong or unset elsewhere', () => {
    const { rollback, preDeploy, migrate, canary, databases } = read(
      PLAN,
      { PRODUCTION_URL: 'https://a.example' },
      { phase: 'rollback' },
    );
    expect(rollback?.options).toHaveLength(1);
    expect([preDeploy, migrate, canary]).toEqual([undefined, undefined, undefined]);
    expect(databases).toEqual({});
  });

  test('tells what is wrong with its own section', () => {
    expect(problemsOf(PLAN, {}, { phase: 'rollback' }).map((line) => line.split(' ')[0])).toEqual(['23:21']);
  });

  test('reads the rollback too when a canary may need it', () => {
    expect(problemsOf(PLAN, { PROMETHEUS_URL: 'http://p:9090' }, { phase: 'canary' }).map((line) => line.split(' ')[0])).toEqual([
      '23:21',
    ]);
    const environment = { PROMETHEUS_URL: 'http://p:9090', PRODUCTION_URL: 'https://a.example' };
    expect(read(PLAN, environment, { phase: 'canary' }).rollback?.default).toBe('code');
  });

  test('needs the variables of no database but its own', () => {
    const plan = PLAN.replace('verison == 1', 'version == "a"');
    expect(read(plan, { DATABASE_URL: 'postgresql://a/b' }, { phase: 'migrate' }).databases).toEqual({
      main: { kind: 'url', url: 'postgresql://a/b' },
    });
    expect(problemsOf(plan, {}, { phase: 'migrate' }).map((line) => line.split(' ')[0])).toEqual(['4:17']);
  });

  test('without its section has no problem here: the phase says so', () => {
    expect(problemsOf('version: 1\nservice: a\n', {}, { phase: 'canary' })).toEqual([]);
  });
});

describe('A rollback that undoes migrations', () => {
  const undoing = PLAN.replace('[{ kubernetes: undo deployment/app }]', '[{ migrate: down 1 }]');
  const environment = { PRODUCTION_URL: 'https://a.example' };

  test('gets tool and database of the migration, whatever is wrong with its criteria', () => {
    const plan = read(undoing, { ...environment, DATABASE_URL: 'postgresql://a/b' }, { phase: 'rollback' });
    expect(plan.migrate).toMatchObject({ database: 'main', tool: { name: 'alembic' } });
    expect(plan.databases).toHaveProperty('main');
  });

  test('fails at that task, and no sooner, when the migration cannot be undone', async () => {
    const { migrate } = read(undoing, environment, { phase: 'rollback' });
    const context = { ...testPorts(), databaseUrl: '', progress: () => {} };
    await expect(migrate?.tool.current(context)).rejects.toThrow(MeasurementError);
    await expect(migrate?.tool.current(context)).rejects.toThrow('`DATABASE_URL` has no value');
  });
});

test('a validation checks every phase and every database', () => {
  const places = problemsOf(PLAN).map((line) => line.split(' ')[0]);
  expect(places).toEqual(['8:14', '12:12']);
  const { warnings } = read(PLAN.replace('stauts', 'status').replace('verison == 1', 'version == "1"'));
  expect(warnings.map(({ message }) => message.split(' ')[0])).toEqual([
    '`STAGING_URL`',
    '`DATABASE_URL`',
    '`OTHER_URL`',
    '`PROMETHEUS_URL`',
    '`PRODUCTION_URL`',
  ]);
});

describe('A section alone, from an input', () => {
  test('needs no version', () => {
    expect(readSection('pre-deploy', '- tcp: { address: "db:1" }\n  expect: open\n').preDeploy?.checks).toHaveLength(1);
  });

  test('is told of with its own lines', () => {
    expect(told(() => readSection('pre-deploy', '- tcp: { address: "db:1" }\n  expect: opn\n'))).toEqual([
      '2:11 Nothing here measures `opn`. Did you mean `open`?',
    ]);
  });

  test('may be a canary whose criteria speak of the weight, which is a share', () => {
    const section = (expected: string): string =>
      `rollout: { kubernetes: deployment/a }\nmetrics: { http: { url: "https://a.example" } }\nsteps: [{ weight: 100%, hold: 1m }]\nexpect: ${expected}\n`;
    expect(readSection('canary', section('status == 200 or weight < 50%')).canary?.criteria).toHaveLength(1);
    expect(told(() => readSection('canary', section('status == 200 or weight < 5s')))).toHaveLength(1);
  });

  test('may be a canary without a rollback, but not with one that it does not have', () => {
    const section =
      'rollout: { kubernetes: deployment/a }\nmetrics: { http: { url: "https://a.example" } }\nsteps: [{ weight: 100%, hold: 1m }]\nexpect: status == 200\n';
    expect(readSection('canary', section).canary?.everyMs).toBe(15_000);
    expect(told(() => readSection('canary', `${section}on-abort: rollback\n`))).toEqual([
      '5:11 `on-abort` needs a `rollback:` section in this plan.',
    ]);
  });
});
