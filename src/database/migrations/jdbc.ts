import { parseConnectionString } from '../connection-string.ts';

/** A database's URL as Java has it. The password is apart, for the environment. */
export interface JdbcAddress {
  readonly url: string;
  readonly user: string;
  readonly password: string;
}

/** Parameters of libpq that the JDBC driver has too. */
const SHARED = new Set(['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'options']);

export function jdbcAddress(connectionString: string): JdbcAddress {
  const { url } = parseConnectionString(connectionString);
  const parameters = new URLSearchParams([...url.searchParams].filter(([name]) => SHARED.has(name)));
  const host = url.searchParams.get('host') ?? url.hostname;
  const port = url.searchParams.get('port') ?? url.port;
  const query = parameters.size === 0 ? '' : `?${parameters}`;
  return {
    url: `jdbc:postgresql://${host === '' ? 'localhost' : host}${port === '' ? '' : `:${port}`}${url.pathname}${query}`,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}
