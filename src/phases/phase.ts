import type { Locale } from '../criteria/value.ts';
import type { Databases } from '../database/databases.ts';
import type { PastReports } from '../github/past-reports.ts';
import type { Plan } from '../plan/plan.ts';
import type { Ports } from '../runner/ports.ts';

/** What the run is about, for an item's `when:`. What the event does not tell is absent. */
export interface Facts {
  readonly event?: string;
  readonly branch?: string;
  readonly base?: string;
  readonly ref?: string;
  readonly actor?: string;
  readonly repository?: string;
}

/** What a phase is given to turn its section of the plan into steps. */
export interface PhaseContext extends Ports {
  readonly plan: Plan;
  readonly databases: Databases;
  /** Probe, and say what the tasks would do; change nothing. */
  readonly dryRun: boolean;
  readonly facts: Facts;
  /** Reports of earlier runs; undefined without access to GitHub. */
  readonly pastReports?: PastReports;
  /** The language that the phase itself speaks: titles, headings, and what it says of an item. */
  readonly locale: Locale;
}
