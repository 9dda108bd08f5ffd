import { type Pluggable, type Registered, register } from '../../checklist/binding.ts';
import type { Ports } from '../../runner/ports.ts';
import type { Folder } from './folder.ts';
import { type MigrationState, stateOf } from './state.ts';

export interface MigrationContext extends Ports {
  /** Connection string of the database to migrate. Reaches the tool by its environment, never by argv. */
  readonly databaseUrl: string;
  progress(text: string): void;
}

export interface Applied {
  readonly durationMs: number;
  /** The tool's own count of migrations that it ran, in order, with the time each took where the output tells. */
  readonly migrations: readonly { readonly name: string; readonly durationMs?: number }[];
  readonly warningCount: number;
  /** The first of them. */
  readonly warnings: readonly string[];
  /** The end of the tool's output, both streams as they came. */
  readonly output: string;
  readonly exitCode: number | null;
  /** The line in which the tool says what went wrong: always when its exit code is not 0. */
  readonly problem?: string;
}

/** What a tool's own table says. */
export interface Recorded {
  /** The revisions that the database is at: the newest one, or the newest of each branch or app. Empty before the first migration. */
  readonly current: readonly string[];
  /** All that are applied, in order, for a tool whose table has a row for each. */
  readonly applied?: readonly string[];
  readonly dirty?: Dirty;
}

/** Why nothing can be migrated before somebody has looked. */
export interface Dirty {
  /** `half-done`: a migration began and did not end well. `locked`: the tool's own lock is held. */
  readonly kind: 'half-done' | 'locked';
  /** The migrations, or who holds the lock. */
  readonly what: string;
  /** The command or SQL that mends it. */
  readonly mend: string;
}

export interface MigrationFile {
  /** As in the tool's table. */
  readonly version: string;
  /** For people: often the file's name. */
  readonly name: string;
  /** Whether it can be undone; undefined when that cannot be told. */
  readonly reversible?: boolean;
  /** The versions that it is built on. Default: the one before it. */
  readonly after?: readonly string[];
}

/** What the migration files say; no database is asked. */
export interface MigrationFiles {
  /** The revisions that `apply` has to end in. */
  readonly heads: readonly string[];
  /** Those that `apply` takes the database through, oldest first; undefined for a tool that cannot tell. */
  readonly migrations?: readonly MigrationFile[];
  /** Heads of one history, when it has more than one: the tool would refuse to go on. */
  readonly conflict?: readonly string[];
}

/** How far down. */
export type DownTarget = { readonly steps: number } | { readonly to: string };

/** A tool that was found in a repository. */
export interface Detected {
  /** The file that gave it away. */
  readonly because: string;
  /** Fields for its spec beside `directory`. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A team's own migration tool. A new one is one file beside this one and one line in `registry.ts`. */
export interface MigrationTool<Spec = unknown> extends Pluggable<Spec> {
  /** Whether a folder of the repository is set up for this tool; undefined for a tool that leaves no trace. */
  readonly detect?: (folder: Folder) => Promise<Detected | undefined>;
  /** Read from the tool's own table, never from the tool. */
  recorded(spec: Spec, context: MigrationContext): Promise<Recorded>;
  /** undefined for a tool that cannot tell. */
  files(spec: Spec, context: MigrationContext): Promise<MigrationFiles | undefined>;
  describe(spec: Spec): string;
  apply(spec: Spec, context: MigrationContext): Promise<Applied>;
  /** Undoes. Throws `MeasurementError('unsupported')` for a tool that cannot. */
  down(spec: Spec, target: DownTarget, context: MigrationContext): Promise<Applied>;
}

export interface BoundMigrationTool {
  readonly name: string;
  readonly description: string;
  /** The revisions that the database says it is at. Empty before the first migration. */
  current(context: MigrationContext): Promise<readonly string[]>;
  /** The revisions that `apply` has to end in, by the migration files; undefined for a tool that cannot tell. */
  heads(context: MigrationContext): Promise<readonly string[] | undefined>;
  /** What the migration files say; undefined for a tool that cannot tell. */
  files(context: MigrationContext): Promise<MigrationFiles | undefined>;
  /** Files and table held against each other. `files`, when they were read before. */
  state(context: MigrationContext, files?: MigrationFiles): Promise<MigrationState>;
  apply(context: MigrationContext): Promise<Applied>;
  down(target: DownTarget, context: MigrationContext): Promise<Applied>;
}

export interface RegisteredMigrationTool extends Registered<BoundMigrationTool> {
  readonly detect?: (folder: Folder) => Promise<Detected | undefined>;
}

export function defineMigrationTool<Spec>(tool: MigrationTool<Spec>): RegisteredMigrationTool {
  const registered = register(tool, (spec): BoundMigrationTool => {
    const files = (context: MigrationContext) => tool.files(spec, context);
    return {
      name: tool.name,
      description: tool.describe(spec),
      current: async (context) => (await tool.recorded(spec, context)).current,
      heads: async (context) => (await files(context))?.heads,
      files,
      state: async (context, known) => stateOf(known ?? (await files(context)), await tool.recorded(spec, context)),
      apply: (context) => tool.apply(spec, context),
      down: (target, context) => tool.down(spec, target, context),
    };
  });
  // Kept as it is: its `schema` is made when it is first asked for.
  return tool.detect === undefined ? registered : Object.assign(registered, { detect: tool.detect });
}
