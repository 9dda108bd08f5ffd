import type { Client, QueryResult } from 'pg';
import { MeasurementError } from '../checklist/errors.ts';
import type { Secrets } from '../runner/ports.ts';
import { type Address, parseConnectionString, sslAttempts } from './connection-string.ts';
import { errorCode, refusalOf } from './refusals.ts';

export interface ConnectOptions {
  readonly secrets: Secrets;
  /** Aborting closes the connection; what was running on it fails. */
  readonly signal?: AbortSignal;
  /** Whether the session may only read. Default true: nothing but a migration tool changes a database. */
  readonly readOnly?: boolean;
  /** Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** Longest time for one statement, kept by the server; 0 for none. Default 30 s. */
  readonly statementTimeoutMs?: number;
  /** Called for what the server says beside its answers: `NOTICE: relation "a" already exists, skipping`. */
  readonly onNotice?: (notice: string) => void;
}

export interface Rows {
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  readonly fields: readonly { readonly name: string; readonly dataTypeID: number }[];
}

/** One connection to a PostgreSQL. Everything it throws is a `MeasurementError`. */
export interface Session {
  /** `host:port/database`, for messages. */
  readonly label: string;
  /** Runs one statement: the extended protocol takes no second one behind a semicolon. */
  query(sql: string, values?: readonly unknown[]): Promise<Rows>;
  /** As `query`, with every value as the text that the server sent. */
  queryTexts(sql: string, values?: readonly unknown[]): Promise<Rows>;
  /** Runs statements of our own, without results. */
  run(sql: string): Promise<void>;
  /** Runs several statements of our own, sent as one message, and gives the rows of each. */
  script(sql: string): Promise<readonly Rows[]>;
  /** How many messages were sent and answered since the connection was made. */
  roundTrips(): number;
  /** Never throws. */
  end(): Promise<void>;
}

type Row = Record<string, unknown>;

const asText = { getTypeParser: () => (value: string) => value };

/** Connects. @throws MeasurementError saying why it could not; the password is in no message. */
export async function connect(connectionString: string, options: ConnectOptions): Promise<Session> {
  options.secrets.addUrl(connectionString);
  const address = parseConnectionString(connectionString);
  options.signal?.throwIfAborted();
  const client = await open(address, options);
  const { label } = address;
  // Without a listener, a connection that breaks while idle would end the process.
  client.on('error', () => undefined);
  const { onNotice } = options;
  if (onNotice) client.on('notice', ({ severity, message }) => onNotice(`${severity ?? 'NOTICE'}: ${message ?? ''}`));
  const close = (): void => void client.end().catch(() => undefined);
  options.signal?.addEventListener('abort', close, { once: true });

  let trips = 0;
  const exchange = async (config: {
    text: string;
    values?: unknown[];
  }): Promise<QueryResult<Row> | readonly QueryResult<Row>[]> => {
    trips += 1;
    try {
      return await client.query<Row>(config);
    } catch (error) {
      throw options.signal?.aborted ? stopped(label, error) : refusalOf(error, label);
    }
  };
  const send = async (config: { text: string; values?: unknown[] }): Promise<Rows> => {
    const { rows, fields } = [await exchange(config)].flat()[0] ?? {};
    return { rows: rows ?? [], fields: fields ?? [] };
  };
  return {
    label,
    query: (text, values = []) => {
      const config = { text, values: [...values], queryMode: 'extended' };
      return send(config);
    },
    queryTexts: (text, values = []) => {
      const config = { text, values: [...values], queryMode: 'extended', types: asText };
      return send(config);
    },
    run: async (text) => {
      await exchange({ text });
    },
    // Several statements in one message have several results.
    script: async (text) =>
      [await exchange({ text })].flat().map(({ rows, fields }) => ({ rows: rows ?? [], fields: fields ?? [] })),
    roundTrips: () => trips,
    end: async () => {
      options.signal?.removeEventListener('abort', close);
      await client.end().catch(() => undefined);
    },
  };
}

/** Connects, works and always closes. */
export async function withSession<Result>(
  connectionString: string,
  options: ConnectOptions,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await connect(connectionString, options);
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

/**
 * Works inside a read-only transaction that is rolled back. This holds where the session's own setting does not: behind a
 * pooler, and on PGlite, whose connections are one session.
 */
export async function readOnly<Result>(session: Session, work: () => Promise<Result>): Promise<Result> {
  await session.run('BEGIN READ ONLY');
  try {
    return await work();
  } finally {
    await session.run('ROLLBACK').catch(() => undefined);
  }
}

async function open(address: Address, options: ConnectOptions): Promise<Client> {
  const { readOnly = true, statementTimeoutMs = 30_000, connectTimeoutMs = 10_000 } = options;
  const { Client } = (await import('pg')).default;
  const settings = [
    `-c statement_timeout=${Math.round(statementTimeoutMs)}`,
    ...(readOnly ? ['-c default_transaction_read_only=on'] : []),
  ].join(' ');
  const attempts = sslAttempts(address.url).flatMap((sslmode) => [
    { sslmode, settings: `${address.url.searchParams.get('options') ?? ''} ${settings}`.trim() },
  ]);
  let failure: unknown;
  for (let attempt = attempts.shift(); attempt !== undefined; attempt = attempts.shift()) {
    const url = new URL(address.url);
    url.searchParams.set('sslmode', attempt.sslmode);
    url.searchParams.set('uselibpqcompat', 'true');
    url.searchParams.delete('options');
    const client = prepared(address.label, () => {
      return new Client({
        connectionString: url.href,
        application_name: 'holdpoint',
        connectionTimeoutMillis: connectTimeoutMs,
        ...(attempt.settings === '' ? {} : { options: attempt.settings }),
      });
    });
    // An error after the one that `connect` reports must not end the process.
    client.on('error', () => undefined);
    const close = (): void => void client.end().catch(() => undefined);
    options.signal?.addEventListener('abort', close, { once: true });
    try {
      await client.connect();
      return client;
    } catch (error) {
      failure = error;
      void client.end().catch(() => undefined);
      if (options.signal?.aborted) throw stopped(address.label, error);
      // PgBouncer knows few start-up parameters; transactions are made read-only one by one all the same.
      if (errorCode(error) === '08P01' && attempt.settings !== '') attempts.unshift({ ...attempt, settings: '' });
      else if (!mayBeEncryption(error)) break;
    } finally {
      options.signal?.removeEventListener('abort', close);
    }
  }
  throw refusalOf(failure, address.label);
}

/** The client reads the certificates that the URL names when it is made. */
function prepared(label: string, make: () => Client): Client {
  try {
    return make();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MeasurementError('tls_invalid', `The TLS settings in the connection string of ${label} cannot be used: ${why}`, {
      cause,
    });
  }
}

/** Whether another `sslmode` may help: the server has no TLS, or its pg_hba.conf wants the other kind. */
function mayBeEncryption(error: unknown): boolean {
  return errorCode(error) === '28000' || (error instanceof Error && /SSL/.test(error.message));
}

function stopped(label: string, cause: unknown): MeasurementError {
  return new MeasurementError('cancelled', `The connection to ${label} was closed: the run or the item was stopped.`, { cause });
}
