import type { RegisteredRollout } from './rollout.ts';
import type { RegisteredTask } from './task.ts';

/** All tasks, in the order of the reference page. A new task is one file and one line here. */
export const TASKS: readonly RegisteredTask[] = [];

/** All rollout drivers: what `rollout:` may name. */
export const ROLLOUTS: readonly RegisteredRollout[] = [];
