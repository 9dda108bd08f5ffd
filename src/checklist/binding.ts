import type * as z from 'zod';

/** The schema accepted a spec and here is what it was bound to, or these are its problems (paths start at the spec). */
export type Binding<Bound> = { readonly bound: Bound } | { readonly issues: readonly z.core.$ZodIssue[] };

/** What a probe, task, rollout driver or migration tool has in common: a name in the plan, and a schema for what stands under it. */
export interface Pluggable<Spec> {
  readonly name: string;
  /** One sentence for the reference page. */
  readonly summary: string;
  /** Given as a function, it is made when it is first needed: a start does not pay for what its plan does not use. */
  readonly schema: z.ZodType<Spec> | (() => z.ZodType<Spec>);
  /** For the reference page; it is parsed in a test. */
  readonly example: string;
  /** What it measures, for the reference page: a name or pattern, and what it is. */
  readonly documented?: Readonly<Record<string, string>>;
}

/** As a registry holds it: the generics end here. */
export interface Registered<Bound> {
  readonly name: string;
  readonly summary: string;
  readonly schema: z.ZodType;
  readonly example: string;
  readonly documented: Readonly<Record<string, string>>;
  bind(spec: unknown): Binding<Bound>;
}

/** Registers a part by what becomes of it with a spec. */
export function register<Spec, Bound>(part: Pluggable<Spec>, bound: (spec: Spec) => Bound): Registered<Bound> {
  const { name, summary, example, documented = {} } = part;
  let made: z.ZodType<Spec> | undefined;
  const schema = (): z.ZodType<Spec> => {
    made ??= typeof part.schema === 'function' ? part.schema() : part.schema;
    return made;
  };
  return {
    name,
    summary,
    example,
    documented,
    get schema() {
      return schema();
    },
    bind(raw) {
      const parsed = schema().safeParse(raw);
      return parsed.success ? { bound: bound(parsed.data) } : { issues: parsed.error.issues };
    },
  };
}
