/** A GFM table of cells that are escaped already; an empty text when it would have no rows. */
export function table(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string {
  if (rows.length === 0 || columns.length === 0) return '';
  const line = (cells: readonly string[]): string => `| ${cells.map((cell) => (cell === '' ? ' ' : cell)).join(' | ')} |`;
  const rule = `|${columns.map((_, at) => (rightAligned.includes(at) ? '---:' : '---')).join('|')}|`;
  return [line(columns), rule, ...rows.map(line)].join('\n');
}
