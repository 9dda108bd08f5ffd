import { type Dimensioned, joined, product, quotient, sum } from './dimension.ts';
import { dimensionedOf, type Missing, noData, type Resolved, type ResolvedQuantity, unlike } from './resolved.ts';
import { sortOf } from './sayings.ts';
import type { ArithmeticOperator, FunctionName } from './syntax.ts';

/** Works out one operation. */
export function reckon(operator: ArithmeticOperator, left: ResolvedQuantity, right: ResolvedQuantity): Resolved | Missing {
  const [a, b] = [left.value.amount, right.value.amount];
  const [first, second] = [dimensionedOf(left), dimensionedOf(right)];
  switch (operator) {
    case '*':
      return result(a * b, product(first, second), [left, right]);
    case '/':
      if (b === 0) return noData({ code: 'division_by_zero' });
      // What never ended is no divisor: a thousandth of "never" is not fast.
      return result(Number.isFinite(b) ? a / b : Number.NaN, quotient(first, second), [left, right]);
    case '+':
    case '-': {
      const total = sum(first, second);
      if (total === undefined) return unlike(sortOf(left.value), sortOf(right.value));
      return result(operator === '+' ? a + b : a - b, total, [left, right]);
    }
  }
}

export function call(name: FunctionName, operands: readonly ResolvedQuantity[]): Resolved | Missing {
  const dimension = joined(operands.map(dimensionedOf));
  if (dimension === undefined) {
    const [first, second] = operands.map(({ value }) => sortOf(value));
    return unlike(first ?? 'number', second ?? 'number');
  }
  const amounts = operands.map(({ value }) => value.amount);
  return result(FUNCTIONS[name](amounts), dimension, operands);
}

const FUNCTIONS: Readonly<Record<FunctionName, (amounts: readonly number[]) => number>> = {
  min: (amounts) => Math.min(...amounts),
  max: (amounts) => Math.max(...amounts),
  abs: ([amount = Number.NaN]) => Math.abs(amount),
};

/** A number; "never" stays never, but no finite numbers make one. */
function result(amount: number, { dimension, literal }: Dimensioned, operands: readonly ResolvedQuantity[]): Resolved | Missing {
  const endless = operands.some(({ value }) => value.amount === Number.POSITIVE_INFINITY);
  if (Number.isNaN(amount) || (!Number.isFinite(amount) && !endless)) return noData({ code: 'no_result' });
  return { value: { kind: 'quantity', amount, dimension }, literal };
}

/** The opposite of a number; a zero that was written bare stays one. */
export function negated({ value, literal, raw }: ResolvedQuantity): Resolved {
  return { value: { ...value, amount: -value.amount }, literal, ...(raw === undefined ? {} : { raw: `-${raw}` }) };
}
