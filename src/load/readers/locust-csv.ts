import type { Distribution } from '../distribution.ts';
import type { Figures, LoadResult, PercentileAt } from '../result.ts';
import { eachRow, type Row } from './csv.ts';
import { type LocustFailures, locustFailures, locustLabel } from './locust-failures.ts';
import { LOCUST_POPULATION, LOCUST_PRECISION } from './locust-rounding.ts';
import type { ResultSource, StreamReader } from './reader.ts';
import { requestTime } from './request-time.ts';
import { unreadable } from './unreadable.ts';

/** `locust --csv run`: `run_stats.csv`. What it lacks is taken from `run_failures.csv` and `run_stats_history.csv`, where they are beside it. */
export const LOCUST_CSV: StreamReader = {
  tool: 'locust',
  format: '_stats.csv',
  recognises: (head) => /^\s*"?Type"?,"?Name"?,"?(?:Request Count|# requests)"?,/.test(head),
  read,
};

const AGGREGATED = new Set(['Aggregated', 'Total']);

interface StatsRow {
  readonly label: string;
  readonly aggregated: boolean;
  readonly requests: number;
  readonly failures: number;
  readonly ratePerS: number | undefined;
  readonly latency: Distribution | undefined;
}

async function read(source: ResultSource): Promise<LoadResult> {
  const rows: StatsRow[] = [];
  let columns: ((name: string) => number) | undefined;
  let percentiles: readonly (readonly [percent: number, cell: number])[] = [];
  let count = 0;
  let lastIsUsed = false;
  await eachRow(source, { delimiter: ',' }, (row) => {
    if (columns === undefined) {
      const names = Array.from({ length: row.cells }, (_, cell) => row.text(cell).trim());
      const lower = names.map((name) => name.toLowerCase());
      count = names.length;
      percentiles = names.flatMap((name, cell) => {
        const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(name) ?? [];
        return percent === undefined || percent === '100' ? [] : [[Number(percent), cell] as const];
      });
      // A line that is cut inside a percentile would show one that is too small.
      lastIsUsed = percentiles.at(-1)?.[1] === count - 1;
      columns = (name) => lower.indexOf(name.toLowerCase());
      return;
    }
    if (row.cells !== count || row.torn || (lastIsUsed && !row.ended)) {
      throw unreadable(
        source,
        `${row.cells} cells, where ${count} were expected. Check that the file was written to its end.`,
        row.line,
      );
    }
    rows.push(statsRow(source, row, columns, percentiles));
  });
  const total = rows.find(({ aggregated }) => aggregated);
  if (total === undefined) {
    throw unreadable(
      source,
      'there is no line “Aggregated”, which Locust writes last. Check that the file was written to its end.',
    );
  }
  return resultOf(
    source,
    rows,
    total,
    percentiles.map(([percent]) => percent),
  );
}

function statsRow(
  source: ResultSource,
  row: Row,
  column: (name: string) => number,
  percentiles: readonly (readonly [percent: number, cell: number])[],
): StatsRow {
  const cell = (...names: readonly string[]): number => names.map(column).find((found) => found >= 0) ?? -1;
  const whole = (...names: readonly string[]): number => {
    const value = row.number(cell(...names));
    if (Number.isInteger(value) && value >= 0) return value;
    throw unreadable(source, `“${row.text(cell(...names)).slice(0, 40)}” is no ${names[0]}.`, row.line);
  };
  const time = (at: number): number => requestTime(source, row.number(at), () => row.text(at), row.line);
  const requests = whole('Request Count', '# requests');
  const failures = whole('Failure Count', '# failures');
  if (failures > requests) throw unreadable(source, `${failures} failures of ${requests} requests.`, row.line);
  const rate = row.number(cell('Requests/s'));
  const name = row.text(cell('Name'));
  const type = row.text(cell('Type'));
  const known = percentiles.filter(([, at]) => row.text(at) !== 'N/A' && row.text(at) !== '');
  return {
    label: locustLabel(type, name),
    aggregated: AGGREGATED.has(name) && (type === '' || type === 'None'),
    requests,
    failures,
    ratePerS: rate >= 0 ? rate : undefined,
    latency:
      requests === 0
        ? undefined
        : {
            kind: 'figures',
            ...LOCUST_PRECISION,
            count: requests,
            min: time(cell('Min Response Time')),
            mean: time(cell('Average Response Time')),
            max: time(cell('Max Response Time')),
            percentiles: new Map(known.map(([percent, at]) => [percent, time(at)])),
          },
  };
}

async function resultOf(
  source: ResultSource,
  rows: readonly StatsRow[],
  total: StatsRow,
  percents: readonly number[],
): Promise<LoadResult> {
  const notes = ['Locust writes the file once a second, so the last requests may be missing in it'];
  const absent: Record<string, string> = {
    percentiles: `the file has ${percents.length === 0 ? 'no percentiles' : percents.map((percent) => `${percent}%`).join(', ')}: add yours to \`PERCENTILES_TO_REPORT\` (locust.stats)`,
    bytes: 'Locust writes an average size only',
    statuses: 'Locust does not count statuses',
  };
  const history = await besideHistory(source);
  const failed = await besideFailures(source, total.failures);
  if (failed.reason !== undefined) {
    Object.assign(absent, { timeouts: failed.reason, errors: failed.reason, with_timeouts: failed.reason });
  } else if ((failed.byLabel?.get('')?.unclear ?? 0) > 0) {
    const unclear = '`_failures.csv` has errors of which it is not clear whether there was an answer';
    Object.assign(absent, { errors: unclear, with_timeouts: unclear });
  }
  const durationMs = history.durationMs ?? spanOf(total);
  if (durationMs === undefined) absent['duration'] = 'give `_stats_history.csv` beside the file, which `--csv` writes too';
  const labelled = rows.filter(({ aggregated }) => !aggregated);
  return {
    tool: 'locust',
    format: LOCUST_CSV.format,
    all: figuresOf(total, durationMs, failed.byLabel?.get('') ?? (failed.reason === undefined ? NONE : undefined)),
    labels: new Map(
      labelled.map((row) => [
        row.label,
        figuresOf(
          row,
          spanOf(row),
          failed.byLabel?.get(row.label) ?? (failed.reason === undefined && row.failures === 0 ? NONE : undefined),
        ),
      ]),
    ),
    checks: new Map(),
    thresholds: [],
    settings: history.users === undefined ? {} : { users: history.users },
    overTime: history.overTime,
    notes,
    absent,
  };
}

const NONE: LocustFailures = { count: 0, timeouts: 0, unclear: 0, unanswered: 0, errors: new Map() };

/** Locust's rate is requests over the time from the first to the last of them. */
const spanOf = ({ requests, ratePerS }: StatsRow): number | undefined =>
  ratePerS === undefined || ratePerS === 0 ? undefined : (requests / ratePerS) * 1000;

function figuresOf(
  { requests, failures, ratePerS, latency }: StatsRow,
  durationMs: number | undefined,
  failed: LocustFailures | undefined,
): Figures {
  return {
    requests,
    failures,
    ...(failed === undefined ? {} : { timeouts: failed.timeouts, errors: failed.errors }),
    ...(failed === undefined || failed.unclear > 0 ? {} : { unanswered: failed.unanswered }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(ratePerS === undefined ? {} : { ratePerS }),
    ...(latency === undefined ? {} : { latency }),
    population: LOCUST_POPULATION,
  };
}

interface FoundFailures {
  readonly byLabel?: ReadonlyMap<string, LocustFailures>;
  /** Why they are not known. */
  readonly reason?: string;
}

const renamed =
  (ending: string) =>
  (own: string): string =>
    own.replace(/_stats\.csv(?:\.gz)?$/, ending);

async function besideFailures(source: ResultSource, failures: number): Promise<FoundFailures> {
  // A timeout is a failure, so where nothing failed none timed out.
  if (failures === 0) return {};
  const text = await source.beside((own) => (renamed('')(own) === own ? '' : renamed('_failures.csv')(own)));
  if (text === undefined || text === '')
    return { reason: 'they are not in `_stats.csv`: give `_failures.csv` beside it, as `--csv` writes and names both' };
  const byLabel = await locustFailures('_failures.csv', text);
  if (byLabel === undefined) return { reason: 'the `_failures.csv` beside the file cannot be read: give it as Locust wrote it' };
  const counted = byLabel.get('')?.count ?? 0;
  if (counted !== failures) {
    return {
      reason: `the \`_failures.csv\` beside the file has ${counted} failures, and the file ${failures}: give both as they were at the end of one run`,
    };
  }
  return { byLabel };
}

interface History {
  readonly durationMs?: number;
  readonly users?: number;
  readonly overTime: readonly PercentileAt[];
}

async function besideHistory(source: ResultSource): Promise<History> {
  const text = await source.beside((own) => (renamed('')(own) === own ? '' : renamed('_stats_history.csv')(own)));
  if (text === undefined || text === '') return { overTime: [] };
  const overTime: PercentileAt[] = [];
  let columns: readonly string[] | undefined;
  let first = Number.NaN;
  let last = Number.NaN;
  let users = 0;
  const chunks = async function* () {
    yield Buffer.from(text);
  };
  await eachRow({ name: '_stats_history.csv', chunks }, { delimiter: ',' }, (row) => {
    if (columns === undefined) {
      columns = Array.from({ length: row.cells }, (_, cell) => row.text(cell));
      return;
    }
    const cell = (name: string): number => columns?.indexOf(name) ?? -1;
    const at = row.number(cell('Timestamp')) * 1000;
    if (row.cells !== columns.length || !(at > 0)) return;
    if (!(first <= at)) first = at;
    if (!(last >= at)) last = at;
    const now = row.number(cell('User Count'));
    if (now > users) users = now;
    const milliseconds = row.number(cell('95%'));
    if (AGGREGATED.has(row.text(cell('Name'))) && milliseconds >= 0) overTime.push({ at, milliseconds });
  });
  return { overTime, ...(last > first ? { durationMs: last - first } : {}), ...(users > 0 ? { users } : {}) };
}
