import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { MeasurementError } from '../checklist/errors.ts';
import type { Ports } from '../runner/ports.ts';
import { readWholeCatalog } from './catalog.ts';
import { type Session, withSession } from './client.ts';
import type { IndexExpectation } from './index-expectation.ts';
import { snapshotOf } from './index-snapshot.ts';
import { errorCode } from './refusals.ts';
import { quoted } from './sql-text.ts';
import { startThrowaway } from './throwaway.ts';

/** More roles than this are no schema's. */
const MOST_ROLES = 50;

/**
 * The indexes that a file of SQL makes, as a PostgreSQL reads it. The file runs on a throwaway server of its own: it may name schemas,
 * drop and grant, and nothing of that belongs on a database that somebody uses.
 */
export async function indexesOfSchemaFile(file: string, ports: Ports): Promise<readonly IndexExpectation[]> {
  const sql = await readFile(resolve(ports.directory, file), 'utf8').catch((cause: unknown) => {
    const why = errorCode(cause) === 'ENOENT' ? 'there is no such file' : String(cause);
    throw new MeasurementError('unreadable', `The schema file ${file} cannot be read: ${why}.`, { cause });
  });
  if (/^COPY .* FROM stdin;/im.test(sql)) {
    throw new MeasurementError('unreadable', `${file} has rows in it. Make it by pg_dump --schema-only.`);
  }
  const server = await startThrowaway(ports);
  try {
    const options = { secrets: ports.secrets, signal: ports.signal };
    await withSession(server.url, { ...options, readOnly: false }, (session) => load(session, withoutCommands(sql), file));
    // A session of its own: a dump empties the search path of the one that it runs in.
    const tables = await withSession(server.url, options, (session) => readWholeCatalog(session));
    return tables.flatMap((table) => snapshotOf(table).expected);
  } finally {
    await server.stop();
  }
}

/** pg_dump writes `\restrict` and `\unrestrict`, which are psql's and change nothing here. */
const withoutCommands = (sql: string): string => sql.replace(/^\\(?:un)?restrict\b.*$/gm, '');

/** Owners and grantees of a dump are no matter of its indexes: those that are missing are made. */
async function load(session: Session, sql: string, file: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await session.run(sql);
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined;
      const said = cause instanceof Error ? cause.message : String(error);
      const role = errorCode(cause) === '42704' ? /^role "(.+)" does not exist$/.exec(said)?.[1] : undefined;
      if (role === undefined || tries >= MOST_ROLES) {
        const place = placeOf(cause, sql);
        throw new MeasurementError('unreadable', `${file}${place} cannot be read by a throwaway PostgreSQL: ${said}.`, { cause });
      }
      await session.run('ROLLBACK');
      await session.run(`CREATE ROLE ${quoted(role)}`);
    }
  }
}

/** The line, where the server tells a character. */
function placeOf(cause: unknown, sql: string): string {
  if (typeof cause !== 'object' || cause === null || !('position' in cause)) return '';
  const position = Number(cause.position);
  return Number.isInteger(position) ? `, line ${[...sql].slice(0, position).filter((each) => each === '\n').length + 1},` : '';
}
