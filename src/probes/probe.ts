import { type Pluggable, type Registered, register } from '../checklist/binding.ts';
import type { Evidence } from '../checklist/model.ts';
import type { Measurements, Promised } from '../criteria/value.ts';
import type { Databases } from '../database/databases.ts';
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
}

export interface Measured {
  readonly measurements: Measurements;
  readonly evidence?: readonly Evidence[];
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
    defaultLimitMs: probe.defaultLimitMs,
    provides: probe.provides(spec),
    measure: (context) => probe.measure(spec, context),
  }));
}
