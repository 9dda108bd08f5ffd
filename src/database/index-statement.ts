import { bareName } from './index-expectation.ts';

/** A CREATE INDEX, as far as it says what is indexed and not how. */
export interface IndexStatement {
  readonly unique: boolean;
  /** undefined: the server names it. */
  readonly name: string | undefined;
  readonly schema: string | undefined;
  readonly table: string;
  /** All that follows the table's name, for the server to read. */
  readonly definition: string;
}

const NAME = String.raw`(?:[\p{L}_][\p{L}\p{N}_$]*|"(?:[^"]|"")+")`;
const HEAD = new RegExp(
  String.raw`^\s*CREATE\s+(UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?(?:IF\s+NOT\s+EXISTS\s+)?(?:(?!ON\s)(${NAME})\s+)?` +
    String.raw`ON\s+(?:ONLY\s+)?(?:(${NAME})\s*\.\s*)?(${NAME})\s*((?:USING\s|\()[\s\S]*?)[\s;]*$`,
  'iu',
);

/** Takes the head of a CREATE INDEX apart; undefined when it has another form. */
export function readIndexStatement(sql: string): IndexStatement | undefined {
  const [, unique, name, schema, table, definition] = HEAD.exec(sql) ?? [];
  if (table === undefined || definition === undefined) return undefined;
  return {
    unique: unique !== undefined,
    name: name === undefined ? undefined : folded(name),
    schema: schema === undefined ? undefined : folded(schema),
    table: folded(table),
    definition,
  };
}

/** SQL takes names without quotes in lower case. */
const folded = (name: string): string => (name.startsWith('"') ? bareName(name) : name.toLowerCase());
