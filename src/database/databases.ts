/** A database of the plan: one that exists, or one that is started for this run and thrown away after it. */
export type PlannedDatabase = { readonly kind: 'url'; readonly url: string } | { readonly kind: 'throwaway' };

/** What is known of a throwaway server that this run started. */
export interface StartedThrowaway {
  /** The name under `databases:`. */
  readonly name: string;
  readonly engine: 'postgresql' | 'pglite';
  /** The server's own, such as `15.18`. */
  readonly version: string;
  /** Milliseconds from the first thought of it to the first answer. */
  readonly readyMs: number;
  /** What the server has logged so far; PGlite keeps no log. */
  readonly readLog?: () => Promise<string>;
}

/** The plan's databases, by name. A throwaway one is started when it is first asked for, and stopped with the run. */
export interface Databases {
  /** A connection string for the name under `databases:`, or for a URL itself. Throws `MeasurementError`. */
  url(nameOrUrl: string): Promise<string>;
  /** The throwaway servers that were started so far. */
  throwaways?(): readonly StartedThrowaway[];
}
