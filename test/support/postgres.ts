import { afterAll, beforeAll } from 'vitest';
import { type Session, withSession } from '../../src/database/client.ts';
import type { Databases } from '../../src/database/databases.ts';
import { startThrowaway, type Throwaway, type ThrowawayEngine } from '../../src/database/throwaway.ts';
import { testPorts } from './ports.ts';

/** A real server for the tests of one file. */
export interface TestServer {
  /** The server's own database. */
  readonly url: string;
  /** Creates an empty database and gives its URL. */
  newDatabase(): Promise<string>;
}

/** Starts a server before the tests of the file and stops it after them. */
export function useServer(engine: ThrowawayEngine = 'postgresql'): TestServer {
  let running: Throwaway | undefined;
  let databases = 0;
  const server = (): Throwaway => {
    if (!running) throw new Error('The server is started before the tests, not while they are collected.');
    return running;
  };
  beforeAll(async () => {
    running = await startThrowaway(testPorts({ directory: process.cwd() }), { engine });
  });
  afterAll(async () => {
    await running?.stop();
  });
  return {
    get url() {
      return server().url;
    },
    async newDatabase() {
      databases += 1;
      const name = `test_${databases}`;
      await sql(server().url, `CREATE DATABASE ${name}`);
      return server().url.replace(/\/postgres$/, `/${name}`);
    },
  };
}

/** Works in a session that may write. */
export async function inSession<Result>(url: string, work: (session: Session) => Promise<Result>): Promise<Result> {
  const { secrets } = testPorts();
  return withSession(url, { secrets, readOnly: false }, work);
}

/** Runs statements one after the other, each in a transaction of its own. */
export async function sql(url: string, ...statements: readonly string[]): Promise<void> {
  await inSession(url, async (session) => {
    for (const statement of statements) await session.run(statement);
  });
}

/** The plan's databases, when there is only one. */
export function oneDatabase(url: string): Databases {
  return { url: async () => url };
}

/** A loopback address at which nothing listens. */
export const DEAD_URL = 'postgresql://someone:hunter2hunter2@127.0.0.1:1/app';
