import { type Document, isAlias, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, type Scalar } from 'yaml';
import type { Position } from '../checklist/model.ts';
import type { Problems } from './problems.ts';

/** How a piece of text is written, which decides where its characters are. */
type Style = 'plain' | 'single' | 'double' | 'block';

export interface ScalarNode {
  readonly kind: 'scalar';
  /** Offset of the value in the file; for an empty value, of where it would be. */
  readonly start: number;
  readonly end: number;
  readonly value: string | number | boolean | null;
  /** The value as a text: `1.20` stays `1.20`. */
  readonly written: string;
  readonly style: Style;
}

interface ListNode {
  readonly kind: 'list';
  readonly start: number;
  readonly items: readonly PlanNode[];
}

export interface MapNode {
  readonly kind: 'map';
  readonly start: number;
  readonly entries: ReadonlyMap<string, { readonly keyStart: number; readonly value: PlanNode }>;
}

/** The plan as written, with places. An anchor and its aliases are one and the same node. */
export type PlanNode = ScalarNode | ListNode | MapNode;

export interface PlanDocument {
  readonly file: string;
  readonly text: string;
  readonly root: PlanNode;
  at(offset: number): Position;
}

const STYLES: Readonly<Record<string, Style>> = {
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

/**
 * In YAML, `{` and `}` end a text inside `[ ]` and `{ }`, so that `[body.version == "${TARGET}"]` would not be read. The braces of
 * variables are hidden from the parser behind characters of the same length, so that every offset stays.
 */
const HIDDEN = { open: '\u{F0F1}', close: '\u{F0F2}' } as const;

function hideVariables(text: string): string {
  if (text.includes(HIDDEN.open) || text.includes(HIDDEN.close)) return text;
  return text.replace(/\$\{([^{}\n]*)\}/g, `$$${HIDDEN.open}$1${HIDDEN.close}`);
}

const showVariables = (text: string): string => text.replaceAll(HIDDEN.open, '{').replaceAll(HIDDEN.close, '}');

/** Deeper than any plan. */
const DEPTH = 60;
const TOO_DEEP = `The plan is nested more than ${DEPTH} levels deep.`;
/** A million characters of plan are a mistake, and take long to read. */
const LONGEST = 1_000_000;

/** Reads YAML. Undefined after problems were recorded: wrong syntax, a key twice, several documents, an endless alias. */
export function readDocument(file: string, text: string, problems: Problems): PlanDocument | undefined {
  try {
    return read(file, text, problems);
  } catch (error) {
    // The parser has no limit of its own on `[[[[…`: it ends when the stack does.
    if (!(error instanceof RangeError)) throw error;
    problems.add(TOO_DEEP, { file, line: 1, column: 1 });
    return undefined;
  }
}

function read(file: string, text: string, problems: Problems): PlanDocument | undefined {
  const lines = new LineCounter();
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (text.length > LONGEST) {
    problems.add('The plan is longer than a million characters. Move what is not a check out of it.', at(0));
    return undefined;
  }
  const document = parseDocument(hideVariables(text), {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: false,
    version: '1.2',
  });
  for (const error of document.errors) {
    if (error.code === 'DUPLICATE_KEY') {
      const key = /^["']?([^\s"':]+)/.exec(text.slice(error.pos[0]))?.[1] ?? '';
      problems.add(`\`${key}\` is written twice here. Keep one of them.`, at(error.pos[0]));
      continue;
    }
    // What follows a syntax error is mostly its echo.
    const told = syntaxError(error.code, showVariables(error.message), text, error.pos[0]);
    problems.add(told.message, at(told.offset));
    return undefined;
  }
  const tag = document.warnings.find((warning) => warning.code === 'TAG_RESOLVE_FAILED');
  if (tag !== undefined) {
    problems.add('A plan has no tags. Take this one away, or put the text in quotes.', at(tag.pos[0]));
    return undefined;
  }
  if (problems.any || document.contents === null) {
    if (!problems.any)
      problems.add('The plan is empty. It needs at least one of `pre-deploy`, `migrate`, `canary` and `rollback`.', at(0));
    return undefined;
  }
  const root = convert(document, document.contents, at, problems);
  return root === undefined ? undefined : { file, text, root, at };
}

function syntaxError(code: string, message: string, text: string, offset: number): { message: string; offset: number } {
  const variable = text.lastIndexOf('${', offset + 1);
  if (variable !== -1 && offset - variable <= 2 && code !== 'DUPLICATE_KEY') {
    return { message: 'Inside `{ }` and `[ ]`, `${…}` must stand in quotes: `"${NAME}"`.', offset: variable };
  }
  switch (code) {
    case 'MULTIPLE_DOCS':
      return {
        message: 'The file holds several YAML documents. A plan is one: take away the `---` line and what follows.',
        offset,
      };
    case 'TAB_AS_INDENT':
      return { message: 'YAML is indented by spaces, not by tabs.', offset };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message: 'A second `:` on this line. Put the text that has one in quotes.', offset };
    case 'MISSING_CHAR':
      return message.includes('between flow')
        ? {
            message:
              'A comma is missing here, or the text before it needs quotes: a criterion with `[`, `{` or `,` in it stands in quotes.',
            offset,
          }
        : { message: `${message}.`, offset };
    case 'BAD_ALIAS':
      return { message: `${message}.`, offset };
    default:
      return { message: `This is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}.`, offset };
  }
}

function convert(
  document: Document.Parsed,
  contents: Node,
  at: (offset: number) => Position,
  problems: Problems,
): PlanNode | undefined {
  const known = new Map<Node, PlanNode>();
  const open = new Set<Node>();

  const empty = (start: number): ScalarNode => ({ kind: 'scalar', start, end: start, value: null, written: '', style: 'plain' });

  function scalar(node: Scalar, start: number): ScalarNode {
    const style = STYLES[node.type ?? ''] ?? 'plain';
    const { value } = node;
    const plain =
      value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
        ? value
        : (node.source ?? String(value));
    const shown = typeof plain === 'string' ? showVariables(plain) : plain;
    const written = typeof shown === 'string' ? shown : (node.source ?? String(plain));
    return { kind: 'scalar', start, end: node.range?.[1] ?? start, value: shown, written, style };
  }

  function keyOf(key: unknown): { readonly name: string; readonly start: number } | undefined {
    if (!isScalar(key)) return undefined;
    return { name: showVariables(key.source ?? String(key.value)), start: key.range?.[0] ?? 0 };
  }

  function node(raw: unknown, fallback: number): PlanNode {
    if (isAlias(raw)) {
      const target = raw.resolve(document);
      const start = raw.range?.[0] ?? fallback;
      if (target === undefined) {
        problems.add(`There is no anchor \`&${showVariables(raw.source)}\` above for this alias.`, at(start));
        return empty(start);
      }
      if (open.has(target)) {
        problems.add(`The alias \`*${showVariables(raw.source)}\` stands inside its own anchor, which has no end.`, at(start));
        return empty(start);
      }
      return known.get(target) ?? node(target, start);
    }
    if (!isScalar(raw) && !isMap(raw) && !isSeq(raw)) return empty(fallback);
    const done = known.get(raw);
    if (done !== undefined) return done;
    const start = raw.range?.[0] ?? fallback;
    if (open.size >= DEPTH) {
      problems.add(TOO_DEEP, at(start));
      return empty(start);
    }
    open.add(raw);
    const made = isScalar(raw) ? scalar(raw, start) : isSeq(raw) ? list(raw.items, start) : map(raw.items, start);
    open.delete(raw);
    known.set(raw, made);
    return made;
  }

  function list(items: readonly unknown[], start: number): ListNode {
    return { kind: 'list', start, items: items.map((item) => (isPair(item) ? map([item], start) : node(item, start))) };
  }

  function map(pairs: readonly unknown[], start: number): MapNode {
    const entries = new Map<string, { readonly keyStart: number; readonly value: PlanNode }>();
    const merged: MapNode[] = [];
    for (const pair of pairs) {
      if (!isPair(pair)) continue;
      const key = keyOf(pair.key);
      if (key === undefined) {
        problems.add('A key must be a plain word.', at(start));
        continue;
      }
      const value = node(pair.value, key.start + key.name.length);
      if (key.name === '<<') {
        for (const source of value.kind === 'list' ? value.items : [value]) {
          if (source.kind === 'map') merged.push(source);
          else problems.add('`<<` merges mappings: write an alias of one, `<<: *name`.', at(key.start));
        }
      } else if (key.name === '__proto__') {
        problems.add('Unknown key `__proto__`.', at(key.start));
      } else {
        entries.set(key.name, { keyStart: key.start, value });
      }
    }
    // The mapping's own keys win over merged ones, and earlier merged ones over later.
    for (const source of merged) {
      for (const [name, entry] of source.entries) if (!entries.has(name)) entries.set(name, entry);
    }
    return { kind: 'map', start, entries };
  }

  const root = node(contents, 0);
  return problems.any ? undefined : root;
}
