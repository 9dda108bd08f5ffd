const encoder = new TextEncoder();

/** Length in bytes as UTF-8, which is how GitHub counts. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

/** The first of the texts that fits into `budgetBytes`; the last one, cut at a line's end (or a character's), when none does. */
export function firstThatFits(texts: Iterable<string>, budgetBytes: number): string {
  let last = '';
  for (const text of texts) {
    if (byteLength(text) <= budgetBytes) return text;
    last = text;
  }
  return cutToBytes(last, budgetBytes);
}

/** Whole lines from the start that fit; if not even one does, whole characters of the first. */
export function cutToBytes(text: string, budgetBytes: number): string {
  if (byteLength(text) <= budgetBytes) return text;
  let used = 0;
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const size = byteLength(line) + 1;
    if (used + size > budgetBytes + 1) break;
    used += size;
    kept.push(line);
  }
  if (kept.length > 0) return kept.join('\n');
  let cut = '';
  used = 0;
  for (const character of text) {
    used += byteLength(character);
    if (used > budgetBytes) break;
    cut += character;
  }
  return cut;
}

/**
 * The end of a tool's output matters most, the start says what was run: keeps the first quarter and the last three of
 * `most` lines. `between` words the gap.
 */
export function cutLines(text: string, most: number, between: (left: number) => string): string {
  const lines = text.replace(/\n+$/, '').split('\n');
  if (lines.length <= most) return lines.join('\n');
  const head = Math.floor(most / 4);
  const tail = most - head;
  return [...lines.slice(0, head), between(lines.length - most), ...lines.slice(-tail)].join('\n');
}
