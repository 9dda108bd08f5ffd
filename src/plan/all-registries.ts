import { MIGRATION_TOOLS } from '../database/migrations/registry.ts';
import { PROBES } from '../probes/registry.ts';
import { ROLLOUTS, TASKS } from '../tasks/registry.ts';
import type { Registries } from './reader.ts';

/** All that a plan may name. */
export const ALL_REGISTRIES: Registries = { probes: PROBES, tasks: TASKS, rollouts: ROLLOUTS, tools: MIGRATION_TOOLS };
