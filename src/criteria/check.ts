import { compare } from './compare.ts';
import { comparable, type Dimensioned, joined, product, quotient, sum } from './dimension.ts';
import {
  dashedNames,
  emptyRangeMessage,
  flagOrderMessage,
  noOrderMessage,
  notAConditionMessage,
  notReckonableMessage,
  pairMessage,
  patternMessage,
  quotedNameMessage,
  unknownNameMessage,
} from './problems.ts';
import type { BetweenCondition, Criterion, Expression, Relation, Span, Term } from './syntax.ts';
import { isTerm, partsOf } from './tree.ts';
import { parseQuantity } from './units.ts';
import { type Promised, text } from './value.ts';
import { readVersion } from './version.ts';
import { inWords } from './words.ts';

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
  checkExpression(criterion.expression, { scope, problems, source: criterion.source });
  return problems;
}

interface Check {
  readonly scope: Scope;
  readonly problems: CriterionProblem[];
  readonly source: string;
}

/** What is known of a term: a dimension, a kind without one, or nothing. */
export type Known = Dimensioned | 'text' | 'flag' | 'version' | 'unknown';

/** A term, and what is known of it. */
interface Side {
  readonly term: Term;
  readonly known: Known;
}

function checkExpression(expression: Expression, check: Check): void {
  switch (expression.kind) {
    case 'relation':
      checkPair(expression.operator, sideOf(expression.left, check), sideOf(expression.right, check), check);
      break;
    case 'between':
      checkBetween(expression, check);
      break;
    case 'in': {
      const subject = sideOf(expression.subject, check);
      for (const option of expression.options) checkPair('==', subject, sideOf(option, check), check);
      break;
    }
    case 'matches': {
      const { term, known } = sideOf(expression.subject, check);
      if (known !== 'text' && known !== 'version' && known !== 'unknown') mismatch(check, term, patternMessage(term, known));
      break;
    }
    case 'bare': {
      const { term, known } = sideOf(expression.subject, check);
      if (known !== 'flag' && known !== 'unknown') mismatch(check, term, notAConditionMessage(term, known));
      break;
    }
    default:
      for (const part of partsOf(expression)) if (!isTerm(part)) checkExpression(part, check);
  }
}

function checkBetween(expression: BetweenCondition, check: Check): void {
  const [subject, lower, upper] = [
    sideOf(expression.subject, check),
    sideOf(expression.lower, check),
    sideOf(expression.upper, check),
  ];
  const before = check.problems.length;
  checkPair('>=', subject, lower, check);
  checkPair('<=', subject, upper, check);
  if (check.problems.length > before) return;
  checkPair('<=', lower, upper, check);
  const [low, high] = [lower.term, upper.term];
  // A zero may stand for a variable that is not set here.
  const empty = low.kind === 'quantity' && high.kind === 'quantity' && low.amount > high.amount && high.amount !== 0;
  if (empty) mismatch(check, low, emptyRangeMessage(check.source, low, high));
}

const sideOf = (term: Term, check: Check): Side => ({ term, known: knownOf(term, check) });

function knownOf(term: Term, check: Check): Known {
  switch (term.kind) {
    case 'quantity':
      return { dimension: term.dimension, literal: true, zero: term.bare && term.amount === 0 };
    case 'text':
      return 'text';
    case 'flag':
      return 'flag';
    case 'word': {
      const promised = check.scope.lookup(term.word);
      return promised === undefined ? 'text' : promisedToKnown(promised);
    }
    case 'reference':
    case 'baseline': {
      const promised = check.scope.lookup(term.name);
      if (promised !== undefined) return promisedToKnown(promised);
      check.problems.push({ ...spanOf(term), message: unknownNameMessage(term.name, check.scope), reason: 'unknown_metric' });
      return 'unknown';
    }
    case 'negation':
      return reckonable(term.operand, check);
    case 'call': {
      const operands = term.operands.map((operand) => reckonable(operand, check));
      const dimensions = operands.filter((operand) => typeof operand === 'object');
      const all = joined(dimensions);
      if (all !== undefined) return dimensions.length === operands.length ? all : 'unknown';
      pairUp(
        term.operands.map((operand, index) => ({ term: operand, known: operands[index] ?? 'unknown' })),
        check,
      );
      return 'unknown';
    }
    case 'arithmetic': {
      const dashed = dashedNames(term, check.source, check.scope);
      if (dashed !== undefined) {
        check.problems.push({ ...spanOf(term), message: dashed, reason: 'unknown_metric' });
        return 'unknown';
      }
      const [left, right] = [reckonable(term.left, check), reckonable(term.right, check)];
      if (typeof left !== 'object' || typeof right !== 'object') return 'unknown';
      if (term.operator === '*') return product(left, right);
      if (term.operator === '/') return quotient(left, right);
      const total = sum(left, right);
      if (total !== undefined) return total;
      pairUp(
        [
          { term: term.left, known: left },
          { term: term.right, known: right },
        ],
        check,
      );
      return 'unknown';
    }
  }
}

function promisedToKnown(promised: Promised): Known {
  return typeof promised === 'string' ? promised : { dimension: promised, literal: false };
}

/** What is known of a term that is reckoned with. A text may turn out to be a number: the environment holds nothing else. */
function reckonable(term: Term, check: Check): Dimensioned | 'unknown' {
  const known = knownOf(term, check);
  if (typeof known === 'object') return known;
  const isWritten = term.kind === 'text' || term.kind === 'word';
  if (known === 'unknown' || (known === 'text' && !isWritten)) return 'unknown';
  mismatch(check, term, notReckonableMessage(term, known));
  return 'unknown';
}

/** Blames the first of several terms that does not go with the first one. */
function pairUp([first, ...rest]: readonly Side[], check: Check): void {
  const before = check.problems.length;
  for (const other of rest) if (first && check.problems.length === before) checkPair('==', first, other, check);
}

function checkPair(operator: Relation, left: Side, right: Side, check: Check): void {
  const found = misfitOfTexts(operator, left, right) ?? misfit(operator !== '==' && operator !== '!=', left, right, check.scope);
  if (found !== undefined) mismatch(check, found.blamed, found.message);
}

interface Misfit {
  readonly blamed: Span;
  readonly message: string;
}

/** Two texts of the plan, as a filled-in variable makes them, need no measuring. */
function misfitOfTexts(operator: Relation, left: Side, right: Side): Misfit | undefined {
  const [a, b] = [writtenText(left), writtenText(right)];
  if (a === undefined || b === undefined) return undefined;
  const compared = compare(operator, { value: text(a), literal: true }, { value: text(b), literal: true });
  return 'missing' in compared ? { blamed: right.term, message: inWords(compared.saying) } : undefined;
}

/** Why two sides cannot be compared, and which of them is to blame: the limit, not what was measured. */
function misfit(hasOrder: boolean, left: Side, right: Side, scope: Scope): Misfit | undefined {
  if (left.known === 'unknown' || right.known === 'unknown') return undefined;
  if (left.known === 'flag' && right.known === 'flag')
    return hasOrder ? { blamed: right.term, message: flagOrderMessage() } : undefined;
  const [measured, limit] = weight(left) > weight(right) ? [right, left] : [left, right];
  const written = writtenText(limit);
  if (written !== undefined && measured.known !== 'text' && scope.lookup(written) !== undefined) {
    return { blamed: limit.term, message: quotedNameMessage(written) };
  }
  if (goTogether(hasOrder, measured, limit, written)) return undefined;
  const bothTexts = measured.known === 'text' && limit.known === 'text';
  const message = bothTexts ? noOrderMessage() : pairMessage(measured.term, measured.known, limit.term, limit.known);
  return { blamed: limit.term, message };
}

/** How likely a side is the limit that someone wrote. */
function weight(side: Side): number {
  if (writtenText(side) !== undefined) return 2;
  return side.term.kind === 'flag' || (typeof side.known === 'object' && side.known.literal) ? 1 : 0;
}

/** The text that stands in the criterion itself, in quotes or without. */
function writtenText({ term, known }: Side): string | undefined {
  if (term.kind === 'text') return term.text;
  return term.kind === 'word' && known === 'text' ? term.word : undefined;
}

/** @param written the text that the limit is, where the plan writes one. */
function goTogether(hasOrder: boolean, measured: Side, limit: Side, written: string | undefined): boolean {
  const [a, b] = [measured.known, limit.known];
  if (typeof a === 'object' && typeof b === 'object') return comparable(a, b);
  if (a === 'flag' || b === 'flag') return false;
  if (a === 'version' || b === 'version') {
    const { term, known } = a === 'version' ? limit : measured;
    if (typeof known === 'object') return term.kind === 'quantity' && term.bare && readVersion(term.raw) !== undefined;
    return written === undefined || readVersion(written) !== undefined;
  }
  if (typeof a === 'object' || typeof b === 'object') return written === undefined;
  return !hasOrder || written === undefined || readVersion(written) !== undefined || parseQuantity(written) !== undefined;
}

function mismatch({ problems }: Check, span: Span, message: string): void {
  problems.push({ ...spanOf(span), message, reason: 'unit_mismatch' });
}

const spanOf = ({ offset, length }: Span): Span => ({ offset, length });
