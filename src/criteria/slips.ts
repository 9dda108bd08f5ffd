import { type Cursor, fail, isSymbol, isWord, spanning } from './cursor.ts';
import { KEYWORDS } from './keywords.ts';
import type { Token } from './lexer.ts';
import { nearestName } from './nearest.ts';
import type { Span } from './syntax.ts';
import { findUnit, parseQuantity, simpleUnit } from './units.ts';

/** What people write instead of the language: recognised, to answer with the right form. Nothing here makes a criterion valid. */

export interface Slip extends Span {
  readonly message: string;
}

const slip = (message: string, { offset, length }: Span): Slip => ({ message, offset, length });

const adjacent = (first: Token, second: Token): boolean => first.offset + first.length === second.offset;

/** A number with marks of another culture, a date, or two readings. The token has been taken. */
export function numberSlip(token: Token, cursor: Cursor, inList = false): Slip | undefined {
  const { text } = token;
  const next = cursor.peek();
  if (!inList && isSymbol(next, ',') && adjacent(token, next)) {
    const marked = withCommas(token, cursor);
    if (marked) return marked;
  }
  if (/^\d{1,3}(?:_\d{3})+$/.test(text)) return slip(`Found \`${text}\`. Write \`${text.replaceAll('_', '')}\`.`, token);
  if (/^\d{1,3}(?:\.\d{3}){2,}$/.test(text)) {
    return slip(`Found \`${text}\`. Write \`${text.replaceAll('.', '')}\`: there are no thousands separators.`, token);
  }
  const [date] = /^\d{4}-\d\d?-\d\d?/.exec(cursor.source.slice(token.offset)) ?? [];
  if (date !== undefined) return slip(`A date is a text, and goes in quotes: \`"${date}"\`.`, { ...token, length: date.length });
  if (/^[1-9]\d{0,2}\.\d\d0$/.test(text) && !hasUnit(next)) {
    const thousands = text.replace('.', '');
    return slip(
      `\`${text}\` may be ${Number(text)} or ${thousands}. Write \`${Number(text)}\` or \`${thousands}\`; a version goes in quotes.`,
      token,
    );
  }
  if (/^0\d+(?:\.\d+)?%?$/.test(text)) {
    return slip(
      `A number has no zeros in front. Write \`${text.replace(/^0+(?=\d)/, '')}\`; a text goes in quotes: \`"${text}"\`.`,
      token,
    );
  }
  const total = durationOf(text);
  return total === undefined ? undefined : slip(`Found \`${text}\`. Write it in one unit: \`${total}\`.`, token);
}

const hasUnit = (next: Token): boolean => isSymbol(next, '%') || (next.kind === 'word' && simpleUnit(next.text) !== undefined);

/** `0,8%`, `1,000`, `10.000,5` */
function withCommas(first: Token, cursor: Cursor): Slip | undefined {
  let last: Token | undefined;
  let written = first.text;
  for (let ahead = 0; isSymbol(cursor.peek(ahead), ','); ahead += 2) {
    const [comma, digits] = [cursor.peek(ahead), cursor.peek(ahead + 1)];
    if (digits.kind !== 'digits' || !adjacent(last ?? first, comma) || !adjacent(comma, digits)) break;
    written += `,${digits.text}`;
    last = digits;
  }
  if (last === undefined) return undefined;
  const [, number = written, unit = ''] = /^([\d.,]*\d)(.*)$/su.exec(written) ?? [];
  const span = spanning(first, last);
  const groups = number.split(',');
  if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(number)) {
    return slip(`Found \`${written}\`. Write \`${number.replaceAll(',', '')}${unit}\`: there are no thousands separators.`, span);
  }
  const [whole = '', fraction = ''] = groups;
  if (groups.length > 2) return slip(`Found \`${written}\`. A number has no commas.`, span);
  return slip(
    `Found \`${written}\`. Write \`${whole.replaceAll('.', '')}.${fraction}${unit}\`: the decimal mark is a point.`,
    span,
  );
}

/** `1m30s` in one unit; undefined when it is nothing of the kind. */
function durationOf(text: string): string | undefined {
  const parts = text.match(/\d+(?:\.\d+)?[a-zµ]+/gu) ?? [];
  if (parts.length < 2 || parts.join('') !== text) return undefined;
  let seconds = 0;
  for (const part of parts) {
    const quantity = parseQuantity(part);
    if (quantity?.dimension.time !== 1) return undefined;
    seconds += quantity.amount;
  }
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['m', 60],
    ['s', 1],
  ] as const;
  const [unit, factor] = units.find(([, size]) => Number.isInteger(seconds / size)) ?? (['ms', 0.001] as const);
  return `${Math.round(seconds / factor)}${unit}`;
}

const UNITS = [
  'ms',
  's',
  'min',
  'h',
  'd',
  'kB',
  'MB',
  'GB',
  'TB',
  'KiB',
  'MiB',
  'GiB',
  'TiB',
  'bytes',
  'percent',
  'requests',
  'minutes',
  'hours',
];
const KNOWN_UNITS = 'Known are times (ms, s, m, h, d), bytes (kB, MB, GiB), %, and rates such as 10/s.';

/** Refuses a number whose letters are no unit: `5Mb`, `2x`, `2xx`. */
export function unknownUnit(raw: string, unit: string, token: Token, cursor: Cursor): never {
  const at = { offset: token.offset + raw.length, length: token.length - raw.length };
  if (/^x$/i.test(unit)) return fail(`Found \`${token.text}\`. Write \`${times(raw, cursor.peek())}\`.`, token);
  if (unit.startsWith('..')) return fail(`A range is \`between ${raw} and ${unit.replace(/^\.+/, '')}\`.`, token);
  if (/^xx$/i.test(unit) && raw.length === 1)
    return fail(`Found \`${token.text}\`. Write \`between ${raw}00 and ${raw}99\`.`, token);
  if (/^[._]/.test(unit) && findUnit(unit.slice(1)))
    return fail(`Found \`${token.text}\`. Write \`${raw}${unit.slice(1)}\`.`, token);
  if (raw === '0' && /^x[0-9a-f]+$/i.test(unit)) return fail(`Numbers are decimal. Write \`${Number(token.text)}\`.`, token);
  return fail(`Unknown unit \`${unit}\`. ${unitHint(unit) ?? `${KNOWN_UNITS} A text goes in quotes: \`"${token.text}"\`.`}`, at);
}

/** `2x baseline`: how often what. */
const times = (raw: string, next: Token): string =>
  `${raw} * ${next.kind === 'word' && !KEYWORDS.has(next.text) ? next.text : 'baseline'}`;

function unitHint(unit: string): string | undefined {
  const rate = /^([kmgt])(i?)b(?:\/|p)?s$/i.exec(unit);
  if (rate) return `Did you mean \`${scaled(rate[1], rate[2])}/s\`? There are bytes, not bits.`;
  if (/^[kmgt]i?b?$/i.test(unit)) {
    const [, prefix, binary] = /^([kmgt])(i?)/i.exec(unit) ?? [];
    return `Did you mean \`${scaled(prefix, binary)}\`?`;
  }
  const alike = UNITS.find((known) => known.toLowerCase() === unit.toLowerCase());
  const nearest = alike ?? (unit.length > 2 ? nearestName(unit, UNITS) : undefined);
  return nearest === undefined ? undefined : `Did you mean \`${nearest}\`?`;
}

const scaled = (prefix = '', binary = ''): string =>
  binary === '' ? `${prefix.toUpperCase().replace('K', 'k')}B` : `${prefix.toUpperCase()}iB`;

/** Signs of other languages, and what they are called here. */
const SIGNS: Readonly<Record<string, string>> = {
  '&&': 'Write `and`.',
  '||': 'Write `or`.',
  '&': 'Write `and`.',
  '|': 'Write `or`.',
  '!': 'Write `not`.',
  '=': 'Write `==`.',
  '===': 'Write `==`.',
  '!==': 'Write `!=`.',
  '=<': 'Write `<=`.',
  '=>': 'Write `>=`.',
  '=~': 'Write `matches`, as in `x matches /^v1/`.',
  '!~': 'Write `not matches`, as in `x not matches /^v1/`.',
  '~': 'Write `matches`, as in `x matches /^v1/`.',
  '**': 'There are no powers. Write the product.',
  ',': 'Two conditions are joined by `and`, or stand in the plan as two criteria.',
  ';': 'Two conditions are joined by `and`, or stand in the plan as two criteria.',
  '[': 'An element is `items[0]`, a field is `body.name`.',
};

/** Words of other languages, of prose and of programs. */
const WORDS: Readonly<Record<string, string>> = {
  below: '<',
  under: '<',
  less: '<',
  fewer: '<',
  menor: '<',
  above: '>',
  over: '>',
  more: '>',
  greater: '>',
  exceeds: '>',
  exceeding: '>',
  maior: '>',
  mayor: '>',
  is: '==',
  equals: '==',
  equal: '==',
  eq: '==',
  ne: '!=',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
  least: '>=',
  most: '<=',
  contains: 'matches /…/',
  includes: 'matches /…/',
  like: 'matches /…/',
  startsWith: 'matches /^…/',
  starts: 'matches /^…/',
  endsWith: 'matches /…$/',
  ends: 'matches /…$/',
  e: 'and',
  y: 'and',
  ou: 'or',
  o: 'or',
  entre: 'between',
  during: 'for',
  within: 'for',
  durante: 'for',
  por: 'for',
};

/** Behind a limit, these speak of time: `p95 < 500ms over 10m`. */
const OVER_TIME: ReadonlySet<string> = new Set(['over', 'during', 'within', 'in', 'durante', 'por', 'em']);

const NOTHINGS = /^(?:null|nil|none|undefined)$/i;

/** A word that stands for a value elsewhere. */
export function valueSlip({ text, ...span }: Token): Slip | undefined {
  if (/^(?:true|false)$/i.test(text)) return slip(`Write \`${text.toLowerCase()}\`.`, span);
  if (NOTHINGS.test(text)) {
    return slip(
      `There is no \`${text}\`: what was not measured is never met. An empty text is \`""\`, and so is JSON's null.`,
      span,
    );
  }
  if (/^(?:nan|infinity|inf)$/i.test(text)) return slip(`There is no \`${text}\`: what is no number is never met.`, span);
  return undefined;
}

/** Refuses a token that cannot stand where it does, with the right form where it can be guessed. */
export function refuse(token: Token, cursor: Cursor): never {
  const found = unexpected(token, cursor);
  return fail(found.message, found);
}

function unexpected(token: Token, cursor: Cursor): Slip {
  const { before, after } = cursor.neighbours(token);
  switch (token.kind) {
    case 'end':
      if (before && isSymbol(before, '+')) return plusSlip(before, cursor) ?? expected(before, undefined);
      return slip('The criterion ends where a value is expected.', token);
    case 'open':
      return slip(`The text that starts here has no closing ${token.text === '`' ? 'backtick' : token.text}.`, token);
    case 'unknown':
      return slip(unknownCharacter(token.text), token);
    case 'symbol':
      return symbolSlip(token, before, after);
    case 'word':
      return wordSlip(token, before, after, cursor);
    case 'digits':
      return digitsSlip(token, before, cursor);
    default:
      return expected(token, before);
  }
}

function symbolSlip(token: Token, before: Token | undefined, after: Token): Slip {
  const { text } = token;
  if (text === '.' && after.kind === 'digits' && adjacent(token, after)) {
    return slip(`Write \`0.${after.text}\`: a number starts with a digit.`, spanning(token, after));
  }
  if ((text === '.' || text === ';' || text === ',') && after.kind === 'end') {
    return slip(`Nothing follows the \`${text}\`. Take it away.`, token);
  }
  if (text === '.') return slip('A point stands inside names and numbers only.', token);
  if (text === '+' && after.kind === 'end' && before?.kind === 'digits')
    return slip(`Write \`>= ${before.text}\`.`, spanning(before, token));
  if (text === ')' && isSymbol(before ?? token, '('))
    return slip('There is nothing between these brackets.', spanning(before ?? token, token));
  const hint = Object.hasOwn(SIGNS, text) ? SIGNS[text] : undefined;
  if (hint !== undefined) return slip(`Found \`${text}\`. ${hint}`, token);
  return expected(token, before);
}

/** `98%+` */
function plusSlip(plus: Token, cursor: Cursor): Slip | undefined {
  const { before } = cursor.neighbours(plus);
  return before?.kind === 'digits' ? slip(`Write \`>= ${before.text}\`.`, spanning(before, plus)) : undefined;
}

function expected(token: Token, before: Token | undefined): Slip {
  const afterValue =
    before !== undefined && (before.kind === 'symbol' ? isSymbol(before, ')', ']', '%') : !KEYWORDS.has(before.text));
  const what = afterValue ? 'an operator such as `<` or `and`' : 'a value';
  return slip(`Expected ${what}, found ${shown(token)}.`, token);
}

function wordSlip(token: Token, before: Token | undefined, after: Token, cursor: Cursor): Slip {
  const { text } = token;
  const lower = text.toLowerCase();
  if (lower !== text && KEYWORDS.has(lower)) return slip(`Found \`${text}\`. Write \`${lower}\`.`, token);
  if (before?.kind === 'digits') {
    if (lower === 'x') return slip(`Write \`${times(before.text, after)}\`.`, spanning(before, token));
    if (after.kind === 'digits' && OVER_TIME.has(lower)) return slip(`Found \`${text}\`. Write \`for\`.`, token);
    if (!Object.hasOwn(WORDS, text)) return slip(`Unknown unit \`${text}\`. ${unitHint(text) ?? KNOWN_UNITS}`, token);
  }
  if (Object.hasOwn(WORDS, text)) return slip(`Found \`${text}\`. Write \`${WORDS[text]}\`.`, token);
  if (before?.kind === 'word' && !KEYWORDS.has(before.text) && !KEYWORDS.has(text)) {
    if (Object.hasOwn(KEYWORD_SLIPS, before.text))
      return slip(`Found \`${before.text}\`. Write \`${KEYWORD_SLIPS[before.text]}\`.`, before);
    return spacedName(before, token, after, cursor);
  }
  return expected(token, before);
}

/** At the start of a condition, where a word is taken for a measurement. */
const KEYWORD_SLIPS: Readonly<Record<string, string>> = { Not: 'not', NOT: 'not', não: 'not', no: 'not' };

/** `error rate < 1%`: names have no spaces. */
function spacedName(first: Token, second: Token, after: Token, cursor: Cursor): Slip {
  const words = [first.text, second.text];
  let last = second;
  let next = after;
  while (next.kind === 'word' && !KEYWORDS.has(next.text) && !Object.hasOwn(WORDS, next.text)) {
    words.push(next.text);
    last = next;
    next = cursor.neighbours(next).after;
  }
  return slip(
    `A name has no spaces. Write \`${words.join('_')}\` if that is its name, or join two conditions by \`and\`.`,
    spanning(first, last),
  );
}

function digitsSlip(token: Token, before: Token | undefined, cursor: Cursor): Slip {
  if (before?.kind === 'word' && !KEYWORDS.has(before.text)) {
    const { before: earlier } = cursor.neighbours(before);
    if (earlier?.kind === 'digits') {
      const total = durationOf(`${earlier.text}${before.text}${token.text}`);
      if (total !== undefined) return slip(`Write it in one unit: \`${total}\`.`, spanning(earlier, token));
    }
    return slip(
      `An operator is missing between \`${before.text}\` and \`${token.text}\`, such as \`<\`.`,
      spanning(before, token),
    );
  }
  const total = before?.kind === 'digits' ? durationOf(`${before.text}${token.text}`) : undefined;
  if (before && total !== undefined) return slip(`Write it in one unit: \`${total}\`.`, spanning(before, token));
  return expected(token, before);
}

function unknownCharacter(character: string): string {
  const plain = character.normalize('NFKC');
  if (plain !== character && /^[\x21-\x7e]+$/.test(plain)) return `Found \`${character}\`. Write \`${plain}\`, the plain sign.`;
  if (/[“”„«»‘’‚]/.test(character)) return `Found \`${character}\`. A text stands in straight quotes: \`"…"\`.`;
  if (character === '±') return 'Found `±`. Write `between baseline - 10MB and baseline + 10MB`.';
  if (/\p{Sc}/u.test(character)) return `Found \`${character}\`. A number stands without its currency.`;
  if (character === ':' || character === '#' || character === '@' || character === '?') {
    return `Found \`${character}\`, which means nothing in a criterion. A text goes in quotes.`;
  }
  if (/[\p{C}\p{Z}]/u.test(character)) {
    const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `Found a character that cannot be seen (U+${code}). Take it away.`;
  }
  return `Found \`${character}\`, which means nothing in a criterion.`;
}

/** A token in a message. */
export function shown(token: Token): string {
  if (token.kind === 'end') return 'the end';
  return token.kind === 'string' ? `"${token.text}"` : `\`${token.text}\``;
}

/** What is wrong behind `for`. */
export function windowSlip(token: Token, cursor: Cursor): Slip {
  const { after } = cursor.neighbours(token);
  if (isSymbol(token, '<', '>', '<=', '>=') && after.kind === 'digits') {
    const unit = cursor.neighbours(after).after;
    const time = unit.kind === 'word' ? `${after.text} ${unit.text}` : after.text;
    return slip(`Behind \`for\` stands the time alone: \`for ${time}\`.`, token);
  }
  if (isWord(token, 'at', 'more', 'over', 'the', 'a', 'least'))
    return slip('Behind `for` stands the time alone, as in `for 10m`.', token);
  if (token.kind === 'string') return slip(`A label stands behind \`of\`: \`p95 of "${token.text}"\`.`, token);
  if (token.kind === 'digits' && /^\d+(?:\.\d+)?$/.test(token.text)) {
    return slip(`\`${token.text}\` has no unit of time. Write \`for ${token.text}m\` or \`for ${token.text}s\`.`, token);
  }
  return slip(`Expected a duration such as \`10m\` behind \`for\`, found ${shown(token)}.`, token);
}
