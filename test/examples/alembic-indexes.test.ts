import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { pathWithAlembic } from '../support/alembic.ts';
import { sql, useServer } from '../support/postgres.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';
import { during, type Owner } from './cleanup.ts';
import { type Example, example } from './run.ts';
import { type ExampleService, exampleService } from './service.ts';

const PROFESSIONAL = '0b9f6c1e-2f59-4c55-9f0e-7b6f3f1d2a10';
const REVISION = 'backend/migrations/versions/20251124_1151_5403edb1d087_optimise_intervention_plans.py';
const INDEXES = [
  'ix_intervention_plans_status_needs_review',
  'ix_intervention_plans_last_reviewed_at',
  'ix_intervention_plans_review_frequency',
  'ix_intervention_plans_created_by_id',
];
/** Queries that their index cannot serve: the text in the plan, and what it is changed to. */
const UNSERVED = [
  ['ix_intervention_plans_status_needs_review', 'where status = $1 and', 'where upper(status) = $1 and'],
  ['ix_intervention_plans_last_reviewed_at', 'where last_reviewed_at < $1', 'where last_reviewed_at::date < $1'],
  ['ix_intervention_plans_review_frequency', 'where review_frequency = $1', 'where review_frequency like $1'],
  ['ix_intervention_plans_created_by_id', 'where created_by_id = $1', 'where created_by_id::text = $1'],
] as const;
/** Stands in for the extension, which the server would have to load when it starts. */
const STATEMENTS = 'CREATE TABLE pg_stat_statements (query text, calls int, mean_exec_time float8, max_exec_time float8)';

describe
  .skipIf((await lacksPostgres()) || lacks('git') || lacks('python3'))
  .concurrent('alembic-indexes', { timeout: 120_000 }, () => {
    const server = useServer();
    let path: string;
    beforeAll(async () => {
      path = await pathWithAlembic();
    }, 180_000);

    interface Staging {
      readonly plan: Example;
      readonly service: ExampleService;
      readonly environment: Readonly<Record<string, string>>;
      readonly database: string;
      readonly log: string;
    }

    async function staging(owner: Owner): Promise<Staging> {
      const plan = example('alembic-indexes');
      mkdirSync(join(plan.directory, 'backups'));
      writeFileSync(join(plan.directory, 'backups/backup_staging_20251124_115100.sql'), 'create table intervention_plans ();');
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: plan.directory });
      git('init', '--quiet', '--initial-branch', 'main');
      git('commit', '--quiet', '--allow-empty', '--message', 'perf/optimize-intervention-plans');
      const log = join(plan.directory, 'application.log');
      writeFileSync(log, 'INFO started\n');
      const service = during(owner, await exampleService(ENDPOINTS));
      Object.assign(service.metrics.gauges, { process_resident_memory_bytes: 900e6 });
      Object.assign(service.metrics.rates, { 'http_requests_total{code="200"}': 1000, process_cpu_seconds_total: 0.3 });
      service.metrics.durations['http_request_duration_seconds'] = 0.18;
      const database = await server.newDatabase();
      return {
        plan,
        service,
        database,
        log,
        environment: {
          PATH: path,
          SERVICE_URL: service.url,
          METRICS_URL: `${service.url}/metrics`,
          DATABASE_URL: database,
          MIGRATE_ON: 'alvo',
          TOKEN: 'good-token',
          PROFESSIONAL_ID: PROFESSIONAL,
          RELEASE_COMMIT: 'HEAD',
          MAIN_BRANCH: 'main',
          LOG_FILE: log,
          HOLD_100: '4s',
          POLL_EVERY: '1s',
          SCRAPE_OVER: '300ms',
        },
      };
    }

    /** The table as it is before the migration that the checklist is about. */
    const withPlans = (database: string, count: number): Promise<void> =>
      sql(
        database,
        'CREATE TABLE intervention_plans (id int, status text)',
        `INSERT INTO intervention_plans SELECT g, 'draft' FROM generate_series(1, ${count}) g`,
      );

    test('passes in staging when all that the checklist asks for before the migration is there', async (owner) => {
      const { plan, environment, database } = await staging(owner);
      await withPlans(database, 1000);
      const run = await plan.run(['pre-deploy'], environment);
      expect(run.trouble).toEqual([]);
      expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
      expect(run.lines).toContain('Carga leve em produção: 50 requisições, 5 concorrentes: skipped not_applicable');
    });

    test('fails in staging on too few plans, a filter that filters nothing, an empty backup and a critical error', async (owner) => {
      const { plan, environment, database, service, log } = await staging(owner);
      await withPlans(database, 999);
      service.answers['/api/v1/intervention-plans/pending-review'] = () => pending(new URL('http://service/'));
      writeFileSync(join(plan.directory, 'backups/backup_staging_20251124_115100.sql'), '');
      appendFileSync(log, 'CRITICAL MemoryError\n');
      const run = await plan.run(['pre-deploy'], environment);
      expect(run.trouble).toEqual([
        'Banco com pelo menos 1000 planos: fail criterion_failed',
        'Backup do banco criado: fail criterion_failed',
        'Filtro por prioridade: fail criterion_failed',
        'Paginação: fail criterion_failed',
        'Filtro por profissional: fail criterion_failed',
        'Logs sem erros críticos: fail criterion_failed',
      ]);
      expect(run.exitCode).toBe(1);
    });

    test('migrates, and rehearses on a fresh server when no database is named', async (owner) => {
      const { plan, environment } = await staging(owner);
      const { MIGRATE_ON: _, DATABASE_URL: __, ...nothing } = environment;
      for (const each of [environment, nothing]) {
        const run = await plan.run(['migrate'], each);
        expect(run.trouble).toEqual([]);
        expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
      }
    });

    test('fails when an index is missing, and with it the query that needs it', async (owner) => {
      const { plan, environment } = await staging(owner);
      plan.change(REVISION, /\n {4}"ix_intervention_plans_review_frequency".*/, '');
      const { MIGRATE_ON: _, ...rehearsal } = environment;
      for (const each of [environment, rehearsal]) {
        const run = await plan.run(['migrate'], each);
        expect(run).toMatchObject({ verdict: 'fail', exitCode: 1 });
        expect(run.trouble).toEqual([
          'ix_intervention_plans_review_frequency em intervention_plans: fail index_missing',
          expect.stringMatching(/^ix_intervention_plans_review_frequency atende a .*: fail index_missing$/),
        ]);
      }
    });

    test('fails when an index has its columns swapped, although it would serve the query', async (owner) => {
      const { plan, environment } = await staging(owner);
      plan.change(REVISION, '["status", "needs_review"]', '["needs_review", "status"]');
      const run = await plan.run(['migrate'], environment);
      expect(run).toMatchObject({ verdict: 'fail', exitCode: 1 });
      expect(run.trouble).toEqual(['ix_intervention_plans_status_needs_review em intervention_plans: fail index_columns_differ']);
      expect(run.terminal).toContain('(needs_review, status)');
    });

    test('fails when an index is invalid, left over from a build that failed', async (owner) => {
      const { plan, environment, database } = await staging(owner);
      expect((await plan.run(['migrate'], environment)).trouble).toEqual([]);
      await sql(
        database,
        `INSERT INTO intervention_plans (title, created_by_id) SELECT 'a', '${PROFESSIONAL}' FROM generate_series(1, 2)`,
        'DROP INDEX ix_intervention_plans_created_by_id',
      );
      const build = 'CREATE UNIQUE INDEX CONCURRENTLY ix_intervention_plans_created_by_id ON intervention_plans (created_by_id)';
      await expect(sql(database, build)).rejects.toThrow('could not create unique index');
      const run = await plan.run(['migrate'], environment);
      expect(run).toMatchObject({ verdict: 'fail', exitCode: 1 });
      expect(run.trouble).toEqual([
        // It was there before this run.
        'Banco depois da migração: warn warning_criterion_held',
        'ix_intervention_plans_created_by_id em intervention_plans: fail index_invalid',
        expect.stringMatching(/^ix_intervention_plans_created_by_id atende a .*: fail index_unused$/),
      ]);
      expect(run.terminal).toContain('ix_intervention_plans_created_by_id é inválido');
    });

    test.for(UNSERVED)('fails when %s is unused by its query', async ([index, written, changed], owner) => {
      const { plan, environment } = await staging(owner);
      plan.change('holdpoint.yml', written, changed);
      const { MIGRATE_ON: _, ...rehearsal } = environment;
      const run = await plan.run(['migrate'], rehearsal);
      expect(run).toMatchObject({ verdict: 'fail', exitCode: 1 });
      expect(run.trouble).toEqual([expect.stringMatching(new RegExp(`^${index} atende a .*: fail index_unused$`))]);
    });

    test('fails when the migration breaks', async (owner) => {
      const { plan, environment } = await staging(owner);
      plan.change(REVISION, '["created_by_id"]', '["created_by"]');
      const run = await plan.run(['migrate'], environment);
      expect(run).toMatchObject({ verdict: 'fail', reason: 'migration_failed', exitCode: 1 });
      expect(run.terminal).toContain('created_by');
    });

    /** Migrated, and every index used, as after a day in staging. */
    async function production(owner: Owner): Promise<Staging> {
      const given = await staging(owner);
      const run = await given.plan.run(['migrate'], given.environment);
      expect(run.trouble).toEqual([]);
      const columns = ["status = 'x'", 'last_reviewed_at < now()', "review_frequency = 'x'", `created_by_id = '${PROFESSIONAL}'`];
      await sql(
        given.database,
        STATEMENTS,
        `ALTER DATABASE ${new URL(given.database).pathname.slice(1)} SET enable_seqscan = off`,
      );
      await sql(given.database, ...columns.map((condition) => `SELECT * FROM intervention_plans WHERE ${condition}`));
      return given;
    }

    test('watches the deployment in production', async (owner) => {
      const { plan, environment } = await production(owner);
      const run = await plan.run(['canary'], environment);
      expect(run.trouble).toEqual([]);
      expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
      expect(readFileSync(join(plan.directory, 'deploy.log'), 'utf8')).toBe('production main\n');
    });

    test('is aborted above ten seconds of P95, with the version before deployed again', async (owner) => {
      const { plan, environment, service, database } = await production(owner);
      service.metrics.durations['http_request_duration_seconds'] = 14;
      await sql(database, "INSERT INTO pg_stat_statements VALUES ('select 1', 4, 1800, 2500)");
      const run = await plan.run(['canary'], environment);
      expect(run).toMatchObject({ verdict: 'fail', reason: 'canary_aborted', exitCode: 1 });
      expect(run.terminal).toContain('consultas_lentas');
      expect(run.lines).toContain('Deploy da versão anterior: pass task_done');
      expect(run.lines).toContain('Lista de planos responde: pass criteria_met');
      expect(readFileSync(join(plan.directory, 'deploy.log'), 'utf8')).toBe(
        'production main\nproduction v1.2.3\nproduction v1.2.3\n',
      );
    });

    test('goes back completely: migration, cache and code, in this order', async (owner) => {
      const { plan, environment, database } = await production(owner);
      const run = await plan.run(['rollback', 'completo'], environment);
      expect(run).toMatchObject({ verdict: 'pass', exitCode: 0 });
      expect(run.lines.slice(0, 3)).toEqual([
        'Reverter a migration: pass task_done',
        'Reiniciar a aplicação, para limpar o cache: pass task_done',
        'Deploy da versão anterior: pass task_done',
      ]);
      expect(readFileSync(join(plan.directory, 'deploy.log'), 'utf8')).toBe('restart\nproduction v1.2.3\n');
      await expect(sql(database, `DROP INDEX ${INDEXES[0]}`)).rejects.toThrow(/does not exist/);
    });
  });

function pending(url: URL): object {
  const wanted = url.searchParams.get('priority');
  const professional = url.searchParams.get('professional_id');
  const limit = Number(url.searchParams.get('limit') ?? 100);
  const items = Array.from({ length: 60 }, (_, id) => ({
    id,
    priority: ['low', 'medium', 'high'][id % 3],
    professional_id: id % 2 === 0 ? 'somebody else' : PROFESSIONAL,
  })).filter(
    (item) => (wanted === null || item.priority === wanted) && (professional === null || item.professional_id === professional),
  );
  return { items: items.slice(0, limit), total: 60, high_priority: 20, medium_priority: 20, low_priority: 20 };
}

const ENDPOINTS: ExampleService['answers'] = {
  '/health': () => ({ status: 'ok' }),
  '/docs': () => ({ title: 'Swagger UI' }),
  '/openapi.json': () => ({
    paths: {
      '/api/v1/intervention-plans/pending-review': {
        get: { parameters: ['priority', 'skip', 'limit', 'professional_id'].map((name) => ({ name, in: 'query' })) },
      },
    },
  }),
  '/api/v1/intervention-plans': () => ({ items: [] }),
  '/api/v1/intervention-plans/pending-review': pending,
};
