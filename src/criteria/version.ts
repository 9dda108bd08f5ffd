/** A version that was read: `v1.28.3-rc.1+build7`. */
export interface ReadVersion {
  /** Without leading zeros, as texts: a time stamp has more digits than a number holds. */
  readonly numbers: readonly string[];
  /** What stands before a release: `rc`, `1`. Empty for a release. */
  readonly before: readonly string[];
  readonly build: string;
  /** Whether it can be nothing else: `15.10` may be a decimal, `v15.10` and `1.15.10` may not. */
  readonly certain: boolean;
}

const VERSION =
  /^(v?)(\d{1,64}(?:\.\d{1,64}){0,15})(?:-([\w.-]{1,128})|((?:alpha|beta|rc|dev|devel|pre|preview|snapshot|a|b)\.?\d{0,9}))?(?:\+([\w.-]{1,128}))?$/i;

const LONGEST = 256;

/** Reads a version; undefined when the text is none. What PostgreSQL adds in brackets is left out: `15.18 (Debian 15.18-1)`. */
export function readVersion(text: string): ReadVersion | undefined {
  if (text.length > LONGEST) return undefined;
  const [, v = '', dotted = '', pre, suffix, build = ''] = VERSION.exec(text.replace(/\s+\(.*$/s, '').trim()) ?? [];
  if (dotted === '') return undefined;
  const numbers = dotted.split('.').map((number) => number.replace(/^0+(?=\d)/, ''));
  const before = (pre ?? suffix ?? '').split('.').filter((part) => part !== '');
  return { numbers, before, build, certain: v !== '' || numbers.length > 2 || before.length > 0 || build !== '' };
}

/** Number by number; what is missing is zero, and what stands before a release is less than it. Builds have no order. */
export function versionOrder(a: ReadVersion, b: ReadVersion): number {
  for (let index = 0; index < Math.max(a.numbers.length, b.numbers.length); index += 1) {
    const order = digitsOrder(a.numbers[index] ?? '0', b.numbers[index] ?? '0');
    if (order !== 0) return order;
  }
  if (a.before.length === 0 || b.before.length === 0) return Math.sign(b.before.length - a.before.length);
  for (let index = 0; index < Math.max(a.before.length, b.before.length); index += 1) {
    const order = identifierOrder(a.before[index], b.before[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** Two builds of one version are not the same: a tag such as `1.2.3+4f2a9c1` names a commit. */
export const sameVersion = (a: ReadVersion, b: ReadVersion): boolean => versionOrder(a, b) === 0 && a.build === b.build;

function digitsOrder(a: string, b: string): number {
  if (a.length !== b.length) return a.length < b.length ? -1 : 1;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** As Semantic Versioning orders them: numbers by size and before words, words by their characters, fewer before more. */
function identifierOrder(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const [numberA, numberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (numberA && numberB) return digitsOrder(a.replace(/^0+(?=\d)/, ''), b.replace(/^0+(?=\d)/, ''));
  if (numberA !== numberB) return numberA ? -1 : 1;
  return wordOrder(a, b);
}

/** `rc9` before `rc10`, as PostgreSQL and Python count them. */
function wordOrder(a: string, b: string): number {
  const [, wordA = a, countA] = /^(\D+)(\d+)$/.exec(a) ?? [];
  const [, wordB = b, countB] = /^(\D+)(\d+)$/.exec(b) ?? [];
  if (wordA === wordB && countA !== undefined && countB !== undefined) return digitsOrder(countA, countB);
  return a === b ? 0 : a < b ? -1 : 1;
}
