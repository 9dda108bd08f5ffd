/** Powers of ten that a double holds exactly. */
export const POWERS_OF_TEN: readonly number[] = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

/** A whole number of at most so many digits is a double without loss; divided by an exact power of ten it is the nearest one. */
export const MOST_DIGITS = 15;
