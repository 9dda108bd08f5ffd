import type { Checklist, Item } from '../checklist/model.ts';
import type { Locale } from '../criteria/value.ts';
import { plainLine, xml } from './escape.ts';
import { headline } from './headline.ts';
import { isoInstant } from './instant.ts';
import { wordsOf } from './locale/words.ts';
import { findings } from './sentence.ts';
import { groups, shownState } from './tally.ts';

type Mark = 'failure' | 'error' | 'skipped' | undefined;

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  readonly mark: Mark;
  readonly type: string;
  readonly message: string;
  readonly body: string;
  readonly output: string;
}

/**
 * JUnit XML: a suite for each group, a case for each item. Inconclusive and unfinished items are errors. When the verdict
 * blocks and no item says why, a case of its own does: a reader of this file must never see green where the gate is red.
 */
export function renderJunit(checklist: Checklist, locale: Locale = 'en'): string {
  const suites = groups(checklist.items).map(({ title, items }) => {
    const name = `${checklist.phase}.${plainLine(title ?? '') || wordsOf(locale).ungrouped}`;
    return { name, cases: items.map((item) => caseOf(item, name, locale)) };
  });
  const told = suites.some(({ cases }) => cases.some(({ mark }) => mark === 'failure' || mark === 'error'));
  if (!told && !isGood(checklist)) suites.push(verdictSuite(checklist, locale));
  const all = suites.flatMap(({ cases }) => cases);
  const name =
    checklist.service === undefined ? `holdpoint ${checklist.phase}` : `holdpoint ${checklist.phase} ${checklist.service}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(name)}" ${totals(all)}>`,
    ...suites.map(({ name: suite, cases }) => suiteXml(suite, cases, isoInstant(checklist.startedAt))),
    '</testsuites>',
    '',
  ].join('\n');
}

const isGood = ({ verdict, reason }: Checklist): boolean =>
  verdict === 'pass' || verdict === 'warn' || (verdict === 'skipped' && reason === 'dry_run');

function caseOf(item: Item, suite: string, locale: Locale): Case {
  const lines = findings(item, locale).map(({ sentence }) => sentence);
  const label = wordsOf(locale).reasons[item.reason].label;
  return {
    suite,
    name: plainLine(item.title) || item.id,
    seconds: Number.isFinite(item.durationMs) ? (item.durationMs ?? 0) / 1000 : 0,
    mark: markOf(item),
    type: item.reason,
    message: lines[0] ?? (plainLine(item.message ?? '') || label),
    body: lines.join('\n'),
    output: shownState(item) === 'warn' ? `${wordsOf(locale).states.warn}: ${lines.join('; ')}` : '',
  };
}

function markOf(item: Item): Mark {
  switch (shownState(item)) {
    case 'fail':
      return 'failure';
    case 'error':
    case 'inconclusive':
    case 'pending':
    case 'running':
      return 'error';
    case 'skipped':
      return item.reason === 'cancelled' ? 'error' : 'skipped';
    case 'pass':
    case 'warn':
      return undefined;
  }
}

function verdictSuite(checklist: Checklist, locale: Locale): { name: string; cases: Case[] } {
  const suite = `${checklist.phase}.verdict`;
  const line = headline(checklist, locale);
  const mark = checklist.verdict === 'fail' ? 'failure' : 'error';
  return {
    name: suite,
    cases: [{ suite, name: 'verdict', seconds: 0, mark, type: checklist.reason, message: line, body: line, output: '' }],
  };
}

function totals(cases: readonly Case[]): string {
  const marked = (mark: Mark): number => cases.filter((one) => one.mark === mark).length;
  const time = cases.reduce((sum, { seconds }) => sum + seconds, 0);
  return `tests="${cases.length}" failures="${marked('failure')}" errors="${marked('error')}" skipped="${marked('skipped')}" time="${time.toFixed(3)}"`;
}

function suiteXml(name: string, cases: readonly Case[], timestamp: string | undefined): string {
  const at = timestamp === undefined ? '' : ` timestamp="${timestamp.slice(0, 19)}"`;
  return [`  <testsuite name="${attribute(name)}" ${totals(cases)}${at}>`, ...cases.map(caseXml), '  </testsuite>'].join('\n');
}

function caseXml({ suite, name, seconds, mark, type, message, body, output }: Case): string {
  const open = `    <testcase classname="${attribute(suite)}" name="${attribute(name)}" time="${seconds.toFixed(3)}"`;
  if (mark === 'skipped') return `${open}>\n      <skipped message="${attribute(message)}"/>\n    </testcase>`;
  if (mark !== undefined) {
    return `${open}>\n      <${mark} type="${attribute(type)}" message="${attribute(message)}">${xml(body)}</${mark}>\n    </testcase>`;
  }
  return output === '' ? `${open}/>` : `${open}>\n      <system-out>${xml(output)}</system-out>\n    </testcase>`;
}

const attribute = (text: string): string => xml(plainLine(text));
