import type { Intent, PlanOrigin, Position } from '../checklist/model.ts';
import type { Criterion } from '../criteria/syntax.ts';
import type { Locale, Measurements } from '../criteria/value.ts';
import type { PlannedDatabase } from '../database/databases.ts';
import type { IndexExpectation } from '../database/index-expectation.ts';
import type { IndexRules } from '../database/index-rules.ts';
import type { BoundMigrationTool } from '../database/migrations/tool.ts';
import type { StatementOrder } from '../database/query-proof/statement-orders.ts';
import type { BoundProbe } from '../probes/probe.ts';
import type { BoundRollout } from '../tasks/rollout.ts';
import type { BoundTask } from '../tasks/task.ts';
import type { RehearsalPlan } from './sections/migrate-rehearsal.ts';
import type { SafetyPlan } from './sections/migrate-safety.ts';

/** What an item that is not `fail` but not known to be good does to the checklist. Both block unless the plan says `warn`. */
export interface Policy {
  readonly inconclusive: 'block' | 'warn';
  readonly error: 'block' | 'warn';
}

export interface PlannedCriterion {
  readonly criterion: Criterion;
  readonly intent: Intent;
  readonly position: Position;
}

/** One item that measures and judges. */
export interface PlannedCheck {
  readonly id: string;
  readonly title: string;
  readonly probe: BoundProbe;
  readonly criteria: readonly PlannedCriterion[];
  readonly required: boolean;
  readonly policy: Policy;
  /** Milliseconds; from `within`, else the probe's own. */
  readonly limitMs: number;
  /** The item applies only when this holds; judged on the run's facts (`branch`, `event`, `env.X`, `vars.X`). */
  readonly when?: PlannedCriterion;
  /** Units that the plan gives to measurements whose source tells none: `{ body.latency: ms }`. */
  readonly units: Readonly<Record<string, string>>;
  /** Ids of the items whose measurements the criteria refer to. */
  readonly references: readonly string[];
  readonly position: Position;
}

export interface PlannedTask {
  readonly id: string;
  readonly title: string;
  readonly task: BoundTask;
  readonly limitMs: number;
  readonly position: Position;
}

export interface PreDeployPlan {
  /** Items that may run at a time. */
  readonly concurrency: number;
  readonly checks: readonly PlannedCheck[];
}

export interface ExpectedIndex extends IndexExpectation {
  readonly position: Position;
}

interface ExpectedOfQueries {
  /** Tables that may be read whole when no index is named. */
  readonly mayScan?: readonly string[];
  readonly position: Position;
}

/** One query, with the index that must be able to serve it, or several of which one must. */
export interface WrittenQuery extends ExpectedOfQueries {
  readonly sql: string;
  /** undefined: any index will do, and no table may be read whole. */
  readonly uses?: string | readonly string[];
  /** Rows that the planner is to believe in, by table. */
  readonly rows?: Readonly<Record<string, number>>;
}

/** The statements of SQL files; `*` stands for a part of the last name. */
export interface QueryFiles extends ExpectedOfQueries {
  readonly file: string;
  readonly rows?: Readonly<Record<string, number>>;
}

/** Statements that the server itself has seen, by pg_stat_statements. */
export interface SeenStatements extends ExpectedOfQueries {
  readonly statements: { readonly top: number; readonly by: StatementOrder };
  /** Judged on what pg_stat_statements tells of each; may be none. */
  readonly criteria: readonly PlannedCriterion[];
  readonly policy: Policy;
}

export type ExpectedQuery = WrittenQuery | QueryFiles | SeenStatements;

export interface MigratePlan {
  /** A name under `databases:`. */
  readonly database: string;
  readonly tool: BoundMigrationTool;
  readonly limitMs: number;
  /** Judged on `version`, `version_before`, `duration`, `warnings`, `migrations`, `pending`. */
  readonly criteria: readonly PlannedCriterion[];
  readonly policy: Policy;
  readonly indexes: readonly ExpectedIndex[];
  /** A file of SQL whose indexes are expected beside those. */
  readonly indexesFrom?: { readonly file: string; readonly position: Position };
  /** Default: those of database/index-rules.ts. */
  readonly indexRules?: IndexRules;
  readonly queries: readonly ExpectedQuery[];
  /** Indexes may be hidden, in a transaction that is rolled back, also on a database that is not a throwaway one. */
  readonly hideIndexes?: boolean;
  /** Further checks, run after the migration. */
  readonly checks: readonly PlannedCheck[];
  /** On a throwaway database. */
  readonly rehearsal?: RehearsalPlan;
  /** What stands around the migration of a database that stays; undefined for a throwaway one. */
  readonly safety?: SafetyPlan;
  readonly position: Position;
}

export interface CanaryStep {
  /** Fraction of the traffic, 0 to 1. */
  readonly weight: number;
  readonly holdMs: number;
  readonly position: Position;
}

export interface CanaryPlan {
  readonly rollout: BoundRollout;
  /** Polled together; their measurements are one set of names. */
  readonly metrics: readonly BoundProbe[];
  /** Polled beside the canary's own as its control; when absent, the metrics before the first step are the baseline. */
  readonly control: readonly BoundProbe[];
  readonly steps: readonly CanaryStep[];
  /** Milliseconds between two polls. */
  readonly everyMs: number;
  readonly criteria: readonly PlannedCriterion[];
  readonly policy: Policy;
  /** A rollback option to carry out on abort. */
  readonly onAbort?: string;
  readonly position: Position;
}

export interface RollbackOption {
  readonly name: string;
  readonly withinMs: number;
  /** Options named among the tasks are already unfolded. */
  readonly tasks: readonly PlannedTask[];
  readonly position: Position;
}

export interface RollbackPlan {
  readonly options: readonly RollbackOption[];
  /** The option taken when the run names none; undefined when it must name one. */
  readonly default?: string;
  readonly verify: readonly PlannedCheck[];
  readonly position: Position;
}

export interface PlanWarning {
  readonly message: string;
  readonly position: Position;
}

/** A plan that has been read, checked and bound to the registries: every name in it is known, every criterion parsed. */
export interface Plan {
  readonly origin: PlanOrigin;
  readonly service?: string;
  readonly locale?: Locale;
  /** The plan's `vars` as criteria see them, named `vars.limit`: to be laid beside what an item measured. */
  readonly vars: Measurements;
  /** Values that went into the plan from secret-looking environment variables, or from those under `secrets:`. The caller masks them. */
  readonly secrets: readonly string[];
  /** What a reader of the plan should know, but what does not keep it from running. */
  readonly warnings: readonly PlanWarning[];
  readonly databases: Readonly<Record<string, PlannedDatabase>>;
  /** The only hosts that a load test may aim at; undefined: those that the plan writes. */
  readonly loadHosts?: readonly string[];
  readonly preDeploy?: PreDeployPlan;
  readonly migrate?: MigratePlan;
  readonly canary?: CanaryPlan;
  readonly rollback?: RollbackPlan;
}
