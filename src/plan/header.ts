import * as z from 'zod';
import { LOCALES } from '../criteria/value.ts';
import { databaseSchema } from './databases.ts';
import type { PlanDocument, PlanNode } from './document.ts';
import { fill } from './filled.ts';
import { once } from './once.ts';
import type { Problems } from './problems.ts';
import { policySchema } from './sections/check.ts';
import { concurrencyField } from './sections/pre-deploy.ts';
import { shapes } from './shape.ts';

/** The plan's top-level keys beside its phases. */
export const headerFields = once(() => ({
  version: z.literal(1).describe('The version of the plan’s format: 1.'),
  service: z.string().min(1).describe('What is deployed; the title of reports.').optional(),
  locale: z.enum(LOCALES).describe('The language of reports. Default: en.').optional(),
  vars: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'A variable’s name has letters, digits and `_`.'),
      z.union([z.string(), z.number(), z.boolean()]),
    )
    .describe('Values to use as `${name}`, and in criteria as `vars.name`.')
    .optional(),
  secrets: z
    .array(z.string().min(1))
    .describe('Environment variables whose values are masked everywhere, beside those whose names tell (TOKEN, PASSWORD, …).')
    .optional(),
  policy: policySchema()
    .describe('What an item that is not known to be good does to the gate, where it says nothing itself.')
    .optional(),
  concurrency: concurrencyField().optional(),
}));

export const databasesField = once(() =>
  z.record(z.string(), databaseSchema()).describe('Databases by name: `{ main: { url: "${DATABASE_URL}" } }`.'),
);

const SECTIONS = ['databases', 'pre-deploy', 'migrate', 'canary', 'rollback'] as const;

/** Keys that start with `x-` are for anchors: nothing reads them. */
const headerSchema = once(() => {
  const sections = Object.fromEntries(SECTIONS.map((key) => [key, z.unknown().optional()]));
  return z.strictObject({ ...headerFields(), ...sections });
});

export interface Header {
  readonly service: string | undefined;
  readonly locale: (typeof LOCALES)[number] | undefined;
  readonly secrets: readonly string[];
  readonly policy: z.infer<ReturnType<typeof policySchema>> | undefined;
  readonly concurrency: number | undefined;
}

/** Reads the keys beside the phases as they are written, before any variable is filled in. */
export function readHeader(document: PlanDocument, problems: Problems, sectionOnly: boolean): Header {
  const nothing = { service: undefined, locale: undefined, secrets: [], policy: undefined, concurrency: undefined };
  if (document.root.kind !== 'map' || sectionOnly) return nothing;
  const written = Object.fromEntries(
    [...document.root.entries].flatMap(([key, { value }]): [string, unknown][] => {
      if (key.startsWith('x-')) return [];
      return [[key, SECTIONS.some((section) => section === key) ? null : plain(value)]];
    }),
  );
  // A lookup that leaves every `${…}` as it is written.
  const asWritten = { lookup: () => ({ unset: '' }), own: () => ({ unset: '' }), measurements: () => ({}), secrets: () => [] };
  const filled = fill(document, asWritten, problems, () => {});
  const header = shapes(filled, problems).parse(headerSchema(), { value: written, origin: (path) => path, name: 'plan' });
  if (header === undefined) return nothing;
  const { service, locale, secrets = [], policy, concurrency } = header;
  return { service, locale, secrets, policy, concurrency };
}

function plain(node: PlanNode): unknown {
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'map') return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
  return node.value;
}
