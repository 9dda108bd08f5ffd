import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type FileStatement, statementsIn } from '../database/query-proof/sql-file.ts';
import { fileError } from '../runner/file-errors.ts';

export interface QueryFile {
  /** From the root of the repository. */
  readonly name: string;
  readonly statements: readonly FileStatement[];
}

/**
 * The SQL files that a path means, in alphabetical order; `*` stands for a part of its last name. Read at once: how many items there are
 * must be known before the first runs.
 *
 * @throws MeasurementError for a file or folder that cannot be read.
 */
export function filesOf(pattern: string, directory: string): readonly QueryFile[] {
  const folder = dirname(pattern);
  const last = basename(pattern);
  try {
    const names = last.includes('*') ? matching(readdirSync(join(directory, folder)), last) : [last];
    return names.map((each) => {
      const name = folder === '.' ? each : `${folder}/${each}`;
      return { name, statements: statementsIn(readFileSync(join(directory, name), 'utf8')) };
    });
  } catch (cause) {
    throw fileError(cause, pattern);
  }
}

function matching(names: readonly string[], pattern: string): readonly string[] {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const like = new RegExp(`^${parts.join('.*')}$`);
  return names.filter((name) => like.test(name) && !name.startsWith('.')).sort();
}
