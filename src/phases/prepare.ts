import { PlanError } from '../checklist/errors.ts';
import type { Phase } from '../checklist/model.ts';
import type { Step } from '../checklist/step.ts';
import type { Plan } from '../plan/plan.ts';
import { prepareCanary } from './canary.ts';
import { prepareMigrate } from './migrate.ts';
import type { PhaseContext } from './phase.ts';
import { preparePreDeploy } from './pre-deploy.ts';
import { prepareRollback } from './rollback.ts';

/** The steps of one phase and how many of them may run at a time. */
export interface Prepared {
  readonly steps: readonly Step[];
  readonly concurrency: number;
}

/**
 * Turns the plan's section for a phase into steps.
 *
 * @param option the rollback option that the run asks for.
 * @throws PlanError when the plan has no such section, or the rollback no such option.
 */
export function prepare(phase: Phase, plan: Plan, option: string | undefined, context: PhaseContext): Prepared {
  switch (phase) {
    case 'pre-deploy': {
      const section = plan.preDeploy ?? missing(phase, plan);
      return { steps: preparePreDeploy(section, context), concurrency: section.concurrency };
    }
    case 'migrate':
      return { steps: prepareMigrate(plan.migrate ?? missing(phase, plan), context), concurrency: 4 };
    case 'canary':
      return { steps: prepareCanary(plan.canary ?? missing(phase, plan), context), concurrency: 1 };
    case 'rollback':
      return { steps: prepareRollback(plan.rollback ?? missing(phase, plan), option, context), concurrency: 1 };
  }
}

function missing(phase: Phase, plan: Plan): never {
  const { file } = plan.origin;
  throw new PlanError(`The plan has no \`${phase}:\` section. Add one to ${file}, or run another phase.`, {
    file,
    line: 1,
    column: 1,
  });
}
