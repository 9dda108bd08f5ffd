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
