import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformSync } from 'esbuild';
import { joinModules } from './join.ts';
import { licencesOf } from './licences.ts';

/**
 * Bundles tsc's output with ncc into `dist/`: `node build/scripts/bundle.js`. With `--check` it bundles into a temporary
 * folder and says how `dist/` differs; exit status 1 when it does.
 */

const ROOT = path.resolve(import.meta.dirname, '../..');
const DIST = path.join(ROOT, 'dist');
const JOINED = path.join(ROOT, 'build/joined');
const LIMIT = 6_000_000;

/**
 * Files that ncc takes along with autocannon and that no run needs: the text of its own command line, the script of its
 * `workers` option and that of `--on-port`. The load generator uses none of the three.
 */
const UNUSED = ['help.txt', 'worker.js', 'preload'];

function main(args: readonly string[]): void {
  const target = mkdtempSync(path.join(tmpdir(), 'holdpoint-dist-'));
  try {
    bundleInto(target);
    const files = filesIn(target);
    refuseBuildPaths(target, files);
    if (args.includes('--check')) {
      const differences = differencesBetween(DIST, target);
      for (const difference of differences) console.error(difference);
      if (differences.length > 0) fail('dist/ is not what the sources build. Run "npm run build" and commit dist/.');
      console.log('dist/ is what the sources build.');
    } else {
      rmSync(DIST, { recursive: true, force: true });
      cpSync(target, DIST, { recursive: true });
      // A temporary folder is its owner's alone; the bundle is anybody's to run.
      chmodSync(DIST, 0o755);
    }
    reportSizes(target, files);
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}

function bundleInto(target: string): void {
  const statistics = path.join(mkdtempSync(path.join(tmpdir(), 'holdpoint-stats-')), 'stats.json');
  const packages = joinModules(path.join(ROOT, 'build/src/main.js'), JOINED);
  const ncc = path.join(path.dirname(createRequire(import.meta.url).resolve('@vercel/ncc/package.json')), 'dist/ncc/cli.js');
  try {
    const entry = path.join(JOINED, 'main.js');
    execFileSync(process.execPath, [ncc, 'build', entry, '--out', target, '--stats-out', statistics, '--no-cache', '--quiet'], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    // ncc's own list leaves out packages that webpack concatenates into one module, and those that were joined before.
    writeFileSync(path.join(target, 'licenses.txt'), licencesOf(readFileSync(statistics, 'utf8'), packages));
  } finally {
    rmSync(path.dirname(statistics), { recursive: true, force: true });
  }
  for (const file of filesIn(target)) if (file.endsWith('.js')) shrink(path.join(target, file));
  for (const name of UNUSED) rmSync(path.join(target, name), { recursive: true, force: true });
  chmodSync(path.join(target, 'index.js'), 0o755);
}

/** How webpack starts a module of its output: an arrow function in parentheses. */
const MODULE = /^\/\*{3}\/ \(\(([\w, ]*)\) => \{$/gm;
const EAGER = 'holdpointCompiledAtOnce';

/**
 * Takes out comments and white space, which Node would read at every start. Names stay, so that a stack trace can be read; the licences
 * have a file of their own. Modules become functions in parentheses: V8 compiles them as it reads them, where it would read an arrow
 * function twice.
 */
function shrink(file: string): void {
  // The call keeps the parentheses, which would be white space to esbuild.
  const source = readFileSync(file, 'utf8').replace(MODULE, `${EAGER}(function($1) {`);
  const { code } = transformSync(source, {
    format: 'esm',
    target: 'node20',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
  });
  writeFileSync(file, code.replaceAll(`${EAGER}(`, '('));
}

/** A bundle that holds the folder it was built in differs from machine to machine. */
function refuseBuildPaths(folder: string, files: readonly string[]): void {
  const guilty = files.filter((file) => readFileSync(path.join(folder, file), 'utf8').includes(ROOT));
  if (guilty.length > 0) fail(`The build folder's path is in ${guilty.join(', ')}: the build cannot be repeated elsewhere.`);
}

function differencesBetween(committed: string, built: string): string[] {
  const before = existsSync(committed) ? filesIn(committed) : [];
  const after = filesIn(built);
  return [
    ...before.filter((file) => !after.includes(file)).map((file) => `dist/${file}: no longer built`),
    ...after.filter((file) => !before.includes(file)).map((file) => `dist/${file}: missing`),
    ...after
      .filter((file) => before.includes(file))
      .filter((file) => !readFileSync(path.join(committed, file)).equals(readFileSync(path.join(built, file))))
      .map((file) => `dist/${file}: differs`),
  ];
}

function reportSizes(folder: string, files: readonly string[]): void {
  const sizes = files.map((file) => ({ file, bytes: readFileSync(path.join(folder, file)).length }));
  for (const { file, bytes } of sizes.toSorted((a, b) => b.bytes - a.bytes)) {
    console.log(`${(bytes / 1000).toFixed(0).padStart(8)} kB  ${file}`);
  }
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`${(total / 1000).toFixed(0).padStart(8)} kB  in all, of ${LIMIT / 1000} kB allowed`);
  if (total > LIMIT) fail(`dist/ has ${total} bytes, more than the ${LIMIT} allowed. Look for a dependency that came in whole.`);
}

/** Paths of all files below a folder, with forward slashes, sorted. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).replaceAll(path.sep, '/'))
    .sort();
}

function fail(message: string): never {
  throw new Error(message);
}

try {
  main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
