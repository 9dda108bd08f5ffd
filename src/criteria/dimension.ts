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
  const [share, number] = isShare(a) ? [a, b] : [b, a];
  return share.literal && !number.literal;
}

export function sum(a: Dimensioned, b: Dimensioned): Dimensioned | undefined {
  if (!comparable(a, b)) return undefined;
  const literal = a.literal && b.literal;
  if (a.zero) return { dimension: b.dimension, literal };
  if (b.zero) return { dimension: a.dimension, literal };
  if (isOpen(a)) return { dimension: b.dimension, literal };
  if (isOpen(b)) return { dimension: a.dimension, literal };
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

/** The dimension that all of them share, as of the operands of `max`; undefined when two do not go together. */
export function joined([first, ...rest]: readonly Dimensioned[]): Dimensioned | undefined {
  if (first === undefined) return undefined;
  const all = rest.reduce<Dimensioned | undefined>(
    (before, next) => (before === undefined ? undefined : sum(before, next)),
    first,
  );
  return all === undefined ? undefined : { dimension: all.dimension, literal: all.literal };
}
