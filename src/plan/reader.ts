import type { Measurements } from '../criteria/value.ts';
import type { RegisteredMigrationTool } from '../database/migrations/tool.ts';
import type { RegisteredProbe } from '../probes/probe.ts';
import type { RegisteredRollout } from '../tasks/rollout.ts';
import type { RegisteredTask } from '../tasks/task.ts';
import type { Filled } from './filled.ts';
import type { Path } from './path.ts';
import type { Policy } from './plan.ts';
import type { Problems } from './problems.ts';
import type { Shapes } from './shape.ts';

/** What a plan may name. */
export interface Registries {
  readonly probes: readonly RegisteredProbe[];
  readonly tasks: readonly RegisteredTask[];
  readonly rollouts: readonly RegisteredRollout[];
  readonly tools: readonly RegisteredMigrationTool[];
}

/**
 * What a section uses to become a typed plan. Problems are gathered, not thrown, so that one reading of a plan tells all that is
 * wrong with it; a function that recorded one gives undefined, or what it could make of the rest.
 */
export interface Reader {
  readonly filled: Filled;
  readonly problems: Problems;
  readonly shapes: Shapes;
  readonly registries: Registries;
  /** The plan's `vars` that have a value. */
  readonly vars: Measurements;
  /** The plan-level policy. */
  readonly policy: Policy;
  /** Says that a criterion names a variable of the environment, so that its value is masked where it is a secret. */
  readonly noteVariable: (name: string) => void;
  /** Reads an entry of `databases:`, so that only those in use need their variables. Records a problem for an unknown name. */
  useDatabase(nameOrUrl: string, path: Path): void;
}
