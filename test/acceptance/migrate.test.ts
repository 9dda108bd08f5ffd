import { beforeAll, describe, expect, test } from 'vitest';
import { type AlembicProject, alembicProject, pathWithAlembic } from '../support/alembic.ts';
import { inSession, useServer } from '../support/postgres.ts';
import { lacks, lacksPostgres } from '../support/tools.ts';
import { endings, type GateRequest, type HeldGate, holdGate, itemOf } from './gate.ts';

const without = lacks('python3') || (await lacksPostgres());

const planOn = (database: string) => `version: 1
service: intervention-plans
databases:
  main: ${database}
migrate:
  database: main
  run: { tool: alembic, directory: backend }
  expect: [version == 5403edb1d087, duration < 30s, warnings == 0]
  indexes:
    intervention_plans:
      ix_intervention_plans_status_needs_review: [status, needs_review]
      ix_intervention_plans_last_reviewed_at: [last_reviewed_at]
      ix_intervention_plans_review_frequency: [review_frequency]
      ix_intervention_plans_created_by_id: [created_by_id]
  queries:
    - sql: select * from intervention_plans where status = $1 and needs_review
      uses: ix_intervention_plans_status_needs_review
`;
const THROWAWAY = planOn('{ throwaway: true }');
const GIVEN = planOn('{ url: "$' + '{DATABASE_URL}" }');

describe.skipIf(without)('a real Alembic', () => {
  let path: string;
  let project: AlembicProject;
  beforeAll(async () => {
    path = await pathWithAlembic();
  }, 180_000);

  const migrate = (request: GateRequest): Promise<HeldGate> =>
    holdGate({ phase: 'migrate', event: 'pull_request', path, checkout: project.directory, ...request });

  describe('on a throwaway server', () => {
    test('that migrates well passes: version, indexes and the query that needs one', async () => {
      project = await alembicProject();
      const gate = await migrate({ plan: THROWAWAY });
      expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass', 'failed-items': '[]' } });
      expect(gate.report?.items.filter(({ state }) => state !== 'pass')).toEqual([]);
      expect(itemOf(gate, 'Database answers')?.message).toMatch(/^PostgreSQL \d+\S*, started for this run, ready in \d/);
      expect(itemOf(gate, 'Version and limits')?.measurements['version']).toMatchObject({ value: '5403edb1d087' });
      expect(gate.checkRun).toMatchObject({ name: 'Holdpoint: migrate', conclusion: 'success' });
      expect(gate.checkRun?.output.summary).toContain('ix');
      expect(gate.statuses.at(-1)).toMatchObject({ context: 'holdpoint/migrate', state: 'success' });
    });

    test('that leaves an index out blocks, and names the index and the query that misses it', async () => {
      project = await alembicProject();
      await project.change(/.*ix_intervention_plans_status_needs_review.*\n/, '');
      const gate = await migrate({ plan: THROWAWAY });
      expect(gate, gate.log).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail', 'reason-code': 'index_missing' } });
      const missing = gate.report?.items.find(({ reason_code }) => reason_code === 'index_missing');
      expect(missing?.title).toContain('ix_intervention_plans_status_needs_review');
      expect(gate.checkRun?.conclusion).toBe('failure');
      expect(gate.checkRun?.output.summary).toContain('status');
      expect(gate.checkRun?.annotations.map(({ start_line }) => start_line)).toContain(11);
    });

    test('that fails half-way blocks with what Alembic said, and looks at nothing after it', async () => {
      project = await alembicProject();
      await project.add('aa0000000001', '5403edb1d087', 'op.execute("alter table no_such_table add column x int")');
      const gate = await migrate({ plan: THROWAWAY });
      expect(gate, gate.log).toMatchObject({ exitCode: 1, outputs: { verdict: 'fail', 'reason-code': 'migration_failed' } });
      expect(itemOf(gate, 'Migration runs')?.message).toContain('no_such_table');
      expect(gate.checkRun?.output.summary).toContain('no_such_table');
      expect(endings(gate)['Version and limits']).toBe('skipped needs_unmet');
    });

    test('that would be carried out in a dry run is told, and is not carried out', async () => {
      project = await alembicProject();
      const gate = await migrate({ plan: THROWAWAY, with: { 'dry-run': 'true' } });
      expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'skipped', 'reason-code': 'dry_run' } });
      expect(gate.report?.headline).toMatch(/^Dry run, nothing changed\. \d steps would be taken$/);
      expect(gate.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
    });
  });

  describe('on a given PostgreSQL', () => {
    const server = useServer();
    const versionIn = (url: string): Promise<unknown> =>
      inSession(url, async (session) => {
        const { rows } = await session.query("select to_regclass('alembic_version')::text as version");
        return rows[0]?.['version'];
      });

    test('migrates that one, and shows its password nowhere', async () => {
      project = await alembicProject();
      const url = await server.newDatabase();
      const gate = await migrate({ plan: GIVEN, env: { DATABASE_URL: url } });
      expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'pass' } });
      expect(await versionIn(url)).toBe('alembic_version');
      expect(everythingShownBy(gate)).not.toContain(new URL(url).password);
    });

    test('with a wrong password is an error, migrates nothing, and shows the password nowhere', async () => {
      project = await alembicProject();
      const url = await server.newDatabase();
      const wrong = 'nicht/das@richtige';
      const given = url.replace(new URL(url).password, encodeURIComponent(wrong));
      const gate = await migrate({ plan: GIVEN, env: { DATABASE_URL: given } });
      expect(gate, gate.log).toMatchObject({
        exitCode: 3,
        outputs: { verdict: 'error', 'reason-code': 'authentication_failed' },
      });
      expect(endings(gate)).toMatchObject({
        'Database answers': 'error authentication_failed',
        'Migration runs': 'skipped needs_unmet',
      });
      expect(await versionIn(url)).toBeNull();
      for (const form of [wrong, encodeURIComponent(wrong)]) expect(everythingShownBy(gate)).not.toContain(form);
    });

    test('in a dry run leaves it as it is', async () => {
      project = await alembicProject();
      const url = await server.newDatabase();
      const gate = await migrate({ plan: GIVEN, env: { DATABASE_URL: url }, with: { 'dry-run': 'true' } });
      expect(gate, gate.log).toMatchObject({ exitCode: 0, outputs: { verdict: 'skipped' } });
      expect(await versionIn(url)).toBeNull();
    });
  });
});

function everythingShownBy({ log, summary, html, report, github, outputs }: HeldGate): string {
  return [log, summary, html, JSON.stringify([report, github.state.checkRuns, github.state.statuses, outputs])].join('\n');
}
