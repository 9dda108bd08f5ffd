import * as z from 'zod';
import { LOCALES, type Locale } from '../criteria/value.ts';
import type { PlanDocument, PlanNode } from './document.ts';
import { fill } from './filled.ts';
import { unknownKey } from './issue-words.ts';
import { once } from './once.ts';
import type { Problems } from './problems.ts';
import { policySchema } from './sections/check.ts';
import { concurrencyField } from './sections/pre-deploy.ts';
import { shapes } from './shape.ts';

/** The plan's top-level keys beside its databases and phases. Each is made when a plan has it. */
const FIELDS = {
  version: () => z.literal(1).describe('The version of the plan’s format: 1.'),
  service: () => z.string().min(1).describe('What is deployed; the title of reports.'),
  locale: () => z.enum(LOCALES).describe('The language of reports. Default: en.'),
  vars: () =>
    z
      .record(
        z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'A variable’s name has letters, digits and `_`.'),
        z.union([z.string(), z.number(), z.boolean()]),
      )
      .describe('Values to use as `${name}`, and in criteria as `vars.name`.'),
  secrets: () =>
    z
      .array(z.string().min(1))
      .describe('Environment variables whose values are masked everywhere, beside those whose names tell (TOKEN, PASSWORD, …).'),
  'load-hosts': () =>
    z
      .array(
        z
          .string()
          .regex(
            /^(?:\*\.)?[\w.:[\]-]+$/,
            'Expected a host, such as `staging.example.com`, `*.staging.example.com` or `127.0.0.1`.',
          ),
      )
      .min(1)
      .describe(
        'The only hosts that a load test may aim at, whatever a variable or a script says: `[staging.example.com, "*.test.example.com"]`.',
      ),
  policy: () =>
    policySchema().describe('What an item that is not known to be good does to the gate, where it says nothing itself.'),
  concurrency: concurrencyField,
} as const;

const SECTIONS = ['databases', 'pre-deploy', 'migrate', 'canary', 'rollback'];

/** The fields together, as a reference to all of them needs them. */
export const headerFields = once(() => ({
  version: FIELDS.version(),
  service: FIELDS.service().optional(),
  locale: FIELDS.locale().optional(),
  vars: FIELDS.vars().optional(),
  secrets: FIELDS.secrets().optional(),
  'load-hosts': FIELDS['load-hosts']().optional(),
  policy: FIELDS.policy().optional(),
  concurrency: FIELDS.concurrency().optional(),
}));

export interface Header {
  readonly service: string | undefined;
  readonly locale: Locale | undefined;
  readonly secrets: readonly string[];
  readonly loadHosts: readonly string[] | undefined;
  readonly policy: z.infer<ReturnType<typeof policySchema>> | undefined;
  readonly concurrency: number | undefined;
}

/** Reads the keys beside the phases as they are written, before any variable is filled in. */
export function readHeader(document: PlanDocument, problems: Problems, sectionOnly: boolean): Header {
  const entries = document.root.kind === 'map' && !sectionOnly ? document.root.entries : new Map<string, never>();
  // A lookup that leaves every `${…}` as it is written.
  const asWritten = { lookup: () => ({ unset: '' }), own: () => ({ unset: '' }), measurements: () => ({}), secrets: () => [] };
  const { parse } = shapes(
    fill(document, asWritten, problems, () => {}),
    problems,
  );
  const known = [...Object.keys(FIELDS), ...SECTIONS];
  for (const [key, { keyStart }] of entries) {
    // Keys that start with `x-` are for anchors: nothing reads them.
    if (!key.startsWith('x-') && !known.includes(key)) problems.add(unknownKey(key, known), document.at(keyStart));
  }
  if (!sectionOnly && !entries.has('version')) {
    problems.add('`version` is missing: write `version: 1`.', document.at(document.root.start));
  }
  function read<T>(key: keyof typeof FIELDS, schema: () => z.ZodType<T>): T | undefined {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    return parse(schema(), { value: plain(entry.value), origin: (path) => [key, ...path], name: key });
  }
  read('version', FIELDS.version);
  read('vars', FIELDS.vars);
  return {
    service: read('service', FIELDS.service),
    locale: read('locale', FIELDS.locale),
    secrets: read('secrets', FIELDS.secrets) ?? [],
    loadHosts: read('load-hosts', FIELDS['load-hosts']),
    policy: read('policy', FIELDS.policy),
    concurrency: read('concurrency', FIELDS.concurrency),
  };
}

function plain(node: PlanNode): unknown {
  if (node.kind === 'list') return node.items.map(plain);
  if (node.kind === 'map') return Object.fromEntries([...node.entries].map(([key, { value }]) => [key, plain(value)]));
  return node.value;
}
