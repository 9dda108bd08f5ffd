import type { Evidence, Item } from '../../checklist/model.ts';
import { formatDuration, formatNumber, formatValue } from '../../criteria/format.ts';
import type { Locale, Measurement } from '../../criteria/value.ts';
import { html, plainLine, plainLines, shortLine } from '../escape.ts';
import { figureColumns } from '../figure-columns.ts';
import type { Words } from '../locale/words.ts';
import { allowedText, findings, judgementState, outcomeWord, resultLine } from '../sentence.ts';
import { shownState } from '../tally.ts';
import { seriesChart } from './chart.ts';
import { histogramChart } from './histogram.ts';
import { stateIcon } from './icon.ts';

const MOST_UNFOLDED = 10;
/** A cell with no more characters is never broken into lines. */
const SHORT_CELL = 28;

/** One line of the checklist; with something to show below it, it unfolds. */
export function itemEntry(item: Item, words: Words, locale: Locale): string {
  const state = shownState(item);
  const title = plainLine(item.title) || item.id;
  const optional = item.required ? '' : ` <span class="tag">${html(words.notRequired)}</span>`;
  const time = item.durationMs === undefined || state === 'skipped' ? '' : formatDuration(item.durationMs, locale);
  const row = `${stateIcon(state)}<span class="state">${html(words.states[state])}</span><span class="title">${html(title)}${optional}</span><span class="result">${html(oneResult(item, locale))}</span><span class="time">${html(time)}</span>`;
  const body = itemBody(item, words, locale);
  return body === ''
    ? `<li class="item ${state}"><div class="row">${row}</div></li>`
    : `<li class="item ${state}"><details><summary class="row">${row}</summary><div class="body">${body}</div></details></li>`;
}

function oneResult(item: Item, locale: Locale): string {
  const [first, ...more] = findings(item, locale);
  if (first === undefined) return resultLine(item, locale);
  return `${shortLine(first.sentence, 240)}${more.length > 0 ? ` (+${more.length})` : ''}`;
}

function itemBody(item: Item, words: Words, locale: Locale): string {
  const told = findings(item, locale)[0]?.sentence ?? resultLine(item, locale);
  const message = plainLine(item.message ?? '');
  const parts = [
    message === '' || told.endsWith(message) ? '' : `<p>${html(message)}</p>`,
    criteria(item, words, locale),
    measurements(item, words, locale),
    ...item.evidence.map((evidence) => evidencePart(evidence, item, words, locale)),
  ].filter((part) => part !== '');
  if (parts.length === 0) return '';
  const place =
    item.position === undefined ? '' : ` · <code>${html(plainLine(`${item.position.file}:${item.position.line}`))}</code>`;
  return `${parts.join('\n')}\n<p class="facts"><code>${html(plainLine(item.kind))}</code>${place}</p>`;
}

function criteria(item: Item, words: Words, locale: Locale): string {
  const { state, criterion, measured, allowed } = words.columns;
  const rows = item.judgements.map((judgement) => {
    const weight = judgementState(judgement);
    const intent = judgement.intent === 'expect' ? '' : ` <span class="muted">(${html(words.intents[judgement.intent])})</span>`;
    const detail = judgement.detail === undefined ? '' : `<div class="muted">${html(plainLine(judgement.detail))}</div>`;
    const compared = judgement.comparisons.map((comparison) => ({
      measured: `<code>${html(plainLine(comparison.subject))}</code> ${comparison.measured === undefined ? '–' : html(shortLine(formatValue(comparison.measured, locale), 300))}${remark(item.measurements[comparison.subject], words, locale)}`,
      allowed: html(allowedText(comparison, judgement.intent !== 'expect', words, locale)),
    }));
    return `<tr class="${weight}"><td><span class="state">${stateIcon(weight)}${html(outcomeWord(judgement, words))}</span></td><th scope="row"><code>${html(plainLine(judgement.criterion))}</code>${intent}${detail}</th><td>${compared.map((one) => one.measured).join('<br>') || '–'}</td><td>${compared.map((one) => one.allowed).join('<br>') || '–'}</td></tr>`;
  });
  return plainTable(words.headings.criteria, [state, criterion, measured, allowed], rows);
}

/** What no criterion speaks of: the rest stands beside its criterion. */
function measurements(item: Item, words: Words, locale: Locale): string {
  const compared = new Set(item.judgements.flatMap(({ comparisons }) => comparisons.map(({ subject }) => subject)));
  const rows = Object.entries(item.measurements)
    .filter(([name]) => !compared.has(name))
    .map(
      ([name, measurement]) =>
        `<tr><th scope="row"${name.length <= SHORT_CELL ? ' class="short"' : ''}><code>${html(plainLine(name))}</code></th><td>${html(shortLine(formatValue(measurement.value, locale), 2000))}${remark(measurement, words, locale)}</td></tr>`,
    );
  const { measurements: heading } = words.headings;
  const shown = plainTable(heading, [words.columns.name, words.columns.value], rows);
  // Many would push what shows how they came about off the page.
  return rows.length <= MOST_UNFOLDED
    ? shown
    : `<details class="counted"><summary>${html(heading)} (${rows.length})</summary>${plainTable('', [words.columns.name, words.columns.value], rows)}</details>`;
}

/** How many samples a measurement rests on, and its note. */
function remark(measurement: Measurement | undefined, words: Words, locale: Locale): string {
  const { samples, note } = measurement ?? {};
  const said = [samples === undefined ? '' : words.samples(formatNumber(samples, locale)), plainLine(note ?? '')].filter(
    (part) => part !== '',
  );
  return said.length === 0 ? '' : ` <span class="muted">${html(said.join('; '))}</span>`;
}

function plainTable(caption: string, columns: readonly string[], rows: readonly string[]): string {
  if (rows.length === 0) return '';
  const head = columns.map((column) => `<th scope="col">${html(column)}</th>`).join('');
  return tableOf(caption, head, rows);
}

function evidenceTable(title: string, columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const figures = figureColumns(columns, rows);
  const kind = (text: string, at: number): string =>
    figures.includes(at) ? ' class="number"' : text.length <= SHORT_CELL ? ' class="short"' : '';
  const plain = columns.map(plainLine);
  const head = plain.map((column, at) => `<th scope="col"${kind('', at)}>${html(column)}</th>`).join('');
  const body = rows.map((row) => {
    const cells = plain.map((_, at) => plainLine(row[at] ?? ''));
    return `<tr>${cells.map((cell, at) => `<td${kind(cell, at)}>${html(cell)}</td>`).join('')}</tr>`;
  });
  return body.length === 0 ? '' : tableOf(title, head, body);
}

function tableOf(caption: string, head: string, rows: readonly string[]): string {
  const named = caption === '' ? '' : `<caption>${html(caption)}</caption>`;
  return `<div class="scroll"><table class="plain">${named}<thead><tr>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table></div>`;
}

function evidencePart(evidence: Evidence, item: Item, words: Words, locale: Locale): string {
  const title = plainLine(evidence.title) || words.headings.evidence;
  switch (evidence.kind) {
    case 'output':
      return `<div><p class="evidence-title">${html(title)}</p><pre tabindex="0">${html(plainLines(evidence.text).trimEnd())}</pre></div>`;
    case 'table':
      return evidenceTable(title, evidence.columns, evidence.rows);
    case 'series':
      return seriesChart(evidence, item.judgements, words, locale);
    case 'histogram':
      return histogramChart(evidence, item.judgements, words, locale);
  }
}
