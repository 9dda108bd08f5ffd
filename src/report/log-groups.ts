import type { Checklist, Evidence } from '../checklist/model.ts';
import { formatValue } from '../criteria/format.ts';
import type { Locale } from '../criteria/value.ts';
import { cutLines } from './budget.ts';
import { logLine, plainLine, plainLines } from './escape.ts';
import { histogramLines } from './histogram.ts';
import { type Words, wordsOf } from './locale/words.ts';
import { judgementState, outcomeWord } from './sentence.ts';
import { amountIn, pointsOf } from './series.ts';
import { progressLine } from './terminal.ts';

/** A piece of a log that folds. Every line is one line, and safe from being taken for a workflow command. */
export interface LogGroup {
  readonly title: string;
  readonly lines: readonly string[];
}

/** Lines of one piece of output; the rest is in the report files. */
const MOST_LINES = 400;

/** What each item found, for the runner's log: items with nothing to unfold are left out. */
export function logGroups(checklist: Checklist, locale: Locale = 'en'): readonly LogGroup[] {
  const words = wordsOf(locale);
  return checklist.items.flatMap((item) => {
    const criteria = item.judgements.map(
      (judgement) =>
        `${words.shortStates[judgementState(judgement)]}  ${plainLine(judgement.criterion)}: ${outcomeWord(judgement, words)}`,
    );
    const measured = Object.entries(item.measurements).map(([name, { value }]) => `${name} = ${formatValue(value, locale)}`);
    const lines = [...criteria, ...measured, ...item.evidence.flatMap((evidence) => evidenceLines(evidence, words, locale))];
    return lines.length === 0 ? [] : [{ title: progressLine(item, { locale }), lines: lines.map(keptLine) }];
  });
}

function evidenceLines(evidence: Evidence, words: Words, locale: Locale): readonly string[] {
  const title = `${plainLine(evidence.title) || words.headings.evidence}:`;
  switch (evidence.kind) {
    case 'output':
      return [
        title,
        ...cutLines(plainLines(evidence.text), MOST_LINES, words.leftOut.lines)
          .split('\n')
          .map((line) => `  | ${line}`),
      ];
    case 'table':
      return [
        title,
        ...[evidence.columns, ...evidence.rows].slice(0, MOST_LINES).map((row) => `  ${row.map(plainLine).join(' | ')}`),
      ];
    case 'series': {
      const { low, high, last } = pointsOf(evidence);
      if (low === undefined || high === undefined || last === undefined) return [title, `  ${words.emptySeries}`];
      const show = (amount: number): string => formatValue(amountIn(evidence.unit, amount), locale);
      return [words.seriesFrom(plainLine(evidence.title), show(low), show(high), show(last))];
    }
    case 'histogram': {
      const lines = histogramLines(evidence, locale);
      return [title, ...(lines.length === 0 ? [words.emptyHistogram] : lines).map((line) => `  | ${line}`)];
    }
  }
}

/** Keeps runs of spaces, which `logLine` would not: indents, and the columns of a drawing. */
function keptLine(line: string): string {
  return line
    .split(/( {2,})/)
    .map((part, at) => (at % 2 === 1 ? part : logLine(part)))
    .join('');
}
