import type { ScalarNode } from './document.ts';

/** How long an escape such as `\x41` is in a double-quoted text, from its backslash. */
function escapeLength(text: string, backslash: number): number {
  const kind = text[backslash + 1];
  return kind === 'x' ? 4 : kind === 'u' ? 6 : kind === 'U' ? 10 : 2;
}

/**
 * The offset in the file of each character of a text value, and of its end. YAML folds lines, doubles quotes and escapes:
 * content and source are walked side by side. Where they cannot be aligned, the value's start stands in.
 */
function characterOffsets(content: string, scalar: ScalarNode, source: string): readonly number[] {
  const offsets: number[] = [];
  let at = scalar.start;
  if (scalar.style === 'single' || scalar.style === 'double') at += 1;
  if (scalar.style === 'block') {
    const header = source.indexOf('\n', scalar.start);
    at = header === -1 ? scalar.end : header + 1;
  }
  for (const character of content) {
    let length = character.length;
    if (/\s/.test(character)) {
      if (scalar.style === 'double' && source[at] === '\\') length = escapeLength(source, at);
      else if (!/\s/.test(source[at] ?? '')) length = 0;
    } else {
      while (at < scalar.end && source[at] !== character[0]) {
        if (scalar.style === 'double' && source[at] === '\\' && !/[\r\n]/.test(source[at + 1] ?? '')) {
          length = escapeLength(source, at);
          break;
        }
        if (!/[\s\\]/.test(source[at] ?? '')) return [];
        at += 1;
      }
      if (scalar.style === 'single' && character === "'") length = 2;
    }
    for (let unit = 0; unit < character.length; unit += 1) offsets.push(Math.min(at, scalar.end));
    at += length;
  }
  offsets.push(Math.min(at, scalar.end));
  return offsets;
}

/** Where the character at `index` of a text value stands in the file. */
export function offsetOf(index: number, content: string, scalar: ScalarNode, source: string): number {
  const offsets = characterOffsets(content, scalar, source);
  return offsets[Math.min(Math.max(index, 0), offsets.length - 1)] ?? scalar.start;
}
