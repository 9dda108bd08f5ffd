import type { Policy } from './plan.ts';

export const BLOCK: Policy = { inconclusive: 'block', error: 'block' };

/** A policy as the plan writes it; what it leaves open is as further up. */
export function readPolicy(raw: { readonly [Key in keyof Policy]?: Policy[Key] | undefined } | undefined, above: Policy): Policy {
  return { inconclusive: raw?.inconclusive ?? above.inconclusive, error: raw?.error ?? above.error };
}
