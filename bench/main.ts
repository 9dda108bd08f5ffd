import { describeFigure, type Figure } from './figures.ts';
import { findingsFigure, readyFigure, rehearsalFigure } from './rehearsal.ts';
import { requestsFigure } from './requests.ts';
import { sizeFigure } from './size.ts';
import { startFigure } from './start.ts';

/** Prints every figure, each with the limit that the project sets itself; a missed limit ends with status 1. */
const figures: readonly (() => Figure | Promise<Figure>)[] = [
  startFigure,
  sizeFigure,
  requestsFigure,
  readyFigure,
  rehearsalFigure,
  findingsFigure,
];
let missed = 0;
for (const measure of figures) {
  const figure = await measure();
  if (figure.limit !== undefined && figure.value > figure.limit) missed += 1;
  console.log(describeFigure(figure));
}
process.exitCode = missed === 0 ? 0 : 1;
