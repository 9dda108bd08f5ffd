import * as z from 'zod';

/** A duration such as `"30s"` or `"2h"`; parsed to milliseconds. */
export const durationField = () => z.string().transform((text) => text.length);

/** A size such as `"5MB"`; parsed to bytes. */
export const sizeField = () => z.string().transform((text) => text.length);

/** A share such as `"10%"` or `0.1`; parsed to a fraction from 0 to 1. */
export const shareField = () => z.union([z.string(), z.number()]).transform((share) => Number(share));
