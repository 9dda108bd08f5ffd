import type { LoadResult, Tool } from '../result.ts';

/** A result file that was opened. */
export interface ResultSource {
  /** As the plan or the command line names it, for messages. */
  readonly name: string;
  /** Its first 64 KiB, unpacked where it is gzip, as text without a byte order mark. */
  readonly head: string;
  /** All of it in order, unpacked. A buffer is good until the next one is asked for. */
  chunks(): AsyncIterable<Buffer>;
  /** All of it as text, without a byte order mark. For formats whose files are small: refuses more than 256 MB. */
  text(): Promise<string>;
  /** The text of a file beside it, such as Locust's `_failures.csv`; undefined when there is none. */
  beside(name: (own: string) => string): Promise<string | undefined>;
}

/**
 * Reads one format that is no single JSON document: by lines, as text, as XML. It is recognised by its content and never by its
 * name. What is no result of its kind is refused by `unreadable`.
 */
export interface StreamReader {
  readonly tool: Tool;
  readonly format: string;
  recognises(head: string): boolean;
  read(source: ResultSource): Promise<LoadResult>;
}

/** Reads one format that is a single JSON document. */
export interface DocumentReader {
  readonly tool: Tool;
  readonly format: string;
  recognises(document: unknown): boolean;
  read(document: unknown, source: ResultSource): LoadResult | Promise<LoadResult>;
}
