import type { Criterion } from './syntax.ts';

/** A criterion that cannot be read: `offset` and `length` mark what is wrong in its source. */
export class CriterionSyntaxError extends Error {
  override readonly name = 'CriterionSyntaxError';
  readonly offset: number;
  readonly length: number;
  constructor(message: string, offset: number, length: number) {
    super(message);
    this.offset = offset;
    this.length = length;
  }
}

/** Reads one criterion. Throws `CriterionSyntaxError`, and nothing else. */
export function parseCriterion(source: string): Criterion {
  throw new CriterionSyntaxError('not built yet', 0, source.length);
}
