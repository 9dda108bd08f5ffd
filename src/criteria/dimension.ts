import { DIMENSION, type Dimension } from './value.ts';

/** The dimension of a term, and whether the plan wrote it (a literal) or something measured it. */
export interface Dimensioned {
  readonly dimension: Dimension;
  readonly literal: boolean;
  /** A literal zero without a unit goes with everything. */
  readonly zero?: boolean;
}

const isOpen = ({ dimension }: Dimensioned): boolean => dimension.open === true;
const isShare = ({ dimension }: Dimensioned): boolean => dimension.share === true;
export const isPlainNumber = ({ time, bytes, share }: Dimension): boolean => time === 0 && bytes === 0 && share !== true;
const isDimensionless = ({ time, bytes }: Dimension): boolean => time === 0 && bytes === 0;
const sameExponents = (a: Dimension, b: Dimension): boolean => a.time === b.time && a.bytes === b.bytes;

/**
 * Whether two terms may be compared or added. A plain number goes with a percentage that the plan wrote (0.004 against 1 %), but a
 * measured ratio does not go with a plain number: `error_rate < 5` would always hold.
 */
export function comparable(a: Dimensioned, b: Dimensioned): boolean {
  if (isOpen(a) || isOpen(b) || a.zero || b.zero) return true;
  if (!sameExponents(a.dimension, b.dimension)) return false;
  if (isShare(a) === isShare(b)) return true;
  const share = isShare(a) ? a : b;
  return share.literal;
}

export function sum(a: Dimensioned, b: Dimensioned): Dimensioned | undefined {
  if (!comparable(a, b)) return undefined;
  const literal = a.literal && b.literal;
  if (isOpen(a) || a.zero) return { dimension: b.dimension, literal };
  if (isOpen(b) || b.zero) return { dimension: a.dimension, literal };
  const measured = a.literal && !b.literal ? b : a;
  return { dimension: measured.dimension, literal };
}

export function product(a: Dimensioned, b: Dimensioned): Dimensioned {
  const time = a.dimension.time + b.dimension.time;
  const bytes = a.dimension.bytes + b.dimension.bytes;
  return { dimension: withShare({ time, bytes }, a, b), literal: a.literal && b.literal };
}

export function quotient(a: Dimensioned, b: Dimensioned): Dimensioned {
  const time = a.dimension.time - b.dimension.time;
  const bytes = a.dimension.bytes - b.dimension.bytes;
  const literal = a.literal && b.literal;
  if (isShare(a) && isShare(b)) return { dimension: DIMENSION.number, literal };
  return { dimension: isShare(b) ? { time, bytes } : withShare({ time, bytes }, a, b), literal };
}

/** A ratio times a number that the plan wrote stays a ratio (`baseline * 1.05`); a number times a percentage is a number. */
function withShare(exponents: Dimension, a: Dimensioned, b: Dimensioned): Dimension {
  if (!isDimensionless(exponents)) return exponents;
  const kept = (share: Dimensioned, other: Dimensioned) => isShare(share) && (isShare(other) || other.literal);
  if (kept(a, b) || kept(b, a)) return DIMENSION.ratio;
  const open = isOpen(a) || isOpen(b);
  return open && isDimensionless(a.dimension) && isDimensionless(b.dimension) ? DIMENSION.open : exponents;
}

/** What a dimension is called in a message. */
export function dimensionName({ time, bytes, share, open }: Dimension): string {
  if (open) return 'a number without a unit';
  if (share) return 'a ratio';
  if (time === 0 && bytes === 0) return 'a plain number';
  if (time === 1 && bytes === 0) return 'a time';
  if (time === 0 && bytes === 1) return 'an amount of bytes';
  if (time === -1 && bytes === 0) return 'a rate';
  if (time === -1 && bytes === 1) return 'bytes per time';
  return 'a product of units';
}
