import { AB, AB_PERCENTS, AB_REQUESTS } from './ab.ts';
import { ARTILLERY, ARTILLERY_V1 } from './artillery.ts';
import { AUTOCANNON, AUTOCANNON_LINES } from './autocannon.ts';
import { HEY } from './hey.ts';
import { OHA } from './oha.ts';
import type { DocumentReader, StreamReader } from './reader.ts';
import { SIEGE } from './siege.ts';
import { VEGETA_REPORT } from './vegeta-report.ts';
import { WRK, WRK2 } from './wrk.ts';

/** In the order in which they are asked: a reader that recognises little comes after those that recognise more. */
export const STREAM_READERS: readonly StreamReader[] = [AB_PERCENTS, AB_REQUESTS];
/** Of what tools print for people, which may stand anywhere in a longer text. */
export const PRINTED_READERS: readonly StreamReader[] = [AUTOCANNON_LINES, WRK, WRK2, HEY, AB, SIEGE];
export const DOCUMENT_READERS: readonly DocumentReader[] = [AUTOCANNON, ARTILLERY, ARTILLERY_V1, VEGETA_REPORT, OHA];
