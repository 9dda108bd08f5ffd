/** How a plan reads one table. */
export interface TableUse {
  /** By the alias that the query gives it. */
  readonly table: string;
  readonly indexes: readonly string[];
  /** `walk`: all of an index is read. `skip`: its first key is in no condition. `scan`: no index, or one built for this query alone. */
  readonly by: 'condition' | 'walk' | 'skip' | 'scan';
  /** Indexes that the planner could look up by; MySQL and MariaDB tell them. */
  readonly possible: readonly string[];
}

/** A plan of MySQL, MariaDB or SQLite, as far as it speaks of indexes. */
export interface EnginePlan {
  readonly uses: readonly TableUse[];
  readonly sorts: number;
  /** What the engine says in place of a plan: `Impossible WHERE noticed after reading const tables`. */
  readonly instead: string | undefined;
  /** The query as it was planned, and its plan. */
  readonly text: string;
}
