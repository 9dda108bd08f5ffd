import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildSync } from 'esbuild';

/** Loaded on demand and left to webpack, with all that they need. */
const HEAVY = ['pg', 'mysql2', 'autocannon', 'smol-toml', '@actions/*', '@octokit/*'];

/**
 * Joins tsc's modules, zod and yaml into few modules without the parts that nothing uses: a start reads and compiles what is in
 * them, and webpack leaves unused functions where they are. Each `import()` stays one.
 *
 * @returns the folders of the packages that went in.
 */
export function joinModules(entry: string, folder: string): readonly string[] {
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = buildSync({
    entryPoints: [entry],
    outdir: folder,
    bundle: true,
    splitting: true,
    treeShaking: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    legalComments: 'none',
    external: HEAVY,
    // The package's own ES modules, of which parts can be left out.
    alias: {
      yaml: path.join(path.dirname(createRequire(import.meta.url).resolve('yaml/package.json')), 'browser/dist/index.js'),
    },
    metafile: true,
    logLevel: 'warning',
  });
  const folders = Object.keys(metafile.inputs).flatMap((file) => {
    const [found] = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? [];
    return found === undefined ? [] : [path.resolve(found)];
  });
  return [...new Set(folders)];
}
