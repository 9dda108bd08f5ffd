import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

/** YAML scalars arrive as text at the runner: `default: false` is the string `false`. */
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const variables = z.record(z.string(), scalar);

const input = z.strictObject({
  description: z.string().optional(),
  required: z.boolean().optional(),
  default: scalar.optional(),
  deprecationMessage: z.string().optional(),
});

/** Steps with `uses:` are refused: no action here calls another, so that a reader of one file has read it all. */
const runStep = z.strictObject({
  id: z.string().optional(),
  name: z.string().optional(),
  if: scalar.optional(),
  run: z.string(),
  shell: z.string(),
  env: variables.default({}),
  'working-directory': z.string().optional(),
  'continue-on-error': scalar.optional(),
});

const composite = z.strictObject({ using: z.literal('composite'), steps: z.array(runStep) });
const javascript = z.strictObject({
  using: z.enum(['node20', 'node24']),
  main: z.string(),
  post: z.string().optional(),
  'post-if': z.string().optional(),
});

const manifest = z.strictObject({
  name: z.string(),
  description: z.string(),
  author: z.string().optional(),
  branding: z.strictObject({ icon: z.string(), color: z.string() }).optional(),
  inputs: z.record(z.string(), input).default({}),
  outputs: z.record(z.string(), z.strictObject({ description: z.string().optional(), value: z.string().optional() })).default({}),
  runs: z.discriminatedUnion('using', [composite, javascript]),
});

export type Manifest = z.infer<typeof manifest>;
export type RunStep = z.infer<typeof runStep>;
export type JavascriptRuns = z.infer<typeof javascript>;

/** Reads the `action.yml` in a folder. Throws on anything that the interpreter would not carry out as the runner does. */
export function readManifest(folder: string): Manifest {
  return manifest.parse(parse(readFileSync(path.join(folder, 'action.yml'), 'utf8')));
}
