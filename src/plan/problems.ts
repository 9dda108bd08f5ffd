import { PlanError, PlanErrors } from '../checklist/errors.ts';
import type { Position } from '../checklist/model.ts';

/** More than this many problems help nobody: the first are told, and how many more there are. */
const TOLD = 50;

const where = (problem: PlanError): string => `${problem.position?.line ?? 0}:${problem.position?.column ?? 0}`;

/** What is wrong with one plan, gathered so that one reading tells it all. */
export class Problems {
  readonly #found = new Map<string, PlanError>();

  /** The same words at the same place are one problem. */
  add(message: string, position: Position): void {
    const problem = new PlanError(message, position);
    const key = `${where(problem)} ${message}`;
    if (!this.#found.has(key)) this.#found.set(key, problem);
  }

  get any(): boolean {
    return this.#found.size > 0;
  }

  /** In the order of the plan; capped, and then the last one says how many were left out. */
  list(): readonly PlanError[] {
    const all = [...this.#found.values()].sort(
      (a, b) => (a.position?.line ?? 0) - (b.position?.line ?? 0) || (a.position?.column ?? 0) - (b.position?.column ?? 0),
    );
    const next = all[TOLD];
    if (next === undefined) return all;
    const rest = all.length - TOLD;
    return [
      ...all.slice(0, TOLD),
      new PlanError(`…and ${rest} more problem${rest === 1 ? '' : 's'}. Mend these first.`, next.position),
    ];
  }

  /**
   * Throws what was gathered as `PlanErrors`.
   *
   * @param mask hides what a message took from a secret variable.
   */
  refuse(mask: (message: string) => string = (message) => message): never {
    throw new PlanErrors(this.list().map(({ message, position }) => new PlanError(mask(message), position)));
  }
}
