import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { useServer } from '../support/postgres.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';
import { during, type Owner } from './cleanup.ts';
import { prometheusThatFinds } from './prometheus.ts';
import { type Example, example } from './run.ts';
import { type ExampleService, exampleService } from './service.ts';
import { standIn } from './stand-in.ts';

const BINARY = 'the collector, version 3.3.0';
const STARTED = 'INFO thread pool initialized with 4 workers\nINFO connection pool initialized (min 2, max 10)\n';
const missing = [await lacksPostgres(), lacks('prometheus'), lacks('git')].includes(true);

describe.skipIf(missing).concurrent('collector-release', { timeout: 120_000 }, () => {
  const database = useServer();

  interface Release {
    readonly plan: Example;
    readonly service: ExampleService;
    readonly environment: Readonly<Record<string, string>>;
    readonly log: string;
  }

  async function release(owner: Owner): Promise<Release> {
    const plan = example('collector-release');
    const inside = (...path: string[]): string => join(plan.directory, ...path);
    for (const folder of ['bin', 'backups']) mkdirSync(inside(folder));
    writeFileSync(inside('bin/pganalytics'), BINARY);
    chmodSync(inside('bin/pganalytics'), 0o755);
    writeFileSync(inside('backups/pganalytics.dump'), 'rows');
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: plan.directory });
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'Release');
    git('tag', 'v3.3.0');
    // The build machine's tools are its own; their answers are what the plan reads.
    standIn(inside('tools'), 'cmake', 'echo "cmake version 3.22.1"');
    standIn(inside('tools'), 'c++', 'cat > /dev/null');
    const log = inside('collector.log');
    writeFileSync(log, STARTED);

    const service = during(
      owner,
      await exampleService({
        '/health': () => ({ status: 'ok' }),
        '/api/v1/metrics': () => ({ metrics: [{ name: 'a' }, { name: 'b' }] }),
      }),
    );
    Object.assign(service.metrics.gauges, { process_resident_memory_bytes: 150e6 });
    Object.assign(service.metrics.rates, {
      collector_errors_total: 0,
      process_cpu_seconds_total: 0.158,
      collector_pool_reuses_total: 40,
    });
    service.metrics.durations['collector_cycle_seconds'] = 9.5;
    return {
      plan,
      service,
      log,
      environment: {
        PATH: [inside('tools'), process.env['PATH']].join(delimiter),
        BACKEND_URL: service.url,
        METRICS_URL: `${service.url}/metrics`,
        PROMETHEUS_URL: 'http://127.0.0.1:1',
        DATABASE_URL: database.url,
        TOKEN: 'good-token',
        LOG_FILE: log,
        RELEASE_SHA256: createHash('sha256').update(BINARY).digest('hex'),
        HOLD: '4s',
        POLL_EVERY: '1s',
        SCRAPE_OVER: '300ms',
        GROWTH_OVER: '10s',
        ROLLBACK_WITHIN: '8s',
      },
    };
  }

  test('is ready when all twelve answers are good', async (owner) => {
    const { plan, environment } = await release(owner);
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(run.lines).toHaveLength(12);
  });

  test('is not ready with a setting out of its range, an older CMake and another binary', async (owner) => {
    const { plan, environment } = await release(owner);
    plan.change('collector.toml', 'query_stats_limit = 100', 'query_stats_limit = 50000');
    standIn(join(plan.directory, 'tools'), 'cmake', 'echo "cmake version 3.9.4"');
    writeFileSync(join(plan.directory, 'bin/pganalytics'), 'something else');
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual([
      'CMake 3.22 or newer is installed: fail criterion_failed',
      'Build artifact is the released one: fail criterion_failed',
      'Configuration has the new sections: fail criterion_failed',
    ]);
    expect(run.exitCode).toBe(1);
  });

  test('is not ready when the TOML cannot be read, the backup is empty and there is no tag', async (owner) => {
    const { plan, environment } = await release(owner);
    plan.change('collector.toml', '[collector_threading]', '[collector_threading');
    writeFileSync(join(plan.directory, 'backups/pganalytics.dump'), '');
    execFileSync('git', ['tag', '--delete', 'v3.3.0'], { cwd: plan.directory });
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual([
      'Database backup is completed: fail criterion_failed',
      'Tag v3.3.0 exists: fail criterion_failed',
      'Configuration has the new sections: error unreadable',
    ]);
  });

  const scraped = 'count_over_time(process_resident_memory_bytes[10s]) > 1';

  test('stays for its day when nothing goes wrong', async (owner) => {
    const { plan, service, environment } = await release(owner);
    const { url } = await prometheusThatFinds(scraped, service, owner);
    const run = await plan.run(['canary'], { ...environment, PROMETHEUS_URL: url });
    expect(run.trouble).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(readFileSync(join(plan.directory, 'release.log'), 'utf8')).toBe('install\n');
  });

  test('is rolled back when its memory grows by more than 10 MB a minute', async (owner) => {
    const { plan, service, environment } = await release(owner);
    const { url } = await prometheusThatFinds(scraped, service, owner);
    const growing = setInterval(
      () => (service.metrics.gauges['process_resident_memory_bytes'] = 150e6 + performance.now() * 1000),
      100,
    );
    owner.onTestFinished(() => clearInterval(growing));
    const run = await plan.run(['canary'], { ...environment, PROMETHEUS_URL: url });
    expect(run).toMatchObject({ verdict: 'fail', reason: 'canary_aborted', exitCode: 1 });
    expect(run.terminal).toContain('memory_growth was');
    expect(run.lines.slice(-3)).toEqual([
      'Put the previous binary and configuration back: pass task_done',
      'Collector runs: pass criteria_met',
      'Backend receives metrics: pass criteria_met',
    ]);
    expect(readFileSync(join(plan.directory, 'release.log'), 'utf8')).toBe('install\nstop\nrestore\n');
  });

  test('fails when there are errors in the log and the backend gets nothing', async (owner) => {
    const { plan, service, environment, log } = await release(owner);
    const { url } = await prometheusThatFinds(scraped, service, owner);
    appendFileSync(log, 'ERROR cannot reach backend\n');
    service.answers['/api/v1/metrics'] = () => ({ metrics: [] });
    const run = await plan.run(['canary'], { ...environment, PROMETHEUS_URL: url });
    expect(run.trouble).toEqual(['Hold 100 % for 4 s: fail criterion_failed', 'Backend receives metrics: fail not_verified']);
    expect(run.terminal).toContain('output.errors was 1, allowed = 0');
  });
});
