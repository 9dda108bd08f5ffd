import { type Pluggable, type Registered, register } from '../checklist/binding.ts';
import type { Evidence } from '../checklist/model.ts';
import type { Measurements } from '../criteria/value.ts';
import type { Databases } from '../database/databases.ts';
import type { BoundMigrationTool } from '../database/migrations/tool.ts';
import type { Ports } from '../runner/ports.ts';

/** What the plan's `migrate:` section migrates, for a task that undoes it. */
export interface TaskMigration {
  readonly tool: BoundMigrationTool;
  /** A name under `databases:`. */
  readonly database: string;
}

export interface TaskContext extends Ports {
  readonly databases: Databases;
  /** undefined when the plan has no `migrate:` section. */
  readonly migration?: TaskMigration;
  progress(text: string): void;
}

export interface Done {
  /** One sentence: what was changed. */
  readonly message: string;
  readonly measurements?: Measurements;
  readonly evidence?: readonly Evidence[];
}

/** Changes the world. Throws `MeasurementError` (`task_failed`, `tool_missing`, `timed_out`) when it could not. */
export interface Task<Spec = unknown> extends Pluggable<Spec> {
  readonly defaultLimitMs: number;
  title(spec: Spec): string;
  /** What `perform` would do, for `--dry-run`: one sentence, no secrets. */
  describe(spec: Spec): string;
  perform(spec: Spec, context: TaskContext): Promise<Done>;
}

export interface BoundTask {
  readonly name: string;
  readonly title: string;
  readonly defaultLimitMs: number;
  /** What it would do, in one sentence. */
  readonly description: string;
  perform(context: TaskContext): Promise<Done>;
}

export type RegisteredTask = Registered<BoundTask>;

export function defineTask<Spec>(task: Task<Spec>): RegisteredTask {
  return register(task, (spec) => ({
    name: task.name,
    title: task.title(spec),
    defaultLimitMs: task.defaultLimitMs,
    description: task.describe(spec),
    perform: (context) => task.perform(spec, context),
  }));
}
