import type { LoadResult, Tool } from '../result.ts';
import { openResult } from './open.ts';
import type { ResultSource } from './reader.ts';
import { DOCUMENT_READERS, STREAM_READERS } from './registry.ts';
import { looksLike } from './unknown.ts';
import { unreadable } from './unreadable.ts';

export interface ReadOptions {
  /** Only results of this tool are taken. */
  readonly tool?: Tool;
}

/**
 * Reads one result file, by its content.
 *
 * @param name as messages call it.
 * @throws MeasurementError when it is no result of a load test, or not all of one.
 */
export async function readResult(path: string, name: string, options: ReadOptions = {}): Promise<LoadResult> {
  const result = await resultOf(await openResult(path, name));
  if (options.tool !== undefined && result.tool !== options.tool) {
    throw unreadable({ name }, `this is a result of ${result.tool}, and the plan says \`format: ${options.tool}\`.`);
  }
  return result;
}

async function resultOf(source: ResultSource): Promise<LoadResult> {
  const stream = STREAM_READERS.find((reader) => reader.recognises(source.head));
  if (stream !== undefined) return stream.read(source);
  if (/^\s*[[{]/.test(source.head)) {
    const document = await documentOf(source);
    const reader = DOCUMENT_READERS.find((candidate) => candidate.recognises(document));
    if (reader !== undefined) return reader.read(document, source);
    throw unreadable(source, looksLike(source.head, document));
  }
  throw unreadable(source, looksLike(source.head));
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
