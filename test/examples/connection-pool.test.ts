import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FakeCluster, fakeCluster } from '../support/kubernetes/api-server.ts';
import { isObject } from '../support/kubernetes/patch.ts';
import { useServer } from '../support/postgres.ts';
import { type RedisServer, redisServer } from '../support/redis.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';
import { during, type Owner } from './cleanup.ts';
import { prometheusThatFinds } from './prometheus.ts';
import { type Example, example, type Run } from './run.ts';
import { type ExampleService, exampleService } from './service.ts';

const GB = 1e9;
const missing = [await lacksPostgres(), lacks('redis-server'), lacks('prometheus'), lacks('kubectl')].includes(true);

describe.skipIf(missing).concurrent('connection-pool', { timeout: 120_000 }, () => {
  const database = useServer();
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await redisServer();
  });
  afterAll(() => redis.stop());

  interface Staging {
    readonly plan: Example;
    readonly service: ExampleService;
    readonly environment: Readonly<Record<string, string>>;
  }

  async function staging(owner: Owner, query = 'sum(process_resident_memory_bytes)'): Promise<Staging> {
    const service = during(owner, await exampleService({ '/health': () => ({ status: 'ok' }), '/api/plans': () => [] }));
    Object.assign(service.metrics.gauges, { db_pool_in_use: 4, db_pool_size: 8, process_resident_memory_bytes: 7.4 * GB });
    Object.assign(service.metrics.rates, {
      'http_requests_total{code="200"}': 100,
      db_pool_timeouts_total: 0,
      db_pool_acquired_total: 100,
      db_pool_wait_seconds_sum: 1,
      db_pool_wait_seconds_count: 100,
    });
    service.metrics.durations['http_request_duration_seconds'] = 0.09;
    const prometheus = await prometheusThatFinds(query, service, owner);
    const environment = {
      SERVICE_URL: service.url,
      DATABASE_URL: database.url,
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      PROMETHEUS_URL: prometheus.url,
    };
    return { plan: example('connection-pool'), service, environment };
  }

  test('passes before the deployment when everything is as the checklist has it', async (owner) => {
    const { plan, environment } = await staging(owner);
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
  });

  test('fails on the old pool size, and on the sum of all pools with it', async (owner) => {
    const { plan, environment } = await staging(owner);
    plan.change('production.env', 'DB_POOL_MAX_SIZE=8', 'DB_POOL_MAX_SIZE=100');
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual(['Pool settings are the optimised ones: fail criterion_failed']);
    expect(run).toMatchObject({ verdict: 'fail', reason: 'criterion_failed', exitCode: 1 });
    expect(run.terminal).toContain('APP_DB_POOL_MAX_SIZE was 100, allowed = 8');
    expect(run.terminal).toContain('was 118, allowed < 40');
  });

  test('cannot tell when Redis is down, and still fails a slow load', async (owner) => {
    const { plan, service, environment } = await staging(owner);
    service.delayMs = 620;
    const run = await plan.run(['pre-deploy'], { ...environment, REDIS_URL: 'redis://127.0.0.1:1' });
    expect(run.trouble).toEqual([
      'Redis answers: error connection_refused',
      'Performance under simulated load: fail criterion_failed',
    ]);
    expect(run).toMatchObject({ verdict: 'fail', exitCode: 1 });
  });

  interface Production extends Staging {
    readonly cluster: FakeCluster;
    readonly log: string;
    /** What the new version does to the world, by its share of the replicas. */
    whenCanaryRuns(change: (share: number) => void): void;
    canary(): Promise<Run>;
  }

  async function production(owner: Owner): Promise<Production> {
    // Two scrapes, or there is no rate.
    const { plan, service, environment } = await staging(owner, 'sum(rate(http_requests_total[5m])) > 0');
    const cluster = during(owner, await fakeCluster());
    cluster.deployments.seed({ namespace: 'production', name: 'resync-app', replicas: 10, images: ['app:1.1', 'app:1.2'] });
    cluster.deployments.seed({ namespace: 'production', name: 'resync-app-canary', replicas: 0, images: ['app:1.2'] });
    const log = join(plan.directory, 'application.log');
    writeFileSync(log, '2025-11-02 12:00:01 WARN connection to 10.0.0.7: timeout after 5s\n');
    const short = { LOG_FILE: log, HOLD_10: '3s', HOLD_100: '3s', POLL_EVERY: '1s' };
    const all = { ...environment, ...cluster.env, ...short };
    return {
      plan,
      service,
      environment: all,
      cluster,
      log,
      whenCanaryRuns: (change) => void cluster.deployments.watch(() => change(replicasOf(cluster, 'resync-app-canary') / 10)),
      canary: () => plan.run(['canary'], all),
    };
  }

  test('passes when the memory has come down once all replicas are new', async (owner) => {
    const { service, whenCanaryRuns, canary } = await production(owner);
    whenCanaryRuns((share) => {
      service.metrics.gauges['process_resident_memory_bytes'] = (7.4 - 1.2 * share) * GB;
    });
    const run = await canary();
    expect(run.trouble).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(run.lines).toContain('Hold 100 % for 3 s: pass criteria_met');
  });

  test('fails at 100 %, not before, when only 300 MB were saved', async (owner) => {
    const { service, whenCanaryRuns, canary } = await production(owner);
    whenCanaryRuns((share) => {
      service.metrics.gauges['process_resident_memory_bytes'] = (7.4 - 0.3 * share) * GB;
    });
    const run = await canary();
    expect(run.lines).toContain('Hold 10 % for 3 s: pass criteria_met');
    expect(run.trouble).toEqual(['Hold 100 % for 3 s: fail criterion_failed']);
    expect(run.exitCode).toBe(1);
  });

  test('is aborted over one second of P95, and the old pool sizes are put back', async (owner) => {
    const { service, cluster, whenCanaryRuns, canary } = await production(owner);
    whenCanaryRuns((share) => {
      if (share > 0) service.metrics.durations['http_request_duration_seconds'] = 4;
    });
    const run = await canary();
    expect(run).toMatchObject({ verdict: 'fail', reason: 'canary_aborted', exitCode: 1 });
    expect(run.headline).toContain('Step 1: 10 %');
    expect(run.lines).toEqual(
      expect.arrayContaining([
        'Take traffic from the canary: pass task_done',
        'Put the old pool sizes back: pass task_done',
        'Restart with them: pass task_done',
        'The service answers: pass criteria_met',
      ]),
    );
    expect(replicasOf(cluster, 'resync-app-canary')).toBe(0);
    expect(JSON.stringify(cluster.deployments.get('production/resync-app'))).toContain(
      '{"name":"APP_DB_POOL_MAX_SIZE","value":"100"}',
    );
  });

  test('fails when the log tells of an exhausted pool', async (owner) => {
    const { log, whenCanaryRuns, canary } = await production(owner);
    whenCanaryRuns((share) => {
      if (share > 0) appendFileSync(log, '2025-11-02 12:10:01 ERROR pool resync is exhausted\n');
    });
    const run = await canary();
    expect(run.trouble).toContain('Hold 10 % for 3 s: fail criterion_failed');
    expect(run.terminal).toContain('output.pool_errors');
  });

  test('goes back to the version before, and is not believed while the service is down', async (owner) => {
    const { plan, service, environment, cluster } = await production(owner);
    const run = await plan.run(['rollback', 'code'], environment);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(JSON.stringify(cluster.deployments.get('production/resync-app'))).toContain('"image":"app:1.1"');

    service.answers['/health'] = () => 503;
    plan.change('holdpoint.yml', 'within: 5m', 'within: 5s');
    const again = await plan.run(['rollback', 'config'], environment);
    expect(again.trouble).toEqual(['The service answers: fail not_verified']);
    expect(again).toMatchObject({ verdict: 'fail', exitCode: 1 });
  });
});

function replicasOf({ deployments }: FakeCluster, name: string): number {
  const spec = deployments.get(`production/${name}`)?.['spec'];
  return isObject(spec) ? Number(spec['replicas']) : 0;
}
