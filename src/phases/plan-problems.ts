import { type PlanError, PlanErrors } from '../checklist/errors.ts';
import type { ChecklistHead } from '../checklist/events.ts';
import { openChecklist } from '../checklist/events.ts';
import type { Checklist, Item, PlanOrigin } from '../checklist/model.ts';

/**
 * A plan that cannot be carried out, as a checklist: an item for each problem, at its line. So every sink shows it without
 * knowing that there is such a thing.
 */
export function planProblemChecklist(head: ChecklistHead, error: PlanError | PlanErrors, finishedAt: number): Checklist {
  const problems = error instanceof PlanErrors ? error.problems : [error];
  const items = problems.map((problem, index): Item => {
    const { position } = problem;
    return {
      id: `plan-${index + 1}`,
      title: position === undefined ? 'Plan' : placeOf(position, head.plan),
      kind: 'plan',
      required: true,
      state: 'error',
      reason: 'plan_error',
      message: problem.message,
      measurements: {},
      judgements: [],
      evidence: [],
      ...(position === undefined ? {} : { position }),
    };
  });
  return { ...openChecklist(head, []), items, verdict: 'error', reason: 'plan_error', finishedAt };
}

function placeOf({ line, column }: { readonly line: number; readonly column: number }, { file }: PlanOrigin): string {
  return `${file}:${line}:${column}`;
}
