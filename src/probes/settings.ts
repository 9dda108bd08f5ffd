import { resolve } from 'node:path';
import * as z from 'zod';
import type { Evidence } from '../checklist/model.ts';
import type { Measurement } from '../criteria/value.ts';
import { readSource } from './file-text.ts';
import { leafMeasurements } from './json-path.ts';
import { plainValue } from './plain-value.ts';
import { defineProbe, type ProbeContext } from './probe.ts';
import { namesSecret } from './secret-names.ts';
import { formatOf, parseSettings, SETTINGS_FORMATS, type SettingsFormat } from './settings-format.ts';

const SHOWN_LENGTH = 200;

const fields = () => ({
  file: z.string().min(1).describe('A dotenv, YAML, JSON or TOML file, from the root of the repository.').optional(),
  format: z.enum(SETTINGS_FORMATS).describe('The file’s format, where its name does not tell.').optional(),
  env: z
    .union([z.literal(true), z.array(z.string().min(1)).min(1)])
    .describe('The process environment: `true` for all of it, or names, also with a `*` at the end: `[APP_*, NODE_ENV]`.')
    .optional(),
});

interface RawSource {
  readonly file?: string | undefined;
  readonly format?: SettingsFormat | undefined;
  readonly env?: true | readonly string[] | undefined;
}

interface RawSettings extends RawSource {
  readonly sources?: readonly RawSource[] | undefined;
}

const schema = () => {
  const source = z
    .strictObject(fields())
    .refine(({ file, env }) => (file === undefined) !== (env === undefined), 'A source is one `file` or one `env`.')
    .refine(hasFormat, FORMAT_UNKNOWN);
  return z
    .strictObject({
      ...fields(),
      sources: z
        .array(source)
        .min(1)
        .describe('Several sources; a name in a later one replaces it in an earlier one.')
        .optional(),
    })
    .refine((spec) => sourcesOf(spec).length > 0, 'Say where the settings are: `file: config/production.env`, or `env: true`.')
    .refine(hasFormat, FORMAT_UNKNOWN);
};

const FORMAT_UNKNOWN = {
  message: `The name of the file does not tell its format. Add \`format:\`, one of ${SETTINGS_FORMATS.join(', ')}.`,
  path: ['file'],
};

type SettingsSpec = z.infer<ReturnType<typeof schema>>;

export const settings = defineProbe<SettingsSpec>({
  name: 'settings',
  summary: 'Reads settings from dotenv, YAML, JSON and TOML files and from the process environment.',
  schema,
  documented: {
    '<name>':
      'A setting by its name: a number, a flag (`true`, `false`) or else a text. `30s` and `5MB` are texts until `units:` says otherwise.',
    '<name>.<name>': 'A setting inside another: `server.pool.max`, `servers[0].host`, `servers.length`.',
  },
  example: 'settings: { file: config/production.env, env: [APP_*] }',
  defaultLimitMs: 10_000,
  title: (spec) => `Settings of ${sourcesOf(spec).map(sourceName).join(', ')}`,
  provides: () => ({ names: {}, open: [''] }),
  async measure(spec, context) {
    const found: Record<string, Measurement> = {};
    const origins: Record<string, string> = {};
    for (const source of sourcesOf(spec)) {
      const read = await readSettings(source, context);
      for (const [name, measurement] of Object.entries(read)) {
        found[name] = measurement;
        origins[name] = sourceName(source);
        keepSecret(name, measurement, context);
      }
    }
    return { measurements: found, evidence: evidenceOf(context.wanted, found, origins) };
  },
});

function hasFormat({ file, format }: RawSource): boolean {
  return file === undefined || format !== undefined || formatOf(file) !== undefined;
}

/** In the order in which they replace one another: the file, the environment, then `sources`. */
function sourcesOf({ file, format, env, sources = [] }: RawSettings): RawSource[] {
  return [...(file === undefined ? [] : [{ file, format }]), ...(env === undefined ? [] : [{ env }]), ...sources];
}

function sourceName({ file }: RawSource): string {
  return file ?? 'the environment';
}

async function readSettings({ file, format, env }: RawSource, context: ProbeContext): Promise<Record<string, Measurement>> {
  if (file === undefined) return textMeasurements(environment(env, context));
  const content = await readSource(resolve(context.directory, file), file);
  const kind = format ?? formatOf(file) ?? 'dotenv';
  const tree = await parseSettings(content, kind, file);
  const leaves = leafMeasurements('', tree, context.wanted);
  // Quoted numbers are common where a format allows only texts, such as in a ConfigMap.
  for (const [name, { value }] of Object.entries(leaves)) {
    if (value.kind === 'text') leaves[name] = { value: plainValue(value.text) };
  }
  return leaves;
}

function environment(which: RawSource['env'], { env }: ProbeContext): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) {
    const asked = which === true || which?.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
    if (value !== undefined && asked === true) found[name] = value;
  }
  return found;
}

function textMeasurements(settings: Readonly<Record<string, string>>): Record<string, Measurement> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, { value: plainValue(value) }]));
}

function keepSecret(name: string, { value }: Measurement, { secrets }: ProbeContext): void {
  if (value.kind === 'text' && value.text.includes('://')) secrets.addUrl(value.text);
  if (!namesSecret(name)) return;
  if (value.kind === 'text') secrets.add(value.text);
  if (value.kind === 'quantity') secrets.add(String(value.amount));
}

/** What was asked for and where it was found: the other settings are nobody's business. */
function evidenceOf(
  wanted: ReadonlySet<string>,
  found: Readonly<Record<string, Measurement>>,
  origins: Readonly<Record<string, string>>,
): Evidence[] {
  const rows = [...wanted]
    .filter((name) => Object.hasOwn(found, name))
    .map((name) => [name, shown(name, found[name]), origins[name] ?? '']);
  return rows.length === 0 ? [] : [{ kind: 'table', title: 'Settings', columns: ['name', 'value', 'from'], rows }];
}

function shown(name: string, measurement: Measurement | undefined): string {
  if (measurement === undefined) return '';
  if (namesSecret(name)) return '***';
  const { value } = measurement;
  if (value.kind === 'quantity') return String(value.amount);
  if (value.kind === 'flag') return String(value.flag);
  return value.kind === 'text' ? value.text.slice(0, SHOWN_LENGTH) : '';
}
