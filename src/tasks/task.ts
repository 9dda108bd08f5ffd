import type * as z from 'zod';
import type { Binding } from '../checklist/binding.ts';
import type { Evidence } from '../checklist/model.ts';
import type { Measurements } from '../criteria/value.ts';
import type { Databases } from '../database/databases.ts';
import type { Ports } from '../runner/ports.ts';

export interface TaskContext extends Ports {
  readonly databases: Databases;
  progress(text: string): void;
}

export interface Done {
  /** One sentence: what was changed. */
  readonly message: string;
  readonly measurements?: Measurements;
  readonly evidence?: readonly Evidence[];
}

/** Changes the world. Throws `MeasurementError` (`task_failed`, `tool_missing`, `timed_out`) when it could not. */
export interface Task<Spec = unknown> {
  /** The plan's key: `command`. */
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Spec>;
  readonly example: string;
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

export interface RegisteredTask extends Pick<Task, 'name' | 'summary' | 'schema' | 'example'> {
  bind(spec: unknown): Binding<BoundTask>;
}

export function defineTask<Spec>(task: Task<Spec>): RegisteredTask {
  const { name, summary, schema, example } = task;
  return {
    name,
    summary,
    schema,
    example,
    bind(raw) {
      const parsed = schema.safeParse(raw);
      if (!parsed.success) return { issues: parsed.error.issues };
      const spec = parsed.data;
      return {
        bound: {
          name,
          title: task.title(spec),
          defaultLimitMs: task.defaultLimitMs,
          description: task.describe(spec),
          perform: (context) => task.perform(spec, context),
        },
      };
    },
  };
}
