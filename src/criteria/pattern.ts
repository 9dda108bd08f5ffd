/**
 * Regular expressions whose time grows with the text's length and no faster. JavaScript's own go back and try again, which takes for ever for
 * `(a+)+$` on a few dozen letters; here all ways are followed at once, letter by letter (Thompson's construction). So there are no
 * back-references and no look-around; all else means what it means in JavaScript with the flag `u`.
 */
export interface Pattern {
  /** Whether it is found anywhere in the text. */
  test(text: string): boolean;
}

/** A pattern that cannot be used; `offset` and `length` mark the part of it that is to blame. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  readonly offset: number;
  readonly length: number;
  constructor(message: string, offset: number, length: number) {
    super(message);
    this.offset = offset;
    this.length = length;
  }
}

/** @throws PatternError when it is no regular expression, needs to go back, or is too large. */
export function compilePattern(source: string, ignoreCase: boolean): Pattern {
  const flags = ignoreCase ? 'iu' : 'u';
  try {
    new RegExp(source, flags);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: .*: /s, '') : '';
    throw new PatternError(`This is no regular expression: ${why.charAt(0).toLowerCase()}${why.slice(1)}.`, 0, source.length);
  }
  const program: Instruction[] = [];
  const cursor: Cursor = { source, flags, at: 0 };
  emit(choice(cursor), program, source.length);
  program.push({ kind: 'found' });
  const isWord = oneOf('\\w', flags);
  return { test: (text) => run(program, text, isWord) };
}

type Place = 'start' | 'end' | 'boundary' | 'inside';
type Letter = (codePoint: number) => boolean;

/** A part of a pattern. */
type Piece =
  | { readonly kind: 'letter'; readonly is: Letter }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'sequence'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'choice'; readonly pieces: readonly Piece[] }
  | { readonly kind: 'repeat'; readonly piece: Piece; readonly least: number; readonly most: number };

interface Cursor {
  readonly source: string;
  readonly flags: string;
  at: number;
}

// The pattern is known to be well formed: what follows only finds where its parts end.

function choice(cursor: Cursor): Piece {
  const pieces = [sequence(cursor)];
  while (cursor.source[cursor.at] === '|') {
    cursor.at += 1;
    pieces.push(sequence(cursor));
  }
  return { kind: 'choice', pieces };
}

function sequence(cursor: Cursor): Piece {
  const pieces: Piece[] = [];
  while (cursor.at < cursor.source.length && !/[|)]/.test(cursor.source[cursor.at] ?? '')) pieces.push(repeated(cursor));
  return { kind: 'sequence', pieces };
}

function repeated(cursor: Cursor): Piece {
  const piece = single(cursor);
  const quantifier = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(cursor.source.slice(cursor.at));
  if (!quantifier) return piece;
  const [whole, sign, least = '', comma, most = ''] = quantifier;
  cursor.at += whole.length;
  if (sign !== undefined)
    return { kind: 'repeat', piece, least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY };
  const fewest = Number(least);
  return {
    kind: 'repeat',
    piece,
    least: fewest,
    most: comma === '' ? fewest : most === '' ? Number.POSITIVE_INFINITY : Number(most),
  };
}

const ATOM =
  /\[(?:[^\]\\]|\\[\s\S])*\]|\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\dA-Fa-f]{4}(?:\\u[dD][c-fC-F][\dA-Fa-f]{2})?|x[\dA-Fa-f]{2}|c[A-Za-z]|[\s\S])|[\s\S]/uy;

function single(cursor: Cursor): Piece {
  const { source, flags, at } = cursor;
  if (source[at] === '(') return group(cursor);
  ATOM.lastIndex = at;
  const atom = ATOM.exec(source)?.[0] ?? '';
  cursor.at += atom.length;
  if (atom === '^') return { kind: 'place', place: 'start' };
  if (atom === '$') return { kind: 'place', place: 'end' };
  if (atom === '\\b') return { kind: 'place', place: 'boundary' };
  if (atom === '\\B') return { kind: 'place', place: 'inside' };
  if (/^\\(?:[1-9]|k)/.test(atom)) {
    throw new PatternError(
      'A pattern cannot refer back to a group (`\\1`): to look for that may take for ever.',
      at,
      atom.length,
    );
  }
  return { kind: 'letter', is: oneOf(surrogateSafe(atom), flags) };
}

/** An escaped lead surrogate without its trail is a letter of its own. */
const surrogateSafe = (atom: string): string =>
  /^\\u[\dA-Fa-f]{4}\\u/.test(atom) && !/^\\u[dD][89abAB]/.test(atom) ? atom.slice(0, 6) : atom;

function group(cursor: Cursor): Piece {
  const start = cursor.at;
  const opening = /^\((?:\?(?::|<[^=!>][^>]*>))?/.exec(cursor.source.slice(start))?.[0] ?? '(';
  cursor.at += opening.length;
  if (cursor.source[cursor.at] === '?') {
    const length = /^\?<?[=!]?/.exec(cursor.source.slice(cursor.at))?.[0].length ?? 1;
    throw new PatternError(
      'A pattern cannot look ahead or behind (`(?=…)`, `(?<!…)`). Join two patterns by `and` or `not`.',
      start,
      length + 1,
    );
  }
  const inner = choice(cursor);
  cursor.at += 1;
  return inner;
}

/** What one letter must be, as JavaScript itself understands it; remembered, since a text has few different letters. */
function oneOf(atom: string, flags: string): Letter {
  const only = new RegExp(`^${atom}$`, flags);
  const known = new Map<number, boolean>();
  return (codePoint) => {
    const before = known.get(codePoint);
    if (before !== undefined) return before;
    const is = only.test(String.fromCodePoint(codePoint));
    known.set(codePoint, is);
    return is;
  };
}

type Instruction =
  | { readonly kind: 'letter'; readonly is: Letter }
  | { readonly kind: 'place'; readonly place: Place }
  /** Go on at each of these instructions. */
  | { readonly kind: 'fork'; readonly to: number[] }
  | { readonly kind: 'found' };

/** With the longest text, a pattern of this many instructions is judged in about a second. */
const MOST_INSTRUCTIONS = 500;

function emit(piece: Piece, program: Instruction[], length: number): void {
  const often =
    piece.kind === 'repeat' && Math.max(piece.least, Number.isFinite(piece.most) ? piece.most : 0) > MOST_INSTRUCTIONS;
  if (often || program.length > MOST_INSTRUCTIONS) {
    throw new PatternError('This pattern is too large. Repeat fewer times than `{…}` says here.', 0, length);
  }
  switch (piece.kind) {
    case 'letter':
    case 'place':
      program.push(piece);
      return;
    case 'sequence':
      for (const part of piece.pieces) emit(part, program, length);
      return;
    case 'choice': {
      if (piece.pieces.length === 1) {
        for (const part of piece.pieces) emit(part, program, length);
        return;
      }
      const ends: number[][] = [];
      const starts = fork(program);
      for (const part of piece.pieces) {
        starts.push(program.length);
        emit(part, program, length);
        ends.push(fork(program));
      }
      for (const end of ends) end.push(program.length);
      return;
    }
    case 'repeat': {
      for (let times = 0; times < piece.least; times += 1) emit(piece.piece, program, length);
      if (piece.most === Number.POSITIVE_INFINITY) {
        const loop = program.length;
        const ways = fork(program);
        ways.push(program.length);
        emit(piece.piece, program, length);
        fork(program).push(loop);
        ways.push(program.length);
        return;
      }
      const skips: number[][] = [];
      for (let times = piece.least; times < piece.most; times += 1) {
        const ways = fork(program);
        ways.push(program.length);
        skips.push(ways);
        emit(piece.piece, program, length);
      }
      for (const skip of skips) skip.push(program.length);
      return;
    }
  }
}

function fork(program: Instruction[]): number[] {
  const to: number[] = [];
  program.push({ kind: 'fork', to });
  return to;
}

function run(program: readonly Instruction[], text: string, isWord: Letter): boolean {
  const letters = Array.from(text, (letter) => letter.codePointAt(0) ?? 0);
  const seen = new Int32Array(program.length).fill(-1);
  let active: number[] = [];
  for (let position = 0; position <= letters.length; position += 1) {
    const before = letters[position - 1];
    const next = letters[position];
    const boundary = (before !== undefined && isWord(before)) !== (next !== undefined && isWord(next));
    const isAt: Readonly<Record<Place, boolean>> = {
      start: position === 0,
      end: position === letters.length,
      boundary,
      inside: !boundary,
    };
    // A match may begin anywhere.
    const pending = [...active, 0];
    active = [];
    for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
      if (seen[index] === position) continue;
      seen[index] = position;
      const instruction = program[index];
      if (instruction === undefined) continue;
      if (instruction.kind === 'found') return true;
      if (instruction.kind === 'fork') pending.push(...instruction.to);
      else if (instruction.kind === 'place') {
        if (isAt[instruction.place]) pending.push(index + 1);
      } else if (next !== undefined && instruction.is(next)) active.push(index + 1);
    }
  }
  return false;
}
