/** One request and what became of it. */
export interface LogEntry {
  readonly method: string;
  /** Decoded, without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** 0 where the connection was broken. */
  readonly status: number;
  readonly body?: unknown;
  /** Milliseconds since the epoch, when it came in. */
  readonly at: number;
  readonly violation?: string;
}

const BODY_SHOWN = 200;

/** The log for a failure message: a line for each request. */
export function describeEntries(entries: readonly LogEntry[]): string {
  if (entries.length === 0) return 'No request came in.';
  const first = entries[0]?.at ?? 0;
  return entries
    .map(({ method, path, query, status, body, at, violation }) => {
      const search = new URLSearchParams(query).toString();
      const line = `+${at - first} ms ${status || 'broken'} ${method} ${path}${search && `?${search}`}`;
      const sent = body === undefined ? '' : `\n    ${JSON.stringify(body).slice(0, BODY_SHOWN)}`;
      return `${line}${sent}${violation === undefined ? '' : `\n    VIOLATION ${violation}`}`;
    })
    .join('\n');
}
