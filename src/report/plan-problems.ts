import type { Checklist, Position } from '../checklist/model.ts';
import type { Locale } from '../criteria/value.ts';
import { firstThatFits } from './budget.ts';
import { logLine, markdownCode, markdownFence, markdownText, plainLine } from './escape.ts';
import { type Words, wordsOf } from './locale/words.ts';
import { CHECK_RUN_BYTES, type MarkdownOptions } from './markdown.ts';
import { paint } from './paint.ts';
import type { TerminalOptions } from './terminal.ts';
import { columnsOf } from './width.ts';

/** What a `PlanError` tells; the message says what was found, what was expected and what to do. */
export interface PlanProblem {
  readonly message: string;
  readonly position?: Position | undefined;
}

/** The text of the plan files, by name, as far as it is known. */
export type PlanSources = Readonly<Record<string, string>>;

export interface PlanProblemOptions extends MarkdownOptions {
  readonly sources?: PlanSources;
}

/** What is wrong with the plan of a checklist that could not be carried out; undefined for any other checklist. */
export function planProblemsOf({ reason, items }: Checklist): readonly PlanProblem[] | undefined {
  if (reason !== 'plan_error') return undefined;
  return items.map(({ message = '', position }) => ({ message, position }));
}

/** `Plan error: nothing was run`, `3 plan errors: nothing was run`. */
export function planProblemsTitle(problems: readonly PlanProblem[], locale: Locale = 'en'): string {
  return wordsOf(locale).headline.planError(problems.length);
}

/** Markdown for a check run's or a job's summary: each problem with its place, the line with a caret below, what to do. */
export function planProblemsMarkdown(
  problems: readonly PlanProblem[],
  { locale = 'en', budgetBytes = CHECK_RUN_BYTES, sources = {} }: PlanProblemOptions = {},
): string {
  const words = wordsOf(locale);
  const head = `### ❌ ${markdownText(planProblemsTitle(problems, locale))}`;
  function* steps(): Iterable<string> {
    for (const [most, excerpts] of [
      [problems.length, true],
      [problems.length, false],
      [50, false],
      [5, false],
    ] as const) {
      const shown = problems.slice(0, most).map((problem) => markdownProblem(problem, excerpts ? sources : {}, words));
      const left = problems.length - shown.length;
      yield [head, ...shown, left > 0 ? words.leftOut.findings(left) : '', words.planAdvice]
        .filter((part) => part !== '')
        .join('\n\n');
    }
  }
  return firstThatFits(steps(), budgetBytes);
}

/** The same for a terminal or log, ending in a line end. */
export function planProblemsTerminal(
  problems: readonly PlanProblem[],
  { locale = 'en', colour = false, sources = {} }: TerminalOptions & Pick<PlanProblemOptions, 'sources'> = {},
): string {
  const words = wordsOf(locale);
  const parts = problems.map((problem) => {
    const place = placeOf(problem, words);
    const lines = excerptOf(problem.position, sources);
    // The gutter keeps a line of the plan from being taken for a workflow command.
    const excerpt = lines.map((line) => paint(`  ${line.replaceAll('##[', '## [')}`, 'muted', colour));
    return [`${paint(logLine(place), 'heading', colour)}: ${logLine(problem.message)}`, ...excerpt].join('\n');
  });
  return `${[paint(planProblemsTitle(problems, locale), 'fail', colour), ...parts, words.planAdvice].join('\n\n')}\n`;
}

function markdownProblem(problem: PlanProblem, sources: PlanSources, words: Words): string {
  const lines = excerptOf(problem.position, sources);
  const excerpt = lines.length === 0 ? '' : `\n\n${markdownFence(lines.join('\n'), 'text')}`;
  return `${markdownCode(placeOf(problem, words))} – ${markdownText(problem.message)}${excerpt}`;
}

/** `file:line:column`, which terminals and editors make a link of. */
function placeOf({ position }: PlanProblem, words: Words): string {
  return position === undefined ? words.noPosition : plainLine(`${position.file}:${position.line}:${position.column}`);
}

/** How much of a long line stands on each side of the caret, in characters. */
const BEFORE = 60;
const AFTER = 60;

/** The line of the plan and a caret below the column, each behind a gutter; empty when the text is not known. */
function excerptOf(position: Position | undefined, sources: PlanSources): readonly string[] {
  if (position === undefined || !Object.hasOwn(sources, position.file)) return [];
  const line = sources[position.file]?.split(/\r\n|\r|\n/)[position.line - 1];
  if (line === undefined) return [];
  const from = Math.max(0, position.column - 1 - BEFORE);
  const clean = (text: string): string => text.replace(/\t/g, '  ').replace(/\p{Cc}|\p{Cf}|\p{Cs}/gu, '');
  const before = (from > 0 ? '…' : '') + clean(line.slice(from, position.column - 1));
  const rest = line.slice(position.column - 1);
  const after = clean(rest.slice(0, AFTER)) + (rest.length > AFTER ? '…' : '');
  const number = String(position.line);
  return [`${number} | ${before}${after}`, `${' '.repeat(number.length)} | ${' '.repeat(columnsOf(before))}^`];
}
