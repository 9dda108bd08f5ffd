import type * as z from 'zod';
import type { Binding } from '../checklist/binding.ts';
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
 * Measures, and never changes anything. A new probe is one file with one of these, and one line in `registry.ts`.
 *
 * Thrown `MeasurementError`s become the item's `error`; everything else thrown is a bug.
 */
export interface Probe<Spec = unknown> {
  /** The plan's key: `http`. */
  readonly name: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** The plan's value under that key, after `${…}` was filled in. Each field has a `.describe()`. As a function it is made when first needed. */
  readonly schema: z.ZodType<Spec> | (() => z.ZodType<Spec>);
  /** The measurements, for the reference page: a name or pattern, and what it is. */
  readonly documented: Readonly<Record<string, string>>;
  /** An example for the reference page; it is parsed in a test. */
  readonly example: string;
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
export interface RegisteredProbe extends Pick<Probe, 'name' | 'summary' | 'documented' | 'example'> {
  readonly schema: z.ZodType;
  bind(spec: unknown): Binding<BoundProbe>;
}

export function defineProbe<Spec>(probe: Probe<Spec>): RegisteredProbe {
  const { name, summary, documented, example } = probe;
  let made: z.ZodType<Spec> | undefined;
  const schema = (): z.ZodType<Spec> => {
    made ??= typeof probe.schema === 'function' ? probe.schema() : probe.schema;
    return made;
  };
  return {
    name,
    summary,
    get schema() {
      return schema();
    },
    documented,
    example,
    bind(raw) {
      const parsed = schema().safeParse(raw);
      if (!parsed.success) return { issues: parsed.error.issues };
      const spec = parsed.data;
      return {
        bound: {
          name,
          title: probe.title(spec),
          exclusive: probe.exclusive ?? false,
          defaultLimitMs: probe.defaultLimitMs,
          provides: probe.provides(spec),
          measure: (context) => probe.measure(spec, context),
        },
      };
    },
  };
}
