import type * as z from 'zod';
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
