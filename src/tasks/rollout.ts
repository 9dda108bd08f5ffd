import type * as z from 'zod';
import type { Done, TaskContext } from './task.ts';

/** Shifts traffic between the stable and the canary version. A driver is one file beside this one and one line in `registry.ts`. */
export interface RolloutDriver<Spec = unknown> {
  /** The plan's key under `rollout:`. */
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType<Spec>;
  readonly example: string;
  title(spec: Spec): string;
  /** What `setWeight` would do, for `--dry-run`. */
  describe(spec: Spec, weight: number): string;
  /** Sends `weight` (a fraction, 0 to 1) of the traffic to the canary, and returns when the world says that it does. */
  setWeight(spec: Spec, weight: number, context: TaskContext): Promise<Done>;
  /** Takes all traffic from the canary. Called when an `abort` criterion holds, and on cancellation. */
  abort(spec: Spec, context: TaskContext): Promise<Done>;
}
