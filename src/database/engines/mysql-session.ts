import { readFile } from 'node:fs/promises';
import type { Connection, ConnectionOptions, SslOptions } from 'mysql2/promise';
import { MeasurementError } from '../../checklist/errors.ts';
import type { ReasonCode } from '../../checklist/reasons.ts';
import { errorCode, refusalOf } from '../refusals.ts';
import type { EnginePorts, EngineRow, EngineSession, Product } from './session.ts';

const CONNECT_MS = 10_000;
const STATEMENT_MS = 30_000;

/** Connects to a MySQL or MariaDB; the session may only read. */
export async function openMysql(connectionString: string, { signal }: EnginePorts): Promise<EngineSession> {
  const { options, label, attempts } = await readAddress(connectionString);
  const connection = await connect(options, attempts, label, signal);
  // Without a listener, a connection that breaks while idle would end the process.
  connection.on('error', () => undefined);
  const close = (): void => connection.destroy();
  signal.addEventListener('abort', close, { once: true });
  let trips = 0;
  const query = async (sql: string): Promise<readonly EngineRow[]> => {
    trips += 1;
    try {
      const [answer] = await connection.query({ sql, timeout: STATEMENT_MS });
      return Array.isArray(answer) ? answer.map(plainRow) : [];
    } catch (error) {
      if (signal.aborted) {
        throw new MeasurementError('cancelled', `The connection to ${label} was closed: the run or the item was stopped.`, {
          cause: error,
        });
      }
      throw refusal(error, label);
    }
  };
  const session: EngineSession = {
    engine: 'mysql',
    label,
    query,
    async about() {
      const [row] = await query('SELECT VERSION() AS version');
      return productOf(String(row?.['version'] ?? ''));
    },
    roundTrips: () => trips,
    async end() {
      signal.removeEventListener('abort', close);
      await connection.end().catch(() => undefined);
    },
  };
  try {
    // Holds for every statement that follows, also those outside a transaction.
    await query('SET SESSION TRANSACTION READ ONLY');
  } catch (error) {
    await session.end();
    throw error;
  }
  return session;
}

/** `10.11.19-MariaDB-0+deb12u1`, `5.5.5-10.6.1-MariaDB`, `8.0.36`. */
export function productOf(version: string): { readonly product: Product; readonly version: string } {
  const numbers = /(\d+\.\d+\.\d+)-MariaDB/i.exec(version)?.[1];
  if (numbers !== undefined) return { product: 'MariaDB', version: numbers };
  return { product: 'MySQL', version: /^[\d.]+/.exec(version)?.[0] ?? version };
}

function plainRow(row: unknown): EngineRow {
  if (typeof row !== 'object' || row === null) return {};
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [
      name,
      value === null || typeof value === 'number' || typeof value === 'string' ? value : textOf(value),
    ]),
  );
}

function textOf(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

interface Address {
  readonly options: ConnectionOptions;
  readonly label: string;
  /** The encryption to try, in order. */
  readonly attempts: readonly (SslOptions | undefined)[];
}

async function readAddress(connectionString: string): Promise<Address> {
  let url: URL;
  try {
    url = new URL(connectionString.replace(/^[^:]+:/, 'mysql:'));
  } catch {
    // The cause is left out on purpose: it carries the string with its password.
    throw new MeasurementError(
      'unreadable',
      'The database’s connection string is not a valid URL. Special characters in the password must be percent-encoded (@ is %40).',
    );
  }
  const database = decodeURIComponent(url.pathname.replace(/^\//, ''));
  const socket = url.searchParams.get('socket') ?? url.searchParams.get('unix_socket');
  const host = decodeURIComponent(url.hostname) || 'localhost';
  const label = `${socket ?? `${host}:${url.port || '3306'}`}/${database}`;
  if (database === '') {
    throw new MeasurementError('unreadable', `The connection string of ${label} names no database: add its name at the end.`);
  }
  const options: ConnectionOptions = {
    ...(socket === null ? { host, port: Number(url.port || '3306') } : { socketPath: socket }),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database,
    connectTimeout: CONNECT_MS,
    multipleStatements: false,
    supportBigNumbers: true,
    dateStrings: true,
    // The driver would otherwise compile code of its own for each shape of row.
    disableEval: true,
    connectAttributes: { program_name: 'holdpoint' },
  };
  return { options, label, attempts: socket === null ? await encryption(url, label) : [undefined] };
}

/** MySQL's own clients call it `--ssl-mode`; without one they prefer TLS and fall back to plain text. */
async function encryption(url: URL, label: string): Promise<readonly (SslOptions | undefined)[]> {
  const given = url.searchParams.get('ssl-mode') ?? url.searchParams.get('sslmode') ?? url.searchParams.get('sslMode');
  const mode = (given ?? 'preferred').toUpperCase().replace('-', '_');
  const file = url.searchParams.get('ssl-ca') ?? url.searchParams.get('ssl_ca');
  const ca = file === null ? {} : { ca: await certificate(file, label) };
  const unchecked = { rejectUnauthorized: false };
  switch (mode) {
    case 'DISABLED':
    case 'DISABLE':
      return [undefined];
    case 'PREFERRED':
    case 'PREFER':
      return [unchecked, undefined];
    case 'REQUIRED':
    case 'REQUIRE':
      return [unchecked];
    case 'VERIFY_CA':
      return [{ ...ca, rejectUnauthorized: true }];
    case 'VERIFY_IDENTITY':
      return [{ ...ca, rejectUnauthorized: true, verifyIdentity: true }];
    default:
      throw new MeasurementError(
        'unreadable',
        `The connection string of ${label} has an unknown ssl-mode. Expected DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY.`,
      );
  }
}

async function certificate(file: string, label: string): Promise<string> {
  return readFile(file, 'utf8').catch((cause: unknown) => {
    throw new MeasurementError('tls_invalid', `The file of ssl-ca in the connection string of ${label} cannot be read.`, {
      cause,
    });
  });
}

async function connect(
  options: ConnectionOptions,
  attempts: readonly (SslOptions | undefined)[],
  label: string,
  signal: AbortSignal,
): Promise<Connection> {
  const { createConnection } = (await import('mysql2/promise')).default;
  let failure: unknown;
  for (const ssl of attempts) {
    signal.throwIfAborted();
    try {
      return await createConnection({ ...options, ...(ssl === undefined ? {} : { ssl }) });
    } catch (error) {
      failure = error;
      if (errorCode(error) !== 'HANDSHAKE_NO_SSL_SUPPORT') break;
    }
  }
  throw refusal(failure, label);
}

/** Errors of the server (MySQL's reference manual, "Server Error Message Reference") and of the driver. */
const REFUSALS: Readonly<Record<string, readonly [ReasonCode, (at: string, said: string) => string]>> = {
  ER_ACCESS_DENIED_ERROR: ['authentication_failed', (at) => `${at} refused the user or password. Check the connection string.`],
  ER_BAD_DB_ERROR: ['not_found', (at) => `The database does not exist: ${at}. Create it or correct the name.`],
  ER_DBACCESS_DENIED_ERROR: ['permission_denied', (at, said) => `${at}: ${said}. Grant the right to this user.`],
  ER_TABLEACCESS_DENIED_ERROR: ['permission_denied', (at, said) => `${at}: ${said}. Grant SELECT to this user.`],
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: [
    'permission_denied',
    (_, said) => `A query that only measures may not write: ${said}.`,
  ],
  ECONNREFUSED: [
    'connection_refused',
    (at) => `Nothing listens at ${at}. Check that the server is running and that host and port are right.`,
  ],
  ENOENT: ['connection_refused', (at) => `There is no socket ${at}. Check that the server is running and the path is right.`],
  HANDSHAKE_NO_SSL_SUPPORT: ['tls_invalid', (at) => `${at} has no TLS, and the connection string’s ssl-mode asks for it.`],
  HANDSHAKE_SSL_ERROR: ['tls_invalid', (at, said) => `${at} and the connection string’s ssl-mode do not fit: ${said}.`],
  PROTOCOL_SEQUENCE_TIMEOUT: ['timed_out', (at) => `A query at ${at} was given up: it took longer than its time limit.`],
  PROTOCOL_CONNECTION_LOST: ['connection_refused', (at) => `${at} closed the connection.`],
};

function refusal(cause: unknown, label: string): MeasurementError {
  if (cause instanceof MeasurementError) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  const code = errorCode(cause) ?? '';
  const known = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined;
  if (known === undefined) return refusalOf(cause, label);
  const [reason, message] = known;
  return new MeasurementError(reason, message(label, said), { cause, retryable: reason === 'connection_refused' });
}
