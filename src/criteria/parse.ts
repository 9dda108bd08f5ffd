import { type Cursor, cursorOf, fail, isSymbol, isWord, spanning } from './cursor.ts';
import { KEYWORDS } from './keywords.ts';
import type { Token } from './lexer.ts';
import { literalFrom } from './literal.ts';
import { nearestName } from './nearest.ts';
import { compilePattern, PatternError } from './pattern.ts';
import { refuse, shown, valueSlip, windowSlip } from './slips.ts';
import {
  type ArithmeticOperator,
  type Criterion,
  type Expression,
  labelledName,
  type Relation,
  type Span,
  type Term,
} from './syntax.ts';
import { CriterionSyntaxError } from './syntax-error.ts';
import { isTerm, namesIn, usesBaseline, windowOf } from './tree.ts';

export { CriterionSyntaxError };

type Node = Term | Expression;
/** A `baseline` without a name, until the comparison around it is known. */
type OpenBaseline = { kind: 'baseline'; name: string; offset: number; length: number };

/** How tightly an operator binds; higher is tighter. */
const BINDING = { or: 1, and: 2, not: 3, held: 4, relation: 5, sum: 6, product: 7 } as const;
const RELATIONS: readonly Relation[] = ['<', '<=', '>', '>=', '==', '!='];
const FUNCTIONS = ['min', 'max', 'abs'] as const;
/** So deep may brackets nest, and so many operations may follow one another. */
const DEPTH = 100;

/** Reads one criterion. Throws `CriterionSyntaxError`, and nothing else. */
export function parseCriterion(source: string): Criterion {
  const expression = new Parser(cursorOf(source)).whole();
  return {
    source,
    expression,
    names: namesIn(expression),
    windowMs: windowOf(expression),
    usesBaseline: usesBaseline(expression),
  };
}

/** A Pratt parser: what a token means depends on whether something stands before it, and on how tightly that is bound. */
class Parser {
  private readonly cursor: Cursor;
  private depth = 0;
  private lists = 0;
  /** Baselines of the comparison that is being read, which have no name yet. */
  private open: OpenBaseline[] = [];

  constructor(cursor: Cursor) {
    this.cursor = cursor;
  }

  whole(): Expression {
    const { cursor } = this;
    if (cursor.peek().kind === 'end') fail('The criterion is empty. Write one such as `p95 < 500ms`.', cursor.peek());
    const expression = this.condition(this.node(0));
    const rest = cursor.peek();
    if (isSymbol(rest, ')')) fail('This bracket was never opened.', rest);
    if (rest.kind !== 'end') refuse(rest, cursor);
    return expression;
  }

  private node(least: number): Node {
    this.depth += 1;
    if (this.depth > DEPTH) fail('The criterion is nested too deeply.', this.cursor.peek());
    let left = this.prefix();
    for (let operations = 0; ; operations += 1) {
      if (operations > DEPTH) fail('The criterion is too long. Make several of it.', this.cursor.peek());
      const next = this.infix(left, least);
      if (next === undefined) break;
      left = next;
    }
    this.depth -= 1;
    return left;
  }

  private infix(left: Node, least: number): Node | undefined {
    const token = this.cursor.peek();
    const binding = bindingOf(token);
    if (binding === undefined || binding <= least) {
      if (binding === BINDING.relation && least === BINDING.relation) this.refuseChain(left, token);
      return undefined;
    }
    if (isWord(token, 'and', 'or')) return this.logical(left, token.text === 'and' ? 'and' : 'or', binding);
    if (isWord(token, 'for')) return this.held(left);
    if (binding === BINDING.relation) return this.comparison(left);
    const operator = OPERATORS.find((candidate) => candidate === token.text);
    if (operator === undefined) return refuse(token, this.cursor);
    this.cursor.take();
    const right = this.term(this.node(binding));
    return { kind: 'arithmetic', operator, left: this.term(left), right, ...this.cursor.span(left) };
  }

  private refuseChain(middle: Node, at: Token): never {
    const [subject = 'x'] = namesIn(middle);
    return fail(`Comparisons cannot be chained. Write \`${subject} between … and …\`, or join two comparisons by \`and\`.`, at);
  }

  private logical(left: Node, kind: 'and' | 'or', binding: number): Expression {
    const operands = [this.condition(left)];
    while (isWord(this.cursor.peek(), kind)) {
      this.cursor.take();
      operands.push(this.condition(this.node(binding)));
    }
    return { kind, operands, ...this.cursor.span(left) };
  }

  private held(left: Node): Expression {
    const { cursor } = this;
    const operand = this.condition(left);
    const word = cursor.take();
    if (windowOf(operand) > 0) fail('A `for` cannot stand within another `for`. Write the longer time once.', word);
    const token = cursor.take();
    const window = token.kind === 'digits' ? literalFrom(token, cursor) : undefined;
    if (window?.kind !== 'quantity' || window.dimension.time !== 1 || window.dimension.bytes !== 0 || window.amount <= 0) {
      const found = windowSlip(token, cursor);
      return fail(found.message, found);
    }
    return { kind: 'held', operand, windowMs: Math.max(1, Math.round(window.amount * 1000)), ...cursor.span(left) };
  }

  private comparison(left: Node): Expression {
    const subject = this.term(left);
    const expression = this.comparisonOf(subject);
    this.nameBaselines(expression);
    return expression;
  }

  private comparisonOf(subject: Term): Expression {
    const { cursor } = this;
    const operator = cursor.take();
    const relation = RELATIONS.find((candidate) => candidate === operator.text);
    if (relation !== undefined) {
      const right = this.limit();
      refuseItself(subject, right, cursor.span(subject));
      return { kind: 'relation', operator: relation, left: subject, right, ...cursor.span(subject) };
    }
    const negated = operator.text === 'not';
    const verb = negated ? cursor.take() : operator;
    if (isWord(verb, 'between')) return { kind: 'between', negated, subject, ...this.range(), ...cursor.span(subject) };
    if (isWord(verb, 'in')) return { kind: 'in', negated, subject, options: this.list(), ...cursor.span(subject) };
    if (isWord(verb, 'matches')) return { kind: 'matches', negated, subject, ...this.pattern(), ...cursor.span(subject) };
    return fail('Expected `between`, `in` or `matches` after `not`. Not equal is `!=`.', verb);
  }

  private limit(): Term {
    return this.term(this.node(BINDING.relation));
  }

  private range(): { readonly lower: Term; readonly upper: Term } {
    const { cursor } = this;
    const lower = this.limit();
    const and = cursor.take();
    if (!isWord(and, 'and')) {
      const [from, to] =
        lower.kind === 'arithmetic' && lower.operator === '-'
          ? [lower.left, lower.right].map((term) => this.textOf(term))
          : ['1s', '2s'];
      fail(`Expected \`and\` after the lower limit, as in \`between ${from} and ${to}\`.`, and);
    }
    return { lower, upper: this.limit() };
  }

  private textOf({ offset, length }: Span): string {
    return this.cursor.source.slice(offset, offset + length);
  }

  private list(): readonly Term[] {
    const { cursor } = this;
    const opening = cursor.take();
    const closing = isSymbol(opening, '(') ? ')' : isSymbol(opening, '[') ? ']' : undefined;
    if (closing === undefined) fail('Expected a list behind `in`, such as `("a", "b")`. A range is `between 1 and 5`.', opening);
    if (isSymbol(cursor.peek(), closing)) fail('This list is empty, so nothing is in it.', spanning(opening, cursor.peek()));
    return this.items(closing);
  }

  /** Terms with commas between them, up to a closing bracket. */
  private items(closing: string): readonly Term[] {
    const { cursor } = this;
    const items: Term[] = [];
    this.lists += 1;
    for (;;) {
      items.push(this.term(this.node(0)));
      const next = cursor.take();
      if (isSymbol(next, closing)) break;
      if (!isSymbol(next, ','))
        fail(`Between the values of a list stands a comma. Expected \`,\` or \`${closing}\`, found ${shown(next)}.`, next);
    }
    this.lists -= 1;
    return items;
  }

  private pattern(): { readonly pattern: string; readonly ignoreCase: boolean } {
    const token = this.cursor.take();
    const { kind, text, flags = '', offset, length } = token;
    if (kind !== 'pattern' && kind !== 'string') {
      fail('Expected a pattern such as `/^v1\\./` or `"^v1"` after `matches`.', token);
    }
    const start = offset + 1;
    if (!/^i?$/.test(flags))
      fail('Behind a pattern only `i` may stand, for upper and lower case alike.', {
        offset: start + text.length + 1,
        length: flags.length,
      });
    try {
      const pattern = compilePattern(text, flags === 'i');
      // Neither text has anything in common but that every pattern that finds both finds everything.
      if (pattern.test('') && pattern.test('\u{10FFFD}')) fail('This pattern matches every text.', token);
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      // In a text, escapes make the places differ.
      const exact = kind === 'pattern' || length === text.length + 2;
      fail(error.message, exact ? { offset: start + error.offset, length: error.length } : token);
    }
    return { pattern: text, ignoreCase: flags === 'i' };
  }

  private prefix(): Node {
    const token = this.cursor.take();
    const { kind, text, offset, length } = token;
    switch (kind) {
      case 'digits':
        return literalFrom(token, this.cursor, this.lists > 0);
      case 'string':
        return { kind: 'text', text, quoted: true, offset, length };
      case 'name':
        if (text.trim() === '') fail('There is no name between these backticks.', token);
        return this.labelled({ kind: 'reference', name: text, offset, length });
      case 'word':
        return this.word(token);
      case 'symbol':
        return this.symbol(token);
      default:
        return refuse(token, this.cursor);
    }
  }

  private symbol(token: Token): Node {
    const { cursor } = this;
    if (token.text === '(') {
      if (isSymbol(cursor.peek(), ')')) refuse(cursor.peek(), cursor);
      const lists = this.lists;
      this.lists = 0;
      const inner = this.node(0);
      this.lists = lists;
      const closing = cursor.take();
      if (!isSymbol(closing, ')')) {
        if (closing.kind === 'end') fail('This bracket is never closed.', token);
        refuse(closing, cursor);
      }
      return { ...inner, ...cursor.span(token) };
    }
    if (token.text === '-' || token.text === '+') {
      const operand = this.term(this.node(BINDING.product));
      return token.text === '+' ? operand : { kind: 'negation', operand, ...cursor.span(token) };
    }
    return refuse(token, cursor);
  }

  private word(token: Token): Node {
    const { cursor } = this;
    const { text, offset, length } = token;
    if (text === 'not') return { kind: 'not', operand: this.condition(this.node(BINDING.not)), ...cursor.span(token) };
    if (text === 'true' || text === 'false') return { kind: 'flag', flag: text === 'true', offset, length };
    if (KEYWORDS.has(text)) {
      return fail(`Found \`${text}\` where a value is expected. A measurement of that name goes in backticks.`, token);
    }
    const next = cursor.peek();
    if (isSymbol(next, '(') && next.offset === offset + length) return this.call(token);
    if (text === 'baseline') return this.baseline(token);
    if (text.startsWith('baseline.')) {
      return this.labelled({ kind: 'baseline', name: text.slice('baseline.'.length), offset, length });
    }
    const slip = valueSlip(token);
    if (slip) return fail(slip.message, slip);
    if (isRevision(text)) return { kind: 'word', word: text, offset, length };
    return this.labelled({ kind: 'reference', name: text, offset, length });
  }

  private baseline({ offset, length }: Token): Term {
    const baseline: OpenBaseline = { kind: 'baseline', name: '', offset, length };
    const next = this.cursor.peek();
    if (isWord(next, 'of')) fail('Whose baseline is that? Write `baseline.p95 of "…"`.', next);
    this.open.push(baseline);
    return baseline;
  }

  private call(token: Token): Term {
    const { cursor } = this;
    const name = FUNCTIONS.find((candidate) => candidate === token.text);
    if (name === undefined) {
      const nearest = nearestName(token.text, FUNCTIONS);
      const hint = nearest === undefined ? 'There are `min`, `max` and `abs`.' : `Did you mean \`${nearest}\`?`;
      fail(`Unknown function \`${token.text}\`. ${hint}`, token);
    }
    const opening = cursor.take();
    if (isSymbol(cursor.peek(), ')')) fail(`\`${name}\` needs a value between its brackets.`, spanning(opening, cursor.peek()));
    const operands = this.items(')');
    if (name === 'abs' && operands.length !== 1) fail('`abs` takes one value.', token);
    return { kind: 'call', name, operands, ...cursor.span(token) };
  }

  /** `p95 of "POST /bookings"` */
  private labelled<Named extends { kind: 'reference' | 'baseline'; name: string; offset: number; length: number }>(
    term: Named,
  ): Named {
    const { cursor } = this;
    if (!isWord(cursor.peek(), 'of')) return term;
    cursor.take();
    const label = cursor.take();
    if (label.kind !== 'string') fail('Expected a label in quotes after `of`, as in `p95 of "POST /bookings"`.', label);
    return { ...term, name: labelledName(term.name, label.text), ...cursor.span(term) };
  }

  /** A `baseline` alone is that of the one measurement that its comparison speaks of. */
  private nameBaselines(expression: Expression): void {
    if (this.open.length === 0) return;
    const names = namesIn(expression);
    const [name] = names;
    for (const baseline of this.open) {
      if (names.length !== 1 || name === undefined) {
        fail(
          `Whose baseline is meant is not clear here. Write \`baseline.${name?.replace(/ of ".*$/s, '') ?? 'p95'}\`.`,
          baseline,
        );
      }
      baseline.name = name;
    }
    this.open = [];
  }

  private term(node: Node): Term {
    return isTerm(node) ? node : fail('Found a comparison where a value is expected.', node);
  }

  private condition(node: Node): Expression {
    if (!isTerm(node)) return node;
    const [baseline] = this.open;
    if (baseline)
      fail('`baseline` stands for the baseline of what it is compared with. Write `p95 <= baseline * 1.05`.', baseline);
    const { offset, length } = node;
    const next = this.cursor.peek();
    const ends = next.kind === 'end' || isSymbol(next, ')') || isWord(next, 'and', 'or', 'for');
    if (!ends) refuse(next, this.cursor);
    if (node.kind === 'reference' || node.kind === 'word' || node.kind === 'baseline') {
      return { kind: 'bare', subject: node, offset, length };
    }
    const [name] = namesIn(node);
    return fail(`This is a value, not a condition. Compare it: \`${name ?? 'p95'} < 500ms\`.`, node);
  }
}

const OPERATORS: readonly ArithmeticOperator[] = ['+', '-', '*', '/'];

const SYMBOL_BINDINGS: ReadonlyMap<string, number> = new Map([
  ...RELATIONS.map((relation) => [relation, BINDING.relation] as const),
  ['+', BINDING.sum],
  ['-', BINDING.sum],
  ['*', BINDING.product],
  ['/', BINDING.product],
]);
const WORD_BINDINGS: ReadonlyMap<string, number> = new Map([
  ['or', BINDING.or],
  ['and', BINDING.and],
  ['for', BINDING.held],
  ['between', BINDING.relation],
  ['in', BINDING.relation],
  ['matches', BINDING.relation],
  ['not', BINDING.relation],
]);

function bindingOf({ kind, text }: Token): number | undefined {
  if (kind === 'symbol') return SYMBOL_BINDINGS.get(text);
  return kind === 'word' ? WORD_BINDINGS.get(text) : undefined;
}

/** `p95 < p95` is always so or never, whatever is measured. */
function refuseItself(left: Term, right: Term, span: Span): void {
  if (left.kind === 'reference' && right.kind === 'reference' && left.name === right.name) {
    fail(`This compares \`${left.name}\` with itself. Compare it with a limit, or with \`baseline\`.`, span);
  }
}

/** A commit or revision in hexadecimal with at least one digit, or a version such as `v1.28.3`: may be a text without quotes. */
function isRevision(text: string): boolean {
  return (/^[0-9a-f]{7,40}$/.test(text) && /\d/.test(text)) || /^v\d+(\.\d+)+$/.test(text);
}
