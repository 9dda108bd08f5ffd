import { type Pluggable, type Registered, register } from '../checklist/binding.ts';
import type { Done, TaskContext } from './task.ts';

/** Shifts traffic between the stable and the canary version. A driver is one file beside this one and one line in `registry.ts`. */
export interface RolloutDriver<Spec = unknown> extends Pluggable<Spec> {
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

export type RegisteredRollout = Registered<BoundRollout>;

export function defineRollout<Spec>(driver: RolloutDriver<Spec>): RegisteredRollout {
  return register(driver, (spec) => ({
    name: driver.name,
    title: driver.title(spec),
    describe: (weight) => driver.describe(spec, weight),
    setWeight: (weight, context) => driver.setWeight(spec, weight, context),
    abort: (context) => driver.abort(spec, context),
  }));
}
