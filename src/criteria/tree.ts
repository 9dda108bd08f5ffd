import type {
  BaselineReference,
  BetweenCondition,
  Expression,
  InCondition,
  MatchesCondition,
  Reference,
  RelationCondition,
  Term,
  Word,
} from './syntax.ts';

/** Walks of the syntax tree. */

const TERMS: ReadonlySet<string> = new Set<Term['kind']>([
  'quantity',
  'text',
  'flag',
  'word',
  'reference',
  'baseline',
  'arithmetic',
  'negation',
  'call',
]);

export function isTerm(node: Term | Expression): node is Term {
  return TERMS.has(node.kind);
}

/** The parts directly below a node, in order. */
export function partsOf(node: Term | Expression): readonly (Term | Expression)[] {
  switch (node.kind) {
    case 'arithmetic':
    case 'relation':
      return [node.left, node.right];
    case 'negation':
    case 'not':
    case 'held':
      return [node.operand];
    case 'call':
    case 'and':
    case 'or':
      return node.operands;
    case 'between':
      return [node.subject, node.lower, node.upper];
    case 'in':
      return [node.subject, ...node.options];
    case 'matches':
    case 'bare':
      return [node.subject];
    default:
      return [];
  }
}

function eachLeaf(node: Term | Expression, see: (term: Term) => void): void {
  const parts = partsOf(node);
  for (const part of parts) eachLeaf(part, see);
  if (parts.length === 0 && isTerm(node)) see(node);
}

/** What a node names: measurements, baselines, and words that may be either a measurement or a text. */
export function namedTerms(node: Term | Expression): readonly (Reference | BaselineReference | Word)[] {
  const named: (Reference | BaselineReference | Word)[] = [];
  eachLeaf(node, (term) => {
    if (term.kind === 'reference' || term.kind === 'baseline' || term.kind === 'word') named.push(term);
  });
  return named;
}

/** Names of measurements, each once, in order; without the baseline's. */
export function namesIn(node: Term | Expression): readonly string[] {
  const names = new Set<string>();
  for (const term of namedTerms(node)) {
    if (term.kind === 'reference') names.add(term.name);
    else if (term.kind === 'word') names.add(term.word);
  }
  return [...names];
}

export function usesBaseline(node: Term | Expression): boolean {
  return namedTerms(node).some((term) => term.kind === 'baseline');
}

/** The longest `for` in milliseconds. */
export function windowOf(node: Term | Expression): number {
  const own = node.kind === 'held' ? node.windowMs : 0;
  return Math.max(own, ...partsOf(node).map(windowOf));
}

type ComparisonNode = RelationCondition | BetweenCondition | InCondition | MatchesCondition;

/** The comparisons that a condition is made of, in order. */
export function comparisonsIn(expression: Expression): readonly ComparisonNode[] {
  switch (expression.kind) {
    case 'relation':
    case 'between':
    case 'in':
    case 'matches':
      return [expression];
    case 'and':
    case 'or':
      return expression.operands.flatMap(comparisonsIn);
    case 'not':
    case 'held':
      return comparisonsIn(expression.operand);
    default:
      return [];
  }
}
