import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openChecklist } from '../../src/checklist/events.ts';
import type { Checklist, Item } from '../../src/checklist/model.ts';
import { runChecklist } from '../../src/checklist/run.ts';
import { parseCriterion } from '../../src/criteria/parse.ts';
import { openDatabases } from '../../src/database/connections.ts';
import type { Databases } from '../../src/database/databases.ts';
import { alembic } from '../../src/database/migrations/alembic.ts';
import type { BoundMigrationTool } from '../../src/database/migrations/tool.ts';
import { prepareMigrate } from '../../src/phases/migrate.ts';
import type { PhaseContext } from '../../src/phases/phase.ts';
import type { MigratePlan, Plan } from '../../src/plan/plan.ts';
import { type AlembicProject, alembicProject, pathWithAlembic } from '../support/alembic.ts';
import { testPorts } from '../support/ports.ts';
import { DEAD_URL, inSession, oneDatabase, sql, useServer } from '../support/postgres.ts';

const server = useServer();
const position = { file: 'holdpoint.yml', line: 1, column: 1 };
const policy = { inconclusive: 'block', error: 'block' } as const;
const COLUMNS = [
  ['ix_intervention_plans_status_needs_review', 'status', 'needs_review'],
  ['ix_intervention_plans_last_reviewed_at', 'last_reviewed_at'],
  ['ix_intervention_plans_review_frequency', 'review_frequency'],
  ['ix_intervention_plans_created_by_id', 'created_by_id'],
] as const;
const QUERY = { sql: 'select * from intervention_plans where status = $1 and needs_review', uses: COLUMNS[0][0], position };
let path: string;

beforeAll(async () => {
  path = await pathWithAlembic();
}, 180_000);

function boundAlembic(): BoundMigrationTool {
  const binding = alembic.bind({ directory: 'backend' });
  if ('issues' in binding) throw new Error('The spec must be accepted.');
  return binding.bound;
}

/** The seed's migration as the plan has it, without criteria. */
function section(overrides: Partial<MigratePlan> = {}): MigratePlan {
  return {
    database: 'main',
    tool: boundAlembic(),
    limitMs: 60_000,
    criteria: [],
    policy,
    indexes: COLUMNS.map(([name, ...columns]) => ({ table: 'intervention_plans', name, columns, position })),
    queries: [QUERY],
    checks: [],
    position,
    ...overrides,
  };
}

interface Ran {
  readonly checklist: Checklist;
  readonly progress: readonly string[];
  item(id: string): Item;
  /** `fail index_missing` */
  state(id: string): string;
}

interface Run {
  readonly project: AlembicProject;
  readonly databases: Databases;
  readonly plan?: Partial<MigratePlan>;
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
}

async function migrate({ project, databases, plan = {}, dryRun = false, signal, onProgress }: Run): Promise<Ran> {
  const ports = testPorts({
    env: { PATH: path, HOME: process.env['HOME'] },
    directory: project.directory,
    ...(signal === undefined ? {} : { signal }),
  });
  const origin = { file: 'holdpoint.yml', source: 'head' as const };
  const whole: Plan = { origin, databases: {}, vars: {}, secrets: [], warnings: [] };
  const context: PhaseContext = { ...ports, plan: whole, databases, dryRun, facts: {}, locale: 'en' };
  const steps = prepareMigrate(section(plan), context);
  const opened = openChecklist({ phase: 'migrate', subject: {}, plan: origin, dryRun, startedAt: 0 }, steps);
  const progress: string[] = [];
  const checklist = await runChecklist({
    checklist: opened,
    steps,
    clock: ports.clock,
    signal: ports.signal,
    concurrency: 4,
    observe: (_, event) => {
      if (event.kind !== 'item-progress') return;
      progress.push(event.text);
      onProgress?.(event.text);
    },
  });
  const item = (id: string): Item => {
    const found = checklist.items.find((candidate) => candidate.id === id);
    if (!found) throw new Error(`There is no item ${id} among ${checklist.items.map((candidate) => candidate.id).join(', ')}.`);
    return found;
  };
  return { checklist, progress, item, state: (id) => `${item(id).state} ${item(id).reason}` };
}

async function newRun(): Promise<{ readonly project: AlembicProject; readonly databases: Databases; readonly url: string }> {
  const url = await server.newDatabase();
  return { project: await alembicProject(), databases: oneDatabase(url), url };
}

const indexItem = (position_: number): string => `index-${COLUMNS[position_]?.[0]}`;

describe('a migration as it should be', () => {
  test('passes: the tool ran, the database agrees, all indexes are there and serve their query', async () => {
    const { checklist, item, progress } = await migrate(await newRun());
    expect(checklist.items.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'migrate-database pass',
      'migrate-run pass',
      ...COLUMNS.map(([name]) => `index-${name} pass`),
      'index-findings pass',
      'query-1 pass',
    ]);
    expect(checklist).toMatchObject({ verdict: 'pass' });
    expect(item('migrate-run').message).toMatch(/^2 migrations in [\d.]+ m?s: from no version .* to 5403edb1d087\.$/);
    expect(item('migrate-run').measurements).toMatchObject({
      version: { value: { text: '5403edb1d087' } },
      version_before: { value: { text: 'none' } },
      warnings: { value: { amount: 0 } },
      migrations: { value: { amount: 2 } },
    });
    expect(item(indexItem(0)).message).toBe('(status, needs_review), valid.');
    expect(progress).toContain('5403edb1d087, optimise intervention plans');
  });

  test('passes again when there is nothing left to apply', async () => {
    const run = await newRun();
    await migrate(run);
    const { checklist, item } = await migrate(run);
    expect(checklist.verdict).toBe('pass');
    expect(item('migrate-run').message).toBe('Nothing to apply: the database is at 5403edb1d087.');
  });

  test('is judged by the plan’s criteria', async () => {
    const criteria = ['version == 5403edb1d087', 'duration < 30s', 'warnings == 0', 'migrations == 7'];
    const planned = criteria.map((source) => ({ criterion: parseCriterion(source), intent: 'expect' as const, position }));
    const { item, state } = await migrate({ ...(await newRun()), plan: { criteria: planned } });
    expect(item('migrate-limits').judgements.map(({ outcome }) => outcome)).toEqual(['holds', 'holds', 'holds', 'violated']);
    expect(state('migrate-limits')).toBe('fail criterion_failed');
  });

  test('asks the catalog about indexes once, over one connection', async () => {
    const run = await newRun();
    let asked = 0;
    const databases: Databases = {
      url: async () => {
        asked += 1;
        return run.url;
      },
    };
    await migrate({ ...run, databases, plan: { queries: [] } });
    // One for the answer, one for the tool, one for all the indexes together.
    expect(asked).toBe(3);
  });

  test('on a throwaway database says how soon it was ready', async () => {
    const project = await alembicProject();
    const databases = openDatabases({ main: { kind: 'throwaway' } }, testPorts());
    const { checklist, item } = await migrate({ project, databases });
    await databases.stop();
    expect(checklist.verdict).toBe('pass');
    expect(item('migrate-database').message).toMatch(/^PostgreSQL [\d.]+, started for this run, ready in [\d.]+ m?s\.$/);
  });
});

describe('beside the expected indexes', () => {
  test('an invalid one that the plan does not have blocks, and a duplicate only warns', async () => {
    const run = await newRun();
    await migrate(run);
    await sql(run.url, 'CREATE INDEX zz_same ON intervention_plans (created_by_id)');
    const warned = await migrate(run);
    expect(warned.state('index-findings')).toBe('warn index_findings');
    expect(warned.checklist.verdict).toBe('warn');
    expect(warned.item('index-findings').evidence[1]).toMatchObject({ text: 'DROP INDEX CONCURRENTLY zz_same;' });
    await sql(
      run.url,
      'CREATE TABLE broken (a int)',
      "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'zz_same'::regclass",
    );
    const blocked = await migrate(run);
    expect(blocked.state('index-findings')).toBe('fail index_findings');
    expect(blocked.item('index-findings').message).toBe('1 finding, 1 of them blocking.');
  });

  test('those of a schema file are one item, and a file without indexes proves nothing', async () => {
    const run = await newRun();
    const file = join(run.project.directory, 'schema.sql');
    await writeFile(
      file,
      'CREATE TABLE intervention_plans (status text, x int); CREATE INDEX ix_other ON intervention_plans (status);',
    );
    const indexesFrom = { file: 'schema.sql', position };
    const { item, state } = await migrate({ ...run, plan: { indexesFrom } });
    expect(state('indexes-from-file')).toBe('fail index_missing');
    expect(item('indexes-from-file').message).toBe('1 of 1 indexes are not as there.');
    await writeFile(file, 'CREATE TABLE a (id int)');
    expect((await migrate({ ...run, plan: { indexesFrom } })).state('indexes-from-file')).toBe('inconclusive no_data');
  });
});

describe('an index that is not as it should be blocks', () => {
  test('missing', async () => {
    const run = await newRun();
    await run.project.change(/^ {4}"ix_intervention_plans_created_by_id".*\n/m, '');
    const { checklist, item, state } = await migrate(run);
    expect(checklist.verdict).toBe('fail');
    expect(state(indexItem(3))).toBe('fail index_missing');
    expect(state(indexItem(0))).toBe('pass criteria_met');
    expect(item(indexItem(3)).evidence).toEqual([
      {
        kind: 'output',
        title: 'SQL that mends it',
        text: 'CREATE INDEX CONCURRENTLY ix_intervention_plans_created_by_id ON intervention_plans (created_by_id);',
      },
    ]);
  });

  test('columns swapped', async () => {
    const run = await newRun();
    await run.project.change('["status", "needs_review"]', '["needs_review", "status"]');
    const { item, state } = await migrate(run);
    expect(state(indexItem(0))).toBe('fail index_columns_differ');
    expect(item(indexItem(0)).message).toBe(
      'The columns are in another order: (needs_review, status) instead of (status, needs_review).',
    );
    expect(item(indexItem(0)).judgements[0]?.comparisons[0]).toMatchObject({
      measured: { text: '(needs_review, status)' },
      allowed: [{ text: '(status, needs_review)' }],
    });
  });

  test('invalid, left over from a build that failed', async () => {
    const run = await newRun();
    await migrate(run);
    const [name] = COLUMNS[2];
    await sql(
      run.url,
      `INSERT INTO intervention_plans (title, review_frequency) VALUES ('a', 'weekly'), ('b', 'weekly')`,
      `DROP INDEX ${name}`,
    );
    await expect(
      sql(run.url, `CREATE UNIQUE INDEX CONCURRENTLY ${name} ON intervention_plans (review_frequency)`),
    ).rejects.toThrow();
    const { item, state } = await migrate(run);
    expect(state(indexItem(2))).toBe('fail index_invalid');
    expect(item(indexItem(2)).message).toContain('its build failed or was cancelled');
  });

  test('not used by its query', async () => {
    const query = { ...QUERY, sql: 'select * from intervention_plans where upper(status) = $1' };
    const { item, state } = await migrate({ ...(await newRun()), plan: { queries: [query] } });
    expect(state('query-1')).toBe('fail index_unused');
    expect(item('query-1').evidence).toContainEqual(
      expect.objectContaining({ title: 'Plan', text: expect.stringContaining('Seq Scan') }),
    );
  });
});

describe('a migration that goes wrong', () => {
  test('fails half-way: what was applied is told, and nothing after it runs', async () => {
    const run = await newRun();
    await run.project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("ALTER TABLE absent ADD COLUMN a int")');
    // Each revision in a transaction of its own, so that the first two stay.
    await run.project.changeFile(
      'migrations/env.py',
      'connection=connection)',
      'connection=connection, transaction_per_migration=True)',
    );
    const { checklist, item, state } = await migrate(run);
    expect(checklist.verdict).toBe('fail');
    expect(state('migrate-run')).toBe('fail migration_failed');
    expect(item('migrate-run').message).toMatch(/relation "absent" does not exist/);
    expect(item('migrate-run').message).toContain(
      'The database went from no version (before the first migration) to 5403edb1d087: a part was applied.',
    );
    expect(state(indexItem(0))).toBe('skipped needs_unmet');
    expect(state('query-1')).toBe('skipped needs_unmet');
  });

  test('fails and leaves the database where it was', async () => {
    const run = await newRun();
    await migrate(run);
    await run.project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("SELECT 1/0")');
    const { item } = await migrate(run);
    expect(item('migrate-run').message).toContain('division by zero');
    expect(item('migrate-run').message).toContain('The database is still at 5403edb1d087.');
  });

  test('says OK, but migrated another database', async () => {
    const run = await newRun();
    const other = await server.newDatabase();
    await run.project.changeFile('migrations/env.py', 'os.environ["DATABASE_URL"]', JSON.stringify(other));
    const { item, state } = await migrate(run);
    expect(state('migrate-run')).toBe('fail tool_disagrees');
    expect(item('migrate-run').message).toContain('the database has no version at all');
    expect(state(indexItem(0))).toBe('skipped needs_unmet');
  });

  test('says OK, but stayed behind its own files', async () => {
    const run = await newRun();
    const own = boundAlembic();
    const behind: BoundMigrationTool = {
      ...own,
      state: async (given, files) => ({ ...(await own.state(given, files)), heads: ['ffffffffffff'] }),
    };
    const { item, state } = await migrate({ ...run, plan: { tool: behind } });
    expect(state('migrate-run')).toBe('fail tool_disagrees');
    expect(item('migrate-run').message).toContain('the database is at 5403edb1d087, and the migration files end in ffffffffffff');
  });

  test('has several heads, and is told to merge them', async () => {
    const run = await newRun();
    await run.project.add('aaaaaaaaaaaa', '3f2b7c9a41de', 'pass');
    const { item, state } = await migrate(run);
    expect(state('migrate-run')).toBe('fail multiple_heads');
    expect(item('migrate-run').message).toContain('end in 2 heads');
    expect(item('migrate-run').message).toContain('merge them into one');
  });

  test('prints hundreds of thousands of lines: the warnings among them are counted, and the report stays small', async () => {
    const run = await newRun();
    const noisy =
      'import sys\nfor n in range(150000):\n    print("line", n)\n    print("x.py:1: UserWarning: again", file=sys.stderr)';
    await run.project.add('aaaaaaaaaaaa', '5403edb1d087', noisy);
    const before = process.memoryUsage().rss;
    const { item, state } = await migrate(run);
    expect(state('migrate-run')).toBe('pass task_done');
    expect(item('migrate-run').measurements).toMatchObject({ warnings: { value: { amount: 150_000 } } });
    expect(JSON.stringify(item('migrate-run').evidence).length).toBeLessThan(100_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(250_000_000);
  }, 120_000);

  test('ends well, and left what cannot be undone: that is named', async () => {
    const run = await newRun();
    await run.project.add('aaaaaaaaaaaa', '5403edb1d087', 'pass');
    const { item } = await migrate(run);
    expect(item('migrate-run').message).toContain('Cannot be undone: aaaaaaaaaaaa, aaaaaaaaaaaa.');
  });

  test('prints the password, and the report hides it', async () => {
    const run = await newRun();
    await run.project.changeFile('migrations/env.py', 'def run_online', 'print(os.environ["DATABASE_URL"])\n\n\ndef run_online');
    const { checklist } = await migrate(run);
    expect(checklist.verdict).toBe('pass');
    expect(JSON.stringify(checklist)).toContain('postgres:***@');
    expect(JSON.stringify(checklist)).not.toContain(new URL(run.url).password);
  });

  test('is cancelled while it runs: the state is told', async () => {
    const run = await newRun();
    await migrate(run);
    await run.project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("SELECT pg_sleep(30)")');
    const cancel = new AbortController();
    const onProgress = (text: string) => text.startsWith('aaaaaaaaaaaa') && cancel.abort(new Error('cancelled'));
    const { item, state } = await migrate({ ...run, signal: cancel.signal, onProgress });
    expect(state('migrate-run')).toBe('error cancelled');
    expect(item('migrate-run').message).toContain('The database is at 5403edb1d087.');
  });

  test('takes too long: it is stopped at its limit', async () => {
    const run = await newRun();
    await run.project.add('aaaaaaaaaaaa', '5403edb1d087', 'op.execute("SELECT pg_sleep(30)")');
    const { state } = await migrate({ ...run, plan: { limitMs: 3000 } });
    expect(state('migrate-run')).toBe('error timed_out');
  });
});

describe('a database that does not answer', () => {
  test('is told as such, and nothing is run against it', async () => {
    const project = await alembicProject();
    const { checklist, state } = await migrate({ project, databases: oneDatabase(DEAD_URL) });
    expect(state('migrate-database')).toBe('error connection_refused');
    expect(state('migrate-run')).toBe('skipped needs_unmet');
    expect(checklist.verdict).toBe('error');
  });

  test('by a wrong password is told without it', async () => {
    const run = await newRun();
    const url = new URL(run.url);
    url.password = 'hunter2hunter2';
    const { checklist, state } = await migrate({ ...run, databases: oneDatabase(url.href) });
    expect(state('migrate-database')).toBe('error authentication_failed');
    expect(JSON.stringify(checklist)).not.toContain('hunter2');
  });
});

describe('a dry run', () => {
  test('says what would be done, and changes nothing', async () => {
    const run = await newRun();
    const { item, state } = await migrate({ ...run, dryRun: true });
    expect(state('migrate-run')).toBe('skipped dry_run');
    expect(item('migrate-run').message).toBe(
      'Would run: alembic upgrade head in backend. The database is at no version (before the first migration); the files end in 5403edb1d087.' +
        ' 2 migrations are pending: 3f2b7c9a41de, create intervention plans; 5403edb1d087, optimise intervention plans.',
    );
    expect(state(indexItem(0))).toBe('skipped dry_run');
    const { rows } = await inSession(run.url, (session) =>
      session.query('SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = $1', ['public']),
    );
    expect(rows).toEqual([{ n: 0 }]);
  });

  test('checks what is there already when nothing is left to apply', async () => {
    const run = await newRun();
    await migrate(run);
    const { state } = await migrate({ ...run, dryRun: true });
    expect(state('migrate-run')).toBe('skipped dry_run');
    expect(state(indexItem(0))).toBe('pass criteria_met');
    expect(state('query-1')).toBe('pass criteria_met');
  });
});

describe('on PGlite', () => {
  const lite = useServer('pglite');

  test('the same migration runs, and its indexes are proved', async () => {
    const { checklist } = await migrate({ project: await alembicProject(), databases: oneDatabase(lite.url) });
    expect(checklist.items.filter(({ state }) => state !== 'pass')).toEqual([]);
  });
});
