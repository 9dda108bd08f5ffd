import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Ports } from '../../runner/ports.ts';
import { withSession } from '../client.ts';
import { programOnPath } from '../programs.ts';
import { sqlStatements } from './statements.ts';

const STATEMENT_LIMIT_MS = 300_000;

/**
 * Runs a file of SQL in a database of ours: by psql, which knows all that a dump may hold, where it is installed; else statement by
 * statement.
 *
 * @param file from the repository's root.
 */
export async function runSqlFile(file: string, databaseUrl: string, ports: Ports): Promise<void> {
  const path = join(ports.directory, file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new MeasurementError('not_found', `${file} cannot be read. Give its path from the repository’s root.`, { cause });
  });
  const psql = await programOnPath('psql', ports.env);
  if (psql === undefined) return byDriver(file, text, databaseUrl, ports);
  const { exitCode, stderr } = await ports.exec({
    file: psql,
    args: ['--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', '--file', path],
    cwd: ports.directory,
    env: { ...connectionVariables(databaseUrl), PGOPTIONS: '-c client_min_messages=warning' },
    signal: ports.signal,
  });
  if (exitCode === 0) return;
  const said = stderr.split('\n').find((line) => /ERROR|FATAL|error:/.test(line)) ?? stderr.trim().split('\n').at(-1) ?? '';
  throw new MeasurementError('command_failed', `${file} failed: ${said.replace(path, file)}`);
}

/** A password in a URL would stand in psql's arguments. */
function connectionVariables(databaseUrl: string): Readonly<Record<string, string>> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  return {
    PGHOST: hostname,
    PGPORT: port || '5432',
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: decodeURIComponent(pathname.slice(1)),
  };
}

async function byDriver(file: string, text: string, databaseUrl: string, ports: Ports): Promise<void> {
  const statements = sqlStatements(text);
  for (const { sql, line } of statements) {
    // pg_dump 13.22, 14.19, 15.14, 16.10 and 17.6 and later write \restrict around every dump.
    const meta = /^\\\S+/m.exec(sql)?.[0];
    const copies = /^COPY\s[\s\S]*\sFROM\s+stdin\b/i.test(sql);
    if (meta === undefined && !copies) continue;
    const what = copies ? 'COPY … FROM stdin' : `the psql command ${meta}`;
    throw new MeasurementError(
      'unsupported',
      `${file}:${line} has ${what}, which only psql can run. Install psql (postgresql-client), or take it out of the file.`,
    );
  }
  const options = { ...ports, readOnly: false, statementTimeoutMs: STATEMENT_LIMIT_MS };
  await withSession(databaseUrl, options, async (session) => {
    for (const { sql, line } of statements) {
      try {
        await session.run(sql);
      } catch (cause) {
        const said = cause instanceof Error ? cause.message : String(cause);
        throw new MeasurementError('command_failed', `${file}:${line} failed: ${said}`, { cause });
      }
    }
  });
}
