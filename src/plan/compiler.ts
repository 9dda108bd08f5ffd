import type { Position } from '../checklist/model.ts';
import type { Scope } from '../criteria/check.ts';
import type { Promised } from '../criteria/value.ts';
import type { BoundProbe } from '../probes/probe.ts';
import type { PlannedCheck, PlannedCriterion, PlannedTask, Policy } from './plan.ts';
import type { RawCheck, RawCriteria } from './sections/check.ts';
import type { RawTask } from './sections/task.ts';

/** The way to a value inside the plan: keys and indexes. */
export type Path = readonly (string | number)[];

/**
 * What a section uses to turn the values that its zod schema accepted into its typed plan. Problems are gathered, not
 * thrown, so that one reading of a plan tells all that is wrong with it.
 */
export interface Compiler {
  position(path: Path): Position;
  /** Records a problem at a value, or at an offset inside that value when it is a plain string. */
  problem(path: Path, message: string, offset?: number): void;
  /** A probe entry `{ http: {…} }` by the registry. undefined after a problem was recorded. */
  probe(raw: Readonly<Record<string, unknown>>, path: Path): BoundProbe | undefined;
  checks(raw: readonly RawCheck[], path: Path, group: string): readonly PlannedCheck[];
  criteria(raw: RawCriteria, path: Path, scope: Scope): readonly PlannedCriterion[];
  task(raw: RawTask, path: Path, group: string): PlannedTask | undefined;
  policy(raw: Partial<Policy> | undefined): Policy;
  /** A scope of fixed names, and optionally of open prefixes. */
  scope(names: Readonly<Record<string, Promised>>, open?: readonly string[]): Scope;
}
