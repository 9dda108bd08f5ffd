import { k6Ndjson } from './k6/ndjson.ts';
import type { DocumentReader, StreamReader } from './reader.ts';

/** In the order in which they are asked: a reader that recognises little comes after those that recognise more. */
export const STREAM_READERS: readonly StreamReader[] = [k6Ndjson];
export const DOCUMENT_READERS: readonly DocumentReader[] = [];
