import type { Comparison, Truth } from '../criteria/comparison.ts';
import type { Measurements } from '../criteria/value.ts';
import type { ReasonCode } from './reasons.ts';

export type { Comparison } from '../criteria/comparison.ts';

/** How an item or a checklist ended. `inconclusive` is too little evidence, `error` is that nothing could be measured. */
export const VERDICTS = ['pass', 'warn', 'fail', 'inconclusive', 'error', 'skipped'] as const;
export type Verdict = (typeof VERDICTS)[number];
export type ItemState = Verdict | 'pending' | 'running';

export const PHASES = ['pre-deploy', 'migrate', 'canary', 'rollback'] as const;
export type Phase = (typeof PHASES)[number];

/** A place in a plan; line and column count from 1. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a criterion asks for: `expect` must hold, `abort` must not, `warn` should not. */
export type Intent = 'expect' | 'abort' | 'warn';

/** How one criterion was judged. */
export interface Judgement {
  readonly criterion: string;
  readonly intent: Intent;
  readonly outcome: Truth;
  /** Why the outcome is unknown. */
  readonly reason?: ReasonCode;
  /** One sentence where the outcome needs words: what is missing, over which window it was judged. */
  readonly detail?: string;
  readonly comparisons: readonly Comparison[];
  readonly position?: Position;
}

/** Something kept to show how a result came about. Plain text; renderers escape and fold it. */
export type Evidence =
  | { readonly kind: 'output'; readonly title: string; readonly text: string }
  | {
      readonly kind: 'table';
      readonly title: string;
      readonly columns: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  | {
      readonly kind: 'series';
      readonly title: string;
      /** The measurement that it shows over time, where the title is not its name: limits on it are drawn. */
      readonly subject?: string;
      readonly unit: EvidenceUnit;
      /** `at` is milliseconds since the epoch, or since the start where only that is known. */
      readonly points: readonly { readonly at: number; readonly amount: number }[];
    }
  | {
      readonly kind: 'histogram';
      readonly title: string;
      readonly unit: EvidenceUnit;
      /** Where the first bin starts; left out where it has no end on that side. */
      readonly from?: number;
      /** Ascending: each holds what is above the bin before it, up to its own bound and with it. Only the last may have none. */
      readonly bins: readonly { readonly upTo?: number; readonly count: number }[];
      /** Amounts that a reader looks for, by the names that criteria use: `p95`. */
      readonly marks?: readonly { readonly label: string; readonly amount: number }[];
    };

/** What amounts of evidence are in. */
type EvidenceUnit = 's' | 'bytes' | 'ratio' | 'number';

/** How one item ended, as its step returns it. */
export interface Outcome {
  readonly state: Verdict;
  readonly reason: ReasonCode;
  /** One sentence: what happened and what to do next. Left out when the judgements say it all. */
  readonly message?: string;
  readonly measurements?: Measurements;
  readonly judgements?: readonly Judgement[];
  readonly evidence?: readonly Evidence[];
}

export interface Item {
  /** Unique within the checklist; words joined by hyphens. */
  readonly id: string;
  readonly title: string;
  /** The heading it stands under: a canary step, "Indexes", "Verification". */
  readonly group?: string;
  /** The probe or task that does the work: `http`, `postgres`, `kubernetes`. */
  readonly kind: string;
  /** A failing item that is not required is a warning. */
  readonly required: boolean;
  readonly position?: Position;
  readonly state: ItemState;
  readonly reason: ReasonCode;
  readonly message?: string;
  /** What is going on now, while it runs: `412 of 1,000 requests`. */
  readonly progress?: string;
  readonly measurements: Measurements;
  readonly judgements: readonly Judgement[];
  readonly evidence: readonly Evidence[];
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  readonly durationMs?: number;
}

/** What the checklist speaks of. */
export interface Subject {
  readonly repository?: string;
  /** The commit that is to be deployed: for a pull request its head, not the merge commit. */
  readonly headSha?: string;
  readonly pullRequest?: number;
  readonly ref?: string;
  readonly runUrl?: string;
}

/** Where the plan came from. */
export interface PlanOrigin {
  readonly file: string;
  /** `head` the checkout, `base` the pull request's base commit, `input` the action's `checklist` input. */
  readonly source: 'head' | 'base' | 'input';
  readonly sha?: string;
}

/** The plan being carried out: plain data, and all that a report is made of. */
export interface Checklist {
  readonly phase: Phase;
  readonly service?: string;
  readonly subject: Subject;
  readonly plan: PlanOrigin;
  readonly dryRun: boolean;
  readonly items: readonly Item[];
  readonly verdict: Verdict | 'running';
  readonly reason: ReasonCode;
  /** What the reader must know beside the items: where the plan came from, what could not be posted. */
  readonly notes: readonly string[];
  readonly startedAt: number;
  readonly finishedAt?: number;
}
