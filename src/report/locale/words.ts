import type { ItemState } from '../../checklist/model.ts';
import type { ReasonCode } from '../../checklist/reasons.ts';
import type { Locale } from '../../criteria/value.ts';
import { EN } from './en.ts';
import { PT_BR } from './pt-BR.ts';

/** What a reason code means, for a reader. */
export interface ReasonWords {
  /** A few words, no full stop, lower case: stands after a title or before a message. */
  readonly label: string;
  /** One sentence: what it means. */
  readonly means: string;
  /** One sentence: what to do next. Empty when nothing is to be done. */
  readonly next: string;
}

/** Counts that a headline speaks of. `done` are the items that ended by themselves, `total` all that apply. */
export interface HeadlineCounts {
  readonly total: number;
  readonly done: number;
  readonly passed: number;
  readonly warned: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly errored: number;
}

/** Every word of a report that is not the plan's or the measured system's. Each locale has every key. */
export interface Words {
  /** BCP 47 tag, for HTML's `lang`. */
  readonly tag: string;
  readonly states: Readonly<Record<ItemState, string>>;
  /** At most seven columns wide, for terminals and logs. */
  readonly shortStates: Readonly<Record<ItemState, string>>;
  readonly phases: Readonly<Record<'pre-deploy' | 'migrate' | 'canary' | 'rollback', string>>;
  readonly reasons: Readonly<Record<ReasonCode, ReasonWords>>;
  /** One line for each way a checklist can stand. A rollback that went well is not "passed": it has rolled back. */
  readonly headline: {
    readonly passed: (counts: HeadlineCounts) => string;
    readonly rolledBack: (counts: HeadlineCounts) => string;
    readonly warned: (counts: HeadlineCounts) => string;
    readonly rolledBackWarned: (counts: HeadlineCounts) => string;
    readonly failed: (counts: HeadlineCounts) => string;
    readonly rollbackFailed: (counts: HeadlineCounts) => string;
    readonly blockedBecause: (reason: string) => string;
    readonly aborted: (where: string | undefined) => string;
    readonly cannotTell: (counts: HeadlineCounts) => string;
    readonly cannotTellBecause: (reason: string) => string;
    readonly cancelled: (counts: HeadlineCounts) => string;
    readonly running: (counts: HeadlineCounts) => string;
    readonly waiting: (counts: HeadlineCounts) => string;
    readonly skipped: string;
    readonly planned: (steps: number) => string;
    readonly planError: (count: number) => string;
    readonly dryRun: (rest: string) => string;
  };
  /** Parts of a finding's sentence. Arguments are formatted already. */
  readonly finding: {
    readonly was: (subject: string, measured: string) => string;
    readonly noValue: (subject: string) => string;
    readonly allowed: (limit: string) => string;
    readonly over: (share: string) => string;
    readonly under: (share: string) => string;
    readonly timesOver: (factor: string) => string;
    readonly atLimit: string;
    readonly notAllowed: (criterion: string) => string;
    readonly cannotJudge: (criterion: string) => string;
  };
  /** How an operator reads when its opposite is what is allowed. */
  readonly operators: {
    readonly between: (low: string, high: string) => string;
    readonly outside: (low: string, high: string) => string;
    readonly in: (choices: string) => string;
    readonly notIn: (choices: string) => string;
    readonly matches: (pattern: string) => string;
    readonly notMatches: (pattern: string) => string;
    readonly not: (rest: string) => string;
  };
  readonly headings: {
    readonly failed: string;
    readonly warnings: string;
    readonly next: string;
    readonly checklist: string;
    readonly evidence: string;
    readonly notes: string;
    readonly criteria: string;
    readonly measurements: string;
  };
  readonly columns: {
    readonly state: string;
    readonly item: string;
    readonly measured: string;
    readonly allowed: string;
    readonly margin: string;
    readonly result: string;
    readonly time: string;
    readonly criterion: string;
    readonly name: string;
    readonly value: string;
  };
  readonly intents: Readonly<Record<'expect' | 'abort' | 'warn', string>>;
  readonly outcomes: Readonly<Record<'holds' | 'violated' | 'unknown', string>>;
  /** The same for limits that should not be reached. */
  readonly limitOutcomes: Readonly<Record<'holds' | 'violated' | 'unknown', string>>;
  readonly notRequired: string;
  readonly ungrouped: string;
  readonly items: (count: number) => string;
  readonly samples: (count: string) => string;
  readonly stateCount: (state: ItemState, count: number) => string;
  readonly commit: string;
  readonly pullRequest: string;
  readonly ref: string;
  readonly run: string;
  readonly repository: string;
  readonly started: string;
  readonly finished: string;
  readonly plan: string;
  readonly dryRun: string;
  readonly planFrom: (file: string, source: 'head' | 'base' | 'input', sha: string | undefined) => string;
  readonly leftOut: {
    readonly evidenceCut: string;
    readonly evidenceOfPassing: (count: number) => string;
    readonly evidence: (count: number) => string;
    readonly passing: (count: number) => string;
    readonly findings: (count: number) => string;
    readonly items: (count: number) => string;
    readonly lines: (count: number) => string;
    readonly rows: (count: number) => string;
    readonly notes: (count: number) => string;
    readonly elsewhere: string;
  };
  readonly planAdvice: string;
  readonly noPosition: string;
  readonly seriesFrom: (title: string, low: string, high: string, last: string) => string;
  readonly emptySeries: string;
  readonly emptyHistogram: string;
  readonly histogram: {
    /** Heads what unfolds: each bin's figures. */
    readonly bins: string;
    readonly range: string;
    readonly count: string;
    readonly share: string;
    /** Of a limit for which the drawing has no room. */
    readonly outside: string;
  };
}

const CATALOGUE: Readonly<Record<Locale, Words>> = { en: EN, 'pt-BR': PT_BR };

export function wordsOf(locale: Locale): Words {
  return CATALOGUE[locale];
}
