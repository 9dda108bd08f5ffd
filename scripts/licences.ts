import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';

interface Module {
  readonly identifier?: string | undefined;
  /** The modules that webpack made one of. */
  readonly modules?: readonly Module[] | undefined;
}

const moduleSchema: z.ZodType<Module> = z.object({
  identifier: z.string().optional(),
  get modules() {
    return z.array(moduleSchema).optional();
  },
});
const statistics = z.object({ modules: z.array(moduleSchema) });

const manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });

/**
 * The licences of every package that has a module in the bundle, its chunks included, sorted by name.
 *
 * @param stats webpack's statistics, as JSON.
 * @param joined folders of packages that went into modules before webpack saw them.
 * @throws Error for a package that states no licence at all.
 */
export function licencesOf(stats: string, joined: readonly string[]): string {
  const folders = new Set([...joined, ...packageFolders(statistics.parse(JSON.parse(stats)).modules)]);
  const entries = [...folders].map(licenceOf).toSorted((a, b) => (a.heading < b.heading ? -1 : a.heading > b.heading ? 1 : 0));
  const unique = new Map(entries.map((entry) => [entry.heading, entry.text]));
  return [...unique].map(([heading, text]) => `${heading}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

function packageFolders(modules: readonly Module[]): string[] {
  return modules.flatMap(({ identifier = '', modules: inner = [] }) => {
    // `type|loader!loader!/path/to/file.js|hash`: the file is what follows the last loader.
    const file = (identifier.split('!').at(-1) ?? '').replace(/^[^/\\]*\|/, '').replaceAll('\\', '/');
    const [, folder] = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/|]+)/.exec(file) ?? [];
    return [...(folder === undefined ? [] : [folder]), ...packageFolders(inner)];
  });
}

function licenceOf(folder: string): { readonly heading: string; readonly text: string } {
  const { name, version, license } = manifest.parse(JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')));
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file)) : [];
  if (files.length === 0 && license === undefined) throw new Error(`Package ${name} states no licence.`);
  const texts = files.toSorted().map((file) => readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim());
  return { heading: `${name} ${version} (${license ?? 'see below'})`, text: texts.join('\n\n') || `Licence: ${license}` };
}
