import type { Criterion } from './syntax.ts';
import type { Promised } from './value.ts';

/** The names that a criterion may use. */
export interface Scope {
  lookup(name: string): Promised | undefined;
  names(): readonly string[];
}

export interface CriterionProblem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly reason: 'unknown_metric' | 'unit_mismatch';
}

/** What is wrong with a criterion as far as it can be known before anything is measured. */
export function checkCriterion(_criterion: Criterion, _scope: Scope): readonly CriterionProblem[] {
  return [];
}
