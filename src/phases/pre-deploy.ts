import type { Step } from '../checklist/step.ts';
import type { PreDeployPlan } from '../plan/plan.ts';
import { checkSteps } from './checks.ts';
import type { PhaseContext } from './phase.ts';

/** Pre-deploy holds until every check of the plan meets its criteria. It only measures, so a dry run is the same run. */
export function preparePreDeploy(section: PreDeployPlan, context: PhaseContext): readonly Step[] {
  return checkSteps(section.checks, context);
}
