import { type ConnectOptions, withSession } from '../client.ts';
import type { StartedThrowaway } from '../databases.ts';
import { type Xray, xrayOf } from './findings.ts';
import {
  type RecordSink,
  recordsInTable,
  rolledBack,
  startRecorder,
  stopRecorder,
  type TableState,
  tableStates,
} from './recorder.ts';
import { type LogEntry, readServerLog, recordEntry } from './server-log.ts';
import { traceOf } from './trace.ts';

export interface Watched extends Xray {
  /** Statements that changed the schema. */
  readonly statements: number;
  /** Whether each migration's statements are known; else findings are not told apart by migration. */
  readonly attributed: boolean;
  /** Names of the tool's own tables. */
  readonly versionTables: readonly string[];
  /** PGlite: what is no change of the schema was not seen, nor what was rolled back. */
  readonly partly: boolean;
}

export interface Watch {
  /** Ends it and tells what was seen. */
  finish(migrations: readonly string[]): Promise<Watched>;
}

/** Watches a throwaway server from now on, until `finish`. */
export async function startWatch(
  url: string,
  { readLog }: Pick<StartedThrowaway, 'readLog'>,
  start: 'base' | 'none',
  options: ConnectOptions,
): Promise<Watch> {
  const writing = { ...options, readOnly: false };
  const sink: RecordSink = readLog === undefined ? 'table' : 'log';
  const offset = (await readLog?.())?.length ?? 0;
  const before = await withSession(url, writing, async (session): Promise<readonly TableState[]> => {
    await startRecorder(session, sink);
    return tableStates(session);
  });
  return {
    finish: (migrations) =>
      withSession(url, writing, async (session) => {
        const entries =
          readLog === undefined ? fromTable(await recordsInTable(session)) : readServerLog((await readLog()).slice(offset));
        const trace = traceOf(entries, migrations);
        const xids = trace.statements.flatMap(({ xid }) => xid ?? []);
        const [undone, after] = [await rolledBack(session, xids), await tableStates(session)];
        await stopRecorder(session, sink);
        return {
          ...xrayOf({ trace, before, after, undone, start }),
          statements: trace.statements.length,
          attributed: trace.attributed,
          versionTables: trace.versionTables,
          partly: sink === 'table',
        };
      }),
  };
}

function fromTable(records: readonly string[]): readonly LogEntry[] {
  return records.flatMap((record) => recordEntry(record, '') ?? []);
}
