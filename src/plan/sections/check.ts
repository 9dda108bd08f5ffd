import * as z from 'zod';
import { once } from '../once.ts';

const NO_CRITERION = 'A criterion is a text such as `status == 200`; one with `: ` in it stands in quotes.';

/** One criterion or several: `p95 < 500ms` is the same as `[p95 < 500ms]`. */
const criteriaListSchema = once(() =>
  z
    .union([z.string(NO_CRITERION), z.array(z.string(NO_CRITERION), NO_CRITERION)])
    .describe('A criterion, or a list of them: `[status == 200, latency < 2s]`.'),
);

export const criteriaFields = once(() => ({
  expect: criteriaListSchema().describe('Criteria that must hold: `[status == 200, latency < 2s]`.').optional(),
  abort: criteriaListSchema().describe('Criteria that must not hold: `[error_rate > 10% for 2m]`.').optional(),
  warn: criteriaListSchema().describe('Criteria that should not hold: one that does is a warning.').optional(),
}));

/** `expect`, `abort` and `warn` as the plan writes them. */
export interface RawCriteria {
  readonly expect?: string | readonly string[] | undefined;
  readonly abort?: string | readonly string[] | undefined;
  readonly warn?: string | readonly string[] | undefined;
}

export const policySchema = once(() =>
  z.strictObject({
    inconclusive: z.enum(['block', 'warn']).describe('When there is too little evidence. Default: block.').optional(),
    error: z.enum(['block', 'warn']).describe('When nothing could be measured. Default: block.').optional(),
  }),
);

export const durationText = once(() =>
  z
    .string()
    .regex(/^\s*\d+(\.\d+)?\s*(ms|s|m|min|h|d)\s*$/, 'Expected a duration such as `30s`, `5m` or `2h`.')
    .describe('A duration: `500ms`, `30s`, `5m`, `2h`.'),
);

/** The keys of an item beside its one probe. */
export const itemFields = once(() => ({
  title: z.string().min(1).describe('What a reader sees. Default: from the probe.').optional(),
  id: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'An id starts with a letter and has only letters, digits, `-` and `_`.')
    .describe(
      'The name by which other items refer to what this one measures: `<id>.p95`. Default: the title, in words joined by hyphens.',
    )
    .optional(),
  ...criteriaFields(),
  required: z.boolean().describe('`false`: a failing item is only a warning. Default: true.').optional(),
  within: durationText().describe('The longest it may take: `30s`. Default: the probe’s own.').optional(),
  when: z.string().describe('The item applies only when this holds: `branch == "main" and not dry_run`.').optional(),
  units: z
    .record(z.string(), z.string())
    .describe('Units of measurements whose source tells none: `{ body.latency: ms }`.')
    .optional(),
  policy: policySchema().describe('What an item that is not known to be good does to the gate.').optional(),
}));

/** One item: these keys, and exactly one probe, which the compiler looks up in the registry. */
export const checkSchema = once(() => z.looseObject(itemFields()));

export interface RawCheck extends RawCriteria {
  readonly title?: string | undefined;
  readonly id?: string | undefined;
  readonly required?: boolean | undefined;
  readonly within?: string | undefined;
  readonly when?: string | undefined;
  readonly units?: Readonly<Record<string, string>> | undefined;
  readonly policy?:
    | { readonly inconclusive?: 'block' | 'warn' | undefined; readonly error?: 'block' | 'warn' | undefined }
    | undefined;
  /** The probe's key. */
  readonly [key: string]: unknown;
}
