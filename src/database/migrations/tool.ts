import { type Pluggable, type Registered, register } from '../../checklist/binding.ts';
import type { Ports } from '../../runner/ports.ts';

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
  /** The line in which the tool says what went wrong, when its exit code is not 0. */
  readonly problem?: string;
}

/** A team's own migration tool. A new one is one file beside this one and one line in `registry.ts`. */
export interface MigrationTool<Spec = unknown> extends Pluggable<Spec> {
  /** The revisions that the database says it has, read from the tool's own table, never from the tool. Empty before the first migration. */
  current(spec: Spec, context: MigrationContext): Promise<readonly string[]>;
  /** The revisions that `apply` has to end in, by the migration files; undefined for a tool that cannot tell. */
  heads(spec: Spec, context: MigrationContext): Promise<readonly string[] | undefined>;
  describe(spec: Spec): string;
  apply(spec: Spec, context: MigrationContext): Promise<Applied>;
  /** Undoes: `1` steps, or down to a revision. Throws `MeasurementError('unsupported')` for a tool that cannot. */
  down(spec: Spec, target: { readonly steps: number } | { readonly to: string }, context: MigrationContext): Promise<Applied>;
}

export interface BoundMigrationTool {
  readonly name: string;
  readonly description: string;
  current(context: MigrationContext): Promise<readonly string[]>;
  heads(context: MigrationContext): Promise<readonly string[] | undefined>;
  apply(context: MigrationContext): Promise<Applied>;
  down(target: { readonly steps: number } | { readonly to: string }, context: MigrationContext): Promise<Applied>;
}

export type RegisteredMigrationTool = Registered<BoundMigrationTool>;

export function defineMigrationTool<Spec>(tool: MigrationTool<Spec>): RegisteredMigrationTool {
  return register(tool, (spec) => ({
    name: tool.name,
    description: tool.describe(spec),
    current: (context) => tool.current(spec, context),
    heads: (context) => tool.heads(spec, context),
    apply: (context) => tool.apply(spec, context),
    down: (target, context) => tool.down(spec, target, context),
  }));
}
