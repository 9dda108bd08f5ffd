/** A fraction as the percent number that a shell script gets: 0.1 is `10`, 0.005 is `0.5`. */
export const percentNumber = (fraction: number): number => Number((fraction * 100).toFixed(4));

/** A fraction for a reader: `10 %`. */
export const percentText = (fraction: number): string => `${percentNumber(fraction)} %`;
