import { readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { lacks } from '../support/tools.ts';
import { during, type Owner } from './cleanup.ts';
import { prometheusThatFinds } from './prometheus.ts';
import { type Example, example } from './run.ts';
import { type ExampleService, exampleService } from './service.ts';
import { standIn } from './stand-in.ts';

const HEALTHY = { status: 'healthy', services: { dispatcher: 'healthy', loki_sink: 'healthy' } };

describe.concurrent('canary-playbook', { timeout: 120_000 }, () => {
  interface Capturer {
    readonly plan: Example;
    readonly service: ExampleService;
    readonly environment: Readonly<Record<string, string>>;
    file(name: string): string;
  }

  async function capturer(owner: Owner): Promise<Capturer> {
    const plan = example('canary-playbook');
    // The project's own sources are not here; what `go` says of them is what the plan reads.
    standIn(join(plan.directory, 'tools'), 'go', 'echo "ok $2"');
    const service = during(
      owner,
      await exampleService({
        '/health': () => HEALTHY,
        '/dlq/stats': () => ({ total_entries: 0 }),
        '/config/reload': () => ({ reloaded: true }),
        '/api/dashboards/db/critical-metrics': () => ({ dashboard: { panels: [1, 2, 3, 4, 5, 6, 7, 8] } }),
      }),
    );
    Object.assign(service.metrics.gauges, {
      process_resident_memory_bytes: 98e6,
      go_goroutines: 340,
      log_capturer_dlq_entries: 0,
      log_capturer_queue_used_ratio: 0,
      'log_capturer_circuit_breaker_open{sink="loki"}': 0,
    });
    Object.assign(service.metrics.rates, {
      log_capturer_logs_processed_total: 12_000,
      log_capturer_errors_total: 6,
      process_cpu_seconds_total: 0.4,
    });
    service.metrics.durations['log_capturer_processing_seconds'] = 0.0016;
    return {
      plan,
      service,
      file: (name) => readFileSync(join(plan.directory, name), 'utf8'),
      environment: {
        PATH: [join(plan.directory, 'tools'), process.env['PATH']].join(delimiter),
        SERVICE_URL: service.url,
        METRICS_URL: `${service.url}/metrics`,
        GRAFANA_URL: service.url,
        PROMETHEUS_URL: `http://127.0.0.1:${await freePort()}`,
        HOLD_10: '3s',
        HOLD_50: '3s',
        HOLD_100: '3s',
        POLL_EVERY: '1s',
        SCRAPE_OVER: '300ms',
      },
    };
  }

  test.skipIf(lacks('prometheus'))('is ready when the build, the system and the monitoring are', async (owner) => {
    const { plan, service, environment } = await capturer(owner);
    const { url } = await prometheusThatFinds('up', service, owner);
    const run = await plan.run(['pre-deploy'], { ...environment, PROMETHEUS_URL: url });
    expect(run.trouble).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
  });

  test('is not ready with a failing test, an unhealthy sink, a password written out, and no Prometheus', async (owner) => {
    const { plan, service, environment } = await capturer(owner);
    standIn(join(plan.directory, 'tools'), 'go', '[ "$1" = build ]');
    service.answers['/health'] = () => ({ status: 'healthy', services: { dispatcher: 'healthy', loki_sink: 'degraded' } });
    writeFileSync(join(plan.directory, 'config.yaml'), 'loki:\n  password: hunter2hunter2\n');
    const run = await plan.run(['pre-deploy'], environment);
    expect(run.trouble).toEqual([
      'Testes passando: fail criterion_failed',
      'Sistema saudável: fail criterion_failed',
      'Nenhum segredo na configuração: fail criterion_failed',
      'Prometheus coleta o serviço: error connection_refused',
    ]);
    expect(run.exitCode).toBe(1);
    expect(run.terminal).not.toContain('hunter2hunter2');
  });

  test('goes through 10 %, 50 % and 100 %, and has all its throughput only from 50 % on', async (owner) => {
    const { plan, service, environment, file } = await capturer(owner);
    service.metrics.rates['log_capturer_logs_processed_total'] = 1200;
    service.answers['/health'] = () => {
      const all = /^(50|100)%/.test(file('scale.state'));
      service.metrics.rates['log_capturer_logs_processed_total'] = all ? 12_000 : 1200;
      return HEALTHY;
    };
    const run = await plan.run(['canary'], environment);
    expect(run.trouble).toEqual([]);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(file('scale.state')).toBe('100% 10\n');
  });

  test('is a no-go when goroutines leak at 50 %, and the backup image runs again', async (owner) => {
    const { plan, service, environment, file } = await capturer(owner);
    service.answers['/health'] = () => {
      if (file('scale.state').startsWith('50%')) service.metrics.gauges['go_goroutines'] = 740;
      return HEALTHY;
    };
    const run = await plan.run(['canary'], environment);
    expect(run).toMatchObject({ verdict: 'fail', reason: 'criterion_failed', exitCode: 1 });
    expect(run.lines.filter((line) => line.includes('10 %') || line.includes('50 %') || line.includes('100 %'))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/10 %.*: pass criteria_met/),
        expect.stringMatching(/50 %.*: fail criterion_failed/),
      ]),
    );
    expect(run.lines).toContain('Voltar à imagem de backup: pass task_done');
    expect(run.terminal).toContain('goroutines');
    expect(file('scale.state')).toBe('0% 10\n');
  });

  test('is an error when the capturer crashes, and no limit was needed for that', async (owner) => {
    const { plan, service, environment, file } = await capturer(owner);
    plan.change('holdpoint.yml', /(version:\s+within:) 10m/, '$1 4s');
    service.answers['/health'] = () => {
      if (file('scale.state').startsWith('10%')) setTimeout(() => service.close(), 10);
      return HEALTHY;
    };
    const run = await plan.run(['canary'], { ...environment, HOLD_10: '10s' });
    expect(run.exitCode).toBe(3);
    const [hold, ...proof] = run.trouble;
    expect(hold).toMatch(/10 % .*: error connection_refused$/);
    expect(proof).toEqual(['Sistema saudável: error not_verified']);
    expect(run.terminal).not.toContain('memory < 200MB');
  });

  test('can be rolled back in full: image, configuration and its reload', async (owner) => {
    const { plan, service, environment, file } = await capturer(owner);
    writeFileSync(join(plan.directory, 'config.yaml'), 'broken');
    const run = await plan.run(['rollback', 'full'], environment);
    expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
    expect(file('config.yaml')).toBe(file('config.yaml.backup'));
    expect(service.requests).toContain('POST /config/reload');
  });
});
