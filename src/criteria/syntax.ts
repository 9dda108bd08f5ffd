import type { Dimension } from './value.ts';

/**
 * The syntax tree of a criterion. Every node says where it stands in the source: `offset` and `length` count UTF-16 code
 * units, as JavaScript strings do.
 */

export interface Span {
  readonly offset: number;
  readonly length: number;
}

export type Relation = '<' | '<=' | '>' | '>=' | '==' | '!=';
export type ArithmeticOperator = '+' | '-' | '*' | '/';
export type FunctionName = 'min' | 'max' | 'abs';

/** `500ms`, `5 MB`, `10K`, `99.9%`: an amount in base units. */
export interface QuantityLiteral extends Span {
  readonly kind: 'quantity';
  readonly amount: number;
  readonly dimension: Dimension;
  /** As written, without its unit: `15.10` is not `15.1` where a version is meant. */
  readonly raw: string;
  /** A plain number, written without a unit or suffix. */
  readonly bare: boolean;
}

/** `"…"`, `'…'`, or a bare token that starts with a digit and is no number: `5403edb1d087`, `1.28.3`. */
export interface TextLiteral extends Span {
  readonly kind: 'text';
  readonly text: string;
  readonly quoted: boolean;
}

export interface FlagLiteral extends Span {
  readonly kind: 'flag';
  readonly flag: boolean;
}

/** A bare word that is a measurement if one has that name, and a text if not: `a1b2c3d`, `v1.28.3`. */
export interface Word extends Span {
  readonly kind: 'word';
  readonly word: string;
}

/** A measurement by name: `p95`, `body.version`, `p95 of "POST /bookings"`. */
export interface Reference extends Span {
  readonly kind: 'reference';
  readonly name: string;
}

/** `baseline.p95`, or `baseline` alone with the name that it stands for. */
export interface BaselineReference extends Span {
  readonly kind: 'baseline';
  readonly name: string;
}

export interface Arithmetic extends Span {
  readonly kind: 'arithmetic';
  readonly operator: ArithmeticOperator;
  readonly left: Term;
  readonly right: Term;
}

export interface Negation extends Span {
  readonly kind: 'negation';
  readonly operand: Term;
}

export interface Call extends Span {
  readonly kind: 'call';
  readonly name: FunctionName;
  readonly operands: readonly Term[];
}

/** What has a value. */
export type Term =
  | QuantityLiteral
  | TextLiteral
  | FlagLiteral
  | Word
  | Reference
  | BaselineReference
  | Arithmetic
  | Negation
  | Call;

export interface RelationCondition extends Span {
  readonly kind: 'relation';
  readonly operator: Relation;
  readonly left: Term;
  readonly right: Term;
}

export interface BetweenCondition extends Span {
  readonly kind: 'between';
  readonly negated: boolean;
  readonly subject: Term;
  readonly lower: Term;
  readonly upper: Term;
}

export interface InCondition extends Span {
  readonly kind: 'in';
  readonly negated: boolean;
  readonly subject: Term;
  readonly options: readonly Term[];
}

export interface MatchesCondition extends Span {
  readonly kind: 'matches';
  readonly negated: boolean;
  readonly subject: Term;
  readonly pattern: string;
  readonly ignoreCase: boolean;
}

/** A measurement alone: `body.ok`. It must be a flag. */
export interface FlagCondition extends Span {
  readonly kind: 'bare';
  readonly subject: Reference | BaselineReference | Word;
}

export interface NotCondition extends Span {
  readonly kind: 'not';
  readonly operand: Expression;
}

export interface LogicalCondition extends Span {
  readonly kind: 'and' | 'or';
  readonly operands: readonly Expression[];
}

/** `… for 10m`: held over the whole trailing window. */
export interface HeldCondition extends Span {
  readonly kind: 'held';
  readonly operand: Expression;
  readonly windowMs: number;
}

/** What holds or does not. */
export type Expression =
  | RelationCondition
  | BetweenCondition
  | InCondition
  | MatchesCondition
  | FlagCondition
  | NotCondition
  | LogicalCondition
  | HeldCondition;

export interface Criterion {
  readonly source: string;
  readonly expression: Expression;
  /** Measurement names referred to, each once, in order of appearance; without those of the baseline. */
  readonly names: readonly string[];
  /** The longest `for` in milliseconds, 0 if there is none. */
  readonly windowMs: number;
  readonly usesBaseline: boolean;
}

/** The name of a measurement that belongs to one label: `p95 of "POST /bookings"`. */
export function labelledName(name: string, label: string): string {
  return `${name} of "${label}"`;
}
