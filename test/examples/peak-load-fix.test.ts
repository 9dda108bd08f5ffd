import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeCluster } from '../support/kubernetes/api-server.ts';
import { useServer } from '../support/postgres.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';
import { during, type Owner } from './cleanup.ts';
import { type Example, example } from './run.ts';
import { type ExampleService, exampleService } from './service.ts';

const FIXED = 'INFO Pool configuration: {"connection_limit":50,"pool_timeout":30}\n';

describe.skipIf(await lacksPostgres()).concurrent('peak-load-fix', { timeout: 120_000 }, () => {
  const database = useServer();

  interface Staging {
    readonly plan: Example;
    readonly service: ExampleService;
    readonly environment: Readonly<Record<string, string>>;
    readonly log: string;
  }

  async function staging(owner: Owner): Promise<Staging> {
    const plan = example('peak-load-fix');
    const service = during(
      owner,
      await exampleService({
        '/healthz': () => ({ status: 'ok' }),
        '/api/plans': () => [],
        '/admin/version': () => ({ version: 'v1.0.1' }),
        '/admin/metrics/database': () => ({
          pool: { active: 15, total: 25, limit: 50, utilization: 50, idle: 10 },
          config: { connectionLimit: 50, poolTimeout: 30 },
        }),
      }),
    );
    service.metrics.rates['http_requests_total{code="200"}'] = 100;
    service.metrics.durations['http_request_duration_seconds'] = 0.145;
    const log = join(plan.directory, 'app.log');
    writeFileSync(log, FIXED);
    const environment = {
      SERVICE_URL: service.url,
      METRICS_URL: `${service.url}/metrics`,
      DATABASE_URL: database.url,
      ADMIN_TOKEN: 'good-token',
      LOG_FILE: log,
      PEAK_DURATION: '2s',
      PEAK_USERS: '50',
      HOLD_100: '4s',
      POLL_EVERY: '1s',
      SCRAPE_OVER: '300ms',
    };
    return { plan, service, environment, log };
  }

  test('passes on staging with the fix', async (owner) => {
    const { plan, environment } = await staging(owner);
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
  });

  test('fails with the old pool: by the setting, by what the service says, and by twice the limit', async (owner) => {
    const { plan, service, environment } = await staging(owner);
    plan.change('staging.env', 'DB_CONNECTION_LIMIT=50', 'DB_CONNECTION_LIMIT=20');
    service.answers['/admin/metrics/database'] = () => ({
      pool: { active: 20, total: 20, limit: 20, utilization: 100, idle: 0 },
      config: { connectionLimit: 20, poolTimeout: 20 },
    });
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual([
      'Configuration is the fixed one: fail criterion_failed',
      'Pool metrics show the new limit: fail criterion_failed',
    ]);
    expect(run).toMatchObject({ reason: 'criterion_failed', exitCode: 1 });
  });

  test('fails a peak as slow as before the fix, with its timeouts in the log', async (owner) => {
    const { plan, service, environment, log } = await staging(owner);
    service.delayMs = 485;
    writeFileSync(log, `${FIXED}ERROR connection timeout\n`);
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual([
      'Peak load, 500 users: fail criterion_failed',
      'No connection timeouts in the log: fail criterion_failed',
    ]);
    expect(run.terminal).toMatch(/p95 was .* allowed < 400 ms/);
  });

  test('does not take a log that is not there, or a token that is refused, for good', async (owner) => {
    const { plan, environment } = await staging(owner);
    const run = await plan.run(['pre-deploy'], { ...environment, LOG_FILE: '/nowhere/app.log', ADMIN_TOKEN: 'wrong-token' });
    expect(run.trouble).toEqual([
      'The application started with the new pool: fail criterion_failed',
      'Pool metrics show the new limit: fail criterion_failed',
      'Connections after the peak: fail criterion_failed',
      'No connection timeouts in the log: fail criterion_failed',
    ]);
    expect(run.terminal).not.toContain('wrong-token');
  });

  test('watches the deployment for its hour', async (owner) => {
    const { plan, environment } = await staging(owner);
    const run = await plan.run(['canary'], environment);
    expect(run.trouble).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(readFileSync(join(plan.directory, 'deploy.log'), 'utf8')).toBe('v1.0.1\n');
  });

  test.skipIf(lacks('kubectl'))('is aborted when the errors are back, and proves that v1.0.0 runs again', async (owner) => {
    const { plan, service, environment } = await staging(owner);
    const cluster = during(owner, await fakeCluster());
    cluster.deployments.seed({
      namespace: 'production',
      name: 'whatsapp-saas',
      replicas: 3,
      images: ['app:v1.0.0', 'app:v1.0.1'],
    });
    service.metrics.rates['http_requests_total{code="503"}'] = 3;
    // The version is what the cluster runs.
    service.answers['/admin/version'] = () => ({
      version: JSON.stringify(cluster.deployments.get('production/whatsapp-saas')).includes('"image":"app:v1.0.0"')
        ? 'v1.0.0'
        : 'v1.0.1',
    });
    const run = await plan.run(['canary'], { ...environment, ...cluster.env });
    expect(run).toMatchObject({ verdict: 'fail', reason: 'canary_aborted', exitCode: 1 });
    expect(run.trouble).toEqual(['Hold 100 % for 4 s: fail canary_aborted']);
    expect(run.lines.slice(-4)).toEqual([
      'Take traffic from the canary: pass task_done',
      'Put the previous version back: pass task_done',
      'Health check answers: pass criteria_met',
      'Version v1.0.0 runs: pass criteria_met',
    ]);
    expect(run.terminal).toContain('error_rate was 2.91 %');
  });
});
