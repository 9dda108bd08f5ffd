import type { Environment } from '../../runner/ports.ts';
import { parseConnectionString } from '../connection-string.ts';

/** Parameters of a connection string that libpq reads from the environment too. Source: PostgreSQL's documentation, 34.15. */
const VARIABLES: Readonly<Record<string, string>> = {
  host: 'PGHOST',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslcrl: 'PGSSLCRL',
  channel_binding: 'PGCHANNELBINDING',
  gssencmode: 'PGGSSENCMODE',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  options: 'PGOPTIONS',
};

/** A connection string as libpq's variables: arguments can be seen by every user of the machine, the environment cannot. */
export function libpqEnvironment(connectionString: string): Environment {
  const { url } = parseConnectionString(connectionString);
  const found: Record<string, string> = {};
  const put = (name: string, value: string): void => {
    if (value !== '') found[name] = value;
  };
  put('PGHOST', decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'));
  put('PGPORT', url.port);
  put('PGDATABASE', decodeURIComponent(url.pathname.slice(1)));
  put('PGUSER', decodeURIComponent(url.username));
  put('PGPASSWORD', decodeURIComponent(url.password));
  for (const [name, value] of url.searchParams) {
    const variable = VARIABLES[name];
    if (variable !== undefined) put(variable, value);
  }
  return found;
}
