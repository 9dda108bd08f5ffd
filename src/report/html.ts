import type { Checklist, Item } from '../checklist/model.ts';
import { formatDuration } from '../criteria/format.ts';
import type { Locale } from '../criteria/value.ts';
import { html, plainLine, safeUrl, shortLine } from './escape.ts';
import { headline } from './headline.ts';
import { marginBar } from './html/gauge.ts';
import { stateIcon } from './html/icon.ts';
import { itemEntry } from './html/item.ts';
import { htmlPage } from './html/page.ts';
import { formatInstant } from './instant.ts';
import { type Words, wordsOf } from './locale/words.ts';
import { shortSha } from './provenance.ts';
import { type Finding, findings, nextStep } from './sentence.ts';
import { blockingItems, groups, STATE_ORDER, shownState, tally, warningItems } from './tally.ts';

export interface HtmlOptions {
  readonly locale?: Locale;
}

/** The whole report as one page that needs nothing else: no script, no file, no network. */
export function renderHtml(checklist: Checklist, { locale = 'en' }: HtmlOptions = {}): string {
  const words = wordsOf(locale);
  const about =
    checklist.service === undefined
      ? words.phases[checklist.phase]
      : `${words.phases[checklist.phase]} · ${shortLine(checklist.service, 80)}`;
  const body = `<main class="report">\n${reportSections(checklist, { locale })}\n</main>`;
  return htmlPage({ lang: words.tag, title: `${headline(checklist, locale)} · ${about}`, body });
}

/** The report's parts without the page around them, for a page that shows several. */
export function reportSections(checklist: Checklist, { locale = 'en' }: HtmlOptions = {}): string {
  const words = wordsOf(locale);
  const parts = [
    banner(checklist, words, locale),
    findingsTable(words.headings.failed, blockingItems(checklist), words, locale),
    findingsTable(words.headings.warnings, warningItems(checklist), words, locale),
    notes(checklist.notes, words),
    checklistGroups(checklist, words, locale),
    provenance(checklist, words, locale),
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function banner(checklist: Checklist, words: Words, locale: Locale): string {
  const state = checklist.reason === 'cancelled' ? 'cancelled' : checklist.verdict;
  const { service, dryRun, subject, startedAt, finishedAt } = checklist;
  const eyebrow = [
    words.phases[checklist.phase],
    service === undefined ? '' : shortLine(service, 80),
    subject.headSha === undefined ? '' : shortSha(subject.headSha),
    finishedAt === undefined ? formatInstant(startedAt, locale) : formatDuration(Math.max(0, finishedAt - startedAt), locale),
    dryRun ? words.dryRun : '',
  ].filter((part) => part !== '');
  const counts = tally(checklist.items);
  const present = STATE_ORDER.filter((one) => counts[one] > 0);
  const meter = present.map((one) => `<span class="${one}" style="flex-grow:${counts[one]}"></span>`).join('');
  const list = present
    .map((one) => `<li class="${one}">${stateIcon(one)}${html(words.stateCount(one, counts[one]))}</li>`)
    .join('');
  return `<header class="banner ${state}">
<div class="banner-row">${stateIcon(state)}<div><p class="eyebrow">${html(eyebrow.join(' · '))}</p><h1>${html(headline(checklist, locale))}</h1></div></div>
${present.length === 0 ? '' : `<div class="meter" aria-hidden="true">${meter}</div><ul class="counts">${list}</ul>`}
</header>`;
}

function findingsTable(heading: string, items: readonly Item[], words: Words, locale: Locale): string {
  if (items.length === 0) return '';
  const { item, measured, allowed, margin } = words.columns;
  const compared = items.some((one) => findings(one, locale).some(({ subject }) => subject !== undefined));
  const columns = [item, measured, allowed, margin].map((column) => `<th scope="col">${html(column)}</th>`).join('');
  // Headings above messages alone would head nothing.
  const head = compared ? `<thead><tr>${columns}</tr></thead>` : '';
  return `<section><h2>${html(heading)}</h2><div class="box"><table class="findings"><colgroup><col><col><col><col></colgroup>${head}
${items.map((one) => findingRows(one, words, locale)).join('\n')}
</table></div></section>`;
}

function findingRows(item: Item, words: Words, locale: Locale): string {
  const state = shownState(item);
  const group = item.group === undefined ? '' : ` <span class="tag">${html(shortLine(item.group, 60))}</span>`;
  const optional = item.required ? '' : ` <span class="tag">${html(words.notRequired)}</span>`;
  const next =
    item.reason === 'criterion_failed' || item.reason === 'warning_criterion_held' ? undefined : nextStep(item, locale);
  return `<tbody class="${state}">
<tr><th scope="rowgroup" colspan="4"><span class="name">${stateIcon(state)}<span><b>${html(plainLine(item.title) || item.id)}</b> <span class="state">${html(words.states[state])}</span>${group}${optional}</span></span></th></tr>
${findings(item, locale).map(findingRow).join('\n')}
${next === undefined ? '' : `<tr><td class="say next" colspan="4"><b>${html(words.headings.next)}:</b> ${html(next)}</td></tr>`}
</tbody>`;
}

function findingRow({ subject, measured, allowed, margin, message, gauge }: Finding): string {
  const said =
    message === undefined
      ? ''
      : `<tr><td class="say" colspan="4">${allowed === undefined || measured !== undefined ? '' : `<code>${html(allowed)}</code> `}${html(message)}</td></tr>`;
  if (subject === undefined) return said;
  const bar = gauge === undefined || margin === undefined ? '' : marginBar(gauge);
  return `<tr><th scope="row" class="subject"><code>${html(subject)}</code></th><td class="measured">${html(measured ?? '–')}</td><td class="allowed">${html(allowed ?? '')}</td><td>${html(margin ?? '')}${bar}</td></tr>${said}`;
}

function checklistGroups(checklist: Checklist, words: Words, locale: Locale): string {
  if (checklist.items.length === 0) return '';
  const found = groups(checklist.items);
  const headed = found.some(({ title }) => title !== undefined);
  const boxes = found.map(({ title, items }) => {
    const counts = tally(items);
    const sum = STATE_ORDER.filter((state) => counts[state] > 0).map((state) => words.stateCount(state, counts[state]));
    const heading = headed
      ? `<h3>${html(plainLine(title ?? '') || words.ungrouped)}<span>${html(sum.join(', '))}</span></h3>`
      : '';
    return `<div class="group">${heading}<ul>\n${items.map((item) => itemEntry(item, words, locale)).join('\n')}\n</ul></div>`;
  });
  return `<section><h2>${html(words.headings.checklist)} <span class="muted">· ${html(words.items(checklist.items.length))}</span></h2>\n${boxes.join('\n')}</section>`;
}

function notes(all: readonly string[], words: Words): string {
  if (all.length === 0) return '';
  const list = all.map((note) => `<li>${html(plainLine(note))}</li>`).join('');
  return `<section><h2>${html(words.headings.notes)}</h2><ul class="notes">${list}</ul></section>`;
}

function provenance({ subject, plan, startedAt, finishedAt }: Checklist, words: Words, locale: Locale): string {
  const code = (text: string): string => `<code>${html(plainLine(text))}</code>`;
  const url = safeUrl(subject.runUrl);
  const facts: readonly (readonly [string, string | undefined])[] = [
    [words.plan, words.planFrom(code(plan.file), plan.source, plan.sha === undefined ? undefined : code(shortSha(plan.sha)))],
    [words.repository, subject.repository === undefined ? undefined : html(plainLine(subject.repository))],
    [words.commit, subject.headSha === undefined ? undefined : code(subject.headSha)],
    [words.pullRequest, subject.pullRequest === undefined ? undefined : `#${subject.pullRequest}`],
    [words.ref, subject.ref === undefined ? undefined : code(subject.ref)],
    [words.started, html(formatInstant(startedAt, locale))],
    [words.finished, finishedAt === undefined ? undefined : html(formatInstant(finishedAt, locale))],
    [words.run, url === undefined ? undefined : `<a href="${html(url)}" rel="noopener noreferrer">${html(url)}</a>`],
  ];
  const list = facts.flatMap(([name, value]) =>
    value === undefined ? [] : [`<div><dt>${html(name)}</dt><dd>${value}</dd></div>`],
  );
  return `<footer><dl class="provenance">${list.join('')}</dl></footer>`;
}
