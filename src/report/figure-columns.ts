/** `1,234`, `12.3 %`, `< 0.01 %`, `1 min 30 s`, `+0.3 points`. */
const FIGURE = /^(?:[<>+-] ?)?\d[\d.,]*(?: ?(?:%|[nµm]?s|min|h|d|[kMGTP]?i?B|points?))?(?: \d+ (?:h|min|s))?(?:\/(?:s|min|h))?$/;
const NONE = new Set(['', '–', '∞']);

/** The columns that hold figures and nothing else: they stand on the right, one digit under the other. The first names its row. */
export function figureColumns(columns: readonly string[], rows: readonly (readonly string[])[]): readonly number[] {
  return columns.flatMap((_, at) => {
    if (at === 0) return [];
    const cells = rows.map((row) => row[at] ?? '');
    const figures = cells.some((cell) => FIGURE.test(cell)) && cells.every((cell) => FIGURE.test(cell) || NONE.has(cell));
    return figures ? [at] : [];
  });
}
