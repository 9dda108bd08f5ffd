import { promises } from 'node:fs';
import { join, parse, resolve } from 'node:path';
import { errorCode } from '../runner/file-errors.ts';

/**
 * The files (never folders) that a pattern matches, as absolute paths in alphabetical order.
 *
 * `*` and `?` stay inside one name, `**` is any number of folders, `{a,b}` either, `[a-z]` one of, `[!a-z]` none of. A name
 * with a dot in front is only matched by a pattern that has one. `**` does not follow links to folders.
 *
 * @throws the file system's error for a folder that may not be read: it might hide what is looked for.
 */
export async function findFiles(pattern: string, directory: string): Promise<string[]> {
  const found = new Set<string>();
  for (const alternative of withoutBraces(pattern)) {
    const { root } = parse(alternative);
    const segments = alternative
      .slice(root.length)
      .split('/')
      .filter((segment) => segment !== '' && segment !== '.');
    await walk(root === '' ? directory : resolve(root), segments, found);
  }
  return [...found].sort();
}

/** Whether a text has anything in it that `findFiles` would not take literally. */
function isPattern(text: string): boolean {
  return /[*?{[]/.test(text);
}

async function walk(folder: string, segments: readonly string[], found: Set<string>): Promise<void> {
  const [segment, ...rest] = segments;
  if (segment === undefined) return;
  if (segment === '**') {
    await walk(folder, rest.length === 0 ? ['*'] : rest, found);
    for (const entry of await list(folder)) {
      // Without its links a tree has no loops.
      if (entry.isDirectory() && !entry.name.startsWith('.')) await walk(join(folder, entry.name), segments, found);
    }
    return;
  }
  for (const name of await namesLike(segment, folder)) {
    const path = join(folder, name);
    if (rest.length > 0) await walk(path, rest, found);
    else if (await isFile(path)) found.add(path);
  }
}

async function namesLike(segment: string, folder: string): Promise<string[]> {
  if (!isPattern(segment)) return [segment];
  const like = patternOf(segment);
  const names = (await list(folder)).map(({ name }) => name);
  return names.filter((name) => like.test(name) && (segment.startsWith('.') || !name.startsWith('.')));
}

async function list(folder: string) {
  return promises.readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    if (isAbsent(cause)) return [];
    throw cause;
  });
}

async function isFile(path: string): Promise<boolean> {
  return promises.stat(path).then(
    (found) => found.isFile(),
    (cause: unknown) => {
      if (isAbsent(cause) || errorCode(cause) === 'ELOOP') return false;
      throw cause;
    },
  );
}

function isAbsent(cause: unknown): boolean {
  return errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR';
}

/** One segment as a regular expression; a `[` that is never closed stands for itself. */
function patternOf(segment: string): RegExp {
  const source = segment.replace(
    /\*+|\?|\[([!^]?)(\]?[^\]]*)\]|[\\^$.+()|{}[\]]/g,
    (part, not: string | undefined, set: string | undefined) => {
      if (part.startsWith('*')) return '.*';
      if (part === '?') return '.';
      if (set === undefined || set === '') return part.replace(/[\\^$.+()|{}[\]]/g, '\\$&');
      return `[${not ? '^' : ''}${set.replace(/[\\\][^]/g, '\\$&')}]`;
    },
  );
  return new RegExp(`^${source}$`, 'su');
}

/** `a/{b,c{d,e}}` as `a/b`, `a/cd`, `a/ce`. A brace without a comma inside, or without its end, stands for itself. */
function withoutBraces(pattern: string): string[] {
  let depth = 0;
  let start = -1;
  let parts: number[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index];
    if (character === '{') {
      if (depth === 0) {
        start = index;
        parts = [index];
      }
      depth += 1;
    } else if (character === ',' && depth === 1) {
      parts.push(index);
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      if (depth > 0 || parts.length < 2) continue;
      const edges = [...parts, index];
      const before = pattern.slice(0, start);
      const after = pattern.slice(index + 1);
      return parts.flatMap((from, part) => withoutBraces(before + pattern.slice(from + 1, edges[part + 1]) + after));
    }
  }
  return [pattern];
}
