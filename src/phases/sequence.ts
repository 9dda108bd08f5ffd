import type { Outcome } from '../checklist/model.ts';
import type { Step } from '../checklist/step.ts';
import { blocks } from '../checklist/verdict.ts';

type CarryOut = Step['carryOut'];

/** Items that stand in a row: after the first that is not known to be good, the rest are skipped as `not_reached`. */
export function inSequence(): (carryOut: CarryOut) => CarryOut {
  let members = 0;
  let reached = 0;
  return (carryOut) => {
    const place = members;
    members += 1;
    return async (step): Promise<Outcome> => {
      if (reached < place) return { state: 'skipped', reason: 'not_reached' };
      const outcome = await carryOut(step);
      if (!blocks(outcome.state)) reached = place + 1;
      return outcome;
    };
  };
}
