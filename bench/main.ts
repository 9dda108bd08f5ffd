import { csvResultsFigure } from './csv-results.ts';
import { describeFigure, type Figure, isMet } from './figures.ts';
import { indexFigures } from './indexes.ts';
import { loadResultFigures } from './load-results.ts';
import { findingsFigure, readyFigure, rehearsalFigure } from './rehearsal.ts';
import { requestsFigure } from './requests.ts';
import { sizeFigure } from './size.ts';
import { startFigure } from './start.ts';

/** Prints every figure, each with the limit that the project sets itself; a missed limit ends with status 1. */
const figures: readonly (() => Figure | readonly Figure[] | Promise<Figure | readonly Figure[]>)[] = [
  startFigure,
  sizeFigure,
  requestsFigure,
  csvResultsFigure,
  loadResultFigures,
  indexFigures,
  readyFigure,
  rehearsalFigure,
  findingsFigure,
];
let missed = 0;
for (const measure of figures) {
  for (const figure of [await measure()].flat()) {
    if (!isMet(figure)) missed += 1;
    console.log(describeFigure(figure));
  }
}
process.exitCode = missed === 0 ? 0 : 1;
