import type { Checklist, Item, ItemState } from '../checklist/model.ts';
import { formatDuration } from '../criteria/format.ts';
import type { Locale } from '../criteria/value.ts';
import { logLine, plainLine, shortLine } from './escape.ts';
import { headline } from './headline.ts';
import { formatInstant } from './instant.ts';
import { type Words, wordsOf } from './locale/words.ts';
import { paint, type Tone } from './paint.ts';
import { shortSha } from './provenance.ts';
import { findings, nextStep, resultLine } from './sentence.ts';
import { blockingItems, groups, shownState, warningItems } from './tally.ts';
import { clip, columnsOf, pad, wrap } from './width.ts';

export interface TerminalOptions {
  readonly locale?: Locale;
  /** ANSI colours. Every state is told in a word as well. */
  readonly colour?: boolean;
  /** Columns; default 80. Findings wrap, list lines are cut. */
  readonly width?: number;
  /** Whether to list every item; a log that told each as it ended need not hear it again. */
  readonly items?: boolean;
}

/** Widest of the short states (`RODANDO`). */
const STATE_COLUMNS = 7;

/** The final report for a terminal or log, ending in a line end: verdict, what failed, every item, notes, plan. */
export function renderTerminal(
  checklist: Checklist,
  { locale = 'en', colour = false, width = 80, items = true }: TerminalOptions = {},
): string {
  const words = wordsOf(locale);
  const columns = Math.max(40, width);
  const tone: Tone = checklist.reason === 'cancelled' ? 'skipped' : checklist.verdict;
  const blocks = [
    [
      ...wrap(logLine(headline(checklist, locale)), columns).map((line) => paint(line, tone, colour)),
      ...wrap(logLine(about(checklist, words, locale)), columns).map((line) => paint(line, 'muted', colour)),
    ],
    findingsBlock(words.headings.failed, blockingItems(checklist), words, locale, colour, columns),
    findingsBlock(words.headings.warnings, warningItems(checklist), words, locale, colour, columns),
    items ? itemsBlock(checklist, words, locale, colour, columns) : [],
    checklist.notes.length === 0
      ? []
      : [
          paint(words.headings.notes, 'heading', colour),
          ...checklist.notes.flatMap((note) => indented(shortLine(note, 500), '  ', columns)),
        ],
    indented(planLine(checklist, words), '', columns),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')}\n`;
}

function about(checklist: Checklist, words: Words, locale: Locale): string {
  const { service, subject, startedAt, finishedAt, dryRun } = checklist;
  return [
    words.phases[checklist.phase],
    service === undefined ? '' : shortLine(service, 60),
    subject.headSha === undefined ? '' : shortSha(subject.headSha),
    formatInstant(startedAt, locale),
    finishedAt === undefined ? '' : formatDuration(Math.max(0, finishedAt - startedAt), locale),
    dryRun ? words.dryRun : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function planLine({ plan }: Checklist, words: Words): string {
  const sha = plan.sha === undefined ? undefined : shortSha(plan.sha);
  return `${words.plan}: ${words.planFrom(shortLine(plan.file, 120), plan.source, sha)}`;
}

function findingsBlock(
  heading: string,
  items: readonly Item[],
  words: Words,
  locale: Locale,
  colour: boolean,
  width: number,
): string[] {
  if (items.length === 0) return [];
  const inner = ' '.repeat(STATE_COLUMNS + 4);
  const lines = items.flatMap((item) => {
    const optional = item.required ? '' : ` (${words.notRequired})`;
    const next = item.reason === 'criterion_failed' ? undefined : nextStep(item, locale);
    return [
      `  ${stateWord(shownState(item), words, colour)}  ${clip(titleOf(item) + optional, width - STATE_COLUMNS - 4)}`,
      ...findings(item, locale).flatMap(({ sentence }) => indented(sentence, inner, width)),
      ...(next === undefined ? [] : indented(`-> ${next}`, inner, width).map((line) => paint(line, 'muted', colour))),
    ];
  });
  return [paint(heading, 'heading', colour), ...lines];
}

function itemsBlock(checklist: Checklist, words: Words, locale: Locale, colour: boolean, width: number): string[] {
  if (checklist.items.length === 0) return [];
  const found = groups(checklist.items);
  const headed = found.some(({ title }) => title !== undefined);
  const lines = found.flatMap(({ title, items }) => [
    ...(headed ? [`  ${clip(logLine(title ?? '') || words.ungrouped, width - 2)}`] : []),
    ...items.map((item) => `${headed ? '    ' : '  '}${itemLine(item, words, locale, colour, width - (headed ? 4 : 2))}`),
  ]);
  return [paint(`${words.headings.checklist} (${words.items(checklist.items.length)})`, 'heading', colour), ...lines];
}

/** State, title, result and time, in exactly one line; the result gives way before the title does. */
function itemLine(item: Item, words: Words, locale: Locale, colour: boolean, width: number): string {
  const time = timeOf(item, locale);
  const room = width - STATE_COLUMNS - 2 - (time === '' ? 0 : columnsOf(time) + 2);
  const title = clip(titleOf(item), room);
  const left = room - columnsOf(title) - 2;
  // What holds it back stands in full above the list; what a cancellation stopped is told here alone.
  const told = findings(item, locale).length > 0 && item.reason !== 'cancelled';
  const said = told ? '' : logLine(findings(item, locale)[0]?.sentence ?? resultLine(item, locale));
  const result = left >= 12 && said !== '' ? `  ${paint(clip(said, left), 'muted', colour)}` : '';
  const used = columnsOf(title) + (result === '' ? 0 : 2 + columnsOf(clip(said, left)));
  const gap = time === '' ? '' : ' '.repeat(room - used + 2);
  return `${stateWord(shownState(item), words, colour)}  ${title}${result}${gap}${time}`.trimEnd();
}

export interface ProgressOptions extends Omit<TerminalOptions, 'width'> {
  /** Columns of a terminal; left out for a log, where lines are not cut. */
  readonly width?: number;
}

/** One item in one line: what it is doing, or how it ended and why. */
export function progressLine(item: Item, { locale = 'en', colour = false, width }: ProgressOptions = {}): string {
  const words = wordsOf(locale);
  const [finding] = findings(item, locale);
  const said = logLine(finding?.sentence ?? resultLine(item, locale));
  const time = timeOf(item, locale);
  const line = [titleOf(item), said === '' ? '' : ` – ${said}`, time === '' ? '' : ` (${time})`].join('');
  const shown = width === undefined ? line : clip(line, Math.max(10, width - STATE_COLUMNS - 2));
  return `${stateWord(shownState(item), words, colour)}  ${shown}`;
}

function timeOf(item: Item, locale: Locale): string {
  return item.durationMs === undefined || item.state === 'skipped' ? '' : formatDuration(item.durationMs, locale);
}

const titleOf = (item: Item): string => shortLine(logLine(item.title), 200) || item.id;

function stateWord(state: ItemState, words: Words, colour: boolean): string {
  return paint(pad(words.shortStates[state], STATE_COLUMNS), state, colour);
}

function indented(text: string, indent: string, width: number): string[] {
  return wrap(logLine(plainLine(text)), Math.max(20, width - indent.length)).map((line) => indent + line);
}
