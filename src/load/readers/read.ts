import type { Mapping } from '../mapping.ts';
import type { LoadResult, Tool } from '../result.ts';
import { mappedReader } from './mapped.ts';
import { openResult } from './open.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { refusalOf } from './refused.ts';
import { DOCUMENT_READERS, PRINTED_READERS, STREAM_READERS } from './registry.ts';
import { looksLike } from './unknown.ts';
import { unreadable } from './unreadable.ts';

export interface ReadOptions {
  /** Only results of this tool are taken. */
  readonly tool?: Tool;
  /** How to read a text that no tool of these wrote. */
  readonly mapping?: Mapping;
}

/**
 * Reads one result file, by its content.
 *
 * @param name as messages call it.
 * @throws MeasurementError when it is no result of a load test, or not all of one.
 */
export async function readResult(path: string, name: string, options: ReadOptions = {}): Promise<LoadResult> {
  const source = await openResult(path, name);
  if (options.mapping !== undefined) return mappedReader(options.mapping)(source);
  const result = await resultOf(source);
  if (options.tool !== undefined && result.tool !== options.tool) {
    throw unreadable({ name }, `this is a result of ${result.tool}, and the plan says \`format: ${options.tool}\`.`);
  }
  return result;
}

async function resultOf(source: ResultSource): Promise<LoadResult> {
  const stream = STREAM_READERS.find((reader) => reader.recognises(source.head));
  if (stream !== undefined) return stream.read(source);
  const refusal = refusalOf(source.head);
  if (refusal !== undefined) throw unreadable(source, refusal);
  const printed = printedReader(source, source.head);
  if (printed !== undefined) return printed.read(source);
  if (/^\s*[[{]/.test(source.head)) {
    const document = await documentOf(source);
    const reader = DOCUMENT_READERS.find((candidate) => candidate.recognises(document));
    if (reader !== undefined) return reader.read(document, source);
    throw unreadable(source, looksLike(source.head, document));
  }
  // A summary may come after a long log.
  const late = /^\s*<|\0/.test(source.head) ? undefined : printedReader(source, await source.text());
  if (late !== undefined) return late.read(source);
  throw unreadable(source, looksLike(source.head));
}

function printedReader(source: ResultSource, text: string): StreamReader | undefined {
  const [reader, ...others] = PRINTED_READERS.filter((candidate) => candidate.recognises(text));
  if (reader === undefined || others.length === 0) return reader;
  const tools = [reader, ...others].map(({ tool }) => tool).join(' and ');
  throw unreadable(
    source,
    `results of ${tools} are in this text, and it is not clear which is meant. Write each into a file of its own.`,
  );
}

async function documentOf(source: ResultSource): Promise<unknown> {
  const text = await source.text();
  try {
    return JSON.parse(text);
  } catch (cause) {
    const offset = Number(/position (\d+)/.exec(cause instanceof Error ? cause.message : '')?.[1] ?? text.length);
    const line = text.slice(0, offset).split('\n').length;
    const torn = offset >= text.trimEnd().length;
    const message = torn
      ? 'the JSON ends in the middle. Check that the load test ran to its end, and that the file was uploaded whole.'
      : 'this is no JSON from here on.';
    // Without its cause, which quotes the file: a k6 summary holds what `setup()` returned, passwords too.
    throw unreadable(source, message, line);
  }
}
