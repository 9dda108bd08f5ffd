import { type Pluggable, type Registered, register } from '../checklist/binding.ts';
import type { Evidence } from '../checklist/model.ts';
import type { Measurements, Promised } from '../criteria/value.ts';
import type { Databases } from '../database/databases.ts';
import type { PastReports } from '../github/past-reports.ts';
import type { Ports } from '../runner/ports.ts';

/** The names a probe will measure, as far as its spec tells. */
export interface Provision {
  readonly names: Readonly<Record<string, Promised>>;
  /** Further names are known only at run time: those with one of these prefixes, or any (`['']`). */
  readonly open?: readonly string[];
}

export interface ProbeContext extends Ports {
  readonly databases: Databases;
  /** Shows what is going on beside the running item. */
  progress(text: string): void;
  /** Names that the item's criteria ask for: a probe may spare itself the rest. */
  readonly wanted: ReadonlySet<string>;
  /** The longest `for` of the item's criteria, in milliseconds; 0 when there is none. A probe that can look back returns series over it. */
  readonly windowMs: number;
  /** Of the item that measures; undefined where there is none. */
  readonly itemId?: string;
  /** The only hosts that may be put under load, where the plan names them. */
  readonly loadHosts?: readonly string[];
  /** Reports of earlier runs; undefined without access to GitHub. */
  readonly pastReports?: PastReports;
  /** Judges figures so far by the item's `abort` criteria; true: stop, and return what there is. */
  shouldStop?(sofar: Measurements): boolean;
  /** Whether figures meet the item's criteria, for a probe that measures in stages. */
  meets?(measurements: Measurements): boolean;
}

export interface Measured {
  readonly measurements: Measurements;
  readonly evidence?: readonly Evidence[];
  /** What criteria compare with as `baseline`; without it they have none. */
  readonly baseline?: Baseline;
  /** Limits that the measured tool itself was given and found crossed: with any, the item fails. */
  readonly crossed?: readonly string[];
  /** What speaks against trusting the figures, each a sentence: with any, a pass becomes a warning. */
  readonly doubts?: readonly string[];
}

export interface Baseline {
  /** Empty where there are too few runs. */
  readonly measurements: Measurements;
  /** Where it comes from, or why there is none and what to do: one sentence. */
  readonly told: string;
  /** Keeps this run for later ones. Called unless something that it was judged by spoke against it. */
  record?(): Promise<void>;
}

/**
 * Measures, and never changes anything. Its name is the plan's key, its schema the plan's value under that key after `${…}` was filled
 * in, each field with a `.describe()`. A new probe is one file with one of these, and one line in `registry.ts`.
 *
 * Thrown `MeasurementError`s become the item's `error`; everything else thrown is a bug.
 */
export interface Probe<Spec = unknown> extends Pluggable<Spec> {
  readonly documented: Readonly<Record<string, string>>;
  /** Runs alone. */
  readonly exclusive?: boolean;
  /** It goes on for long and tells figures on its way (`shouldStop`): a `for` is over its run, which is not made again. */
  readonly live?: boolean;
  /** Whether it gives criteria a baseline. */
  comparesWithBaseline?(spec: Spec): boolean;
  /** Milliseconds that `measure` may take when the plan does not say `within`. */
  readonly defaultLimitMs: number;
  /** The item's title when the plan gives none. */
  title(spec: Spec): string;
  provides(spec: Spec): Provision;
  measure(spec: Spec, context: ProbeContext): Promise<Measured>;
}

/** A probe with its spec: the generics end here. */
export interface BoundProbe {
  readonly name: string;
  readonly title: string;
  readonly exclusive: boolean;
  readonly live: boolean;
  readonly comparesWithBaseline: boolean;
  readonly defaultLimitMs: number;
  readonly provides: Provision;
  measure(context: ProbeContext): Promise<Measured>;
}

/** A probe as the registry holds it. */
export type RegisteredProbe = Registered<BoundProbe>;

export function defineProbe<Spec>(probe: Probe<Spec>): RegisteredProbe {
  return register(probe, (spec) => ({
    name: probe.name,
    title: probe.title(spec),
    exclusive: probe.exclusive ?? false,
    live: probe.live ?? false,
    comparesWithBaseline: probe.comparesWithBaseline?.(spec) ?? false,
    defaultLimitMs: probe.defaultLimitMs,
    provides: probe.provides(spec),
    measure: (context) => probe.measure(spec, context),
  }));
}
