import type { Truth } from './comparison.ts';
import { comparable } from './dimension.ts';
import { dimensionedOf, type Missing, noData, quantityOf, type Resolved, type ResolvedQuantity, unlike } from './resolved.ts';
import { type Saying, sortOf } from './sayings.ts';
import type { Relation } from './syntax.ts';
import type { Value } from './value.ts';
import { readVersion, sameVersion, versionOrder } from './version.ts';

/** What the rounding of a few operations may add to a number: 0.1 + 0.2 is 0.3. Whole numbers are exact. */
const ROUNDING = 1e-12;
/** A number beyond this share, against a percentage of at most 100 %, was measured in percent: 80 is not more than 95 %. */
const LARGEST_SHARE = 2;

export interface Compared {
  readonly outcome: Truth;
  /** Inside the limit (positive) or beyond it (negative), as a fraction of the limit. */
  readonly margin?: number;
  /** The sides as they were compared: a number that took the other's dimension, a text read as a number. */
  readonly left: Value;
  readonly right: Value;
}

/** Compares two values, or says why they cannot be compared: then neither `==` nor `!=` holds. */
export function compare(operator: Relation, left: Resolved, right: Resolved): Compared | Missing {
  const [a, b] = [left.value, right.value];
  if (a.kind === 'flag' || b.kind === 'flag') {
    if (a.kind !== 'flag' || b.kind !== 'flag') return unlike(sortOf(a), sortOf(b));
    return equality(operator, a.flag === b.flag, left, right);
  }
  if (a.kind === 'version' || b.kind === 'version') return versions(operator, left, right);
  if (a.kind === 'text' && b.kind === 'text') return texts(operator, left, right);
  if (a.kind === 'text' || b.kind === 'text') return textAndNumber(operator, left, right);
  return numbers(operator, { ...left, value: a }, { ...right, value: b });
}

function versions(operator: Relation, left: Resolved, right: Resolved): Compared | Missing {
  const [a, b] = [versionText(left), versionText(right)];
  if (a === undefined || b === undefined) return unlike(sortOf(left.value), sortOf(right.value));
  const [x, y] = [readVersion(a), readVersion(b)];
  if (x && y)
    return isEquality(operator)
      ? equality(operator, sameVersion(x, y), left, right)
      : ordered(operator, versionOrder(x, y), left, right);
  if (x || y || !isEquality(operator)) return mismatch({ code: 'text_is_no_version', content: x ? b : a });
  return equality(operator, a === b, left, right);
}

/** What may be read as a version: a version, a text, and a number of the plan as it was written. */
function versionText({ value, raw }: Resolved): string | undefined {
  if (value.kind === 'version') return value.version;
  if (value.kind === 'text') return value.text;
  if (raw !== undefined) return raw;
  return value.kind === 'quantity' && Number.isSafeInteger(value.amount) && sortOf(value) === 'number'
    ? String(value.amount)
    : undefined;
}

/** Two texts are the same or not; they have an order where they are versions or numbers. */
function texts(operator: Relation, left: Resolved, right: Resolved): Compared | Missing {
  const [a, b] = [textOf(left), textOf(right)];
  if (a === b && isEquality(operator)) return equality(operator, true, left, right);
  const dotted = a.includes('.') && b.includes('.') ? ([readVersion(a), readVersion(b)] as const) : [];
  const [x, y] = dotted;
  if (x && y) return asDotted(operator, left, right, { certain: x.certain || y.certain });
  if (isEquality(operator)) return equality(operator, false, left, right);
  const [p, q] = [quantityOf(left), quantityOf(right)];
  return p && q ? numbers(operator, p, q) : mismatch({ code: 'no_order', sort: 'text' });
}

/** A number that the plan writes may be a revision or a version: `20251124`, `15.10`. */
function textAndNumber(operator: Relation, left: Resolved, right: Resolved): Compared | Missing {
  if ((left.raw ?? right.raw) !== undefined) {
    const [a, b] = [textOf(left), textOf(right)];
    if (a === b && isEquality(operator)) return equality(operator, true, left, right);
    const [x, y] = [readVersion(a), readVersion(b)];
    if (x && y && (a.includes('.') || b.includes('.')))
      return asDotted(operator, left, right, { certain: x.certain || y.certain });
  }
  const [p, q] = [quantityOf(left), quantityOf(right)];
  if (p && q) return numbers(operator, p, q);
  return mismatch({ code: 'text_is_no_number', content: textOf(p ? right : left) });
}

const textOf = ({ value, raw }: Resolved): string => (value.kind === 'text' ? value.text : (raw ?? ''));

/** `15.9` and `15.10` may be versions or decimals: unless one of them can only be a version, both readings must agree. */
function asDotted(
  operator: Relation,
  left: Resolved,
  right: Resolved,
  { certain }: { readonly certain: boolean },
): Compared | Missing {
  const read = versions(operator, { ...left, value: { kind: 'version', version: textOf(left) } }, right);
  if ('missing' in read) return read;
  const compared = { ...read, left: left.value, right: right.value };
  if (certain) return compared;
  const [p, q] = [quantityOf(left), quantityOf(right)];
  const decimal = p && q ? numbers(operator, p, q) : compared;
  if (!('missing' in decimal) && decimal.outcome === compared.outcome) return compared;
  return mismatch({ code: 'decimal_or_version', left: textOf(left), right: textOf(right) });
}

function numbers(operator: Relation, left: ResolvedQuantity, right: ResolvedQuantity): Compared | Missing {
  const [x, y] = [left.value, right.value];
  const [first, second] = [dimensionedOf(left), dimensionedOf(right)];
  if (!comparable(first, second)) return unlike(sortOf(x), sortOf(y));
  const percent = inPercent(left, right) ?? inPercent(right, left);
  if (percent !== undefined) return mismatch({ code: 'percent_or_fraction', amount: percent });
  if (!Number.isFinite(x.amount) && !Number.isFinite(y.amount)) return noData({ code: 'both_endless' });
  const margin = marginOf(operator, x.amount, y.amount);
  const dimension = x.dimension.open || first.zero ? y.dimension : x.dimension;
  const allowed = y.dimension.open || second.zero ? dimension : y.dimension;
  return {
    outcome: truth(test(operator, order(x.amount, y.amount))),
    left: { ...x, dimension },
    right: { ...y, dimension: allowed },
    ...(margin === undefined ? {} : { margin }),
  };
}

/** A measured number that cannot be the fraction that the percentage asks for. */
function inPercent({ value, measured }: ResolvedQuantity, limit: ResolvedQuantity): number | undefined {
  const againstShare = limit.literal && limit.value.dimension.share === true && Math.abs(limit.value.amount) <= 1;
  const unsaid = measured === true && value.dimension.share !== true && Math.abs(value.amount) > LARGEST_SHARE;
  return againstShare && unsaid ? value.amount : undefined;
}

function order(a: number, b: number): number {
  if (a === b) return 0;
  const exact = (Number.isInteger(a) && Number.isInteger(b)) || !Number.isFinite(a - b);
  if (!exact && Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b))) return 0;
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
  if (limit === 0 || isEquality(operator) || !Number.isFinite(measured) || !Number.isFinite(limit)) return undefined;
  const inside = operator.startsWith('<') ? limit - measured : measured - limit;
  return inside / Math.abs(limit);
}

const isEquality = (operator: Relation): boolean => operator === '==' || operator === '!=';

function equality(operator: Relation, same: boolean, { value: left }: Resolved, { value: right }: Resolved): Compared | Missing {
  if (!isEquality(operator)) return mismatch({ code: 'no_order', sort: sortOf(left) });
  return { outcome: truth(operator === '==' ? same : !same), left, right };
}

const ordered = (operator: Relation, sign: number, { value: left }: Resolved, { value: right }: Resolved): Compared => ({
  outcome: truth(test(operator, sign)),
  left,
  right,
});

const mismatch = (saying: Saying): Missing => ({ missing: 'unit_mismatch', saying });

const truth = (holds: boolean): Truth => (holds ? 'holds' : 'violated');
