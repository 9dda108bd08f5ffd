import { TOOLS } from '../result.ts';

const KNOWN = TOOLS.filter((tool) => tool !== 'mapped' && tool !== 'holdpoint').join(', ');

/** What a file that no reader takes looks like, and what to do about it. */
export function looksLike(head: string, document?: unknown): string {
  const start = head.trimStart();
  const advice = `Give the file that the load tool wrote: results of ${KNOWN} are read.`;
  if (start === '') return `there is nothing but blanks in it, so nothing was measured. ${advice}`;
  if (/^<!doctype html|^<html|^<head|^<body/i.test(start)) {
    const title = /<title>\s*([^<]{1,60}?)\s*<\/title>/i.exec(start)?.[1];
    const shown = title === undefined ? '' : ` (“${title}”)`;
    return `this is an HTML page${shown}, such as a server or a download answers with in place of the file. ${advice}`;
  }
  if (start.startsWith('<'))
    return `this is XML with the root \`${/^<(?:\?[^>]*\?>\s*<)?([\w:.-]+)/.exec(start)?.[1] ?? '?'}\`, and no result that is known. ${advice}`;
  if (head.includes('\0')) return `this is a binary file. ${advice}`;
  if (Array.isArray(document)) return `this is a JSON list, and no result that is known. ${advice}`;
  if (typeof document === 'object' && document !== null) {
    const keys = Object.keys(document).slice(0, 6);
    const shown = keys.length === 0 ? 'without keys' : `with the keys ${keys.map((key) => `\`${key.slice(0, 30)}\``).join(', ')}`;
    return `this is JSON ${shown}, and no result that is known. ${advice}`;
  }
  const [line = ''] = start.split(/\r?\n/, 1);
  return `it starts with “${line.slice(0, 80)}”, which no known result does. ${advice}`;
}
