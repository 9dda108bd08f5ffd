import { beforeAll, describe, expect, test } from 'vitest';
import { intervalSeconds, postgres } from '../../src/probes/postgres.ts';
import { DEAD_URL, inSession, sql, useServer } from '../support/postgres.ts';
import { bound, measure, plain } from '../support/probe.ts';

const server = useServer();
let narrow: string;

beforeAll(async () => {
  await sql(
    server.url,
    'CREATE TABLE jobs (id int, state text)',
    `INSERT INTO jobs VALUES (1, 'done'), (2, 'late')`,
    `CREATE ROLE narrow LOGIN PASSWORD 'narrow-password' CONNECTION LIMIT 5`,
  );
  const url = new URL(server.url);
  Object.assign(url, { username: 'narrow', password: 'narrow-password' });
  narrow = url.href;
});

const ask = (spec: object) => measure(postgres, { database: server.url, ...spec });

describe('the postgres probe', () => {
  test('measures the server: version, latency, connections against the limit', async () => {
    const figures = plain(await ask({}));
    expect(figures['version']).toMatch(/^\d+\.\d+$/);
    expect(figures['latency']).toBeGreaterThan(0);
    expect(figures).toMatchObject({ max_connections: 100 });
    expect(figures['connections_used']).toBe(Number(figures['connections']) / 100);
  });

  test('counts the connections of others', async () => {
    const alone = plain(await ask({}))['connections'];
    const crowded = await inSession(server.url, async () => plain(await ask({}))['connections']);
    expect(crowded).toBe(Number(alone) + 1);
  });

  test('makes the columns of the first row measurements, each of its kind', async () => {
    const query = `SELECT count(*) AS jobs, 1.5::numeric AS load, true AS ready, 'blue' AS colour,
      interval '1 day 2 hours 3.5 seconds' AS age, timestamptz '2025-11-24 11:51:00+00' AS seen, null::int AS absent FROM jobs;`;
    const measured = await ask({ query });
    expect(plain(measured)).toMatchObject({
      jobs: 2,
      load: 1.5,
      ready: true,
      colour: 'blue',
      age: 93_603.5,
      seen: '2025-11-24 11:51:00+00',
      rows: 1,
    });
    expect(measured.measurements['age']?.value).toMatchObject({ dimension: { time: 1 } });
    expect(measured.measurements).not.toHaveProperty('absent');
  });

  test('measures no column when there is no row', async () => {
    const measured = await ask({ query: 'SELECT id FROM jobs WHERE false' });
    expect(plain(measured)).toMatchObject({ rows: 0 });
    expect(measured.measurements).not.toHaveProperty('id');
  });

  test('shows the rows as evidence, the first of them', async () => {
    const { evidence } = await ask({ query: 'SELECT n FROM generate_series(1, 50) n' });
    expect(evidence?.[0]).toMatchObject({ kind: 'table', title: 'Rows (50)', columns: ['n'] });
    expect(evidence?.[0]?.kind === 'table' && evidence[0].rows.length).toBe(10);
  });

  test.each([
    ['DELETE FROM jobs', 'permission_denied'],
    [`WITH gone AS (DELETE FROM jobs RETURNING *) SELECT * FROM gone`, 'permission_denied'],
    [`COMMIT; DELETE FROM jobs`, 'bad_response'],
    ['SELECT pg_sleep(5)', 'timed_out'],
    ['SELECT absent', 'bad_response'],
  ])('refuses or reports %s', async (query, reason) => {
    await expect(ask({ query, timeout: '300ms' })).rejects.toMatchObject({ reason });
    expect(plain(await ask({ query: 'SELECT count(*) AS n FROM jobs' }))).toMatchObject({ n: 2 });
  });

  test('does not let a column stand for a measurement of its own', async () => {
    const query = `SELECT '99.0' AS version`;
    expect(plain(await ask({ query }))['version']).not.toBe('99.0');
    await expect(measure(postgres, { database: server.url, query }, { wanted: new Set(['version']) })).rejects.toMatchObject({
      reason: 'unsupported',
    });
  });

  test('says why it could not measure', async () => {
    await expect(measure(postgres, { database: DEAD_URL })).rejects.toMatchObject({ reason: 'connection_refused' });
  });

  test('knows before it runs what it will measure', () => {
    expect(Object.keys(bound(postgres, { database: 'main', connections: 5 }).provides.names)).toContain('wait_p95');
    expect(bound(postgres, { database: 'main' }).provides.open).toBeUndefined();
    expect(bound(postgres, { database: 'main', query: 'SELECT 1' }).provides.open).toEqual(['']);
    expect(() => bound(postgres, { database: 'main', connections: 0 })).toThrow();
  });

  test('has no password in its title', () => {
    expect(bound(postgres, { database: DEAD_URL }).title).toBe('PostgreSQL answers');
  });
});

describe('connections held at the same time', () => {
  test('are all counted, with the time it took to get them', async () => {
    const measured = await ask({ connections: 20, hold: '50ms' });
    expect(plain(measured)).toMatchObject({ held: 20, success_rate: 1 });
    expect(measured.measurements['success_rate']?.samples).toBe(20);
    const { wait_mean: mean, wait_p95: p95, wait_max: max } = plain(measured);
    expect(Number(max)).toBeGreaterThanOrEqual(Number(p95));
    expect(Number(max)).toBeGreaterThanOrEqual(Number(mean));
    expect(measured.evidence).toEqual([]);
  });

  test('are held together, not one after the other', async () => {
    const counting = ask({ connections: 20, hold: '600ms' });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(plain(await ask({}))['connections']).toBeGreaterThanOrEqual(20);
    await counting;
  });

  test('that the server refuses lower the rate, and are told with the reason', async () => {
    const measured = await measure(postgres, { database: narrow, connections: 10, hold: '50ms' });
    expect(plain(measured)).toMatchObject({ held: 5, success_rate: 0.5 });
    expect(measured.evidence).toMatchObject([{ rows: [['5', expect.stringContaining('no connection left')]] }]);
  });

  test('are closed afterwards', async () => {
    await ask({ connections: 20, hold: '10ms' });
    const left = async () => Number(plain(await ask({}))['connections']);
    for (let tries = 0; tries < 20 && (await left()) > 5; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await left()).toBeLessThanOrEqual(5);
  });
});

test.each([
  ['PT0S', 0],
  ['P1DT2H3M4.5S', 93_784.5],
  ['P-1D', -86_400],
  ['PT-0.25S', -0.25],
  ['P1Y2M', 31_557_600 + 2 * 2_592_000],
])('the interval %s is %d seconds', (iso, expected) => {
  expect(intervalSeconds(iso)).toBe(expected);
});

test('what is no interval is no number', () => {
  expect(intervalSeconds('a while')).toBeNaN();
});
