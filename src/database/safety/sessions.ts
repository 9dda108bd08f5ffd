import type { Secrets } from '../../runner/ports.ts';

/** Another session of the server, as far as this role may see it. */
export interface OtherSession {
  /** 0: a prepared transaction, which has no process. */
  readonly pid: number;
  readonly application: string;
  readonly user: string;
  /** `active`, `idle in transaction`; empty where this role may not see it. */
  readonly state: string;
  /** Milliseconds since its transaction began; undefined where that cannot be seen. */
  readonly transactionMs?: number;
  /** Its last statement, without literals, cut. */
  readonly query: string;
}

const LONGEST_QUERY = 200;

/**
 * A statement of somebody else's as it may be shown: what stands in quotes may be anyone's data or password, so it goes, as do the
 * secrets of this run; then it is cut. The server itself cuts statements, so that the last quote may be open.
 */
export function shownQuery(query: string, secrets: Secrets): string {
  const bare = query
    .replace(/\$(\w*)\$[\s\S]*?(?:\$\1\$|$)/g, "'…'")
    .replace(/'(?:[^']|'')*(?:'|$)/g, "'…'")
    .replace(/\s+/g, ' ')
    .trim();
  const masked = secrets.mask(bare);
  return masked.length > LONGEST_QUERY ? `${masked.slice(0, LONGEST_QUERY - 1)}…` : masked;
}

/** Columns as the queries of this folder name them: `pid`, `application_name`, `usename`, `state`, `transaction_ms`, `query`. */
export function readSession(row: Readonly<Record<string, unknown>>, secrets: Secrets): OtherSession {
  const transactionMs = amount(row['transaction_ms']);
  return {
    pid: Number(row['pid'] ?? 0),
    application: secrets.mask(written(row['application_name'])),
    user: written(row['usename']),
    state: written(row['state']),
    query: shownQuery(written(row['query']), secrets),
    ...(transactionMs === undefined ? {} : { transactionMs }),
  };
}

/** A number of the server's, which comes as a text where it is wide; undefined for null. */
export function amount(value: unknown): number | undefined {
  if (value === null || value === undefined) return undefined;
  const read = Number(value);
  return Number.isNaN(read) ? undefined : read;
}

export function written(value: unknown): string {
  return value === null || value === undefined ? '' : String(value);
}
