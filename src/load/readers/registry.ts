import { k6Csv } from './k6/csv.ts';
import { k6Ndjson } from './k6/ndjson.ts';
import { k6HandleSummary, k6MachineSummary, k6SummaryExport } from './k6/summaries.ts';
import type { DocumentReader, StreamReader } from './reader.ts';

/** In the order in which they are asked: a reader that recognises little comes after those that recognise more. */
export const STREAM_READERS: readonly StreamReader[] = [k6Ndjson, k6Csv];
export const DOCUMENT_READERS: readonly DocumentReader[] = [k6MachineSummary, k6HandleSummary, k6SummaryExport];
