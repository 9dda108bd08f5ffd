import type { Checklist, Item } from '../../checklist/model.ts';
import { formatDuration } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';
import { advice } from '../advice.ts';
import { markdownCode, markdownText, safeUrl, shortLine } from '../escape.ts';
import { headline } from '../headline.ts';
import { ICONS, verdictIcon } from '../icons.ts';
import { formatInstant } from '../instant.ts';
import type { Words } from '../locale/words.ts';
import { shortSha } from '../provenance.ts';
import { type Finding, findings, resultLine } from '../sentence.ts';
import { groups, STATE_ORDER, shownState, tally } from '../tally.ts';
import { table } from './table.ts';

const TITLE_LENGTH = 200;

/** The verdict and, in one line below it, the counts. */
export function verdictLines(checklist: Checklist, words: Words, locale: Locale): string {
  return `### ${verdictIcon(checklist)} ${markdownText(headline(checklist, locale))}\n\n${countsLine(checklist.items, words)}`;
}

/** `9 passed · 2 failed`, with icons, worst first. */
export function countsLine(items: readonly Item[], words: Words): string {
  const counts = tally(items);
  return STATE_ORDER.filter((state) => counts[state] > 0)
    .map((state) => `${ICONS[state]} ${words.stateCount(state, counts[state])}`)
    .join(' · ');
}

/** What went wrong, a row for each finding, at most `most` of them. */
export function findingsTable(items: readonly Item[], words: Words, locale: Locale, most: number): string {
  const rows = items.flatMap((item) =>
    findings(item, locale).map((finding, at) => [
      at === 0 ? `${ICONS[shownState(item)]} ${words.states[shownState(item)]}` : '',
      at === 0 ? titleCell(item, words) : '',
      measuredCell(finding),
      finding.allowed === undefined
        ? ''
        : finding.measured === undefined
          ? markdownCode(finding.allowed)
          : markdownText(finding.allowed),
      markdownText(finding.margin ?? ''),
    ]),
  );
  const { state, item, measured, allowed, margin } = words.columns;
  const shown = table([state, item, measured, allowed, margin], rows.slice(0, most));
  return rows.length > most ? `${shown}\n\n${words.leftOut.findings(rows.length - most)}` : shown;
}

function titleCell(item: Item, words: Words): string {
  const title = `**${markdownText(shortLine(item.title, TITLE_LENGTH)) || markdownText(item.id)}**`;
  return item.required ? title : `${title} (${words.notRequired})`;
}

function measuredCell({ subject, measured, message }: Finding): string {
  const figure = subject === undefined ? '' : `${markdownCode(subject)} ${markdownText(measured ?? '–')}`;
  if (message === undefined) return figure;
  return figure === '' ? markdownText(message) : `${figure}<br>${markdownText(message)}`;
}

/** What to do, for everything that blocks. */
export function adviceList(checklist: Checklist, words: Words, locale: Locale): string {
  const lines = advice(checklist, locale)
    .slice(0, 8)
    .map(({ titles, next }) => {
      const [first = '', ...more] = titles;
      return `- **${markdownText(shortLine(first, 80))}**${more.length > 0 ? ` (+${more.length})` : ''}: ${next}`;
    });
  return lines.length === 0 ? '' : `**${words.headings.next}**\n\n${lines.join('\n')}`;
}

/** Every item under its heading, in the plan's order. */
export function checklistTable(items: readonly Item[], words: Words, locale: Locale): string {
  const found = groups(items);
  const headed = found.some(({ title }) => title !== undefined);
  const rows = found.flatMap(({ title, items: members }) => [
    ...(headed
      ? [['', `**${markdownText(shortLine(title ?? words.ungrouped, TITLE_LENGTH)) || words.ungrouped}**`, '', '']]
      : []),
    ...members.map((item) => itemRow(item, words, locale)),
  ]);
  const { state, item, result, time } = words.columns;
  return table([state, item, result, time], rows, [3]);
}

function itemRow(item: Item, words: Words, locale: Locale): readonly string[] {
  const title = markdownText(shortLine(item.title, TITLE_LENGTH)) || markdownText(item.id);
  const troubles = findings(item, locale);
  const first = troubles[0];
  const more = troubles.length > 1 ? ` (+${troubles.length - 1})` : '';
  const result = first === undefined ? resultLine(item, locale) : shortLine(first.sentence, 240);
  return [
    `${ICONS[shownState(item)]} ${words.states[shownState(item)]}`,
    item.required ? title : `${title} (${words.notRequired})`,
    `${markdownText(result)}${more}`,
    item.durationMs === undefined || item.state === 'skipped' ? '' : markdownText(formatDuration(item.durationMs, locale)),
  ];
}

export function notesList(notes: readonly string[], words: Words): string {
  const lines = notes.map((note) => `- ${markdownText(shortLine(note, 500)) || '–'}`);
  return lines.length === 0 ? '' : `**${words.headings.notes}**\n\n${lines.join('\n')}`;
}

/** Phase, service, commit, plan and times, small, in one line. */
export function provenanceLine(checklist: Checklist, words: Words, locale: Locale): string {
  const { subject, plan, startedAt, finishedAt, service } = checklist;
  const url = safeUrl(subject.runUrl);
  const parts = [
    words.phases[checklist.phase],
    service === undefined ? '' : markdownText(shortLine(service, 80)),
    checklist.dryRun ? words.dryRun : '',
    subject.headSha === undefined ? '' : `${words.commit} ${markdownCode(shortSha(subject.headSha))}`,
    `${words.plan} ${words.planFrom(markdownCode(shortLine(plan.file, 120)), plan.source, plan.sha === undefined ? undefined : markdownCode(shortSha(plan.sha)))}`,
    formatInstant(startedAt, locale),
    finishedAt === undefined ? '' : formatDuration(Math.max(0, finishedAt - startedAt), locale),
    url === undefined ? '' : `[${words.run}](<${url}>)`,
  ];
  return `<sub>${parts.filter((part) => part !== '').join(' · ')}</sub>`;
}
