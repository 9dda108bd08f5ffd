import type { Figures, LoadResult } from '../result.ts';
import { isObject, numberAt, textAt } from './json.ts';
import { labelOf } from './label.ts';
import type { DocumentReader, ResultSource } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';

/** `jmeter -e -o report`: `report/statistics.json`. */
export const JMETER_STATISTICS: DocumentReader = {
  tool: 'jmeter',
  format: 'statistics.json',
  recognises: (document) =>
    isObject(document) &&
    Object.values(document).some(
      (entry) => numberAt(entry, 'sampleCount') !== undefined && isObject(entry) && 'pct1ResTime' in entry,
    ),
  read,
};

/** JMeter's dashboard works percentiles out from the last so many samples only (`jmeter.reportgenerator.statistic_window`). */
const WINDOW = 20_000;
const TOTAL = 'Total';
const POPULATION = { failures: true, timeouts: true };

function read(document: unknown, source: ResultSource): LoadResult {
  if (!isObject(document)) throw unreadable(source, 'this is no statistics.json.');
  const entries = Object.entries(document).map(([name, entry]) => [name, figuresOf(source, name, entry)] as const);
  const all = entries.find(([name]) => name === TOTAL)?.[1];
  if (all === undefined) throw unreadable(source, 'there is no entry “Total”. Give the file as JMeter wrote it.');
  const requests = all.requests ?? 0;
  const instead = 'Give the JTL (`jmeter -l results.jtl`)';
  const unnamed = `JMeter does not write which percentiles pct1ResTime, pct2ResTime and pct3ResTime are, for \`aggregate_rpt_pct1\` to \`3\` set them. ${instead}`;
  return {
    tool: 'jmeter',
    format: JMETER_STATISTICS.format,
    all,
    labels: new Map(entries.filter(([name]) => name !== TOTAL).map(([name, figures]) => [labelOf(name), figures])),
    checks: new Map(),
    thresholds: [],
    settings: {},
    overTime: [],
    notes: [
      'pct1ResTime to pct3ResTime are not used: the file does not say which percentiles they are',
      'timeouts are not in this file, and their time is among the latencies',
      'transactions are labels of their own, and are not in the total',
    ],
    absent: {
      percentiles: unnamed,
      ...(requests > WINDOW
        ? { p50: `JMeter works it out from the last ${WINDOW} samples only, and there were ${requests}. ${instead}` }
        : {}),
      ...Object.fromEntries(
        ['timeouts', 'errors', 'with_timeouts', 'statuses'].map((name) => [
          name,
          `statistics.json does not count ${name === 'statuses' ? 'statuses' : 'timeouts'}. ${instead}`,
        ]),
      ),
      bytes: `statistics.json has only a rate. ${instead}`,
    },
  };
}

function figuresOf(source: ResultSource, name: string, entry: unknown): Figures {
  const requests = numberAt(entry, 'sampleCount');
  const failures = numberAt(entry, 'errorCount');
  if (
    requests === undefined ||
    failures === undefined ||
    requests < failures ||
    failures < 0 ||
    textAt(entry, 'transaction') === undefined
  ) {
    throw unreadable(source, `the entry “${labelOf(name)}” has no sampleCount and errorCount as JMeter writes them.`);
  }
  const rate = numberAt(entry, 'throughput');
  const time = (key: string): number | undefined => {
    const value = numberAt(entry, key);
    return value === undefined ? undefined : requestTime(source, value, () => String(value));
  };
  const [min, mean, median, max] = [time('minResTime'), time('meanResTime'), time('medianResTime'), time('maxResTime')];
  return {
    requests,
    failures,
    // Samples over the time from the first to the end of the last is what JMeter calls throughput.
    ...(rate === undefined || !(rate > 0) ? {} : { ratePerS: rate, durationMs: (requests / rate) * 1000 }),
    ...(requests === 0
      ? {}
      : {
          latency: {
            kind: 'figures' as const,
            exactness: { kind: 'exact' as const },
            count: requests,
            ...(min === undefined ? {} : { min }),
            ...(mean === undefined ? {} : { mean }),
            ...(max === undefined ? {} : { max }),
            percentiles: new Map(median === undefined || requests > WINDOW ? [] : [[50, median]]),
          },
        }),
    population: POPULATION,
  };
}
