import { command } from './command.ts';
import { http } from './http.ts';
import { kubernetes } from './kubernetes.ts';
import { migrate } from './migrate.ts';
import type { RegisteredRollout } from './rollout.ts';
import { commandRollout } from './rollout-command.ts';
import { kubernetesRollout } from './rollout-kubernetes.ts';
import type { RegisteredTask } from './task.ts';
import { wait } from './wait.ts';

/** All tasks, in the order of the reference page. A new task is one file and one line here. */
export const TASKS: readonly RegisteredTask[] = [command, kubernetes, migrate, http, wait];

/** All rollout drivers: what `rollout:` may name. */
export const ROLLOUTS: readonly RegisteredRollout[] = [commandRollout, kubernetesRollout];
