/** What can be wrong with an index that the plan expects. */
export const EXPECTED_KINDS = [
  'table_missing',
  'missing',
  'definition',
  'method',
  'columns',
  'order',
  'opclass',
  'collation',
  'direction',
  'unique',
  'nulls',
  'include',
  'predicate',
  'invalid',
  'not_ready',
  'partitions',
] as const;

/** What can be wrong with the other indexes of its table. The last three of those above can, too. */
export const OTHER_KINDS = [
  'invalid',
  'not_ready',
  'partitions',
  'leftover',
  'duplicate',
  'redundant',
  'unused',
  'foreign_key',
  'unexpected',
] as const;

export type IndexProblem = (typeof EXPECTED_KINDS)[number];
export type OtherProblem = (typeof OTHER_KINDS)[number];
export type FindingKind = IndexProblem | OtherProblem;
export type Level = 'block' | 'warn' | 'off';

/** What one finding says. All is plain text; `fix` is SQL. */
export interface IndexFinding<Kind extends FindingKind = FindingKind> {
  readonly kind: Kind;
  readonly level: 'block' | 'warn';
  readonly schema?: string;
  readonly table: string;
  /** The index; for `foreign_key` the constraint. */
  readonly index: string;
  readonly expected: string;
  readonly found: string;
  readonly fix: string;
}

export interface IgnoredFinding {
  readonly index: string;
  /** undefined: whatever is found. */
  readonly kind?: OtherProblem;
  readonly reason: string;
}

export interface IndexRules {
  /** Whether an index that the plan does not have is a finding, on the tables that it has. */
  readonly strict: boolean;
  /** Where it is not the kind's own. */
  readonly levels: Readonly<Partial<Record<FindingKind, Level>>>;
  /** An index without a scan in this time is unused. */
  readonly unusedForMs: number;
  readonly ignores: readonly IgnoredFinding[];
}

const DAY_MS = 24 * 60 * 60_000;

export const DEFAULT_RULES: IndexRules = { strict: false, levels: {}, unusedForMs: 30 * DAY_MS, ignores: [] };

/** What costs only room and writes is a warning; all else blocks. */
export const WARNINGS: readonly FindingKind[] = ['leftover', 'duplicate', 'redundant', 'unused', 'foreign_key'];

export function levelOf(kind: FindingKind, { levels }: IndexRules): Level {
  return levels[kind] ?? (WARNINGS.includes(kind) ? 'warn' : 'block');
}

/**
 * Findings without those that the plan ignores, which are told with its reasons, and the ignores that match nothing (any more).
 *
 * @param sameIndex whether the plan's name of an index is the server's: they fold case differently.
 */
export function withoutIgnored(
  findings: readonly IndexFinding<OtherProblem>[],
  { ignores }: IndexRules,
  sameIndex: (inPlan: string, found: string) => boolean,
): {
  readonly others: readonly IndexFinding<OtherProblem>[];
  readonly ignored: readonly { readonly finding: IndexFinding<OtherProblem>; readonly reason: string }[];
  readonly idleIgnores: readonly IgnoredFinding[];
} {
  const ignoreOf = (finding: IndexFinding<OtherProblem>): IgnoredFinding | undefined =>
    ignores.find(({ index, kind }) => sameIndex(index, finding.index) && (kind === undefined || kind === finding.kind));
  return {
    others: findings.filter((finding) => ignoreOf(finding) === undefined),
    ignored: findings.flatMap((finding) => {
      const ignore = ignoreOf(finding);
      return ignore === undefined ? [] : [{ finding, reason: ignore.reason }];
    }),
    idleIgnores: ignores.filter((ignore) => !findings.some((finding) => ignoreOf(finding) === ignore)),
  };
}
