import { setMaxListeners } from 'node:events';
import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import type { Evidence } from '../checklist/model.ts';
import {
  DIMENSION,
  flag,
  type Measurement,
  milliseconds,
  number,
  ratio,
  seconds,
  text,
  type Value,
  version,
} from '../criteria/value.ts';
import { connect, readOnly, type Session, withSession } from '../database/client.ts';
import { isConnectionString } from '../database/connection-string.ts';
import { durationField, durationMs } from './duration.ts';
import { defineProbe, type ProbeContext } from './probe.ts';

const SHOWN_ROWS = 10;

const schema = () =>
  z.strictObject({
    database: z.string().min(1).describe('A name under `databases:`, or a postgresql:// URL.'),
    query: z
      .string()
      .min(1)
      .describe('One statement, run read-only. The columns of its first row become measurements.')
      .optional(),
    connections: z.int().min(1).max(10_000).describe('How many connections to hold at the same time.').optional(),
    hold: durationField('How long to hold them once all are open. Default: 1s.').optional(),
    timeout: durationField('The longest that connecting, and the query, may take. Default: 10s.').optional(),
  });

type PostgresSpec = z.infer<ReturnType<typeof schema>>;

export const postgres = defineProbe<PostgresSpec>({
  name: 'postgres',
  summary:
    'Connects to a PostgreSQL: its version, its connections against the limit, a query’s first row, and how many connections it can hold.',
  schema,
  documented: {
    version: 'The server’s version.',
    latency: 'Time to connect and get a first answer (time).',
    connections: 'Client connections that are open on the server, without this one.',
    max_connections: 'How many the server allows.',
    connections_used: 'The one as a share of the other.',
    rows: 'Rows of the query.',
    query_time: 'Time that the query took (time).',
    '<column>': 'A column of the query’s first row: numbers, texts, flags; intervals are times.',
    held: 'With `connections`: how many could be held at the same time.',
    success_rate: 'With `connections`: the share of them that were opened and still answered at the end.',
    'wait_mean, wait_p95, wait_max': 'With `connections`: time to get a connection (time).',
  },
  example: 'postgres: { database: main, connections: 20 }',
  defaultLimitMs: 60_000,
  title: ({ database, query, connections }) => {
    const name = isConnectionString(database) ? 'PostgreSQL' : `Database ${database}`;
    if (connections !== undefined) return `${name} holds ${connections} connections`;
    return query === undefined ? `${name} answers` : `${name}: ${shortened(query)}`;
  },
  provides: ({ query, connections }) => ({
    names: {
      version: 'version',
      latency: DIMENSION.time,
      connections: DIMENSION.number,
      max_connections: DIMENSION.number,
      connections_used: DIMENSION.ratio,
      ...(query === undefined ? {} : { rows: DIMENSION.number, query_time: DIMENSION.time }),
      ...(connections === undefined
        ? {}
        : {
            held: DIMENSION.number,
            success_rate: DIMENSION.ratio,
            wait_mean: DIMENSION.time,
            wait_p95: DIMENSION.time,
            wait_max: DIMENSION.time,
          }),
    },
    // Which columns there are only the query tells.
    ...(query === undefined ? {} : { open: [''] }),
  }),
  async measure(spec, context) {
    const url = await context.databases.url(spec.database);
    const timeoutMs = durationMs(spec.timeout ?? '10s');
    const options = { ...context, connectTimeoutMs: timeoutMs, statementTimeoutMs: timeoutMs };
    const began = context.clock.now();
    const { server, queried } = await withSession(url, options, async (session) => {
      const first = await describeServer(session);
      const latencyMs = context.clock.now() - began;
      return {
        server: { ...first, latency: { value: milliseconds(latencyMs) } },
        queried: spec.query === undefined ? undefined : await ask(session, spec.query, timeoutMs, context),
      };
    });
    const held =
      spec.connections === undefined
        ? undefined
        : await hold(spec.connections, durationMs(spec.hold ?? '1s'), (signal) => connect(url, { ...options, signal }), context);
    return {
      // Columns first: a column named `version` must not stand for the server's.
      measurements: { ...queried?.measurements, ...server, ...held?.measurements },
      evidence: [...(queried?.evidence ?? []), ...(held?.evidence ?? [])],
    };
  },
});

const SERVER = `
SELECT current_setting('server_version') AS version, current_setting('max_connections')::int AS max_connections,
       (SELECT count(*)::int FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS connections`;

async function describeServer(session: Session): Promise<Record<string, Measurement>> {
  const { rows } = await session.query(SERVER);
  const [row] = rows;
  const open = Number(row?.['connections']);
  const most = Number(row?.['max_connections']);
  return {
    version: { value: version(String(row?.['version']).split(' ')[0] ?? '') },
    connections: { value: number(open) },
    max_connections: { value: number(most) },
    connections_used: { value: ratio(open / most) },
  };
}

interface Part {
  readonly measurements: Record<string, Measurement>;
  readonly evidence: readonly Evidence[];
}

async function ask(session: Session, query: string, timeoutMs: number, { clock, wanted }: ProbeContext): Promise<Part> {
  const sql = query.trim().replace(/(?:\s*;)+$/, '');
  const began = clock.now();
  const { rows, fields } = await readOnly(session, async () => {
    await session.run(`SET LOCAL statement_timeout = ${Math.round(timeoutMs)}; SET LOCAL intervalstyle = 'iso_8601'`);
    return session.queryTexts(sql);
  });
  const queryMs = clock.now() - began;
  const columns: Record<string, Measurement> = {};
  for (const { name, dataTypeID } of fields) {
    const value = rows[0]?.[name];
    if (typeof value === 'string') columns[name] = { value: columnValue(value, dataTypeID) };
  }
  const reserved = Object.keys(columns).filter((name) => RESERVED.has(name) && wanted.has(name));
  if (reserved.length > 0) {
    throw new MeasurementError(
      'unsupported',
      `The query has a column ${reserved.join(', ')}, a name that the probe itself uses. Give it another name with AS.`,
    );
  }
  const shown = rows.slice(0, SHOWN_ROWS).map((row) => fields.map(({ name }) => String(row[name] ?? 'null')));
  return {
    measurements: { ...columns, rows: { value: number(rows.length) }, query_time: { value: milliseconds(queryMs) } },
    evidence: [{ kind: 'table', title: `Rows (${rows.length})`, columns: fields.map(({ name }) => name), rows: shown }],
  };
}

const RESERVED = new Set([
  ...['version', 'latency', 'connections', 'max_connections', 'connections_used', 'rows', 'query_time'],
  ...['held', 'success_rate', 'wait_mean', 'wait_p95', 'wait_max'],
]);

/** Types by their oids, which are fixed (pg_type.dat). */
function columnValue(written: string, oid: number): Value {
  switch (oid) {
    case 16:
      return flag(written === 't');
    // int8, int2, int4, oid, float4, float8, numeric
    case 20:
    case 21:
    case 23:
    case 26:
    case 700:
    case 701:
    case 1700:
      return number(Number(written));
    case 1186:
      return seconds(intervalSeconds(written));
    default:
      return text(written);
  }
}

/** Seconds of an ISO 8601 interval such as `P1DT2H3M4.5S`; months are 30 days and years 365.25, as PostgreSQL's extract(epoch) has them. */
export function intervalSeconds(iso: string): number {
  const match = /^P(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?(?:T(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?[\d.]+)S)?)?$/.exec(
    iso,
  );
  if (!match) return Number.NaN;
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, rest = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  return years * 31_557_600 + months * 2_592_000 + weeks * 604_800 + days * 86_400 + hours * 3600 + minutes * 60 + rest;
}

/** Opens all at once, holds them, and asks each again at the end: only one that still answers was held. */
async function hold(
  count: number,
  holdMs: number,
  open: (signal: AbortSignal) => Promise<Session>,
  context: ProbeContext,
): Promise<Part> {
  const { clock } = context;
  const signal = AbortSignal.any([context.signal]);
  // Each connection listens to it; more than ten is no leak here.
  setMaxListeners(0, signal);
  const waits: number[] = [];
  const refusals = new Map<string, number>();
  const refuse = (error: unknown): void => {
    if (!(error instanceof MeasurementError)) throw error;
    refusals.set(error.message, (refusals.get(error.message) ?? 0) + 1);
  };
  const sessions: Session[] = [];
  try {
    await Promise.all(
      Array.from({ length: count }, async () => {
        const began = clock.now();
        try {
          sessions.push(await open(signal));
          waits.push(clock.now() - began);
          context.progress(`${sessions.length} of ${count} connections`);
        } catch (error) {
          refuse(error);
        }
      }),
    );
    await clock.sleep(holdMs, signal);
    let held = 0;
    await Promise.all(
      sessions.map(async (session) => {
        try {
          await session.query('SELECT 1');
          held += 1;
        } catch (error) {
          refuse(error);
        }
      }),
    );
    return { measurements: heldMeasurements(count, held, waits), evidence: refusalTable(refusals) };
  } finally {
    await Promise.all(sessions.map((session) => session.end()));
  }
}

function heldMeasurements(count: number, held: number, waits: readonly number[]): Record<string, Measurement> {
  const sorted = [...waits].sort((a, b) => a - b);
  const samples = sorted.length;
  const wait = (ms: number | undefined): Measurement => ({ value: milliseconds(ms ?? Number.NaN), samples });
  return {
    held: { value: number(held) },
    success_rate: { value: ratio(held / count), samples: count },
    wait_mean: wait(samples === 0 ? undefined : sorted.reduce((sum, ms) => sum + ms, 0) / samples),
    // Nearest rank.
    wait_p95: wait(sorted[Math.ceil(0.95 * samples) - 1]),
    wait_max: wait(sorted.at(-1)),
  };
}

function refusalTable(refusals: ReadonlyMap<string, number>): readonly Evidence[] {
  if (refusals.size === 0) return [];
  const rows = [...refusals].map(([message, times]) => [String(times), message]);
  return [{ kind: 'table', title: 'Connections that failed', columns: ['Times', 'Why'], rows }];
}

function shortened(query: string): string {
  const line = query.trim().replace(/\s+/g, ' ');
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}
