import { MeasurementError } from '../../checklist/errors.ts';
import type { Ports } from '../../runner/ports.ts';
import { engineOf } from '../engine.ts';

export type Product = 'MySQL' | 'MariaDB' | 'SQLite';
export type EngineRow = Readonly<Record<string, string | number | null>>;

/** What a session needs of the world. */
export type EnginePorts = Pick<Ports, 'exec' | 'env' | 'secrets' | 'signal' | 'directory'>;

/** A connection to a MySQL, MariaDB or SQLite that only reads. Everything it throws is a `MeasurementError`. */
export interface EngineSession {
  readonly engine: 'mysql' | 'sqlite';
  /** `host:port/database` or the file, for messages. */
  readonly label: string;
  about(): Promise<{ readonly product: Product; readonly version: string }>;
  /** Runs one statement. */
  query(sql: string): Promise<readonly EngineRow[]>;
  /** How many statements were sent and answered, with those that made the connection read-only. */
  roundTrips(): number;
  /** Never throws. */
  end(): Promise<void>;
}

/** Connects, works and always closes. */
export async function withEngineSession<Result>(
  connectionString: string,
  ports: EnginePorts,
  work: (session: EngineSession) => Promise<Result>,
): Promise<Result> {
  ports.secrets.addUrl(connectionString);
  ports.signal.throwIfAborted();
  const session = await open(connectionString, ports);
  try {
    return await work(session);
  } finally {
    await session.end();
  }
}

async function open(connectionString: string, ports: EnginePorts): Promise<EngineSession> {
  switch (engineOf(connectionString)) {
    case 'mysql':
      return (await import('./mysql-session.ts')).openMysql(connectionString, ports);
    case 'sqlite':
      return (await import('./sqlite-session.ts')).openSqlite(connectionString, ports);
    default:
      throw new MeasurementError('unreadable', 'The database’s connection string is no mysql://, mariadb:// or sqlite: URL.');
  }
}
