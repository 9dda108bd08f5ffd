import { type PlanError, PlanErrors } from '../checklist/errors.ts';
import type { Environment } from '../runner/ports.ts';
import { ALL_REGISTRIES } from './all-registries.ts';
import type { Plan, PlannedCheck, PlanWarning } from './plan.ts';
import { readPlan } from './read.ts';

export interface Validation {
  readonly problems: readonly PlanError[];
  readonly warnings: readonly PlanWarning[];
  /** What the plan holds, in one line; undefined when it has problems. */
  readonly summary: string | undefined;
}

/** Checks a whole plan: every phase, every name. A variable that is not set here is a warning unless `strictEnv`. */
export function validatePlan(
  text: string,
  file: string,
  environment: Environment,
  { strictEnv = false }: { readonly strictEnv?: boolean } = {},
): Validation {
  try {
    const plan = readPlan({ text, origin: { file, source: 'head' } }, environment, { strictEnv, registries: ALL_REGISTRIES });
    return { problems: [], warnings: plan.warnings, summary: summaryOf(plan) };
  } catch (error) {
    if (!(error instanceof PlanErrors)) throw error;
    return { problems: error.problems, warnings: [], summary: undefined };
  }
}

function summaryOf({ preDeploy, migrate, canary, rollback }: Plan): string {
  const parts = [
    ...(preDeploy === undefined ? [] : [`pre-deploy: ${count(preDeploy.checks.length, 'item')}, ${criteria(preDeploy.checks)}`]),
    ...(migrate === undefined
      ? []
      : [
          `migrate: ${migrate.tool.name}, ${count(migrate.indexes.length, 'index', 'indexes')}, ${count(migrate.queries.length, 'query', 'queries')}`,
        ]),
    ...(canary === undefined
      ? []
      : [`canary: ${count(canary.steps.length, 'step')}, ${count(canary.criteria.length, 'criterion', 'criteria')}`]),
    ...(rollback === undefined ? [] : [`rollback: ${rollback.options.map(({ name }) => name).join(', ')}`]),
  ];
  return `It has ${parts.join('; ')}.`;
}

const criteria = (checks: readonly PlannedCheck[]): string =>
  count(
    checks.reduce((sum, check) => sum + check.criteria.length, 0),
    'criterion',
    'criteria',
  );

const count = (number: number, one: string, many = `${one}s`): string => `${number} ${number === 1 ? one : many}`;
