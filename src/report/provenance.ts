import { plainLine, shortLine } from './escape.ts';

/** The first seven digits of a commit; anything else on one short line. */
export function shortSha(sha: string): string {
  const line = plainLine(sha);
  return /^[0-9a-f]{40,64}$/i.test(line) ? line.slice(0, 7) : shortLine(line, 20);
}
