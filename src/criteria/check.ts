import { comparable, type Dimensioned, dimensionName, isPlainNumber, product, quotient, sum } from './dimension.ts';
import { nearestName } from './nearest.ts';
import type { Criterion, Expression, Span, Term } from './syntax.ts';
import { isTerm, partsOf } from './tree.ts';
import { DIMENSION, type Dimension, type Promised } from './value.ts';

/** The names that a criterion may use. */
export interface Scope {
  lookup(name: string): Promised | undefined;
  names(): readonly string[];
}

export interface CriterionProblem {
  readonly offset: number;
  readonly length: number;
  readonly message: string;
  readonly reason: 'unknown_metric' | 'unit_mismatch';
}

/** What is wrong with a criterion as far as it can be known before anything is measured. */
export function checkCriterion(criterion: Criterion, scope: Scope): readonly CriterionProblem[] {
  const problems: CriterionProblem[] = [];
  checkExpression(criterion.expression, scope, problems);
  return problems;
}

/** What is known of a term: a dimension, a kind without one, or nothing. */
type Known = Dimensioned | 'text' | 'flag' | 'version' | 'unknown';

function checkExpression(expression: Expression, scope: Scope, problems: CriterionProblem[]): void {
  const know = (term: Term): Known => knownOf(term, scope, problems);
  switch (expression.kind) {
    case 'relation': {
      const left = know(expression.left);
      const right = know(expression.right);
      checkPair(expression.left, left, expression.right, right, problems);
      checkOrder(expression.operator, expression, left, right, problems);
      return;
    }
    case 'between': {
      const subject = know(expression.subject);
      for (const limit of [expression.lower, expression.upper])
        checkPair(expression.subject, subject, limit, know(limit), problems);
      checkOrder('<', expression, subject, subject, problems);
      return;
    }
    case 'in': {
      const subject = know(expression.subject);
      for (const option of expression.options) checkPair(expression.subject, subject, option, know(option), problems);
      return;
    }
    case 'matches': {
      const subject = know(expression.subject);
      if (subject === 'text' || subject === 'version' || subject === 'unknown') return;
      mismatch(
        problems,
        expression.subject,
        `${nameOf(expression.subject)} is ${describe(subject)}; only a text can match a pattern.`,
      );
      return;
    }
    case 'bare': {
      const subject = know(expression.subject);
      if (subject === 'flag' || subject === 'unknown') return;
      const example =
        subject === 'text' ? '== "…"' : typeof subject === 'object' ? `< ${exampleOf(subject.dimension)}` : '>= 1.0';
      const name = nameOf(expression.subject);
      mismatch(
        problems,
        expression.subject,
        `${name} is ${describe(subject)}, not a condition. Compare it: \`${bareName(expression.subject)} ${example}\`.`,
      );
      return;
    }
    default:
      for (const part of partsOf(expression)) if (!isTerm(part)) checkExpression(part, scope, problems);
  }
}

function knownOf(term: Term, scope: Scope, problems: CriterionProblem[]): Known {
  switch (term.kind) {
    case 'quantity':
      return { dimension: term.dimension, literal: true, zero: term.bare && term.amount === 0 };
    case 'text':
      return 'text';
    case 'flag':
      return 'flag';
    case 'word': {
      const promised = scope.lookup(term.word);
      return promised === undefined ? 'text' : promisedToKnown(promised);
    }
    case 'reference':
    case 'baseline': {
      const promised = scope.lookup(term.name);
      if (promised !== undefined) return promisedToKnown(promised);
      problems.push({ ...spanOf(term), message: unknownName(term.name, scope), reason: 'unknown_metric' });
      return 'unknown';
    }
    case 'negation': {
      const operand = knownOf(term.operand, scope, problems);
      return quantityOnly(term.operand, operand, problems);
    }
    case 'call': {
      const operands = term.operands.map((operand) => quantityOnly(operand, knownOf(operand, scope, problems), problems));
      const [first = 'unknown', ...rest] = operands;
      rest.forEach((operand, index) => {
        const other = term.operands[index + 1];
        const [one] = term.operands;
        if (one && other) checkPair(one, first, other, operand, problems);
      });
      return first;
    }
    case 'arithmetic': {
      const left = quantityOnly(term.left, knownOf(term.left, scope, problems), problems);
      const right = quantityOnly(term.right, knownOf(term.right, scope, problems), problems);
      if (typeof left !== 'object' || typeof right !== 'object') return 'unknown';
      if (term.operator === '*') return product(left, right);
      if (term.operator === '/') return quotient(left, right);
      const total = sum(left, right);
      if (total !== undefined) return total;
      checkPair(term.left, left, term.right, right, problems);
      return 'unknown';
    }
  }
}

function promisedToKnown(promised: Promised): Known {
  return typeof promised === 'string' ? promised : { dimension: promised, literal: false };
}

function quantityOnly(term: Term, known: Known, problems: CriterionProblem[]): Known {
  // A text may turn out to be a number: settings and the environment hold nothing else.
  if (typeof known === 'object' || known === 'unknown' || (known === 'text' && term.kind !== 'text'))
    return typeof known === 'object' ? known : 'unknown';
  mismatch(problems, term, `${nameOf(term)} is ${describe(known)}; only numbers can be reckoned with.`);
  return 'unknown';
}

function checkPair(leftTerm: Term, left: Known, rightTerm: Term, right: Known, problems: CriterionProblem[]): void {
  if (left === 'unknown' || right === 'unknown') return;
  if (typeof left === 'object' && typeof right === 'object') {
    if (comparable(left, right)) return;
    const [measuredTerm, measured, otherTerm, other] =
      left.literal && !right.literal
        ? ([rightTerm, right, leftTerm, left] as const)
        : ([leftTerm, left, rightTerm, right] as const);
    mismatch(problems, otherTerm, pairMessage(measuredTerm, measured, otherTerm, other));
    return;
  }
  const kinds = new Set([kindOf(left), kindOf(right)]);
  const wrong = kinds.has('flag') && kinds.size > 1;
  const quoted = [leftTerm, rightTerm].some((term) => term.kind === 'text' && term.quoted);
  const numberAgainstText = kinds.has('quantity') && kinds.has('text') && quoted;
  if (!wrong && !numberAgainstText) return;
  mismatch(
    problems,
    rightTerm,
    `${nameOf(leftTerm)} is ${describe(left)}, ${nameOf(rightTerm)} is ${describe(right)}: they cannot be compared.`,
  );
}

function checkOrder(operator: string, span: Span, left: Known, right: Known, problems: CriterionProblem[]): void {
  if (operator === '==' || operator === '!=') return;
  if (left !== 'flag' && right !== 'flag') return;
  mismatch(problems, span, `A flag is true or false; it has no order. Use \`==\`, or write its name alone.`);
}

/** What to write instead, for the mistakes that people make. */
function pairMessage(measuredTerm: Term, measured: Dimensioned, otherTerm: Term, other: Dimensioned): string {
  const name = nameOf(measuredTerm);
  const fact = `${name} is ${dimensionName(measured.dimension)}`;
  const bare = otherTerm.kind === 'quantity' && otherTerm.bare ? otherTerm.raw : undefined;
  if (bare !== undefined && measured.dimension.share) return `${fact}, ${bare} has no unit. Write \`${bare}%\`.`;
  if (bare !== undefined && measured.dimension.time === 1 && measured.dimension.bytes === 0) {
    return `${fact}, ${bare} has no unit. Write \`${bare}ms\` or \`${bare}s\`.`;
  }
  if (bare !== undefined) return `${fact}, ${bare} has no unit. Write it with one, such as \`${exampleOf(measured.dimension)}\`.`;
  if (isPlainNumber(measured.dimension) && !measured.literal && other.literal) {
    const unit =
      measuredTerm.kind === 'reference' ? ` If it has one, say so in the item: \`units: { ${measuredTerm.name}: … }\`.` : '';
    return `${fact}, ${nameOf(otherTerm)} is ${dimensionName(other.dimension)}.${unit}`;
  }
  return `${fact}, ${nameOf(otherTerm)} is ${dimensionName(other.dimension)}: they cannot be compared.`;
}

function exampleOf({ time, bytes, share }: Dimension): string {
  if (share) return '5%';
  if (time === 1) return '500ms';
  if (time === -1) return bytes === 1 ? '5MB/s' : '10/s';
  return bytes === 1 ? '5MB' : '5';
}

function unknownName(name: string, scope: Scope): string {
  const nearest = nearestName(name, scope.names());
  if (nearest !== undefined) return `Nothing here measures \`${name}\`. Did you mean \`${nearest}\`?`;
  const known = scope.names().slice(0, 8);
  const list =
    known.length === 0
      ? ''
      : ` Measured are ${known.map((each) => `\`${each}\``).join(', ')}${scope.names().length > known.length ? ' …' : ''}.`;
  return `Nothing here measures \`${name}\`.${list} A text goes in quotes: "${name}".`;
}

function mismatch(problems: CriterionProblem[], span: Span, message: string): void {
  problems.push({ ...spanOf(span), message, reason: 'unit_mismatch' });
}

const spanOf = ({ offset, length }: Span): Span => ({ offset, length });

const kindOf = (known: Exclude<Known, 'unknown'>) => (typeof known === 'object' ? 'quantity' : known);

function describe(known: Known): string {
  if (typeof known === 'object') return dimensionName(known.dimension);
  return known === 'unknown' ? 'unknown' : `a ${known}`;
}

const bareName = (term: Term): string => ('name' in term ? term.name : 'word' in term ? term.word : 'it');

function nameOf(term: Term): string {
  switch (term.kind) {
    case 'reference':
    case 'call':
      return `\`${term.name}\``;
    case 'baseline':
      return `\`baseline.${term.name}\``;
    case 'word':
      return `\`${term.word}\``;
    case 'text':
      return `"${term.text}"`;
    case 'quantity':
      return term.dimension === DIMENSION.number ? term.raw : `the limit`;
    case 'flag':
      return String(term.flag);
    default:
      return 'this value';
  }
}
