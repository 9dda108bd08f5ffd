import { describe, expect, test } from 'vitest';
import { problemsOf, read } from './read.ts';

describe('pre-deploy', () => {
  test('may say how many items run at a time', () => {
    const plan = 'version: 1\npre-deploy:\n  concurrency: 2\n  items:\n    - { tcp: { address: "a:1" }, expect: open }\n';
    expect(read(plan).preDeploy).toMatchObject({ concurrency: 2, checks: [{ id: 'a-1-accepts-connections' }] });
    expect(
      read('version: 1\nconcurrency: 8\npre-deploy:\n  - { tcp: { address: "a:1" }, expect: open }\n').preDeploy?.concurrency,
    ).toBe(8);
  });

  test('takes what an item leaves open from the plan and the probe', () => {
    const items =
      '  - { tcp: { address: "a:1" }, expect: open, policy: { error: warn }, within: 90s, required: false }\n  - { tcp: { address: "b:1" }, expect: open }\n';
    const plan = read(`version: 1\npolicy: { inconclusive: warn }\npre-deploy:\n${items}`);
    expect(plan.preDeploy?.checks).toMatchObject([
      { policy: { inconclusive: 'warn', error: 'warn' }, limitMs: 90_000, required: false },
      { policy: { inconclusive: 'warn', error: 'block' }, limitMs: 30_000, required: true, title: 'b:1 accepts connections' },
    ]);
  });
});

const migrate = (more: string): string => `version: 1\ndatabases: { main: { throwaway: true } }\nmigrate:\n${more}`;
const RUN = '  database: main\n  run: { tool: alembic }\n';

describe('migrate', () => {
  test('needs something to check', () => {
    expect(problemsOf(migrate(RUN))).toEqual([
      '3:1 Nothing would be checked after the migration. Add `expect`, `indexes`, `queries` or `checks`.',
    ]);
  });

  test('takes queries as texts, of files and as the server has seen them', () => {
    const queries = [
      '{ sql: select 1, uses: [a, b], rows: { plans: 1e6 } }',
      '{ sql: select 1, may-scan: [c] }',
      '{ file: "queries/*.sql" }',
      '{ statements: { top: 3, by: mean_time }, expect: [mean_exec_time < 1000ms] }',
      '{ statements: {} }',
    ];
    const plan = migrate(`${RUN}  hide-indexes: true\n  queries:\n${queries.map((query) => `    - ${query}\n`).join('')}`);
    expect(read(plan).migrate).toMatchObject({
      hideIndexes: true,
      queries: [
        { sql: 'select 1', uses: ['a', 'b'], rows: { plans: 1_000_000 } },
        { sql: 'select 1', mayScan: ['c'] },
        { file: 'queries/*.sql' },
        { statements: { top: 3, by: 'mean_time' }, criteria: [{ intent: 'expect' }] },
        { statements: { top: 20, by: 'total_time' }, criteria: [] },
      ],
    });
  });

  test.each([
    ['{ sql: select 1, use: a }', '7:24 Unknown key `use`. Did you mean `uses`?'],
    [
      '{ statements: {}, expect: [mean_exec_tim < 1s] }',
      '7:34 Nothing here measures `mean_exec_tim`. Did you mean `mean_exec_time`?',
    ],
    ['{ statements: {}, expect: [mean_exec_time < 5] }', '7:51 `mean_exec_time` is a time, 5 has no unit.'],
    ['{ statements: {}, expect: [mean_exec_time < 1s for 5m] }', '7:34 Statements are judged once, so there is no `for` here.'],
  ])('tells what is wrong with the query %s', (query, problem) => {
    expect(problemsOf(migrate(`${RUN}  queries:\n    - ${query}\n`))[0]).toContain(problem);
  });

  test('may be of a throwaway database without an entry', () => {
    const plan = 'version: 1\nmigrate:\n  database: { throwaway: true }\n  run: { tool: alembic }\n  expect: warnings == 0\n';
    expect(read(plan)).toMatchObject({ databases: { throwaway: { kind: 'throwaway' } }, migrate: { database: 'throwaway' } });
  });

  test('knows the databases of the plan', () => {
    expect(problemsOf(migrate(RUN.replace('main', 'mian')).concat('  expect: warnings == 0\n'))).toEqual([
      '4:13 There is no `mian` under `databases:`. Did you mean `main`?',
    ]);
  });

  test('knows the tools and what each needs', () => {
    expect(problemsOf(migrate('  database: main\n  run: { tool: alembik }\n  expect: warnings == 0\n'))).toEqual([
      '5:16 Unknown migration tool `alembik`. Did you mean `alembic`?',
    ]);
    expect(problemsOf(migrate('  database: main\n  run: { tool: alembic, direktory: a }\n  expect: warnings == 0\n'))).toEqual([
      '5:25 Unknown key `direktory`. Did you mean `directory`?',
    ]);
  });

  test('judges what a migration measures, and nothing else', () => {
    expect(
      problemsOf(migrate(`${RUN}  expect: [duration < 5MB, pendin == 0, warnings == 0 for 5m]\n`)).map((line) =>
        line.slice(0, 4),
      ),
    ).toEqual(['6:23', '6:28', '6:41']);
  });

  test('takes indexes by table with or without schema, and their properties', () => {
    const plan = migrate(
      `${RUN}  indexes:\n    app.plans:\n      ix_a: [a, lower(b)]\n    plans:\n      ix_b: { columns: [b], unique: true, where: b > 0 }\n`,
    );
    expect(read(plan).migrate?.indexes).toMatchObject([
      { schema: 'app', table: 'plans', name: 'ix_a', columns: ['a', 'lower(b)'], position: { line: 8, column: 7 } },
      { table: 'plans', name: 'ix_b', columns: ['b'], unique: true, where: 'b > 0' },
    ]);
    expect(problemsOf(migrate(`${RUN}  indexes:\n    plans:\n      ix_a: []\n`))[0]).toMatch(/^8:13 /);
  });

  test('runs further checks', () => {
    expect(
      read(migrate(`${RUN}  checks:\n    - { postgres: { database: main }, expect: [version >= 13] }\n`)).migrate?.checks,
    ).toHaveLength(1);
  });
});

const canary = (more: string): string => `version: 1\ncanary:\n  rollout: { kubernetes: deployment/app }\n${more}`;
const METRICS = '  metrics: { http: { url: "https://a.example" } }\n';
const STEPS = '  steps: [{ weight: 100%, hold: 10m }]\n';

describe('canary', () => {
  test('needs limits', () => {
    expect(problemsOf(canary(`${METRICS}${STEPS}  warn: [latency > 1s]\n`))).toEqual([
      '2:1 A canary without `expect` or `abort` would let everything pass. Add limits: `expect: [error_rate < 1%]`.',
    ]);
  });

  test('needs rollout and metrics', () => {
    expect(
      problemsOf(`version: 1\ncanary:\n${STEPS}  expect: [latency < 1s]\n`).map((line) => line.slice(0, line.indexOf(':', 5))),
    ).toEqual(['3:3 `canary` needs `rollout`', '3:3 `canary` needs `metrics`']);
  });

  test('has weights that increase, up to 100 %', () => {
    const plan = canary(
      `${METRICS}  steps:\n    - { weight: 0%, hold: 1m }\n    - { weight: 50%, hold: 1m }\n    - { weight: 50%, hold: 0s }\n    - { weight: 120%, hold: 1m }\n    - { weight: 10, hold: 1m }\n  expect: [latency < 1s]\n`,
    );
    expect(problemsOf(plan)).toEqual(['10:17 Expected a share of the traffic in percent, such as `10%`, found `10`.']);
    expect(problemsOf(plan.replace('weight: 10,', 'weight: 100%,')).map((line) => line.slice(0, 4))).toEqual([
      '6:17',
      '8:17',
      '8:28',
      '9:17',
    ]);
  });

  test('is polled every 30 seconds, or four times in the shortest hold', () => {
    expect(read(canary(`${METRICS}${STEPS}  expect: [latency < 1s]\n`)).canary?.everyMs).toBe(30_000);
    expect(read(canary(`${METRICS}${STEPS.replace('10m', '20s')}  expect: [latency < 1s]\n`)).canary?.everyMs).toBe(5_000);
    expect(problemsOf(canary(`${METRICS}${STEPS}  every: 11m\n  expect: [latency < 1s]\n`))).toEqual([
      '6:10 The shortest hold would be over before its second poll. Make `every` shorter.',
    ]);
  });

  test('judges by the names of all metrics, the shorthand for Prometheus among them', () => {
    const metrics =
      '  metrics:\n    - http: { url: "https://a.example" }\n    - prometheus: http://p:9090\n      queries: { errors: { query: x, unit: "%" } }\n';
    expect(problemsOf(canary(`${metrics}${STEPS}  expect: [latency < 1s, errors < 5%, body.ok]\n`))).toEqual([]);
    expect(problemsOf(canary(`${metrics}${STEPS}  expect: [errors < 1s, erors < 1%]\n`)).map((line) => line.slice(0, 5))).toEqual(
      ['9:21 ', '9:25 '],
    );
  });

  test('tells a mistake in the shorthand for Prometheus at its place', () => {
    const plan = (metrics: string): string => canary(`  metrics: ${metrics}\n${STEPS}  expect: [errors < 1%]\n`);
    expect(problemsOf(plan('{ prometheus: p:9090, queries: { errors: x } }'))[0]).toMatch(/^4:26 Expected an http/);
    expect(problemsOf(plan('{ prometheus: "http://p:9090", querys: { errors: x } }'))).toEqual([
      '4:43 Unknown key `querys`. Did you mean `query`?',
    ]);
  });

  test('takes no name that two metrics measure', () => {
    const metrics = '  metrics:\n    - http: { url: "https://a.example/a" }\n    - http: { url: "https://a.example/b" }\n';
    expect(problemsOf(canary(`${metrics}${STEPS}  expect: [latency < 1s]\n`))[0]).toMatch(
      /^8:12 Both “GET .*” and “GET .*” measure `latency`/,
    );
  });

  test('has a baseline, also by a control that measures it', () => {
    const plan = (control: string): string => canary(`${METRICS}${control}${STEPS}  expect: [latency <= baseline * 1.1]\n`);
    expect(problemsOf(plan(''))).toEqual([]);
    expect(problemsOf(plan('  control: { http: { url: "https://b.example" } }\n'))).toEqual([]);
    expect(problemsOf(plan('  control: { prometheus: "http://p:9090", queries: { p95: x } }\n'))).toEqual([
      '7:23 `control` does not measure `latency`, so it has no baseline. Add it there.',
    ]);
  });

  test('takes its driver’s keys beside the target, or in a mapping', () => {
    const plan = (rollout: string): string =>
      `version: 1\ncanary:\n  rollout: ${rollout}\n${METRICS}${STEPS}  expect: [latency < 1s]\n`;
    expect(problemsOf(plan('{ kubernetes: deployment/app, namespace: production }'))).toEqual([]);
    expect(problemsOf(plan('{ kubernetes: { target: deployment/app, namespace: production } }'))).toEqual([]);
    expect(problemsOf(plan('{ kubernetes: deployment/app, namspace: production }'))).toEqual([
      '3:42 Unknown key `namspace`. Did you mean `namespace`?',
    ]);
    expect(problemsOf(plan('{ kubernetes: statefulset/app }'))[0]).toMatch(/^3:26 Only a deployment/);
    expect(problemsOf(plan('{ kubernets: deployment/app }'))).toEqual([
      '3:14 Unknown rollout driver `kubernets`. Did you mean `kubernetes`?',
    ]);
    expect(problemsOf(plan('{ command: { set: ./set } }'))).toEqual(['3:23 `command` needs `abort`: a text or a mapping.']);
    expect(problemsOf(plan('{ command: ./set }'))).toEqual([
      '3:23 Expected a mapping with `set`, `abort`, `verify`, `env`, found `./set`.',
    ]);
  });

  test('names a rollback that the plan has', () => {
    const plan = (onAbort: string): string =>
      canary(
        `${METRICS}${STEPS}  expect: [latency < 1s]\n  on-abort: ${onAbort}\nrollback:\n  options:\n    a: { tasks: [{ wait: 1s }] }\n    b: { tasks: [{ wait: 1s }] }\n  verify: [{ tcp: { address: "a:1" }, expect: open }]\n`,
      );
    expect(read(plan('rollback b')).canary?.onAbort).toBe('b');
    expect(problemsOf(plan('rollback c'))).toEqual(['7:13 There is no rollback option `c`. Did you mean `a`?']);
    expect(problemsOf(plan('rollback'))[0]).toContain('Say which option');
    expect(problemsOf(plan('notify'))[0]).toMatch(/^7:13 Expected `rollback`/);
  });
});

const rollback = (options: string, verify = '  verify: [{ tcp: { address: "a:1" }, expect: open }]\n'): string =>
  `version: 1\nrollback:\n  options:\n${options}${verify}`;

describe('rollback', () => {
  test('takes the only option by default', () => {
    expect(read(rollback('    a: { tasks: [{ wait: 1s }] }\n')).rollback).toMatchObject({
      default: 'a',
      options: [{ withinMs: 900_000 }],
    });
  });

  test('proves that the previous state runs', () => {
    expect(problemsOf(rollback('    a: { tasks: [{ wait: 1s }] }\n', ''))[0]).toMatch(/^2:1 Nothing would prove/);
  });

  test('unfolds options in the tasks of others, each task with an id of its own', () => {
    const { options = [] } =
      read(
        rollback(
          '    a: { tasks: [{ wait: 1s }, { wait: 1s, title: Pause }] }\n    b: { tasks: [a, { wait: 2s, within: 3s }] }\n',
        ),
      ).rollback ?? {};
    expect(options.map(({ tasks }) => tasks.map(({ id }) => id))).toEqual([
      ['wait-1-s', 'pause'],
      ['wait-1-s', 'pause', 'wait-2-s'],
    ]);
    expect(options[1]?.tasks[2]).toMatchObject({ limitMs: 3000, position: { line: 5, column: 21 } });
  });

  test('refuses options that hold one another', () => {
    expect(problemsOf(rollback('    a: { tasks: [b] }\n    b: { tasks: [c] }\n    c: { tasks: [a] }\n'))).toEqual([
      '6:18 These options hold one another, without an end: `a` → `b` → `c` → `a`.',
    ]);
    expect(problemsOf(rollback('    a: { tasks: [a] }\n'))).toHaveLength(1);
    expect(problemsOf(rollback('    x: { tasks: [a] }\n    a: { tasks: [b] }\n    b: { tasks: [a] }\n'))).toHaveLength(1);
  });

  test('knows options and tasks by name', () => {
    expect(problemsOf(rollback('    code: { tasks: [coed] }\n'))[0]).toMatch(
      /^4:21 There is no rollback option `coed`. Did you mean `code`\?/,
    );
    expect(problemsOf(rollback('    code: { tasks: [{ comand: ls }] }\n'))).toEqual([
      '4:23 Unknown task `comand`. Did you mean `command`?',
    ]);
    expect(problemsOf(rollback('    code: { tasks: [{ kubernetes: undoo deployment/x }] }\n'))[0]).toMatch(
      /^4:35 Expected `undo deployment\/x`/,
    );
    expect(problemsOf(rollback('    code: { tasks: [] }\n'))[0]).toMatch(/^4:20 /);
    expect(problemsOf(rollback('    code: { tasks: [{ wait: 1s }] }\n  default: coed\n'))).toEqual([
      '5:12 There is no rollback option `coed`. Did you mean `code`?',
    ]);
  });
});
