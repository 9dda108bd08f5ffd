import { MeasurementError } from '../checklist/errors.ts';

/**
 * What a connection string says, without its password.
 *
 * The driver in SQLAlchemy's form (`postgresql+psycopg://`) is dropped; the query stays.
 */
export interface Address {
  /** For the client: a plain `postgresql://` URL with the password. */
  readonly url: URL;
  /** For messages: `host:port/database`. */
  readonly label: string;
}

/**
 * Reads a `postgresql://` URL.
 *
 * @throws MeasurementError `unreadable`; the message never repeats the string.
 */
export function parseConnectionString(connectionString: string): Address {
  const found = /^(postgres(?:ql)?)(?:\+[a-z0-9_]+)?:\/\//i.exec(connectionString);
  if (!found) {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(connectionString)?.[1];
    const what = scheme === undefined ? 'is not a URL' : `is a ${scheme} URL`;
    throw new MeasurementError(
      'unreadable',
      `The database's connection string ${what}; postgresql://user:password@host/database is expected.`,
    );
  }
  let url: URL;
  try {
    url = new URL(`postgresql://${connectionString.slice(found[0].length)}`);
  } catch {
    // The cause is left out on purpose: it carries the string with its password.
    throw new MeasurementError(
      'unreadable',
      'The database’s connection string is not a valid URL. Special characters in the password must be percent-encoded (@ is %40).',
    );
  }
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname);
  const port = url.searchParams.get('port') ?? (url.port || '5432');
  return { url, label: `${host || 'localhost'}:${port}${decodeURI(url.pathname)}` };
}

/** The same database for SQLAlchemy with a driver of its own: `postgresql+psycopg://…`. */
export function withDriver(connectionString: string, driver: string): string {
  return connectionString.replace(/^postgres(?:ql)?(?:\+[a-z0-9_]+)?:/i, `postgresql+${driver}:`);
}

/** Whether a text is a connection string rather than a name. */
export function isConnectionString(candidate: string): boolean {
  return /^(?:[a-z][a-z0-9+.-]*:\/\/|sqlite3?:)/i.test(candidate);
}

/**
 * The encryption to try, in order, as libpq does: without `sslmode` it prefers TLS and falls back to plain text, and none
 * but `verify-ca` and `verify-full` look at who issued the certificate (`require` does when there is an `sslrootcert`).
 * Source: PostgreSQL's documentation, "SSL Support", table 34.1.
 */
export function sslAttempts(url: URL): readonly string[] {
  const mode = url.searchParams.get('sslmode');
  if (url.hostname === '' || url.hostname.toLowerCase().startsWith('%2f')) return ['disable'];
  if (mode === null || mode === 'prefer') return ['prefer', 'disable'];
  if (mode === 'allow') return ['disable', 'prefer'];
  return [mode];
}
