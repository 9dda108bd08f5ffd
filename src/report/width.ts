/** Ranges that terminals draw two columns wide: East Asian wide and fullwidth forms (UAX #11), emoji. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\u33FF\u3400-\u4DBF\u4E00-\u9FFF\uA000-\uA4CF\uA960-\uA97F\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{20000}-\u{3FFFD}]|\p{Emoji_Presentation}/u;
const NONE = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Columns that a line without control characters takes on a terminal. */
export function columnsOf(line: string): number {
  let columns = 0;
  for (const character of line) columns += NONE.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  return columns;
}

/** The line in at most `columns`; a longer one ends in `…`. */
export function clip(line: string, columns: number): string {
  if (columnsOf(line) <= columns) return line;
  let kept = '';
  let used = 0;
  for (const character of line) {
    used += columnsOf(character);
    if (used > columns - 1) break;
    kept += character;
  }
  return columns > 0 ? `${kept}…` : '';
}

/** The line, filled with spaces to `columns`. */
export function pad(line: string, columns: number): string {
  return line + ' '.repeat(Math.max(0, columns - columnsOf(line)));
}

/** Broken between words into lines of at most `columns`; a word that is longer stays whole, so that it can be copied. */
export function wrap(line: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (current !== '' && columnsOf(longer) > columns) {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return [...lines, current];
}
