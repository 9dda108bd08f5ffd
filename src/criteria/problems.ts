import type { Known, Scope } from './check.ts';
import { type Dimensioned, isPlainNumber } from './dimension.ts';
import { nearestName } from './nearest.ts';
import { SORTS, type Sort, sortOfDimension } from './sayings.ts';
import type { Arithmetic, Span, Term } from './syntax.ts';
import type { Dimension } from './value.ts';

/** What is said of a criterion that does not fit its names, and what to write instead. */

export function unknownNameMessage(name: string, scope: Scope): string {
  const names = scope.names();
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `Nothing here measures \`${name}\`. Did you mean \`${nearest}\`?${lookAlike(name, nearest)}`;
  const known = names.slice(0, 8).map((each) => `\`${each}\``);
  const list = known.length === 0 ? '' : ` Measured are ${known.join(', ')}${names.length > known.length ? ' …' : ''}.`;
  return `Nothing here measures \`${name}\`.${list} A text goes in quotes: "${name}".`;
}

/** A letter of another alphabet cannot be told by eye. */
function lookAlike(name: string, nearest: string): string {
  const strange = Array.from(name).find((letter) => /[^\x20-\x7e]/.test(letter) && !nearest.includes(letter));
  if (strange === undefined) return '';
  const code = (strange.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return ` The \`${strange}\` here is U+${code}.`;
}

/** `error-rate`: a name with a dash was read as a difference; undefined when both names are known. */
export function dashedNames({ operator, left, right }: Arithmetic, source: string, scope: Scope): string | undefined {
  if (operator !== '-' || left.kind !== 'reference' || right.kind !== 'reference') return undefined;
  if (left.offset + left.length + 1 !== right.offset) return undefined;
  if (scope.lookup(left.name) !== undefined && scope.lookup(right.name) !== undefined) return undefined;
  const name = source.slice(left.offset, right.offset + right.length);
  if (scope.lookup(name) !== undefined) return `A name with \`-\` in it stands in backticks: \`\` \`${name}\` \`\`.`;
  const plain = name.replaceAll('-', '_');
  return scope.lookup(plain) !== undefined ? `Nothing here measures \`${name}\`. Did you mean \`${plain}\`?` : undefined;
}

export const quotedNameMessage = (name: string): string =>
  `"${name}" is a text. The measurement of that name stands without quotes: \`${name}\`.`;

export const flagOrderMessage = (): string => 'A flag is true or false; it has no order. Use `==`, or write its name alone.';

export const noOrderMessage = (): string =>
  'Texts have no order, unless they are numbers or versions. Use `==`, `in` or `matches`.';

export const notReckonableMessage = (term: Term, known: Known): string =>
  `${nameOf(term)} is ${described(known)}; only numbers can be reckoned with.`;

export const patternMessage = (term: Term, known: Known): string =>
  `${nameOf(term)} is ${described(known)}; only a text can match a pattern.`;

export function notAConditionMessage(term: Term, known: Known): string {
  const example = known === 'text' ? '== "…"' : typeof known === 'object' ? `< ${exampleOf(known.dimension)}` : '>= 1.0';
  return `${nameOf(term)} is ${described(known)}, not a condition. Compare it: \`${bareName(term)} ${example}\`.`;
}

export function emptyRangeMessage(source: string, lower: Span, upper: Span): string {
  const text = ({ offset, length }: Span) => source.slice(offset, offset + length);
  return `Nothing is between ${text(lower)} and ${text(upper)}. The lower limit comes first: \`between ${text(upper)} and ${text(lower)}\`.`;
}

/** What to write instead of comparing these two, for the mistakes that people make. */
export function pairMessage(measuredTerm: Term, measured: Known, limitTerm: Term, limit: Known): string {
  const fact = `${nameOf(measuredTerm)} is ${described(measured)}`;
  if (measured === 'flag') return `${fact}: true or false. Write \`${bareName(measuredTerm)} == true\`, or its name alone.`;
  if (limit === 'text' && typeof measured === 'object')
    return `${fact}, and ${nameOf(limitTerm)} is a text.${limitHint(measured, limitTerm)}`;
  if (limit === 'text' && measured === 'version') return `${fact}, and ${nameOf(limitTerm)} is none. Write one such as \`15.2\`.`;
  if (typeof measured !== 'object' || typeof limit !== 'object') {
    return `${fact}, ${nameOf(limitTerm)} is ${described(limit)}: they cannot be compared.`;
  }
  return `${fact}, ${dimensionMessage(measuredTerm, measured, limitTerm, limit)}`;
}

function limitHint({ dimension }: Dimensioned, limitTerm: Term): string {
  const text = limitTerm.kind === 'text' ? limitTerm.text : '';
  return /^[\d.]+\s*[A-Za-z%/]*$/.test(text) && text !== ''
    ? ` Write it without quotes: \`${text}\`.`
    : ` Write a number, such as \`${exampleOf(dimension)}\`.`;
}

function dimensionMessage(measuredTerm: Term, measured: Dimensioned, limitTerm: Term, limit: Dimensioned): string {
  const { dimension } = measured;
  const number = limitTerm.kind === 'quantity' && limitTerm.bare ? limitTerm.raw : undefined;
  if (number !== undefined && dimension.share) return `${number} has no unit. ${percentages(number)}`;
  if (number !== undefined && isTime(dimension)) return `${number} has no unit. Write \`${number}ms\` or \`${number}s\`.`;
  if (number !== undefined) return `${number} has no unit. Write it with one, such as \`${exampleOf(dimension)}\`.`;
  if (limit.dimension.share && limitTerm.kind === 'quantity') {
    return `${nameOf(limitTerm)} is a ratio. For a part of the baseline write \`baseline * ${1 + limitTerm.amount}\`.`;
  }
  if (isPlainNumber(dimension) && !measured.literal && limit.literal) {
    const unit =
      measuredTerm.kind === 'reference' ? ` If it has one, say so in the item: \`units: { ${measuredTerm.name}: … }\`.` : '';
    return `${nameOf(limitTerm)} is ${described(limit)}.${unit}`;
  }
  return `${nameOf(limitTerm)} is ${described(limit)}: they cannot be compared.`;
}

/** 0.95 may be meant as 95 % or as 0.95 %. */
function percentages(number: string): string {
  const amount = Number(number);
  const asFraction = amount > 0 && amount <= 1 ? ` or \`${Number((amount * 100).toPrecision(12))}%\`` : '';
  return `Write \`${number}%\`${asFraction}.`;
}

const isTime = ({ time, bytes }: Dimension): boolean => time === 1 && bytes === 0;

function exampleOf({ time, bytes, share }: Dimension): string {
  if (share) return '5%';
  if (time === 1) return '500ms';
  if (time === -1) return bytes === 1 ? '5MB/s' : '10/s';
  return bytes === 1 ? '5MB' : '5';
}

const described = (known: Known): string => (known === 'unknown' ? 'unknown' : SORTS.en[sortOfKnown(known)]);

const sortOfKnown = (known: Exclude<Known, 'unknown'>): Sort =>
  typeof known === 'object' ? sortOfDimension(known.dimension) : known;

const bareName = (term: Term): string => ('name' in term ? term.name : 'word' in term ? term.word : 'it');

function nameOf(term: Term): string {
  switch (term.kind) {
    case 'reference':
      return `\`${term.name}\``;
    case 'call':
      return `\`${term.name}(…)\``;
    case 'baseline':
      return `\`baseline.${term.name}\``;
    case 'word':
      return `\`${term.word}\``;
    case 'text':
      return `"${term.text}"`;
    case 'quantity':
      return term.bare ? term.raw : 'the limit';
    case 'flag':
      return String(term.flag);
    case 'arithmetic':
    case 'negation':
      return 'the result';
  }
}
