import { patternAt, type Token, tokenAt } from './lexer.ts';
import { nearestName } from './nearest.ts';
import { type Criterion, type Expression, labelledName, type Relation, type Term } from './syntax.ts';
import { CriterionSyntaxError } from './syntax-error.ts';
import { isTerm, namesIn, termsOf, usesBaseline, windowOf } from './tree.ts';
import { parseQuantity, rateOf, simpleUnit } from './units.ts';

export { CriterionSyntaxError };

type Node = Term | Expression;
/** A `baseline` without a name, until the comparison around it is known. */
type OpenBaseline = { kind: 'baseline'; name: string; offset: number; length: number };

/** How tightly an operator binds; higher is tighter. */
const BINDING = { or: 1, and: 2, not: 3, held: 4, relation: 5, sum: 6, product: 7 } as const;
const RELATIONS: readonly Relation[] = ['<', '<=', '>', '>=', '==', '!='];
const KEYWORDS = new Set(['and', 'or', 'not', 'between', 'in', 'matches', 'for', 'of', 'true', 'false', 'per']);
const FUNCTIONS = ['min', 'max', 'abs'] as const;
const DEPTH = 100;

/** Reads one criterion. Throws `CriterionSyntaxError`, and nothing else. */
export function parseCriterion(source: string): Criterion {
  const parser = new Parser(source);
  const expression = parser.whole();
  return {
    source,
    expression,
    names: namesIn(expression),
    windowMs: windowOf(expression),
    usesBaseline: usesBaseline(expression),
  };
}

class Parser {
  private readonly source: string;
  private position = 0;
  private depth = 0;
  /** Baselines of the comparison that is being read, which have no name yet. */
  private open: OpenBaseline[] = [];

  constructor(source: string) {
    this.source = source;
  }

  whole(): Expression {
    if (this.peek().kind === 'end') this.fail('The criterion is empty. Write one such as `p95 < 500ms`.', this.peek());
    const expression = this.condition(this.node(0));
    const rest = this.peek();
    if (rest.kind !== 'end') this.unexpected(rest);
    return expression;
  }

  private node(least: number): Node {
    this.depth += 1;
    if (this.depth > DEPTH) this.fail('The criterion is nested too deeply.', this.peek());
    let left = this.prefix();
    for (;;) {
      const next = this.infix(left, least);
      if (next === undefined) break;
      left = next;
    }
    this.depth -= 1;
    return left;
  }

  private infix(left: Node, least: number): Node | undefined {
    const token = this.peek();
    const binding = bindingOf(token);
    if (binding === undefined || binding <= least) {
      if (binding === BINDING.relation && least === BINDING.relation) {
        this.fail('Comparisons cannot be chained. Write `x between 1 and 5`, or join two comparisons by `and`.', token);
      }
      return undefined;
    }
    if (token.text === 'and' || token.text === 'or') return this.logical(left, token.text, binding);
    if (token.text === 'for') return this.held(left);
    if (binding === BINDING.relation) return this.comparison(left);
    this.take();
    const right = this.term(this.node(binding));
    const operator = token.text;
    if (operator !== '+' && operator !== '-' && operator !== '*' && operator !== '/') return this.unexpected(token);
    return { kind: 'arithmetic', operator, left: this.term(left), right, ...this.span(left) };
  }

  private logical(left: Node, kind: 'and' | 'or', binding: number): Expression {
    const operands = [this.condition(left)];
    while (this.peek().kind === 'word' && this.peek().text === kind) {
      this.take();
      operands.push(this.condition(this.node(binding)));
    }
    return { kind, operands, ...this.span(left) };
  }

  private held(left: Node): Expression {
    this.take();
    const token = this.peek();
    const term = this.prefix();
    const isDuration = term.kind === 'quantity' && term.dimension.time === 1 && term.dimension.bytes === 0;
    if (!isDuration || term.amount <= 0) this.fail('Expected a duration such as `10m` after `for`.', token);
    return { kind: 'held', operand: this.condition(left), windowMs: Math.round(term.amount * 1000), ...this.span(left) };
  }

  private comparison(left: Node): Expression {
    const subject = this.term(left);
    const inherited = this.open;
    const operator = this.take();
    if (operator.text === '=') this.fail('Found `=`. Equality is written `==`.', operator);
    const expression = this.comparisonAfter(subject, operator);
    this.open = [...inherited, ...this.open.filter((baseline) => !inherited.includes(baseline))];
    this.nameBaselines(expression);
    return expression;
  }

  private comparisonAfter(subject: Term, operator: Token): Expression {
    const relation = RELATIONS.find((candidate) => candidate === operator.text);
    if (relation !== undefined) {
      const right = this.term(this.node(BINDING.relation));
      return { kind: 'relation', operator: relation, left: subject, right, ...this.span(subject) };
    }
    const negated = operator.text === 'not';
    const verb = negated ? this.take() : operator;
    if (verb.text === 'between') {
      const lower = this.term(this.node(BINDING.relation));
      this.expectWord('and', 'after the lower limit of `between`');
      const upper = this.term(this.node(BINDING.relation));
      return { kind: 'between', negated, subject, lower, upper, ...this.span(subject) };
    }
    if (verb.text === 'in') return { kind: 'in', negated, subject, options: this.list(), ...this.span(subject) };
    if (verb.text === 'matches') return { kind: 'matches', negated, subject, ...this.pattern(), ...this.span(subject) };
    return this.fail('Expected `between`, `in` or `matches` after `not`.', verb);
  }

  private list(): readonly Term[] {
    const opening = this.take();
    const closing = opening.text === '(' ? ')' : opening.text === '[' ? ']' : undefined;
    if (closing === undefined) return this.fail('Expected a list such as `("a", "b")` after `in`.', opening);
    const options = [this.term(this.node(BINDING.relation))];
    while (this.peek().text === ',') {
      this.take();
      options.push(this.term(this.node(BINDING.relation)));
    }
    this.expectSymbol(closing);
    return options;
  }

  private pattern(): { readonly pattern: string; readonly ignoreCase: boolean } {
    const literal = patternAt(this.source, this.position);
    const token = literal ? undefined : this.take();
    if (token && token.kind !== 'string') this.fail('Expected a pattern such as `/^v1\\./` or `"^v1"` after `matches`.', token);
    const pattern = literal?.pattern ?? token?.text ?? '';
    const offset = literal?.offset ?? token?.offset ?? this.position;
    if (literal) this.position = literal.end;
    const flags = literal?.flags ?? '';
    if (!/^i?$/.test(flags))
      throw new CriterionSyntaxError(`Unknown flag in \`/${flags}\`. Only \`i\` is known.`, offset, pattern.length);
    try {
      new RegExp(pattern, 'u');
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
      throw new CriterionSyntaxError(`This is no regular expression: ${why}.`, offset, pattern.length);
    }
    return { pattern, ignoreCase: flags === 'i' };
  }

  private prefix(): Node {
    const token = this.take();
    switch (token.kind) {
      case 'digits':
        return this.digits(token);
      case 'string':
        return { kind: 'text', text: token.text, quoted: true, offset: token.offset, length: token.length };
      case 'name':
        return this.labelled({ kind: 'reference', name: token.text, offset: token.offset, length: token.length });
      case 'word':
        return this.word(token);
      case 'symbol':
        return this.symbol(token);
      case 'end':
        return this.fail('The criterion ends where a value is expected.', token);
    }
  }

  private symbol(token: Token): Node {
    if (token.text === '(') {
      const inner = this.node(0);
      this.expectSymbol(')');
      return { ...inner, ...this.span(token) };
    }
    if (token.text === '-' || token.text === '+') {
      const operand = this.term(this.node(BINDING.product));
      return token.text === '+' ? operand : { kind: 'negation', operand, ...this.span(token) };
    }
    return this.unexpected(token);
  }

  private word(token: Token): Node {
    const { text, offset, length } = token;
    if (text === 'not') return { kind: 'not', operand: this.condition(this.node(BINDING.not)), ...this.span(token) };
    if (text === 'true' || text === 'false') return { kind: 'flag', flag: text === 'true', offset, length };
    if (KEYWORDS.has(text))
      return this.fail(`Found \`${text}\` where a value is expected. A measurement of that name goes in backticks.`, token);
    const name = FUNCTIONS.find((candidate) => candidate === text);
    if (this.peek().text === '(' && this.peek().offset === offset + length) {
      if (name === undefined) {
        const nearest = nearestName(text, FUNCTIONS);
        return this.fail(
          `Unknown function \`${text}\`. ${nearest ? `Did you mean \`${nearest}\`?` : 'There are min, max and abs.'}`,
          token,
        );
      }
      return this.call(name, token);
    }
    if (text === 'baseline') {
      const baseline: OpenBaseline = { kind: 'baseline', name: '', offset, length };
      this.open.push(baseline);
      return baseline;
    }
    if (text.startsWith('baseline.'))
      return this.labelled({ kind: 'baseline', name: text.slice('baseline.'.length), offset, length });
    if (isRevision(text)) return { kind: 'word', word: text, offset, length };
    return this.labelled({ kind: 'reference', name: text, offset, length });
  }

  private call(name: (typeof FUNCTIONS)[number], token: Token): Term {
    this.take();
    const operands = [this.term(this.node(0))];
    while (this.peek().text === ',') {
      this.take();
      operands.push(this.term(this.node(0)));
    }
    this.expectSymbol(')');
    if (name === 'abs' && operands.length !== 1) this.fail('`abs` takes one value.', token);
    return { kind: 'call', name, operands, ...this.span(token) };
  }

  /** `p95 of "POST /bookings"` */
  private labelled<Named extends { kind: 'reference' | 'baseline'; name: string; offset: number; length: number }>(
    term: Named,
  ): Named {
    if (!(this.peek().kind === 'word' && this.peek().text === 'of')) return term;
    this.take();
    const label = this.take();
    if (label.kind !== 'string') this.fail('Expected a label in quotes after `of`, as in `p95 of "POST /bookings"`.', label);
    return { ...term, name: labelledName(term.name, label.text), ...this.span(term) };
  }

  private digits(token: Token): Term {
    const { text, offset, length } = token;
    const [, raw = '', unit = ''] = /^(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(.*)$/su.exec(text) ?? [];
    const attached =
      unit === '' ? undefined : (simpleUnit(unit) ?? (this.peek().text === '/' ? rateOf(unit, 's') && undefined : undefined));
    if (unit !== '' && attached === undefined) {
      const rate = this.rate(unit);
      if (rate) return this.literal(raw, rate, token);
      return { kind: 'text', text, quoted: false, offset, length };
    }
    if (!Number.isFinite(Number(raw))) return { kind: 'text', text, quoted: false, offset, length };
    const next = this.peek();
    if (unit === '') {
      if (next.text === '%') {
        this.take();
        return this.literal(raw, '%', token);
      }
      if (next.kind === 'word' && !KEYWORDS.has(next.text)) {
        const rate = this.rateAfterWord();
        if (rate !== undefined) return this.literal(raw, rate, token);
        if (simpleUnit(next.text)) {
          this.take();
          return this.literal(raw, next.text, token);
        }
      }
      return this.literal(raw, this.rate('') ?? '', token);
    }
    return this.literal(raw, this.rate(unit) ?? unit, token);
  }

  /** `/s` or `per second` after a unit that has been read; the unit with it, or undefined and nothing is taken. */
  private rate(of: string): string | undefined {
    const back = this.position;
    const between = this.peek();
    if (between.text === '/' || between.text === 'per') {
      this.take();
      const per = this.take();
      if (per.kind === 'word' && rateOf(undefined, per.text) !== undefined && !this.isCalled()) return `${of}/${per.text}`;
    }
    this.position = back;
    return undefined;
  }

  private rateAfterWord(): string | undefined {
    const back = this.position;
    const rate = this.rate(this.take().text);
    if (rate === undefined) this.position = back;
    return rate;
  }

  private isCalled(): boolean {
    return this.peek().text === '(';
  }

  private literal(raw: string, unit: string, token: Token): Term {
    const quantity = parseQuantity(`${raw}${unit.startsWith('/') ? ' ' : ''}${unit}`);
    if (quantity === undefined) return this.fail(`Found \`${raw}${unit}\`, which is no number with a unit.`, token);
    const { amount, dimension } = quantity;
    return { kind: 'quantity', amount, dimension, raw, bare: unit === '', ...this.span(token) };
  }

  /** A `baseline` alone is that of the one measurement that its comparison speaks of. */
  private nameBaselines(expression: Expression): void {
    const names = namesIn(expression);
    const [name] = names;
    for (const baseline of this.open) {
      if (names.length !== 1 || name === undefined) {
        this.fail(`Whose baseline is meant is not clear here. Write \`baseline.${name ?? 'p95'}\`.`, baseline);
      }
      baseline.name = name;
    }
    this.open = [];
  }

  private term(node: Node): Term {
    if (isTerm(node)) return node;
    return this.fail('Found a comparison where a value is expected.', node);
  }

  private condition(node: Node): Expression {
    if (!isTerm(node)) return node;
    if (this.open.length > 0) this.nameBaselinesOutside();
    if (node.kind === 'reference' || node.kind === 'word')
      return { kind: 'bare', subject: node, offset: node.offset, length: node.length };
    if (node.kind === 'baseline') return { kind: 'bare', subject: node, offset: node.offset, length: node.length };
    const rest = this.peek();
    if (rest.kind === 'word' || rest.kind === 'symbol') this.unexpected(rest);
    const [first] = termsOf(node);
    const example = first?.kind === 'reference' ? first.name : 'p95';
    return this.fail(`This is a value, not a condition. Compare it: \`${example} < 500ms\`.`, node);
  }

  private nameBaselinesOutside(): never {
    const [baseline] = this.open;
    return this.fail(
      '`baseline` stands for the baseline of what it is compared with. Write `p95 <= baseline * 1.05`.',
      baseline ?? this.peek(),
    );
  }

  private peek(): Token {
    return tokenAt(this.source, this.position);
  }

  private take(): Token {
    const token = this.peek();
    this.position = token.offset + token.length;
    return token;
  }

  private expectSymbol(symbol: string): void {
    const token = this.take();
    if (token.text === symbol && token.kind === 'symbol') return;
    this.fail(`Expected \`${symbol}\`, found ${found(token)}.`, token);
  }

  private expectWord(word: string, where: string): void {
    const token = this.take();
    if (token.text === word && token.kind === 'word') return;
    this.fail(`Expected \`${word}\` ${where}, found ${found(token)}.`, token);
  }

  private span(from: { readonly offset: number }): { readonly offset: number; readonly length: number } {
    return { offset: from.offset, length: Math.max(0, this.position - from.offset) };
  }

  private unexpected(token: Token): never {
    const hint = HINTS[token.text];
    if (hint !== undefined && token.kind === 'symbol') return this.fail(`Found \`${token.text}\`. ${hint}`, token);
    const before = this.source.slice(0, token.offset);
    if (token.kind === 'word' && /\d\s*$/.test(before)) {
      return this.fail(`Unknown unit \`${token.text}\`. ${unitHint(token.text)}`, token);
    }
    if (token.kind === 'word' && token.text.toLowerCase() !== token.text && KEYWORDS.has(token.text.toLowerCase())) {
      return this.fail(`Found \`${token.text}\`. Write \`${token.text.toLowerCase()}\`.`, token);
    }
    return this.fail(`Expected an operator such as \`<\` or \`and\`, found ${found(token)}.`, token);
  }

  private fail(message: string, at: { readonly offset: number; readonly length: number }): never {
    throw new CriterionSyntaxError(message, at.offset, Math.max(1, at.length));
  }
}

const HINTS: Readonly<Record<string, string>> = {
  '&&': 'Conditions are joined by `and`.',
  '||': 'Conditions are joined by `or`.',
  '!': 'Write `not`.',
  '=': 'Equality is written `==`.',
  ',': 'Numbers have no thousands separators, and a decimal mark is a point: 1000, 0.5.',
};

function unitHint(text: string): string {
  const nearest = nearestName(text, ['ms', 's', 'min', 'h', 'd', 'kB', 'MB', 'GB', 'KiB', 'MiB', 'GiB', 'bytes', 'requests']);
  return nearest
    ? `Did you mean \`${nearest}\`?`
    : 'Known are times (ms, s, m, h, d), bytes (kB, MB, GiB), %, and rates such as 10/s.';
}

function found(token: Token): string {
  return token.kind === 'end' ? 'the end' : `\`${token.text}\``;
}

function bindingOf({ kind, text }: Token): number | undefined {
  if (kind === 'word') {
    if (text === 'or') return BINDING.or;
    if (text === 'and') return BINDING.and;
    if (text === 'for') return BINDING.held;
    if (text === 'between' || text === 'in' || text === 'matches' || text === 'not') return BINDING.relation;
    return undefined;
  }
  if (kind !== 'symbol') return undefined;
  if (text === '+' || text === '-') return BINDING.sum;
  if (text === '*' || text === '/') return BINDING.product;
  return text === '=' || RELATIONS.some((relation) => relation === text) ? BINDING.relation : undefined;
}

/** A commit or revision in hexadecimal with at least one digit, or a version such as `v1.28.3`: may be a text without quotes. */
function isRevision(text: string): boolean {
  return (/^[0-9a-f]{7,40}$/.test(text) && /\d/.test(text)) || /^v\d+(\.\d+)+$/.test(text);
}
