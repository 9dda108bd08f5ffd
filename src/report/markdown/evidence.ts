import type { Evidence, Item } from '../../checklist/model.ts';
import { formatValue } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';
import { cutLines } from '../budget.ts';
import { markdownCode, markdownFence, markdownText, plainLines, shortLine } from '../escape.ts';
import { figureColumns } from '../figure-columns.ts';
import { histogramLines } from '../histogram.ts';
import { ICONS } from '../icons.ts';
import type { Words } from '../locale/words.ts';
import { judgementState, outcomeWord } from '../sentence.ts';
import { amountIn, pointsOf, sparkline } from '../series.ts';
import { shownState } from '../tally.ts';
import { table } from './table.ts';

/** How much of each piece of evidence is shown. */
export interface EvidenceSize {
  readonly lines: number;
  readonly columns: number;
}

export const WHOLE: EvidenceSize = { lines: Number.POSITIVE_INFINITY, columns: Number.POSITIVE_INFINITY };

const TITLE_LENGTH = 160;
const CELL_LENGTH = 300;
const MOST_UNFOLDED = 10;

/** Whether there is anything to unfold. */
export function hasDetails(item: Item): boolean {
  return item.evidence.length > 0 || item.judgements.length > 0 || Object.keys(item.measurements).length > 0;
}

/** An item's criteria, other measurements and evidence, folded under its title. `size` undefined leaves the evidence out. */
export function itemDetails(item: Item, words: Words, locale: Locale, size: EvidenceSize | undefined): string {
  const state = shownState(item);
  const title = `${ICONS[state]} ${words.states[state]} · <b>${markdownText(shortLine(item.title, TITLE_LENGTH))}</b>`;
  const parts = [
    criteriaTable(item, words, locale),
    measurementsTable(item, words, locale),
    ...(size === undefined ? [] : item.evidence.map((evidence) => pieceOf(evidence, words, locale, size))),
  ].filter((part) => part !== '');
  return `<details><summary>${title}</summary>\n\n${parts.join('\n\n')}\n\n</details>`;
}

function criteriaTable(item: Item, words: Words, locale: Locale): string {
  const cell = (text: string): string => markdownText(shortLine(text, CELL_LENGTH));
  const rows = item.judgements.map((judgement) => [
    `${ICONS[judgementState(judgement)]} ${outcomeWord(judgement, words)}`,
    `${markdownCode(shortLine(judgement.criterion, CELL_LENGTH))}${judgement.intent === 'expect' ? '' : ` (${words.intents[judgement.intent]})`}`,
    [
      ...judgement.comparisons.map(
        ({ subject, measured }) =>
          `${markdownCode(shortLine(subject, CELL_LENGTH))} ${measured === undefined ? '–' : cell(formatValue(measured, locale))}`,
      ),
      ...(judgement.detail === undefined ? [] : [cell(judgement.detail)]),
    ].join('<br>'),
  ]);
  return table([words.columns.state, words.columns.criterion, words.columns.measured], rows);
}

function measurementsTable(item: Item, words: Words, locale: Locale): string {
  const compared = new Set(item.judgements.flatMap((judgement) => judgement.comparisons.map(({ subject }) => subject)));
  const rows = Object.entries(item.measurements)
    .filter(([name]) => !compared.has(name))
    .slice(0, 40)
    .map(([name, { value, note }]) => [
      markdownCode(shortLine(name, CELL_LENGTH)),
      `${markdownText(shortLine(formatValue(value, locale), CELL_LENGTH))}${note === undefined ? '' : ` (${markdownText(shortLine(note, CELL_LENGTH))})`}`,
    ]);
  const shown = table([words.columns.name, words.columns.value], rows);
  // Many would push what shows how they came about off the page.
  if (rows.length <= MOST_UNFOLDED) return shown;
  return `<details><summary>${words.headings.measurements} (${rows.length})</summary>\n\n${shown}\n\n</details>`;
}

function pieceOf(evidence: Evidence, words: Words, locale: Locale, size: EvidenceSize): string {
  const title = `**${markdownText(shortLine(evidence.title, TITLE_LENGTH)) || words.headings.evidence}**`;
  switch (evidence.kind) {
    case 'output': {
      const kept = cutLines(plainLines(evidence.text), size.lines, words.leftOut.lines);
      return `${title}\n\n${markdownFence(narrow(kept, size.columns), 'text')}`;
    }
    case 'table': {
      const rows = evidence.rows
        .slice(0, size.lines)
        .map((row) => evidence.columns.map((_, at) => markdownText(shortLine(row[at] ?? '', CELL_LENGTH))));
      const left = evidence.rows.length - rows.length;
      const more = left > 0 ? `\n\n${words.leftOut.rows(left)}` : '';
      return `${title}\n\n${table(
        evidence.columns.map((column) => markdownText(shortLine(column, CELL_LENGTH))),
        rows,
        figureColumns(evidence.columns, evidence.rows),
      )}${more}`;
    }
    case 'series': {
      const { points, low, high, last } = pointsOf(evidence);
      if (low === undefined || high === undefined || last === undefined) return `${title}\n\n${words.emptySeries}`;
      const show = (amount: number): string => markdownText(formatValue(amountIn(evidence.unit, amount), locale));
      return `\`${sparkline(points, 40)}\` ${words.seriesFrom(title, show(low), show(high), show(last))}`;
    }
    case 'histogram': {
      const lines = histogramLines(evidence, locale);
      if (lines.length === 0) return `${title}\n\n${words.emptyHistogram}`;
      return `${title}\n\n${markdownFence(narrow(lines.join('\n'), size.columns), 'text')}`;
    }
  }
}

/** Cuts lines that are longer than `columns`. */
function narrow(text: string, columns: number): string {
  if (!Number.isFinite(columns)) return text;
  return text
    .split('\n')
    .map((line) => (line.length <= columns ? line : `${[...line].slice(0, columns - 1).join('')}…`))
    .join('\n');
}
