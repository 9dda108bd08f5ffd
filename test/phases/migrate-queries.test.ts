import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Locale } from '../../src/criteria/value.ts';
import type { Cause } from '../../src/database/query-proof/causes.ts';
import { querySteps } from '../../src/phases/migrate-queries.ts';
import { queryWords } from '../../src/phases/words/migrate-queries.ts';
import type { ExpectedQuery, MigratePlan } from '../../src/plan/plan.ts';
import { temporaryFolder } from '../support/ports.ts';
import { sql, useServer } from '../support/postgres.ts';
import { loadStatements } from '../support/statements.ts';
import { lacksPostgres } from '../support/tools.ts';
import { type Carried, carryOut, criteria, phaseContext, policy, position } from './carry-out.ts';

const refuse = () => Promise.reject(new Error('No tool runs here.'));
const tool = {
  name: 'none',
  description: '',
  current: refuse,
  heads: refuse,
  files: refuse,
  state: refuse,
  apply: refuse,
  down: refuse,
};

describe.skipIf(await lacksPostgres())('queries of a plan', () => {
  const server = useServer('postgresql');
  let url: string;

  beforeAll(async () => {
    await loadStatements(server.url);
    url = await server.newDatabase();
    await sql(
      url,
      'CREATE TABLE plans (id int PRIMARY KEY, status text, at timestamptz)',
      'CREATE INDEX plans_status ON plans (status)',
      'CREATE INDEX plans_at ON plans (at)',
      'CREATE INDEX plans_at_again ON plans (at)',
      `CREATE INDEX plans_open ON plans (id) WHERE status = 'open'`,
      'CREATE TABLE large (id int, even boolean, kind int, note text)',
      `INSERT INTO large SELECT g, g % 2 = 0, 1, repeat('x', 100) FROM generate_series(1, 20000) g`,
      'CREATE INDEX large_id ON large (id)',
      'CREATE INDEX large_even ON large (even)',
      'CREATE INDEX large_kind ON large (kind)',
      'ANALYZE large',
    );
  });

  interface Given {
    readonly on?: string;
    readonly throwaway?: boolean;
    readonly hideIndexes?: boolean;
    readonly locale?: Locale;
    readonly directory?: string;
  }

  async function judged(queries: readonly ExpectedQuery[], given: Given = {}): Promise<Carried> {
    const { on = url, throwaway = true, hideIndexes, locale = 'en', directory = temporaryFolder() } = given;
    const started = [{ name: 'main', engine: 'postgresql' as const, version: '15', readyMs: 1 }];
    const databases = { url: async () => on, throwaways: () => (throwaway ? started : []) };
    const context = phaseContext({ databases, locale, directory });
    const section: MigratePlan = {
      ...{ database: 'main', tool, limitMs: 60_000, criteria: [], policy, indexes: [], checks: [], position },
      queries,
      ...(hideIndexes === undefined ? {} : { hideIndexes }),
    };
    return carryOut('migrate', querySteps(section, context, { needs: [], after: [] }), context);
  }
  const only = ({ checklist }: Carried) => {
    const [item] = checklist.items;
    if (item === undefined) throw new Error('There is one item.');
    return item;
  };

  test('one that its index serves passes, with what was measured, what was allowed, and how it was proved', async () => {
    const item = only(await judged([{ sql: 'select * from large where id = $1', uses: 'large_id', position }]));
    expect(item).toMatchObject({ id: 'query-1', title: 'large_id serves select * from large where id = $1', state: 'pass' });
    expect(item.message).toMatch(
      /^large_id serves it by a condition on its first key\. On its statistics the planner by itself takes large_id\. Cost 8[.\d]* with it, [\d.,]+ without it\.$/,
    );
    expect(item.judgements[0]?.comparisons[0]).toMatchObject({
      measured: { text: 'large_id' },
      allowed: [{ text: 'large_id' }],
      outcome: 'holds',
    });
    expect(item.measurements['cost_ratio']?.value).toMatchObject({ kind: 'quantity' });
    expect(item.evidence.map(({ title }) => title)).toEqual(['Query', 'How it was proved', 'Plan']);
    const how = item.evidence[1];
    expect(how?.kind === 'output' ? how.text : '').toMatch(
      /hidden from the planner in pg_index.*large: 20,000 rows.*The node that proves it: Index Scan using large_id/s,
    );
  });

  test.each<[string, string, string, string, RegExp]>([
    [
      'select * from plans where upper(status) = $1',
      'plans_status',
      'fail',
      'index_unused',
      /plans_status holds status, and the query asks for upper\(status\)/,
    ],
    ['select * from plans where status = $1', 'plans_absent', 'fail', 'index_missing', /There is no index plans_absent/],
    [
      'select * from plans where status = $1 and id > 3',
      'plans_open',
      'fail',
      'partial_index_parameter',
      /generic plan cannot use it/,
    ],
    [
      'select * from large where even',
      'large_even',
      'fail',
      'index_not_chosen',
      /the planner by itself reads large whole\. The index can serve, but is not worth it/,
    ],
    ['select * from large where kind = $1', 'large_kind', 'warn', 'index_not_chosen', /write typical values/],
  ])('%s with %s ends in %s %s', async (query, uses, state, reason, message) => {
    const item = only(await judged([{ sql: query, uses, position }]));
    expect(item, item.message).toMatchObject({ state, reason });
    expect(item.message).toMatch(message);
  });

  test('one without the name of an index has a fix where one was seen to help', async () => {
    const item = only(await judged([{ sql: 'select * from large where note = $1', position }]));
    expect(item).toMatchObject({ title: 'An index serves select * from large where note = $1', reason: 'table_read_whole' });
    expect(item.evidence).toContainEqual({
      kind: 'output',
      title: 'SQL that mends it',
      text: 'CREATE INDEX CONCURRENTLY ON large (note);',
    });
    expect(only(await judged([{ sql: 'select * from large', mayScan: ['large'], position }])).state).toBe('pass');
  });

  test('on a database that others use nothing is hidden, unless the plan says so', async () => {
    const queries = ['plans_at', 'plans_at_again'].map((uses) => ({ sql: 'select * from plans where at = $1', uses, position }));
    const { checklist } = await judged(queries, { throwaway: false });
    expect(checklist.items.map(({ state, reason }) => `${state} ${reason}`).sort()).toEqual([
      'inconclusive index_unproven',
      'pass criteria_met',
    ]);
    const allowed = await judged(queries, { throwaway: false, hideIndexes: true });
    expect(allowed.checklist.items.map(({ state }) => state)).toEqual(['pass', 'pass']);
  });

  test('a report in Portuguese has nothing in English', async () => {
    const item = only(await judged([{ sql: 'select * from plans where needs = 1', uses: 'a', position }], { locale: 'pt-BR' }));
    expect(item.reason).toBe('bad_response');
    const served = only(
      await judged([{ sql: 'select * from plans where at = $1', uses: 'plans_at', position }], { locale: 'pt-BR' }),
    );
    expect(served.title).toBe('plans_at atende a select * from plans where at = $1');
    expect(JSON.stringify([served.message, served.evidence.map(({ title }) => title)])).not.toMatch(
      /\b(?:the|planner|Query|proved)\b/,
    );
  });

  describe('of SQL files', () => {
    test('are items of their own, at their line', async () => {
      const directory = temporaryFolder();
      mkdirSync(join(directory, 'queries'));
      writeFileSync(
        join(directory, 'queries/a.sql'),
        '-- uses: plans_status\nselect * from plans where status = $1;\n\nselect * from plans;\n',
      );
      writeFileSync(join(directory, 'queries/b.sql'), '-- nothing yet\n');
      writeFileSync(join(directory, 'queries/c.txt'), 'select 1');
      const { checklist } = await judged([{ file: 'queries/*.sql', position }], { directory });
      expect(checklist.items.map(({ id, state, reason, position: at }) => [id, state, reason, at?.file, at?.line])).toEqual([
        ['query-1', 'pass', 'criteria_met', 'queries/a.sql', 2],
        ['query-2', 'fail', 'table_read_whole', 'queries/a.sql', 4],
        ['query-3', 'inconclusive', 'nothing_checked', 'holdpoint.yml', 1],
      ]);
    });

    test.each([
      ['queries/*.sql', 'queries/*.sql does not exist'],
      ['absent.sql', 'absent.sql does not exist'],
      ['*.sql', 'No file matches *.sql'],
    ])('that are not there (%s) are an error', async (file, message) => {
      const item = only(await judged([{ file, position }]));
      expect(item).toMatchObject({ state: 'error', reason: 'not_found' });
      expect(item.message).toContain(message);
    });
  });

  describe('that the server has seen', () => {
    const seen = (...expect: readonly string[]): ExpectedQuery => ({
      statements: { top: 5, by: 'total_time' },
      criteria: criteria('expect', ...expect),
      policy,
      position,
    });

    test('are judged by their times and by their plans', async () => {
      const on = await server.newDatabase();
      await sql(
        on,
        'CREATE EXTENSION pg_stat_statements',
        'CREATE TABLE slow (id int PRIMARY KEY, note text)',
        `INSERT INTO slow SELECT g, repeat('x', 100) FROM generate_series(1, 20000) g`,
        'ANALYZE slow',
        'SELECT pg_stat_statements_reset()',
        'SELECT pg_sleep(0.3)',
        `SELECT * FROM slow WHERE note = 'y'`,
        'SELECT * FROM slow WHERE id = 5',
      );
      const { checklist } = await judged([seen('mean_exec_time < 200ms', 'calls >= 1')], { on, throwaway: false });
      const states = checklist.items.map(({ state, reason, message = '' }) => `${state} ${reason} ${message.split(':')[0]}`);
      expect(states).toContain('fail criterion_failed SELECT pg_sleep($1)');
      expect(states).toContain('fail table_read_whole SELECT * FROM slow WHERE note = $1');
      expect(states).toContain('pass criteria_met SELECT * FROM slow WHERE id = $1');
      expect(checklist.items[0]?.title).toBe('Statement 1 by total_time');
      expect(checklist.items.at(-1)).toMatchObject({ id: 'statement-5' });
      const slow = checklist.items.find(({ message }) => message?.startsWith('SELECT pg_sleep'));
      expect(slow?.judgements[0]?.comparisons[0]).toMatchObject({ subject: 'mean_exec_time', outcome: 'violated' });
    });

    test('are an error without the extension', async () => {
      const { checklist } = await judged([seen()], { on: await server.newDatabase() });
      expect(checklist.items[0]).toMatchObject({ state: 'error', reason: 'unsupported' });
    });
  });
});

describe('in Portuguese, nothing is left in English', () => {
  const causes: readonly Cause[] = [
    ...(['invalid', 'walk', 'unknown'] as const).map((kind) => ({ kind })),
    ...(['like_opclass', 'like_wildcard', 'like_parameter', 'like_case', 'first_key'] as const).map((kind) => ({
      kind,
      key: 'K',
    })),
    { kind: 'predicate', predicate: 'P' },
    { kind: 'cast', key: 'K', asked: 'A' },
    { kind: 'expression', key: 'K', asked: 'A' },
    { kind: 'partitions', tables: ['A', 'B'] },
  ];
  const sentences = (locale: Locale): readonly string[] => {
    const words = queryWords(locale);
    return [
      ...causes.map((cause) => words.unproved({ kind: 'unserved', index: 'I', cause, instead: ['J', 'K'] })),
      words.unproved({ kind: 'no_table' }),
      words.unproved({ kind: 'no_index', names: ['A', 'B'] }),
      words.unproved({ kind: 'partial_parameter', index: 'I', predicate: 'P', parameter: 1, value: '2' }),
      words.unproved({ kind: 'in_the_way', index: 'I', others: ['J'], why: undefined }),
      words.unproved({ kind: 'read_whole', tables: ['A', 'B'], walks: ['I'] }),
      ...(['condition', 'distance', 'predicate', 'order', 'conflict'] as const).map((by) => words.served(['I'], by)),
      words.served(['I', 'J'], 'condition'),
      words.exempt(['A', 'B']),
      words.exempt([]),
      ...(['assumed', 'real', 'small'] as const).map((statistics) => words.choice({ statistics, indexes: ['I'], scans: ['T'] })),
      words.choice({ statistics: 'real', indexes: [], scans: [] }),
      ...[0, 1].map(words.notChosen),
      ...[true, false].map((any) => words.costs(1, 2, any)),
      ...[words.none, words.seen.none, words.seen.unreadable, words.seen.fewer(2), words.perhapsCut, words.provenPlan],
      ...[words.serves([], 'q'), words.serves(['I', 'J'], 'q'), words.statement(1, 'b'), words.reads('f'), words.noFile('f')],
      ...[words.noStatements('f'), words.proof.title, ...Object.values(words.proof.hiding), words.proof.node('n')],
      ...[-1, 5].map((rows) => words.proof.table('T', rows, 1)),
      ...([undefined, 'no_such_table', 'not_superuser', 'empty'] as const).map((refused) =>
        words.proof.assumed({ table: 'T', rows: 1, ...(refused === undefined ? {} : { refused }) }),
      ),
      words.proof.assumed({ table: 'T', rows: 1, refused: 'not_allowed' }),
    ];
  };

  test('of what a proof says', () => {
    const english = sentences('en');
    const portuguese = sentences('pt-BR');
    expect(portuguese).toHaveLength(english.length);
    expect(portuguese.filter((sentence) => english.includes(sentence))).toEqual([]);
  });
});
