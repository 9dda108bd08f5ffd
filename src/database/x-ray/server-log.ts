import { RECORD_MARK, recordSchema, type SchemaRecord } from './recorder.ts';

/** A statement as a client sent it, perhaps several in one text. */
interface SentStatement {
  readonly kind: 'sent';
  readonly pid: number;
  /** Backend and local transaction number: the same for all statements of a transaction. */
  readonly transaction: string;
  readonly sql: string;
  /** `$1 = '5403edb1d087'`, for a prepared statement. */
  readonly parameters: string;
}

export type LogEntry =
  | SentStatement
  | { readonly kind: 'record'; readonly transaction: string; readonly record: SchemaRecord }
  /** The last statement of this process failed. */
  | { readonly kind: 'error'; readonly pid: number };

/** `2026-01-02 03:04:05.678 UTC [123] 4/56 LOG:  statement: …`; lines that start with a tab go on from the one before. */
const LINE = /^\d{4}-\d\d-\d\d [\d:.]+ \w+ \[(\d+)\] (\S*) ([A-Z]+): {2}(.*)$/s;

/** Reads a server's log, written with the prefix of throwaway/server.ts and `log_statement = all`. */
export function readServerLog(log: string): readonly LogEntry[] {
  const entries: LogEntry[] = [];
  for (const whole of log.split(/\n(?!\t)/)) {
    const [, pidText, transaction = '', severity, said = ''] = LINE.exec(whole) ?? [];
    if (pidText === undefined) continue;
    const pid = Number(pidText);
    if (severity === 'ERROR' || severity === 'FATAL') entries.push({ kind: 'error', pid });
    else if (severity === 'DETAIL') addParameters(entries, pid, said);
    else if (severity === 'LOG') {
      const entry = said.startsWith(RECORD_MARK)
        ? recordEntry(said.slice(RECORD_MARK.length), transaction)
        : sentEntry(said.replaceAll('\n\t', '\n'), pid, transaction);
      if (entry) entries.push(entry);
    }
  }
  return entries;
}

/** The text of one record; undefined for one that is not ours. */
export function recordEntry(json: string, transaction: string): LogEntry | undefined {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return undefined;
  }
  const parsed = recordSchema.safeParse(raw);
  return parsed.success ? { kind: 'record', transaction, record: parsed.data } : undefined;
}

function sentEntry(said: string, pid: number, transaction: string): LogEntry | undefined {
  const sql = /^(?:statement|execute [^\n:]*): (.*)$/s.exec(said)?.[1];
  return sql === undefined ? undefined : { kind: 'sent', pid, transaction, sql, parameters: '' };
}

function addParameters(entries: LogEntry[], pid: number, said: string): void {
  const parameters = /^(?:parameters|Parameters): (.*)$/s.exec(said)?.[1];
  const last = entries.at(-1);
  if (parameters === undefined || last?.kind !== 'sent' || last.pid !== pid) return;
  entries[entries.length - 1] = { ...last, parameters };
}
