import type { Figures, LoadResult } from '../result.ts';
import { eachRow } from './csv.ts';
import { labelOf } from './label.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';
import { eachTag } from './xml.ts';

/** bzt’s `module: final-stats` with `dump-xml`. */
export const TAURUS_XML: StreamReader = {
  tool: 'taurus',
  format: 'final-stats XML',
  recognises: (head) => /^\s*(?:<\?xml[^>]*\?>\s*)?<FinalStatus[\s>/]/.test(head),
  read: readXml,
};

/** bzt’s `module: final-stats` with `dump-csv`. */
export const TAURUS_CSV: StreamReader = {
  tool: 'taurus',
  format: 'final-stats CSV',
  recognises: (head) => {
    const [line = ''] = head.trimStart().split(/\r?\n/, 1);
    const names = line.split(',');
    return names[0] === 'label' && ['avg_rt', 'fail', 'succ', 'throughput'].every((name) => names.includes(name));
  },
  read: readCsv,
};

/** What Taurus keeps under one label; '' is of all. Times are in seconds. */
interface Group {
  readonly line: number;
  readonly values: Map<string, string>;
  readonly percentiles: Map<string, string>;
  readonly codes: Map<string, string>;
}

const SECOND = 1000;
/** bzt counts whole milliseconds in an HdrHistogram of three digits (bzt/modules/aggregator.py). */
const PRECISION = { exactness: { kind: 'relative', by: 0.001 }, stepMs: 1 } as const;
const TIMED_OUT = /time(?:d ?)?[ _-]?out/i;
const STATUS = /^[1-5]\d\d$/;
/** What Java and Python call their exceptions. */
const EXCEPTION = /(?:Exception|Error|Refused|Reset)\b/;

async function readXml(source: ResultSource): Promise<LoadResult> {
  const groups = new Map<string, Group>();
  let current: Group | undefined;
  let durationMs: number | undefined;
  const cutOff = await eachTag(source, {
    open(name, attributesOf, line) {
      const attributes = name === 'Group' || current !== undefined ? attributesOf() : undefined;
      const value = attributes?.get('value');
      if (name === 'Group') {
        current = { line, values: new Map(), percentiles: new Map(), codes: new Map() };
        groups.set(attributes?.get('label') ?? '', current);
      } else if (current !== undefined && value !== undefined) {
        const parameter = attributes?.get('param');
        if (name === 'perc') current.percentiles.set(parameter ?? '', value);
        else if (name === 'rc') current.codes.set(parameter ?? '', value);
        else current.values.set(name, value);
      }
    },
    close(name, text) {
      if (name === 'Group') current = undefined;
      if (name === 'TestDuration' && current === undefined) {
        const seconds = text();
        durationMs = requestTime(source, seconds === '' ? Number.NaN : Number(seconds) * SECOND, () => seconds);
      }
    },
  });
  if (cutOff.length > 0) throw unreadable(source, 'the file ends before `</FinalStatus>`. Check that Taurus ran to its end.');
  return resultOf(source, TAURUS_XML.format, groups, durationMs);
}

async function readCsv(source: ResultSource): Promise<LoadResult> {
  const groups = new Map<string, Group>();
  let names: readonly string[] | undefined;
  await eachRow(source, { delimiter: ',' }, (row) => {
    const cells = Array.from({ length: row.cells }, (_, cell) => row.text(cell));
    if (names === undefined) {
      names = cells;
      return;
    }
    if (cells.length !== names.length || row.torn) {
      throw unreadable(
        source,
        `${cells.length} cells, where ${names.length} were expected. Check that Taurus ran to its end.`,
        row.line,
      );
    }
    const group: Group = { line: row.line, values: new Map(), percentiles: new Map(), codes: new Map() };
    for (const [index, name] of names.entries()) {
      const value = cells[index] ?? '';
      if (value === '') continue;
      if (name.startsWith('perc_')) group.percentiles.set(name.slice('perc_'.length), value);
      else if (name.startsWith('rc_')) group.codes.set(name.slice('rc_'.length), value);
      else group.values.set(name, value);
    }
    groups.set(cells[names.indexOf('label')] ?? '', group);
  });
  return resultOf(source, TAURUS_CSV.format, groups, undefined);
}

function resultOf(
  source: ResultSource,
  format: string,
  groups: ReadonlyMap<string, Group>,
  durationMs: number | undefined,
): LoadResult {
  const total = groups.get('');
  if (total === undefined) {
    throw unreadable(source, 'there is no group with an empty label, which is the sum of all. Give the file as Taurus wrote it.');
  }
  const all = figuresOf(source, total, durationMs);
  const percents = [...total.percentiles.keys()].map(Number).filter((percent) => percent > 0 && percent < 100);
  const users = Number(total.values.get('concurrency') ?? Number.NaN);
  const untold =
    'not all response codes in the file tell whether there was an answer: give the results of the tool that Taurus ran';
  return {
    tool: 'taurus',
    format,
    all,
    labels: new Map(
      [...groups]
        .filter(([label]) => label !== '')
        .map(([label, group]) => [labelOf(label), figuresOf(source, group, durationMs)]),
    ),
    checks: new Map(),
    thresholds: [],
    settings: users > 0 ? { users } : {},
    overTime: [],
    notes: [
      'Taurus counts JMeter’s transactions as requests too, where its test has any',
      ...(durationMs === undefined ? [] : ['the duration is that of Taurus’s whole run']),
    ],
    absent: {
      percentiles: `the file has ${percents.map((percent) => `p${percent}`).join(', ') || 'no percentiles'}: add yours to Taurus’s \`modules: consolidator: percentiles\``,
      ...(all.timeouts === undefined ? { timeouts: untold } : {}),
      ...(all.unanswered === undefined ? { errors: untold, with_timeouts: untold } : {}),
      ...(durationMs === undefined ? { duration: durationReason(format), rate: durationReason(format) } : {}),
      failed_thresholds: 'the file does not hold pass/fail criteria: take Taurus’s exit code, which is 3 when one failed',
    },
  };
}

const durationReason = (format: string): string =>
  format === TAURUS_CSV.format
    ? 'the CSV has no duration: set `dump-xml` in place of `dump-csv`'
    : 'this version of Taurus writes no TestDuration';

function figuresOf(source: ResultSource, { line, values, percentiles, codes }: Group, durationMs: number | undefined): Figures {
  const count = (name: string, text: string | undefined): number => {
    const value = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isInteger(value) && value >= 0) return value;
    throw unreadable(source, `“${(text ?? '').slice(0, 40)}” is no count (${name}).`, line);
  };
  const time = (text: string | undefined): number | undefined =>
    text === undefined
      ? undefined
      : requestTime(
          source,
          text.trim() === '' ? Number.NaN : Math.round(Number(text) * SECOND * SECOND) / SECOND,
          () => text,
          line,
        );
  const [requests, failures] = [count('throughput', values.get('throughput')), count('fail', values.get('fail'))];
  if (count('succ', values.get('succ')) + failures !== requests) {
    throw unreadable(
      source,
      'successes and failures are not as many as there were requests. Give the file as Taurus wrote it.',
      line,
    );
  }
  const answers = codesOf(
    [...codes].map(([code, text]) => [code, count(`rc ${code}`, text)] as const),
    requests,
  );
  const mean = time(values.get('avg_rt'));
  const at = new Map([...percentiles].map(([percent, text]) => [Number(percent), time(text) ?? Number.NaN] as const));
  const [min, max] = [at.get(0), at.get(100)];
  const received = values.get('bytes');
  return {
    requests,
    failures,
    ...answers,
    ...(received === undefined ? {} : { bytes: count('bytes', received) }),
    ...(durationMs === undefined || durationMs === 0 ? {} : { durationMs, ratePerS: requests / (durationMs / SECOND) }),
    ...(requests === 0
      ? {}
      : {
          latency: {
            kind: 'figures' as const,
            ...PRECISION,
            count: requests,
            ...(min === undefined ? {} : { min }),
            ...(mean === undefined ? {} : { mean }),
            ...(max === undefined ? {} : { max }),
            percentiles: new Map([...at].filter(([percent]) => percent > 0 && percent < 100)),
          },
        }),
    population: { failures: true, timeouts: true },
  };
}

/** What the codes tell. An empty one, as of JMeter's failed transactions, or one of another kind leaves unknown what became of its requests. */
function codesOf(codes: readonly (readonly [code: string, count: number])[], requests: number): Partial<Figures> {
  const statuses = new Map<number, number>();
  const errors = new Map<string, number>();
  let known = 0;
  let timeouts = 0;
  let unanswered = 0;
  for (const [code, count] of codes) {
    if (STATUS.test(code)) statuses.set(Number(code), count);
    else if (TIMED_OUT.test(code) || EXCEPTION.test(code)) {
      unanswered += count;
      if (TIMED_OUT.test(code)) timeouts += count;
      errors.set(labelOf(code), count);
    } else continue;
    known += count;
  }
  return { statuses, errors, ...(known === requests ? { timeouts, unanswered } : {}) };
}
