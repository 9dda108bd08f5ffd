import type { Checklist, Item } from '../checklist/model.ts';
import type { Locale } from '../criteria/value.ts';
import { firstThatFits } from './budget.ts';
import { shortLine } from './escape.ts';
import { headline } from './headline.ts';
import { type Words, wordsOf } from './locale/words.ts';
import { type EvidenceSize, hasDetails, itemDetails, WHOLE } from './markdown/evidence.ts';
import {
  adviceList,
  checklistTable,
  countsLine,
  findingsTable,
  notesList,
  provenanceLine,
  verdictLines,
} from './markdown/parts.ts';
import { blockingItems, warningItems } from './tally.ts';

/** GitHub's limit for a check run's summary, and for its text, in bytes (its API: "at most 65535 characters"). */
export const CHECK_RUN_BYTES = 65_535;
/** The runner drops a step's whole summary above 1 MiB. */
export const JOB_SUMMARY_BYTES = 1_048_576;

export interface MarkdownOptions {
  readonly locale?: Locale;
  readonly budgetBytes?: number;
}

/** How much a page tells; each step down tells less. */
interface Detail {
  readonly findings: number;
  readonly items: boolean;
  readonly notes: number;
  /** undefined leaves evidence out. */
  readonly evidence?: EvidenceSize;
  /** Whose criteria and evidence are unfolded. */
  readonly details: 'all' | 'bad' | 'none';
}

const EVIDENCE_STEPS: readonly (EvidenceSize | undefined)[] = [
  WHOLE,
  { lines: 200, columns: 1000 },
  { lines: 60, columns: 400 },
  { lines: 20, columns: 200 },
];

const SUMMARY_STEPS: readonly Detail[] = [
  { findings: 1000, items: true, notes: 50, details: 'none' },
  { findings: 200, items: false, notes: 20, details: 'none' },
  { findings: 50, items: false, notes: 10, details: 'none' },
  { findings: 10, items: false, notes: 3, details: 'none' },
  { findings: 0, items: false, notes: 0, details: 'none' },
];

const DETAIL_STEPS: readonly Pick<Detail, 'evidence' | 'details'>[] = [
  ...EVIDENCE_STEPS.map((evidence) => ({ details: 'all' as const, ...(evidence === undefined ? {} : { evidence }) })),
  { details: 'bad', evidence: { lines: 60, columns: 400 } },
  { details: 'bad', evidence: { lines: 20, columns: 200 } },
  { details: 'all' },
  { details: 'bad' },
  { details: 'none' },
];

/** The check run's title: the verdict in one plain line. */
export function renderTitle(checklist: Checklist, locale: Locale = 'en'): string {
  return shortLine(headline(checklist, locale), 255);
}

/** The check run's summary: verdict, what failed, the whole checklist, notes, provenance. Never longer than the budget. */
export function renderSummary(
  checklist: Checklist,
  { locale = 'en', budgetBytes = CHECK_RUN_BYTES }: MarkdownOptions = {},
): string {
  return firstThatFits(pages(checklist, SUMMARY_STEPS, locale), budgetBytes);
}

/** The check run's text, shown below its summary: criteria and evidence of each item, folded. Empty when there are none. */
export function renderText(checklist: Checklist, { locale = 'en', budgetBytes = CHECK_RUN_BYTES }: MarkdownOptions = {}): string {
  const words = wordsOf(locale);
  function* steps(): Iterable<string> {
    for (const step of DETAIL_STEPS) yield detailSection(checklist, step, words, locale);
  }
  return firstThatFits(steps(), budgetBytes);
}

/** The job summary: summary and details on one page. */
export function renderJobSummary(
  checklist: Checklist,
  { locale = 'en', budgetBytes = JOB_SUMMARY_BYTES }: MarkdownOptions = {},
): string {
  const [whole, ...shorter] = SUMMARY_STEPS;
  const steps = [...DETAIL_STEPS.map((step) => ({ ...(whole ?? { findings: 0, items: true, notes: 0 }), ...step })), ...shorter];
  return `${firstThatFits(pages(checklist, steps, locale), Math.max(0, budgetBytes - 1))}\n`;
}

function* pages(checklist: Checklist, steps: readonly Detail[], locale: Locale): Iterable<string> {
  const words = wordsOf(locale);
  for (const step of steps) yield page(checklist, step, words, locale);
}

function page(checklist: Checklist, detail: Detail, words: Words, locale: Locale): string {
  const blocking = blockingItems(checklist);
  const warnings = warningItems(checklist);
  const calm = checklist.items.length - blocking.length - warnings.length;
  const listed = detail.items ? checklistTable(checklist.items, words, locale) : '';
  const notes = checklist.notes.slice(0, detail.notes);
  const sections = [
    verdictLines(checklist, words, locale),
    section(words.headings.failed, findingsSection(blocking, detail, words, locale)),
    detail.findings > 0 ? adviceList(checklist, words, locale) : '',
    section(words.headings.warnings, findingsSection(warnings, detail, words, locale)),
    section(`${words.headings.checklist} · ${words.items(checklist.items.length)}`, listed),
    detail.details === 'none' ? '' : section(words.headings.evidence, detailSection(checklist, detail, words, locale)),
    notesList(notes, words),
    leftOut(words, [
      detail.items || calm === 0 ? '' : words.leftOut.passing(calm),
      notes.length < checklist.notes.length ? words.leftOut.notes(checklist.notes.length - notes.length) : '',
    ]),
    provenanceLine(checklist, words, locale),
  ];
  return sections.filter((part) => part !== '').join('\n\n');
}

const section = (heading: string, body: string): string => (body === '' ? '' : `#### ${heading}\n\n${body}`);

function findingsSection(items: readonly Item[], detail: Detail, words: Words, locale: Locale): string {
  if (items.length === 0) return '';
  if (detail.findings === 0) return `${countsLine(items, words)}\n\n${leftOut(words, [words.leftOut.items(items.length)])}`;
  return findingsTable(items, words, locale, detail.findings);
}

/** Only items that have something to unfold; those that block come first. */
function detailSection(
  checklist: Checklist,
  { details, evidence }: Pick<Detail, 'details' | 'evidence'>,
  words: Words,
  locale: Locale,
): string {
  const blocking = blockingItems(checklist).filter(hasDetails);
  const others = checklist.items.filter((item) => !blocking.includes(item) && hasDetails(item));
  const all = [...blocking, ...others];
  if (all.length === 0) return '';
  const shown = details === 'all' ? all : details === 'bad' ? blocking : [];
  const kept = (items: readonly Item[]): number => items.filter((item) => item.evidence.length > 0).length;
  const told = [
    evidence !== undefined && evidence !== WHOLE ? words.leftOut.evidenceCut : '',
    details === 'bad' && others.length > 0 ? words.leftOut.evidenceOfPassing(others.length) : '',
    details === 'none'
      ? words.leftOut.evidence(all.length)
      : evidence === undefined && kept(shown) > 0
        ? words.leftOut.evidence(kept(shown))
        : '',
  ];
  return [leftOut(words, told), ...shown.map((item) => itemDetails(item, words, locale, evidence))]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What a shorter page does not tell, and where it is told. */
function leftOut(words: Words, told: readonly string[]): string {
  const said = told.filter((part) => part !== '');
  return said.length === 0 ? '' : `_${[...said, words.leftOut.elsewhere].join(' ')}_`;
}
