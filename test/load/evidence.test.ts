import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/checklist/model.ts';
import { loadEvidence } from '../../src/load/evidence.ts';
import { latencies } from '../../src/load/latencies.ts';
import type { Figures, LoadResult } from '../../src/load/result.ts';
import { renderHtml } from '../../src/report/html.ts';
import { logGroups } from '../../src/report/log-groups.ts';
import { renderText } from '../../src/report/markdown.ts';
import { checklist, item } from '../report/samples.ts';

const START = Date.UTC(2026, 2, 14, 2, 51, 7);

function figures(values: readonly number[], more: Partial<Figures> = {}): Figures {
  const kept = latencies();
  for (const value of values) kept.add(value);
  return {
    requests: values.length,
    latency: { kind: 'values', answered: [kept], unanswered: [] },
    population: { failures: true, timeouts: false },
    ...more,
  };
}

function result(more: Partial<LoadResult> = {}): LoadResult {
  return {
    tool: 'k6',
    format: 'NDJSON',
    all: { population: {} },
    labels: new Map(),
    checks: new Map(),
    thresholds: [],
    settings: {},
    overTime: [],
    notes: [],
    absent: {},
    ...more,
  };
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, at) => at + 1);
const titled = (evidence: readonly Evidence[], start: string): Evidence | undefined =>
  evidence.find(({ title }) => title.startsWith(start));
function tableOf(evidence: readonly Evidence[], start: string): Extract<Evidence, { kind: 'table' }> {
  const found = titled(evidence, start);
  if (found?.kind !== 'table') throw new Error(`no table “${start}” among: ${evidence.map(({ title }) => title).join('; ')}`);
  return found;
}

test('of nothing that is known there is no evidence', () => {
  expect(loadEvidence(result())).toEqual([]);
});

describe('the latencies', () => {
  test('stand under how exact they are, and whose', () => {
    const [table] = loadEvidence(result({ all: figures(upTo(1000)) }));
    expect(table).toEqual({
      kind: 'table',
      title: 'Latency of 1,000 answers: exact, failed answers included, timeouts excluded',
      columns: ['min', 'mean', 'p50', 'p75', 'p90', 'p95', 'p99', 'p99.9', 'max'],
      rows: [['1 ms', '500 ms', '500 ms', '750 ms', '900 ms', '950 ms', '990 ms', '999 ms', '1 s']],
    });
  });

  test('that are written in whole milliseconds are not called exact', () => {
    const { latency } = figures(upTo(20));
    if (latency?.kind !== 'values') throw new Error('no values');
    const [table] = loadEvidence(
      result({ all: { latency: { ...latency, stepMs: 1 }, population: { failures: true, timeouts: true } } }),
    );
    expect(table?.title).toBe('Latency of 20 requests: in steps of 1 ms, failed answers included, timeouts included');
  });

  test('are not told a second time where the unanswered may be among them already', () => {
    const all = (population: Figures['population']): Figures => ({
      ...figures([]),
      requests: 30,
      unanswered: 3,
      latency: { kind: 'buckets', buckets: [{ value: 5, count: 30 }], exactness: { kind: 'bucketed', by: 0.1 } },
      population,
    });
    const rows = (population: Figures['population']) =>
      tableOf(loadEvidence(result({ all: all(population) })), 'Latency').rows.length;
    expect([rows({ timeouts: false }), rows({ timeouts: true }), rows({})]).toEqual([2, 1, 1]);
  });

  test('show no percentile that so few cannot tell', () => {
    expect(tableOf(loadEvidence(result({ all: figures(upTo(99)) })), 'Latency').columns).toEqual([
      'min',
      'mean',
      'p50',
      'p75',
      'p90',
      'p95',
      'max',
    ]);
  });

  test('are told a second time with the unanswered as endless', () => {
    const { columns, rows } = tableOf(
      loadEvidence(result({ all: figures(upTo(100), { requests: 103, timeouts: 3, unanswered: 3 }) })),
      'Latency',
    );
    expect(columns[0]).toBe('');
    expect(rows.map((row) => [row[0], row[columns.indexOf('p95')], row[columns.indexOf('p99')], row.at(-1)])).toEqual([
      ['as measured', '95 ms', '99 ms', '100 ms'],
      ['with 3 unanswered as endless', '97.9 ms', '∞', '∞'],
    ]);
  });

  test('that a tool gave as figures alone have the columns that it gave, and no histogram', () => {
    const latency = {
      kind: 'figures' as const,
      exactness: { kind: 'rank' as const },
      mean: 12,
      percentiles: new Map([
        [90, 20],
        [95, 30],
      ]),
    };
    const evidence = loadEvidence(result({ all: { latency, population: {} } }));
    expect(evidence).toEqual([
      {
        kind: 'table',
        title: 'Latency of requests: estimated by the tool, with no bound on its error, which ones is not told',
        columns: ['mean', 'p90', 'p95'],
        rows: [['12 ms', '20 ms', '30 ms']],
      },
    ]);
  });

  test('have a shape in seconds, with the percentiles that can be told marked', () => {
    const shape = titled(loadEvidence(result({ all: figures(upTo(99)) })), 'Latencies');
    if (shape?.kind !== 'histogram') throw new Error('no histogram');
    expect(shape.bins.reduce((sum, { count }) => sum + count, 0)).toBe(99);
    expect(shape.bins.at(-1)).toEqual({ upTo: 0.1, count: 19 });
    expect(shape.marks).toEqual([
      { label: 'p50', amount: 0.05 },
      { label: 'p95', amount: expect.closeTo(0.0941, 6) },
    ]);
  });
});

describe('p95 over time', () => {
  const every = (seconds: number, count: number) =>
    upTo(count).map((at) => ({ at: START + at * seconds * 1000, milliseconds: at === 101 ? 9000 : 100 }));

  test('says which stretch each point is of, and what limits it', () => {
    expect(loadEvidence(result({ overTime: every(1, 240) }))).toMatchObject([
      { kind: 'series', title: 'p95 by second', subject: 'p95', unit: 's' },
    ]);
    expect(loadEvidence(result({ overTime: every(4, 10) }))).toMatchObject([{ title: 'p95 by 4 s' }]);
  });

  test('is of a second still where a timer was late, and where nothing was answered for a while', () => {
    const late = [0, 1003, 1990, 9001, 10_004].map((at) => ({ at: START + at, milliseconds: 5 }));
    expect(loadEvidence(result({ overTime: late }))).toMatchObject([{ title: 'p95 by second' }]);
  });

  test('keeps its peaks where it is too long, and says so', () => {
    const [series] = loadEvidence(result({ overTime: every(1, 600) }));
    if (series?.kind !== 'series') throw new Error('no series');
    expect(series.title).toBe('p95 by second, the highest of every 3');
    expect(series.points).toHaveLength(200);
    expect(series.points.map(({ amount }) => amount)).toContain(9);
  });

  test('counted from the start, it is drawn from the start', () => {
    const [series] = loadEvidence(result({ overTime: [0, 60_000, 120_000].map((at) => ({ at, milliseconds: 5 })) }));
    const page = renderHtml(checklist([item('a', { evidence: series === undefined ? [] : [series] })]));
    expect(page).toContain('<span>0 s</span><span>1 min</span><span>2 min</span>');
  });
});

describe('labels', () => {
  test('are the ten slowest, by p95', () => {
    const labels = new Map(upTo(12).map((at) => [`GET /${at}`, figures([at, at * 10], { failures: at })]));
    const { title, columns, rows } = tableOf(loadEvidence(result({ labels })), 'The 10 slowest');
    expect(title).toBe('The 10 slowest of 12 labels, by p95');
    expect(columns).toEqual(['Label', 'Requests', 'p50', 'p95', 'p99', 'Failures']);
    expect(rows[0]).toEqual(['GET /12', '2', '66 ms', '115 ms', '119 ms', '12']);
    expect(rows.map(([label]) => label)).toEqual(upTo(10).map((at) => `GET /${13 - at}`));
  });

  test('without a p95 go by their mean; one that never answered comes first', () => {
    const mean = (ms: number): Figures => ({
      requests: 5,
      latency: { kind: 'figures', exactness: { kind: 'exact' }, mean: ms, percentiles: new Map() },
      population: {},
    });
    const labels = new Map([
      ['fast', mean(10)],
      ['dead', { requests: 5, unanswered: 5, failures: 5, population: {} }],
      ['slow', mean(900)],
    ]);
    const { title, rows } = tableOf(loadEvidence(result({ labels })), 'Labels');
    expect(title).toBe('Labels, slowest first, by p95, or the mean where there is none');
    expect(rows).toEqual([
      ['dead', '5', '–', '–', '–', '–', '5'],
      ['slow', '5', '900 ms', '–', '–', '–', '–'],
      ['fast', '5', '10 ms', '–', '–', '–', '–'],
    ]);
  });

  test('are cut to 80 characters', () => {
    const labels = new Map([
      ['🚀'.repeat(100), figures([1, 2])],
      ['b', figures([1, 2])],
    ]);
    for (const [label = ''] of tableOf(loadEvidence(result({ labels })), 'Labels').rows)
      expect([...label].length).toBeLessThanOrEqual(80);
  });

  test('one alone says no more than the whole', () => {
    expect(titled(loadEvidence(result({ labels: new Map([['GET /', figures([1, 2])]]) })), 'Labels')).toBeUndefined();
  });
});

describe('what went wrong', () => {
  test('is told by count, with the share of all requests', () => {
    const all = figures(upTo(90), {
      requests: 100,
      timeouts: 4,
      unanswered: 10,
      failures: 10,
      errors: new Map([
        ['refused', 1],
        ['reset', 5],
      ]),
    });
    expect(tableOf(loadEvidence(result({ all })), 'Requests without an answer')).toMatchObject({
      columns: ['What happened', 'Requests', 'Share of all'],
      rows: [
        ['reset', '5', '5 %'],
        ['timed out', '4', '4 %'],
        ['refused', '1', '1 %'],
      ],
    });
  });

  test('counts timeouts once where the tool has them among its errors', () => {
    const errors = new Map([
      ['request timeout', 4],
      ['HTTP 500', 3],
    ]);
    const all: Figures = { requests: 100, timeouts: 4, failures: 20, errors, population: {} };
    expect(tableOf(loadEvidence(result({ all })), 'What went wrong').rows.map(([kind]) => kind)).toEqual([
      'request timeout',
      'HTTP 500',
    ]);
    const other: Figures = {
      requests: 100,
      timeouts: 4,
      failures: 7,
      errors: new Map([
        ['1050', 4],
        ['1500', 3],
      ]),
      population: {},
    };
    expect(tableOf(loadEvidence(result({ all: other })), 'What went wrong').rows.map(([kind]) => kind)).toEqual(['1050', '1500']);
  });

  test('keeps the count of the kinds that have no row', () => {
    const errors = new Map(upTo(30).map((at) => [`kind ${at}`, 2]));
    const { rows } = tableOf(loadEvidence(result({ all: { requests: 100, errors, population: {} } })), 'What went wrong');
    expect(rows).toHaveLength(21);
    expect(rows.at(-1)).toEqual(['10 other kinds', '20', '20 %']);
  });
});

test('answers by status have their share of the answers', () => {
  const all = figures(upTo(3), {
    requests: 1_000_000,
    statuses: new Map([
      [503, 1],
      [200, 999_999],
    ]),
  });
  expect(tableOf(loadEvidence(result({ all })), 'Answers by status').rows).toEqual([
    ['200', '999,999', '> 99.99 %'],
    ['503', '1', '< 0.01 %'],
  ]);
});

test('checks that failed, the tool’s own limits and its notes are told', () => {
  const evidence = loadEvidence(
    result({
      checks: new Map([
        ['is 200', { passes: 9, fails: 1 }],
        ['has a body', { passes: 10, fails: 0 }],
        ['is fast', { passes: 5, fails: 5 }],
      ]),
      thresholds: [
        { source: 'http_req_duration: p(95)<500', met: true },
        { source: 'checks: rate>0.99', met: false },
      ],
      notes: ['One.', 'Two.'],
    }),
  );
  expect(evidence).toEqual([
    {
      kind: 'table',
      title: 'Checks that failed: 2 of 3',
      columns: ['Check', 'Passed', 'Failed', 'Share that failed'],
      rows: [
        ['is fast', '5', '5', '50 %'],
        ['is 200', '9', '1', '10 %'],
      ],
    },
    {
      kind: 'table',
      title: 'k6’s own limits: 1 of 2 not met',
      columns: ['Limit', 'Outcome'],
      rows: [
        ['checks: rate>0.99', 'not met'],
        ['http_req_duration: p(95)<500', 'met'],
      ],
    },
    { kind: 'output', title: 'What to know of these figures', text: 'One.\nTwo.' },
  ]);
});

test('what a file under test wrote stays text in every report', () => {
  const evil = '<script>alert(1)</script>| \u202Egnp.exe `x`\n::error::gotcha';
  const hostile = loadEvidence(
    result({
      all: figures(upTo(50), { errors: new Map([[evil, 3]]), statuses: new Map([[200, 50]]) }),
      labels: new Map([
        [evil, figures(upTo(30))],
        ['b', figures(upTo(20))],
      ]),
      checks: new Map([[evil, { passes: 1, fails: 1 }]]),
      thresholds: [{ source: evil, met: false }],
      notes: [evil],
    }),
  );
  const list = checklist([item('load', { evidence: hostile })]);
  const [page, text] = [renderHtml(list), renderText(list)];
  const log = logGroups(list)[0]?.lines ?? [];
  expect(page).not.toContain('<script');
  expect(page.match(/&lt;script&gt;/g)?.length).toBeGreaterThanOrEqual(5);
  for (const line of text.split('\n').filter((each) => each.startsWith('|'))) expect(line).not.toMatch(/<script|`x`/);
  for (const rendered of [page, text, ...log]) expect(rendered).not.toContain('\u202E');
  for (const line of log) expect(line).not.toMatch(/^\s*::/);
  const rows = text.split('\n').filter((line) => line.includes('&lt;script&gt;'));
  expect(rows.every((row) => row.endsWith('|'))).toBe(true);
});
