import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position } from '../../checklist/model.ts';
import { sqlStatements } from '../rehearsal/statements.ts';
import type { XrayFinding } from './findings.ts';
import { idsOf } from './trace.ts';

const MOST_FILES = 20_000;
const DEEPEST = 8;
const LARGEST_BYTES = 500_000;
const SKIPPED = new Set([
  'node_modules',
  '.git',
  '.venv',
  'venv',
  'vendor',
  'dist',
  'build',
  'target',
  '__pycache__',
  'test',
  'tests',
]);
const SOURCE = /\.(?:sql|py|js|mjs|cjs|ts|mts|cts|rb|php|xml|ya?ml|json|go|java|kt|ex|exs)$/;
/** Where migrations are, in every tool known to us. */
const PLACE = /(?:migrat|alembic|versions|changelog|schema|\bdb\b|\bsql\b)/i;

interface SourceFile {
  /** From the repository's root, with forward slashes. */
  readonly file: string;
  readonly text: string;
}

export interface Locator {
  /** Where the finding's statement stands: exactly in SQL, by the object's name in a program; undefined when it is not found. */
  positionOf(finding: XrayFinding): Position | undefined;
}

/** Reads the migrations among the repository's files. */
export async function openLocator(directory: string): Promise<Locator> {
  const files = await migrationFiles(directory);
  const statements = new Map<string, { readonly file: string; readonly line: number }[]>();
  for (const { file, text } of files) {
    if (!file.endsWith('.sql')) continue;
    for (const { sql, line } of sqlStatements(text)) {
      const key = normal(sql);
      const places = statements.get(key);
      if (places) places.push({ file, line });
      else statements.set(key, [{ file, line }]);
    }
  }
  const named = new Map<string, SourceFile[]>();
  for (const file of files) {
    for (const key of keysOf(file)) {
      const known = named.get(key);
      if (known) known.push(file);
      else named.set(key, [file]);
    }
  }
  const filesOf = (migration: string): readonly SourceFile[] => {
    // The most telling name first: 0001 is a number of many.
    for (const id of idsOf(migration)) {
      const found = named.get(id);
      if (found) return found;
    }
    return [];
  };
  return {
    positionOf({ statement, object }) {
      if (!statement) return undefined;
      const own = statement.migration === undefined ? files : filesOf(statement.migration);
      const places = statements.get(normal(statement.sql)) ?? [];
      const exact =
        places.find(({ file }) => own.some((each) => each.file === file)) ?? (own.length === 0 ? places[0] : undefined);
      if (exact) return { ...exact, column: 1 };
      if (statement.migration === undefined) return undefined;
      const name = object.split('.').at(-1) ?? object;
      for (const { file, text } of own) {
        const line = lineWith(text, name);
        if (line !== undefined) return { file, line, column: 1 };
      }
      const [first] = own;
      return first === undefined ? undefined : { file: first.file, line: 1, column: 1 };
    },
  };
}

/** By what a migration's name may tell its file: the file's name and its parts, its folder (Prisma), its revision (Alembic). */
function keysOf({ file, text }: SourceFile): ReadonlySet<string> {
  const [name = '', folder = ''] = file.split('/').reverse();
  const stem = name.split('.')[0] ?? name;
  const revision = /^revision\b[^=\n]*=\s*['"](\w+)['"]/m.exec(text)?.[1];
  const number = /^[A-Za-z]?(\d+)(?![A-Za-z\d])/.exec(stem)?.[1];
  const keys = [name, name.replace(/\.\w+$/, ''), stem, folder, ...stem.split('_'), number, revision];
  return new Set(keys.flatMap((key) => key || []));
}

function lineWith(text: string, name: string): number | undefined {
  const word = new RegExp(`(?:^|\\W)${escaped(name)}(?:\\W|$)`);
  const at = text.split('\n').findIndex((line) => word.test(line));
  return at < 0 ? undefined : at + 1;
}

async function migrationFiles(directory: string): Promise<readonly SourceFile[]> {
  const found: SourceFile[] = [];
  let seen = 0;
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(join(directory, folder), { withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (seen >= MOST_FILES) return;
      const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (depth < DEEPEST && !SKIPPED.has(entry.name)) await walk(file, depth + 1);
        continue;
      }
      seen += 1;
      if (!entry.isFile() || !SOURCE.test(file) || !PLACE.test(file)) continue;
      const { size } = await stat(join(directory, file)).catch(() => ({ size: Number.POSITIVE_INFINITY }));
      if (size > LARGEST_BYTES) continue;
      const text = await readFile(join(directory, file), 'utf8').catch(() => undefined);
      if (text !== undefined) found.push({ file, text });
    }
  };
  await walk('', 0);
  return found.sort((a, b) => (a.file < b.file ? -1 : 1));
}

function normal(sql: string): string {
  return sql.trim().replace(/\s+/g, ' ').replace(/;$/, '').toLowerCase();
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
