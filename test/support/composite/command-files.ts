import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The files by which a step speaks to the runner, by the suffix of their `GITHUB_` variable. */
const NAMES = ['OUTPUT', 'ENV', 'PATH', 'STATE', 'STEP_SUMMARY'] as const;
type Name = (typeof NAMES)[number];

export interface CommandFiles {
  /** `GITHUB_OUTPUT` and its kin. */
  readonly env: Readonly<Record<string, string>>;
  read(name: Name): string;
}

/** Makes a fresh, empty set in `folder`; the runner gives each step its own. */
export function makeCommandFiles(folder: string, step: string): CommandFiles {
  const fileOf = (name: Name) => path.join(folder, `${step}_${name.toLowerCase()}`);
  for (const name of NAMES) writeFileSync(fileOf(name), '');
  return {
    env: Object.fromEntries(NAMES.map((name) => [`GITHUB_${name}`, fileOf(name)])),
    read: (name) => readFileSync(fileOf(name), 'utf8'),
  };
}

/**
 * Reads `NAME=value` and `NAME<<DELIMITER` entries.
 *
 * @throws Error in the cases in which the runner fails the step: no name, no delimiter, an entry that is not closed.
 */
export function parseEntries(content: string): Map<string, string> {
  const entries = new Map<string, string>();
  const lines = content.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      entries.set(line.slice(0, equals), line.slice(equals + 1));
    } else if (heredoc > 0 && line.length > heredoc + 2) {
      const delimiter = line.slice(heredoc + 2);
      const end = lines.indexOf(delimiter, index + 1);
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`);
      entries.set(line.slice(0, heredoc), lines.slice(index + 1, end).join('\n'));
      index = end;
    } else {
      throw new Error(`Invalid format '${line}'`);
    }
  }
  return entries;
}
