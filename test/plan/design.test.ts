import { expect, test } from 'vitest';
import { problemsOf, read } from './read.ts';

/** The plan of the design, with its placeholders filled in. */
const PLAN = `# yaml-language-server: $schema=…/holdpoint.schema.json
version: 1
service: intervention-plans
vars: { api: https://api-staging.example.com }
databases:
  main: { url: "\${DATABASE_URL}" }          # or { throwaway: true }

pre-deploy:
  - title: Health check answers
    http: { url: "\${api}/health" }
    expect: [status == 200, latency < 2s]
  - title: Pool settings are the optimised ones
    settings: { file: config/production.env }
    expect: [APP_DB_POOL_MIN_SIZE == 2, APP_DB_POOL_MAX_SIZE == 8]
  - title: The server has room for the pool
    postgres: { database: main }
    expect: [max_connections >= 2 * DB_CONNECTION_LIMIT]
  - title: Stress test, 50 at a time
    load: { url: "\${api}/api/v1/plans", requests: 1000, concurrency: 50 }
    expect: [success_rate > 95%, p95 < 2000ms, p99 < 5000ms, timeouts == 0]
  - title: Backup is fresh and not empty
    file: { newest: "backups/*.sql.gz" }
    expect: [size > 0 bytes, age < 24h]

migrate:
  database: main
  run: { tool: alembic, directory: backend }
  expect: [version == 5403edb1d087, duration < 30s, warnings == 0]
  indexes:
    intervention_plans:
      ix_intervention_plans_status_needs_review: [status, needs_review]
      ix_intervention_plans_last_reviewed_at: [last_reviewed_at]
  queries:
    - sql: select * from intervention_plans where status = $1 and needs_review
      uses: ix_intervention_plans_status_needs_review

canary:
  rollout: { kubernetes: deployment/resync-app, namespace: production }
  metrics: { prometheus: "\${PROMETHEUS_URL}", queries: { error_rate: "sum(errors)", p95: "quantile" } }
  steps: [{ weight: 10%, hold: 2h }, { weight: 50%, hold: 4h }, { weight: 100%, hold: 24h }]
  expect: [error_rate < 1%, p95 <= baseline * 1.05]
  abort: [error_rate > 10% for 2m, p95 > 10s]
  warn: [error_rate > 5% for 10m]
  on-abort: rollback code

rollback:
  options:
    config: { within: 5m, tasks: [ { command: ./restore-config.sh } ] }
    code: { within: 10m, tasks: [{ kubernetes: undo deployment/resync-app }] }
    migration: { within: 5m, tasks: [{ migrate: down 1 }] }
    full: { within: 15m, tasks: [migration, code] }
  verify:
    - http: { url: "\${api}/health" }
      expect: [status == 200, body.version == "\${TARGET_VERSION}"]
`;

const ENVIRONMENT = {
  DATABASE_URL: 'postgresql://app:hunter22@db.example.com/app',
  PROMETHEUS_URL: 'http://prometheus:9090',
  TARGET_VERSION: 'v1.4.0',
};

test('the plan of the design is read', () => {
  expect(problemsOf(PLAN, ENVIRONMENT)).toEqual([]);
  const { preDeploy, migrate, canary, rollback, databases, service } = read(PLAN, ENVIRONMENT);
  expect(service).toBe('intervention-plans');
  expect(databases).toEqual({ main: { kind: 'url', url: ENVIRONMENT.DATABASE_URL } });
  expect(preDeploy?.checks.map(({ id, probe }) => [id, probe.name])).toEqual([
    ['health-check-answers', 'http'],
    ['pool-settings-are-the-optimised-ones', 'settings'],
    ['the-server-has-room-for-the-pool', 'postgres'],
    ['stress-test-50-at-a-time', 'load'],
    ['backup-is-fresh-and-not-empty', 'file'],
  ]);
  expect(preDeploy?.concurrency).toBe(4);
  expect(migrate).toMatchObject({ database: 'main', tool: { name: 'alembic' }, limitMs: 600_000 });
  expect(migrate?.indexes.map(({ table, name, columns }) => [table, name, columns])).toEqual([
    ['intervention_plans', 'ix_intervention_plans_status_needs_review', ['status', 'needs_review']],
    ['intervention_plans', 'ix_intervention_plans_last_reviewed_at', ['last_reviewed_at']],
  ]);
  expect(canary).toMatchObject({ everyMs: 30_000, onAbort: 'code', rollout: { name: 'kubernetes' } });
  expect(canary?.steps.map(({ weight, holdMs }) => [weight, holdMs / 3_600_000])).toEqual([
    [0.1, 2],
    [0.5, 4],
    [1, 24],
  ]);
  expect(canary?.criteria.map(({ intent }) => intent)).toEqual(['expect', 'expect', 'abort', 'abort', 'warn']);
  expect(
    rollback?.options.map(({ name, withinMs, tasks }) => [name, withinMs / 60_000, tasks.map(({ task }) => task.name)]),
  ).toEqual([
    ['config', 5, ['command']],
    ['code', 10, ['kubernetes']],
    ['migration', 5, ['migrate']],
    ['full', 15, ['migrate', 'kubernetes']],
  ]);
  expect(rollback?.default).toBeUndefined();
});

test('a limit that an earlier settings item has makes the item wait for it', () => {
  const checks = read(PLAN, ENVIRONMENT).preDeploy?.checks ?? [];
  expect(checks.map(({ references }) => references)).toEqual([[], [], ['pool-settings-are-the-optimised-ones'], [], []]);
});

test('a sign-off, which no probe serves yet, is told to be an unknown probe', () => {
  const plan = PLAN.replace(
    'migrate:\n',
    '  - title: QA signed off\n    approval: { team: qa }\n    expect: [approved]\n\nmigrate:\n',
  );
  const told = problemsOf(plan, ENVIRONMENT);
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/^\d+:5 Unknown probe `approval`. Known are `settings`, `http`/);
});

test('the password of a database is a secret of the plan', () => {
  expect(read(PLAN, ENVIRONMENT).secrets).toEqual(expect.arrayContaining([ENVIRONMENT.DATABASE_URL, 'hunter22']));
});
