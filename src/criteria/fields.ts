import * as z from 'zod';
import { parseQuantity } from './units.ts';
import { DIMENSION, type Dimension } from './value.ts';

/** Fields of the plan that hold an amount with a unit, by zod. Their messages say what was found and give an example. */

function amountField(dimension: Dimension, what: string, example: string) {
  return z
    .string({ error: (issue) => `Expected ${what} such as \`${example}\`, found ${describe(issue.input)}.` })
    .transform((text, context) => {
      const quantity = parseQuantity(text);
      const fits =
        quantity !== undefined && quantity.dimension.time === dimension.time && quantity.dimension.bytes === dimension.bytes;
      if (fits && quantity.amount >= 0) return quantity.amount;
      context.addIssue({ code: 'custom', message: `Expected ${what} such as \`${example}\`, found \`${text}\`.`, input: text });
      return z.NEVER;
    });
}

const describe = (found: unknown): string =>
  typeof found === 'number' ? `${found}, which has no unit` : found === undefined ? 'nothing' : `\`${JSON.stringify(found)}\``;

/** A duration such as `"30s"` or `"2h"`; parsed to milliseconds. */
export const durationField = () => amountField(DIMENSION.time, 'a duration', '30s').transform((seconds) => seconds * 1000);

/** A size such as `"5MB"`; parsed to bytes. */
export const sizeField = () => amountField(DIMENSION.bytes, 'a size', '5MB');

/** A share such as `"10%"` or `0.1`; parsed to a fraction from 0 to 1. */
export const shareField = () =>
  z
    .union([z.string(), z.number()], { error: (issue) => `Expected a share such as \`10%\`, found ${describe(issue.input)}.` })
    .transform((share, context) => {
      const quantity = typeof share === 'number' ? undefined : parseQuantity(share);
      const fraction = typeof share === 'number' ? share : quantity?.dimension.share ? quantity.amount : Number.NaN;
      if (fraction >= 0 && fraction <= 1) return fraction;
      context.addIssue({ code: 'custom', message: `Expected a share from 0% to 100%, found \`${share}\`.`, input: share });
      return z.NEVER;
    });
