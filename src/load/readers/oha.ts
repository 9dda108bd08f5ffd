import type { Distribution } from '../distribution.ts';
import { numberAt, objectAt } from './json.ts';
import { countAt, countIn, plausibleMs, times } from './plausible.ts';
import type { DocumentReader, ResultSource } from './reader.ts';
import { shownCounts } from './shown.ts';

/** oha cuts off what is under way when its time is over. */
const CUT_OFF = 'aborted due to deadline';
const TIMED_OUT = /time-?out|timed out/i;
const SECONDS = 1000;

/** `oha --output-format json` (https://github.com/hatoo/oha/blob/master/schema.json). Times are in seconds. */
export const OHA: DocumentReader = {
  tool: 'oha',
  format: 'JSON',
  recognises: (document) =>
    objectAt(document, 'summary') !== undefined &&
    objectAt(document, 'statusCodeDistribution') !== undefined &&
    objectAt(document, 'errorDistribution') !== undefined,
  read(document, source) {
    const statuses = new Map(counted(document, source, 'statusCodeDistribution').map(([code, count]) => [Number(code), count]));
    const faults = counted(document, source, 'errorDistribution');
    const cutOff = faults.reduce((sum, [name, count]) => (name === CUT_OFF ? sum + count : sum), 0);
    const errors = faults.filter(([name]) => name !== CUT_OFF);
    const answered = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    const unanswered = errors.reduce((sum, [, count]) => sum + count, 0);
    const timeouts = errors.reduce((sum, [name, count]) => (TIMED_OUT.test(name) ? sum + count : sum), 0);
    const failed = [...statuses].reduce((sum, [status, count]) => (status >= 400 ? sum + count : sum), 0);
    const seconds = numberAt(document, 'summary', 'total');
    const rate = numberAt(document, 'summary', 'requestsPerSec');
    const bytes = countAt(source, document, 'summary', 'totalData');
    const latency = answered === 0 ? undefined : latencyOf(document, source, answered);
    return {
      tool: 'oha',
      format: 'JSON',
      all: {
        requests: answered + unanswered,
        failures: failed + unanswered,
        timeouts,
        unanswered,
        statuses,
        errors: shownCounts(errors),
        ...(bytes === undefined ? {} : { bytes }),
        ...(seconds === undefined || seconds <= 0 ? {} : { durationMs: times(seconds, SECONDS) }),
        ...(rate === undefined ? {} : { ratePerS: rate }),
        ...(latency === undefined ? {} : { latency }),
        population: { failures: true, timeouts: false },
      },
      labels: new Map(),
      checks: new Map(),
      thresholds: [],
      settings: {},
      overTime: [],
      notes: [
        ...(failed === 0 ? [] : ['oha’s own successRate counts every answer as a success, also a 500; here the statuses count.']),
        ...(cutOff === 0
          ? []
          : [
              `${cutOff} requests had no answer when the time was over (“${CUT_OFF}”): they are not among the requests. To wait for them, run oha with \`--wait-ongoing-requests-after-deadline\`.`,
            ]),
      ],
      absent: {
        percentiles:
          'oha writes 10, 25, 50, 75, 90, 95, 99, 99.9 and 99.99 only. Put the limit on the next one above, which is stricter',
      },
    };
  },
};

function counted(document: unknown, source: ResultSource, name: string): readonly (readonly [string, number])[] {
  const counts = objectAt(document, name) ?? {};
  return Object.keys(counts).map((key) => [key, countIn(source, counts, key)] as const);
}

/** Of answers, whatever their status. What there is none of is null. */
function latencyOf(document: unknown, source: ResultSource, count: number): Distribution {
  const percentiles = new Map<number, number>();
  for (const name of Object.keys(objectAt(document, 'latencyPercentiles') ?? {})) {
    const percent = Number(/^p(\d+(?:\.\d+)?)$/.exec(name)?.[1] ?? Number.NaN);
    const seconds = numberAt(objectAt(document, 'latencyPercentiles'), name);
    if (!Number.isNaN(percent) && seconds !== undefined)
      percentiles.set(percent, plausibleMs(source, times(seconds, SECONDS), `\`${name}\``));
  }
  const named = { min: 'fastest', mean: 'average', max: 'slowest' };
  const extremes = Object.entries(named).flatMap(([ours, theirs]) => {
    const seconds = numberAt(document, 'summary', theirs);
    return seconds === undefined ? [] : [[ours, plausibleMs(source, times(seconds, SECONDS), `\`summary.${theirs}\``)] as const];
  });
  return { kind: 'figures', count, ...Object.fromEntries(extremes), percentiles, exactness: { kind: 'exact' } };
}
