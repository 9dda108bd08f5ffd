import type * as z from 'zod';

/** The schema accepted a spec and here is what it was bound to, or these are its problems (paths start at the spec). */
export type Binding<Bound> = { readonly bound: Bound } | { readonly issues: readonly z.core.$ZodIssue[] };
