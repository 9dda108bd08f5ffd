import type { Exec, ExecRequest } from '../../runner/ports.ts';

/** The server's limits for what a migration tool does, and how they get to it. Milliseconds; 0: none. */
export interface ToolTimeouts {
  readonly lockMs: number;
  readonly statementMs: number;
  /**
   * `environment`: PGOPTIONS, which everything on libpq reads (psycopg, Rails' pg, psql), and node-postgres, lib/pq and sqlx too.
   * `url`: the `options` of the connection string, for drivers that do not read it. `none`: the tool is left alone.
   */
  readonly by: 'environment' | 'url' | 'none';
}

/**
 * Drivers of SQLAlchemy that know neither: asyncpg and pg8000 do not read PGOPTIONS, and SQLAlchemy hands them `options` as an argument
 * that they do not have.
 */
const NEITHER = /^(?:asyncpg|pg8000)$/;
/** Tools whose drivers do not read PGOPTIONS, but take `options` in the URL: Prisma's engine, JDBC, and postgres.js, which Drizzle may use. */
const BY_URL = new Set(['prisma', 'flyway', 'liquibase', 'drizzle']);

/** How timeouts reach a tool when the plan does not say. */
export function usualWay(tool: string, driver: string | undefined): ToolTimeouts['by'] {
  if (driver !== undefined && NEITHER.test(driver)) return 'none';
  return BY_URL.has(tool) ? 'url' : 'environment';
}

/** `-c lock_timeout=5000 -c statement_timeout=600000` */
export function settingsOf({ lockMs, statementMs }: ToolTimeouts): string {
  return `-c lock_timeout=${Math.round(lockMs)} -c statement_timeout=${Math.round(statementMs)}`;
}

/** The same `exec`, whose programs get the settings after those of their own environment, and a name for their sessions. */
export function withSettings(exec: Exec, settings: string, application: string, inherited: string | undefined): Exec {
  return (request: ExecRequest) => {
    const own = request.env?.['PGOPTIONS'] ?? inherited ?? '';
    const env = {
      PGAPPNAME: application,
      ...request.env,
      ...(settings === '' ? {} : { PGOPTIONS: `${own} ${settings}`.trim() }),
    };
    return exec({ ...request, env });
  };
}

/** The connection string with the settings as its `options`, after those that it has. */
export function urlWithSettings(connectionString: string, settings: string): string {
  const [before = '', query = ''] = connectionString.split(/\?(.*)/s, 2);
  const parameters = new URLSearchParams(query);
  const options = `${parameters.get('options') ?? ''} ${settings}`.trim();
  parameters.delete('options');
  const others = parameters.toString();
  // Spaces as %20: not everything that reads connection strings takes a + for one.
  return `${before}?${others === '' ? '' : `${others}&`}options=${encodeURIComponent(options)}`;
}
