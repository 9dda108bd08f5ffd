import { resolve } from 'node:path';
import * as z from 'zod';
import type { Evidence } from '../checklist/model.ts';
import type { Measurement, Measurements } from '../criteria/value.ts';
import type { Secrets } from '../runner/ports.ts';
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
    const read: Read[] = [];
    for (const source of sourcesOf(spec)) read.push({ from: sourceName(source), settings: await readSettings(source, context) });
    return { measurements: together(read), evidence: evidenceOf(context.wanted, read) };
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

interface Read {
  readonly from: string;
  readonly settings: Measurements;
}

/** A name in a later source replaces it in an earlier one. */
function together(read: readonly Read[]): Measurements {
  const [first, ...more] = read;
  if (more.length === 0) return first?.settings ?? {};
  return Object.fromEntries(read.flatMap(({ settings }) => Object.entries(settings)));
}

async function readSettings(source: RawSource, context: ProbeContext): Promise<Measurements> {
  if (source.file !== undefined) return fileSettings(source.file, source.format, context);
  const settings = textMeasurements(environment(source.env, context));
  keepSecrets(settings, context);
  return settings;
}

interface TakenApart {
  readonly content: string;
  readonly settings: Measurements;
}

/** The files of each run: many items ask the same one, which is read for each of them, but taken apart only when it has changed. */
const takenApart = new WeakMap<Secrets, Map<string, TakenApart>>();

async function fileSettings(file: string, format: SettingsFormat | undefined, context: ProbeContext): Promise<Measurements> {
  const { secrets, wanted } = context;
  const content = await readSource(resolve(context.directory, file), file);
  const kind = format ?? formatOf(file) ?? 'dotenv';
  const files = takenApart.get(secrets) ?? new Map<string, TakenApart>();
  takenApart.set(secrets, files);
  const known = files.get(`${kind} ${file}`);
  // Of a file with very many settings, only those were kept that an earlier item asked for.
  if (known?.content === content && [...wanted].every((name) => Object.hasOwn(known.settings, name))) return known.settings;
  const leaves = leafMeasurements('', await parseSettings(content, kind, file), wanted);
  // Quoted numbers are common where a format allows only texts, such as in a ConfigMap.
  for (const [name, { value }] of Object.entries(leaves)) {
    if (value.kind === 'text') leaves[name] = { value: plainValue(value.text) };
  }
  keepSecrets(leaves, context);
  files.set(`${kind} ${file}`, { content, settings: leaves });
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

function keepSecrets(settings: Measurements, { secrets }: ProbeContext): void {
  for (const [name, { value }] of Object.entries(settings)) {
    if (value.kind === 'text' && value.text.includes('://')) secrets.addUrl(value.text);
    if (!namesSecret(name)) continue;
    if (value.kind === 'text') secrets.add(value.text);
    if (value.kind === 'quantity') secrets.add(String(value.amount));
  }
}

/** What was asked for and where it was found: the other settings are nobody's business. */
function evidenceOf(wanted: ReadonlySet<string>, read: readonly Read[]): Evidence[] {
  const rows = [...wanted].flatMap((name) => {
    const source = read.findLast(({ settings }) => Object.hasOwn(settings, name));
    return source === undefined ? [] : [[name, shown(name, source.settings[name]), source.from]];
  });
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
