import type * as z from 'zod';
import type { Binding } from '../checklist/binding.ts';
import type { Done, TaskContext } from './task.ts';

/** Shifts traffic between the stable and the canary version. A driver is one file beside this one and one line in `registry.ts`. */
export interface RolloutDriver<Spec = unknown> {
  /** The plan's key under `rollout:`. */
  readonly name: string;
  readonly summary: string;
  /** The plan's value under that key. As a function it is made when first needed. */
  readonly schema: z.ZodType<Spec> | (() => z.ZodType<Spec>);
  readonly example: string;
  title(spec: Spec): string;
  /** What `setWeight` would do, for `--dry-run`. */
  describe(spec: Spec, weight: number): string;
  /** Sends `weight` (a fraction, 0 to 1) of the traffic to the canary, and returns when the world says that it does. */
  setWeight(spec: Spec, weight: number, context: TaskContext): Promise<Done>;
  /** Takes all traffic from the canary. Called when an `abort` criterion holds, and on cancellation. */
  abort(spec: Spec, context: TaskContext): Promise<Done>;
}

export interface BoundRollout {
  readonly name: string;
  readonly title: string;
  describe(weight: number): string;
  setWeight(weight: number, context: TaskContext): Promise<Done>;
  abort(context: TaskContext): Promise<Done>;
}

export interface RegisteredRollout extends Pick<RolloutDriver, 'name' | 'summary' | 'example'> {
  readonly schema: z.ZodType;
  bind(spec: unknown): Binding<BoundRollout>;
}

export function defineRollout<Spec>(driver: RolloutDriver<Spec>): RegisteredRollout {
  const { name, summary, example } = driver;
  let made: z.ZodType<Spec> | undefined;
  const schema = (): z.ZodType<Spec> => {
    made ??= typeof driver.schema === 'function' ? driver.schema() : driver.schema;
    return made;
  };
  return {
    name,
    summary,
    get schema() {
      return schema();
    },
    example,
    bind(raw) {
      const parsed = schema().safeParse(raw);
      if (!parsed.success) return { issues: parsed.error.issues };
      const spec = parsed.data;
      return {
        bound: {
          name,
          title: driver.title(spec),
          describe: (weight) => driver.describe(spec, weight),
          setWeight: (weight, context) => driver.setWeight(spec, weight, context),
          abort: (context) => driver.abort(spec, context),
        },
      };
    },
  };
}
