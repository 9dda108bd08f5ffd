/** A kind of database. MariaDB is `mysql` here: it speaks the same protocol, and the server says which of the two it is. */
export type Engine = 'postgresql' | 'mysql' | 'sqlite';

const BY_SCHEME: Readonly<Record<string, Engine>> = {
  postgres: 'postgresql',
  postgresql: 'postgresql',
  mysql: 'mysql',
  mysql2: 'mysql',
  mariadb: 'mysql',
  sqlite: 'sqlite',
  sqlite3: 'sqlite',
};

/** The kind of database that a URL's scheme names, with or without a driver (`mysql+pymysql://`); undefined for any other. */
export function engineOf(connectionString: string): Engine | undefined {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:(.*)$/is.exec(connectionString) ?? [];
  const engine = Object.hasOwn(BY_SCHEME, scheme.toLowerCase()) ? BY_SCHEME[scheme.toLowerCase()] : undefined;
  // Only a file has an address without an authority.
  return engine === 'sqlite' || rest.startsWith('//') ? engine : undefined;
}

/** Whether it is asked by `database/engines`; whatever is unknown is left to the PostgreSQL client, which says what it expects. */
export function isOtherEngine(connectionString: string): boolean {
  const engine = engineOf(connectionString);
  return engine === 'mysql' || engine === 'sqlite';
}
