import type { Truth } from './comparison.ts';
import { comparable } from './dimension.ts';
import { dimensionedOf, type Missing, quantityOf, type Resolved, unfit } from './resolve.ts';
import type { Relation } from './syntax.ts';
import type { Value } from './value.ts';

/** Numbers that differ by less than a part in a thousand million are the same: 0.1 + 0.2 is 0.3. */
const SAME = 1e-9;

export interface Compared {
  readonly outcome: Truth;
  /** Inside the limit (positive) or beyond it (negative), as a fraction of the limit. */
  readonly margin?: number;
  /** The sides as they were compared: a number that took the other's dimension, a text read as a number. */
  readonly left: Value;
  readonly right: Value;
}

export function compare(operator: Relation, left: Resolved, right: Resolved): Compared | Missing {
  const [a, b] = [left.value, right.value];
  if (a.kind === 'flag' && b.kind === 'flag') return equality(operator, a.flag === b.flag, a, b);
  if (a.kind === 'flag' || b.kind === 'flag') return misfit(a, b);
  const dotted = asVersions(left, right);
  if (dotted) return { outcome: truth(test(operator, compareVersions(dotted[0], dotted[1]))), left: a, right: b };
  if (a.kind === 'text' || b.kind === 'text') {
    const [textA, textB] = [textOf(left), textOf(right)];
    if (a.kind === 'text' && b.kind === 'text') return equality(operator, textA === textB, a, b);
    if (textA !== undefined && textA === textB) return equality(operator, true, a, b);
  }
  const [x, y] = [quantityOf(left), quantityOf(right)];
  if ('missing' in x || 'missing' in y) {
    // A text that is no number is certainly not the number.
    if (operator === '==' || operator === '!=') return equality(operator, false, a, b);
    return misfit(a, b);
  }
  if (!comparable(dimensionedOf(x), dimensionedOf(y))) return unfit(dimensionedOf(x), dimensionedOf(y));
  const margin = marginOf(operator, x.value.amount, y.value.amount);
  const dimension = x.value.dimension.open || (x.literal && x.value.amount === 0) ? y.value.dimension : x.value.dimension;
  const allowed = y.value.dimension.open || (y.literal && y.value.amount === 0) ? dimension : y.value.dimension;
  return {
    outcome: truth(test(operator, order(x.value.amount, y.value.amount))),
    left: { ...x.value, dimension },
    right: { ...y.value, dimension: allowed },
    ...(margin === undefined ? {} : { margin }),
  };
}

function order(a: number, b: number): number {
  if (a === b || Math.abs(a - b) <= SAME * Math.max(Math.abs(a), Math.abs(b))) return 0;
  return a < b ? -1 : 1;
}

function test(operator: Relation, sign: number): boolean {
  switch (operator) {
    case '<':
      return sign < 0;
    case '<=':
      return sign <= 0;
    case '>':
      return sign > 0;
    case '>=':
      return sign >= 0;
    case '==':
      return sign === 0;
    case '!=':
      return sign !== 0;
  }
}

function marginOf(operator: Relation, measured: number, limit: number): number | undefined {
  if (limit === 0 || operator === '==' || operator === '!=' || !Number.isFinite(measured)) return undefined;
  const inside = operator.startsWith('<') ? limit - measured : measured - limit;
  return inside / Math.abs(limit);
}

function equality(operator: Relation, same: boolean, left: Value, right: Value): Compared | Missing {
  if (operator !== '==' && operator !== '!=') {
    return { missing: 'unit_mismatch', detail: `A ${left.kind} has no order; it can only be equal or not.` };
  }
  return { outcome: truth(operator === '==' ? same : !same), left, right };
}

function misfit(a: Value, b: Value): Missing {
  const name = (value: Value) => (value.kind === 'quantity' ? 'number' : value.kind);
  return { missing: 'unit_mismatch', detail: `A ${name(a)} and a ${name(b)} cannot be compared.` };
}

/** The text of a text, and of a bare number as the plan writes it: revision `20251124` is a text to the database. */
function textOf({ value, raw }: Resolved): string | undefined {
  return value.kind === 'text' ? value.text : raw;
}

const DOTTED = /^v?\d+(?:\.\d+)+(?:[-+].*)?$/;

/** Both sides as dotted versions, when one is a version, or both are texts that look like one. */
function asVersions(left: Resolved, right: Resolved): readonly [string, string] | undefined {
  const [a, b] = [versionText(left), versionText(right)];
  if (a === undefined || b === undefined) return undefined;
  if (left.value.kind === 'version' || right.value.kind === 'version') return [a, b];
  return DOTTED.test(a) && DOTTED.test(b) && left.value.kind === 'text' && right.value.kind === 'text' ? [a, b] : undefined;
}

function versionText({ value, raw }: Resolved): string | undefined {
  if (value.kind === 'version') return value.version;
  if (value.kind === 'text') return /^v?\d/.test(value.text) ? value.text : undefined;
  return value.kind === 'quantity' ? raw : undefined;
}

/** Number by number; what is missing is zero, and what comes before a release (`-rc1`) is less than it. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [partsOf(a), partsOf(b)];
  for (let index = 0; index < Math.max(x.numbers.length, y.numbers.length); index += 1) {
    const difference = (x.numbers[index] ?? 0) - (y.numbers[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  if (x.before === y.before) return 0;
  if (x.before === '') return 1;
  if (y.before === '') return -1;
  return x.before.localeCompare(y.before, 'en', { numeric: true });
}

function partsOf(version: string): { readonly numbers: readonly number[]; readonly before: string } {
  const [release = '', ...before] = version.replace(/^v/, '').replace(/\+.*$/, '').split('-');
  return { numbers: release.split('.').map((part) => Number.parseInt(part, 10) || 0), before: before.join('-') };
}

const truth = (holds: boolean): Truth => (holds ? 'holds' : 'violated');
