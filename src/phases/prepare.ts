import { PlanError } from '../checklist/errors.ts';
import type { Phase } from '../checklist/model.ts';
import type { Step } from '../checklist/step.ts';
import type { Plan } from '../plan/plan.ts';
import type { PhaseContext } from './phase.ts';
import { preparePreDeploy } from './pre-deploy.ts';

/** The steps of one phase and how many of them may run at a time. */
export interface Prepared {
  readonly steps: readonly Step[];
  readonly concurrency: number;
}

/**
 * Turns the plan's section for a phase into steps. Each phase is loaded only when it is the one; pre-deploy's few lines, which most runs need, are there.
 *
 * @param option the rollback option that the run asks for.
 * @throws PlanError when the plan has no such section, or the rollback no such option.
 */
export async function prepare(phase: Phase, plan: Plan, option: string | undefined, context: PhaseContext): Promise<Prepared> {
  switch (phase) {
    case 'pre-deploy': {
      const section = plan.preDeploy ?? missing(phase, plan);
      return { steps: preparePreDeploy(section, context), concurrency: section.concurrency };
    }
    case 'migrate': {
      const section = plan.migrate ?? missing(phase, plan);
      const { prepareMigrate } = await import('./migrate.ts');
      return { steps: prepareMigrate(section, context), concurrency: 4 };
    }
    case 'canary': {
      const section = plan.canary ?? missing(phase, plan);
      const { prepareCanary } = await import('./canary.ts');
      return { steps: prepareCanary(section, context), concurrency: 1 };
    }
    case 'rollback': {
      const section = plan.rollback ?? missing(phase, plan);
      const { prepareRollback } = await import('./rollback.ts');
      return { steps: prepareRollback(section, option, context), concurrency: 1 };
    }
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
