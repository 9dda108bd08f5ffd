import { parseEnv } from 'node:util';
import { MeasurementError } from '../checklist/errors.ts';

export const SETTINGS_FORMATS = ['dotenv', 'yaml', 'json', 'toml'] as const;
export type SettingsFormat = (typeof SETTINGS_FORMATS)[number];

const EXTENSIONS: readonly (readonly [RegExp, SettingsFormat])[] = [
  [/(?:^|[/\\])\.env(?:\.[^/\\]*)?$|\.env$/i, 'dotenv'],
  [/\.ya?ml$/i, 'yaml'],
  [/\.json$/i, 'json'],
  [/\.toml$/i, 'toml'],
];

/** The format that a file's name tells: `.env`, `.env.production` and `production.env` are dotenv. */
export function formatOf(file: string): SettingsFormat | undefined {
  return EXTENSIONS.find(([pattern]) => pattern.test(file))?.[1];
}

/**
 * The content of a settings file as a tree of plain values.
 *
 * @throws MeasurementError `unreadable` with the line at which it stops being what it claims to be.
 */
export async function parseSettings(content: string, format: SettingsFormat, shown: string): Promise<unknown> {
  const problem = (line: number | undefined, message: string, cause?: unknown) => {
    const place = line === undefined ? shown : `${shown}:${line}`;
    const said = message.split('\n', 1)[0]?.replace(/[.:\s]+$/, '');
    return new MeasurementError('unreadable', `${place} is not valid ${format}: ${said}.`, { cause });
  };
  switch (format) {
    case 'dotenv': {
      const bad = strayLine(content);
      if (bad !== undefined) throw problem(bad, 'expected `NAME=value`');
      return parseEnv(content);
    }
    case 'json':
      try {
        return JSON.parse(content);
      } catch (cause) {
        const message = cause instanceof Error ? cause.message : String(cause);
        throw problem(await jsonLine(content, message), message.replace(/, (?:\.\.\.)?".*$/s, ''), cause);
      }
    case 'yaml': {
      const { parseDocument } = await import('yaml');
      const document = parseDocument(content);
      const [error] = document.errors;
      if (error) throw problem(error.linePos?.[0].line, error.message.replace(/ at line \d+.*/s, ''), error);
      return document.toJS({ maxAliasCount: 100 });
    }
    case 'toml': {
      const { parse, TomlError } = await import('smol-toml');
      try {
        return parse(content, { integersAsBigInt: 'asNeeded' });
      } catch (cause) {
        if (!(cause instanceof TomlError)) throw cause;
        throw problem(cause.line, cause.message.replace(/^Invalid TOML document: /, ''), cause);
      }
    }
  }
}

/** The first line that is neither an assignment, a comment, blank, nor inside quotes; counted from 1. Node skips such lines silently. */
function strayLine(content: string): number | undefined {
  const lines = content.split(/\r?\n/);
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    if (/^\s*(?:#.*)?$/.test(line)) continue;
    const [, value] = /^\s*(?:export\s+)?[\w.-]+\s*=\s*(.*)$/.exec(line) ?? [];
    if (value === undefined) return index + 1;
    const quote = value[0];
    if ((quote !== '"' && quote !== "'" && quote !== '`') || value.indexOf(quote, 1) > 0) continue;
    const end = lines.findIndex((later, place) => place > index && later.includes(quote));
    if (end < 0) return index + 1;
    index = end;
  }
  return undefined;
}

/** Node tells the position of some errors only; the YAML parser, which reads JSON too, tells the line of the others. */
async function jsonLine(content: string, message: string): Promise<number | undefined> {
  const position = /position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return content.slice(0, Number(position)).split('\n').length;
  const { parseDocument } = await import('yaml');
  return parseDocument(content, { schema: 'json' }).errors[0]?.linePos?.[0].line;
}
