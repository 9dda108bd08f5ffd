import * as z from 'zod';

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|min|h|d)\s*$/;

/** A field of a spec that holds a duration: `30s`. Read it with `durationMs`. */
export function durationField(description: string) {
  return z
    .string()
    .regex(DURATION, 'Expected a duration such as `500ms`, `30s` or `5m`.')
    .refine((text) => durationMs(text) > 0, 'A duration here must be longer than zero.')
    .describe(description);
}

/** Milliseconds of a text that `durationField` accepted. */
export function durationMs(text: string): number {
  const [, amount, unit] = DURATION.exec(text) ?? [];
  return Number(amount) * (MILLISECONDS[unit ?? ''] ?? Number.NaN);
}
