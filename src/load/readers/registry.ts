import { AB, AB_PERCENTS, AB_REQUESTS } from './ab.ts';
import { ARTILLERY, ARTILLERY_V1 } from './artillery.ts';
import { AUTOCANNON, AUTOCANNON_LINES } from './autocannon.ts';
import { GATLING_LOG } from './gatling-log.ts';
import { GATLING_GLOBAL_STATS, GATLING_STATS } from './gatling-stats.ts';
import { HEY } from './hey.ts';
import { HEY_CSV } from './hey-csv.ts';
import { JMETER_CSV } from './jmeter-csv.ts';
import { JMETER_STATISTICS } from './jmeter-statistics.ts';
import { JMETER_XML } from './jmeter-xml.ts';
import { K6_CSV } from './k6/csv.ts';
import { K6_NDJSON } from './k6/ndjson.ts';
import { K6_HANDLE_SUMMARY, K6_MACHINE_SUMMARY, K6_SUMMARY_EXPORT } from './k6/summaries.ts';
import { LOCUST_CSV } from './locust-csv.ts';
import { LOCUST_JSON } from './locust-json.ts';
import { OHA } from './oha.ts';
import type { DocumentReader, StreamReader } from './reader.ts';
import { SIEGE } from './siege.ts';
import { TAURUS_CSV, TAURUS_XML } from './taurus.ts';
import { VEGETA_REPORT } from './vegeta-report.ts';
import { VEGETA_CSV, VEGETA_JSON } from './vegeta-results.ts';
import { WRK, WRK2 } from './wrk.ts';

/** In the order in which they are asked: a reader that recognises little comes after those that recognise more. */
export const STREAM_READERS: readonly StreamReader[] = [
  K6_NDJSON,
  K6_CSV,
  JMETER_XML,
  TAURUS_XML,
  TAURUS_CSV,
  HEY_CSV,
  LOCUST_CSV,
  VEGETA_CSV,
  VEGETA_JSON,
  GATLING_LOG,
  AB_PERCENTS,
  AB_REQUESTS,
  JMETER_CSV,
];
/** Of what tools print for people, which may stand anywhere in a longer text. */
export const PRINTED_READERS: readonly StreamReader[] = [AUTOCANNON_LINES, WRK, WRK2, HEY, AB, SIEGE];
export const DOCUMENT_READERS: readonly DocumentReader[] = [
  K6_MACHINE_SUMMARY,
  K6_HANDLE_SUMMARY,
  K6_SUMMARY_EXPORT,
  AUTOCANNON,
  ARTILLERY,
  ARTILLERY_V1,
  VEGETA_REPORT,
  OHA,
  JMETER_STATISTICS,
  LOCUST_JSON,
  GATLING_GLOBAL_STATS,
  GATLING_STATS,
];
