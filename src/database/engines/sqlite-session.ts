import { stat } from 'node:fs/promises';
import { devNull } from 'node:os';
import { resolve } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import type { EnginePorts, EngineRow, EngineSession } from './session.ts';

/**
 * Opens an SQLite file for reading: by Node's own `node:sqlite` where Node has it, else by the program `sqlite3`. A native package
 * would have to be built for each machine.
 */
export async function openSqlite(connectionString: string, ports: EnginePorts): Promise<EngineSession> {
  const file = await fileOf(connectionString, ports.directory);
  const library = readLibrary();
  const run = library === undefined ? byProgram(file, ports) : await byLibrary(library, file);
  let trips = 0;
  const query = async (sql: string): Promise<readonly EngineRow[]> => {
    ports.signal.throwIfAborted();
    trips += 1;
    return run.query(sql);
  };
  return {
    engine: 'sqlite',
    label: file,
    query,
    async about() {
      const [row] = await query('SELECT sqlite_version() AS version');
      return { product: 'SQLite', version: String(row?.['version'] ?? '') };
    },
    roundTrips: () => trips,
    end: async () => run.close(),
  };
}

interface Runner {
  query(sql: string): Promise<readonly EngineRow[]>;
  close(): void;
}

/**
 * `sqlite:path` and `sqlite:////path` are plain. `sqlite:///path` is relative for SQLAlchemy and absolute for others: the one that
 * exists is meant, and both is an error.
 */
async function fileOf(connectionString: string, directory: string): Promise<string> {
  const address = connectionString.replace(/^[^:]+:/, '').replace(/\?.*$/s, '');
  const expected = 'Expected `sqlite:path/of/file` or `sqlite:////absolute/path`.';
  if (address.startsWith('//') && !address.startsWith('///')) {
    throw new MeasurementError(
      'unreadable',
      `The database’s connection string has a host, which SQLite has none of. ${expected}`,
    );
  }
  const path = decoded(address.startsWith('///') ? address.slice(2) : address);
  if (path === '' || path === '/' || path.endsWith(':memory:')) {
    throw new MeasurementError('unreadable', `The database’s connection string names no file. ${expected}`);
  }
  const candidates = address.startsWith('////')
    ? [path.slice(1)]
    : address.startsWith('///')
      ? [path, resolve(directory, path.slice(1))]
      : [resolve(directory, path)];
  const found = new Set<string>();
  for (const candidate of candidates) {
    if (await isFile(candidate)) found.add(candidate);
  }
  const [file, other] = [...found];
  if (file === undefined) {
    throw new MeasurementError(
      'not_found',
      `There is no SQLite file ${candidates.join(' or ')}. Migrate first, or correct the path.`,
    );
  }
  if (other !== undefined) {
    throw new MeasurementError('unreadable', `sqlite:/// may mean ${file} or ${other}, and both exist. ${expected}`);
  }
  return file;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

interface Statement {
  all(): readonly unknown[];
}
interface Database {
  prepare(sql: string): Statement;
  close(): void;
}
type Library = new (path: string, options: { readonly readOnly: boolean }) => Database;

const library = z.object({ DatabaseSync: z.custom<Library>((value) => typeof value === 'function') });

/** undefined before Node 22.13, where it is missing or behind a flag. */
function readLibrary(): Library | undefined {
  return library.safeParse(process.getBuiltinModule?.('node:sqlite')).data?.DatabaseSync;
}

const rowsSchema = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null(), z.bigint().transform(Number)])));

async function byLibrary(Open: Library, file: string): Promise<Runner> {
  const attempted = <Result>(work: () => Result): Result => {
    try {
      return work();
    } catch (cause) {
      throw refused(file, cause instanceof Error ? cause.message : String(cause), cause);
    }
  };
  const database = attempted(() => new Open(file, { readOnly: true }));
  return {
    // It prepares the first statement alone and leaves out what follows it.
    query: async (sql) => rowsSchema.parse(attempted(() => database.prepare(sql).all())),
    close: () => database.close(),
  };
}

const MOST_BYTES = 256 * 1024 * 1024;

function byProgram(file: string, { exec, signal }: EnginePorts): Runner {
  return {
    async query(sql) {
      // `-safe` keeps a query of the plan from the shell's own commands, `-init` the user's settings from ours. With `.explain on`,
      // the default, a plan would come as a drawing.
      const args = ['-batch', '-bail', '-safe', '-readonly', '-init', devNull, '-cmd', '.explain off', '-json', file];
      const request = { file: 'sqlite3', args, input: `${sql}\n;\n`, signal, timeoutMs: 30_000, keepBytes: MOST_BYTES };
      const { exitCode, stdout, stderr, timedOut } = await exec(request).catch((cause: unknown) => {
        if (!(cause instanceof MeasurementError) || cause.reason !== 'tool_missing') throw cause;
        throw new MeasurementError(
          'tool_missing',
          `SQLite cannot be read here: this Node (${process.version}) has no node:sqlite, and the program sqlite3 is not on PATH. Install sqlite3 3.37 or later, or run on Node 24.`,
          { cause },
        );
      });
      if (timedOut) throw new MeasurementError('timed_out', `A query of ${file} was stopped: it took longer than 30 s.`);
      if (/unknown option/.test(stderr)) {
        throw new MeasurementError('unsupported', 'The program sqlite3 is too old: 3.37 or later is needed.');
      }
      if (exitCode !== 0) throw refused(file, stderr.trim().split('\n')[0] ?? '');
      return stdout.trim() === '' ? [] : rowsSchema.parse(JSON.parse(stdout));
    },
    close: () => undefined,
  };
}

function refused(file: string, said: string, cause?: unknown): MeasurementError {
  const what = said.replace(/^(?:Parse|Runtime)? ?[Ee]rror(?: near line \d+)?: /, '').trim();
  if (/attempt to write|readonly/.test(what)) {
    return new MeasurementError('permission_denied', `A query that only measures may not write: ${what}.`, { cause });
  }
  return new MeasurementError('bad_response', `SQLite says of ${file}: ${what}.`, { cause });
}
