import { gatlingLog } from './gatling-log.ts';
import { gatlingGlobalStats, gatlingStats } from './gatling-stats.ts';
import { heyCsv } from './hey-csv.ts';
import { jmeterCsv } from './jmeter-csv.ts';
import { jmeterStatistics } from './jmeter-statistics.ts';
import { jmeterXml } from './jmeter-xml.ts';
import { locustCsv } from './locust-csv.ts';
import { locustJson } from './locust-json.ts';
import type { DocumentReader, StreamReader } from './reader.ts';
import { taurusCsv, taurusXml } from './taurus.ts';
import { vegetaCsv, vegetaJson } from './vegeta-results.ts';

/** In the order in which they are asked: a reader that recognises little comes after those that recognise more. */
export const STREAM_READERS: readonly StreamReader[] = [
  jmeterXml,
  taurusXml,
  taurusCsv,
  heyCsv,
  locustCsv,
  vegetaCsv,
  vegetaJson,
  gatlingLog,
  jmeterCsv,
];
export const DOCUMENT_READERS: readonly DocumentReader[] = [jmeterStatistics, locustJson, gatlingGlobalStats, gatlingStats];
