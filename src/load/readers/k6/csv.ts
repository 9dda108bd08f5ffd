import type { LoadResult } from '../../result.ts';
import type { ResultSource, StreamReader } from '../reader.ts';
import { unreadable } from '../unreadable.ts';
import { cellsOf } from './csv-cells.ts';
import { type Columns, sampleLines } from './sample-lines.ts';
import { isMetric, type Samples, samples, type Tags } from './samples.ts';
import { timeIn, unixTimeIn } from './times.ts';
import { wholeLines } from './whole-lines.ts';

const METRIC = 'metric_name';
const TIME = 'timestamp';
const VALUE = 'metric_value';
const EXTRA = 'extra_tags';
const BYTE_ORDER_MARK = '\uFEFF';

/** `k6 run --out csv=results.csv`, or `.csv.gz`: a row for each sample, with the system tags that are switched on as columns. */
export const K6_CSV: StreamReader = {
  tool: 'k6',
  format: 'CSV',
  recognises(head) {
    const columns = columnsOf(head.split(/\r?\n/, 1)[0] ?? '');
    return [METRIC, TIME, VALUE].every((name) => columns.includes(name));
  },
  read: readCsv,
};

function columnsOf(header: string): readonly string[] {
  const bare = header.startsWith(BYTE_ORDER_MARK) ? header.slice(1) : header;
  return (cellsOf(bare) ?? []).map((name) => name.trim());
}

async function readCsv(source: ResultSource): Promise<LoadResult> {
  const all = samples(source);
  const header = columnsOf(source.head.split(/\r?\n/, 1)[0] ?? '');
  const rows = csvRows(source, header, all);
  const lines = sampleLines(all, columnsAt(header), rows.read);
  const rest = (await wholeLines(source, lines.take)).toString('utf8').replace(/\r$/, '');
  const lastLine = lines.count() + 1;
  const torn = rows.end() || (rest !== '' && lastLine > 1 && !rows.isWhole(rest));
  if (rest !== '' && !torn) rows.read(rest, lastLine);
  return all.finish({
    format: 'CSV',
    unjudged: 0,
    mayBeSeconds: true,
    notes: torn ? ['the last row is torn, as k6 leaves it when it is killed; 1 row was left out'] : [],
  });
}

/** Where the tags that are looked at are among the columns after the first three, when those are where k6 has them. */
function columnsAt(header: readonly string[]): Columns | undefined {
  if (header[0] !== METRIC || header[1] !== TIME || header[2] !== VALUE) return undefined;
  const tags = header.slice(3);
  const at = (name: string): number => tags.indexOf(name);
  // A tag that is no column may be among the extra ones.
  if (['name', 'method', 'status', 'error_code', 'check'].some((name) => at(name) === -1) && tags.includes(EXTRA))
    return undefined;
  return {
    count: tags.length,
    name: at('name'),
    url: at('url'),
    method: at('method'),
    status: at('status'),
    errorCode: at('error_code'),
    check: at('check'),
  };
}

/** Any row, by the names of the columns. */
function csvRows(source: ResultSource, header: readonly string[], all: Samples) {
  const at = new Map(header.map((name, column) => [name, column]));
  /** A record whose quotation marks are open at the end of its line. */
  let begun = '';
  let begunAt = 0;
  const cell = (cells: readonly string[], name: string): string => cells[at.get(name) ?? -1] ?? '';
  return {
    /** Whether a record is still open at the end. */
    end: () => begun !== '',
    isWhole: (text: string): boolean => cellsOf(text)?.length === header.length,
    read(text: string, line: number): void {
      if (line === 1 || (begun === '' && text.trim() === '')) return;
      const record = begun === '' ? text.replace(/\r$/, '') : `${begun}\n${text.replace(/\r$/, '')}`;
      const cells = cellsOf(record);
      if (begun === '') begunAt = line;
      begun = cells === undefined ? record : '';
      if (cells === undefined) {
        if (record.length > LONGEST_RECORD) throw wrong(source, 'a quotation mark is never closed', begunAt);
        return;
      }
      if (cells.length !== header.length)
        throw wrong(source, `the row has ${cells.length} cells, and the header ${header.length}`, begunAt);
      const metric = cell(cells, METRIC);
      if (!isMetric(metric)) {
        all.saw(metric);
        return;
      }
      const written = cell(cells, VALUE);
      if (!/^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(written))
        throw wrong(source, `the value of \`${metric}\` is no number`, begunAt);
      const time = cell(cells, TIME);
      const extra = extraTags(cell(cells, EXTRA));
      // An empty cell is a tag that the sample does not have.
      const tag = (name: keyof Tags): string | undefined => cell(cells, name) || extra.get(name);
      all.add({
        metric,
        value: Number(written),
        at: time[10] === 'T' ? timeIn(time) : unixTimeIn(time),
        line: begunAt,
        tags: {
          name: tag('name'),
          url: tag('url'),
          method: tag('method'),
          status: tag('status'),
          error_code: tag('error_code'),
          check: tag('check'),
        },
      });
    },
  };
}

const LONGEST_RECORD = 1 << 20;

function wrong(source: ResultSource, what: string, line: number) {
  return unreadable(source, `${what}. The file is damaged there: have k6 write it again, and copy it whole.`, line);
}

/** `k=v&k=v`, which k6 does not escape. */
function extraTags(cell: string): ReadonlyMap<string, string> {
  const pairs = cell.split('&').map((pair) => {
    const at = pair.indexOf('=');
    return at === -1 ? ([pair, ''] as const) : ([pair.slice(0, at), pair.slice(at + 1)] as const);
  });
  return new Map(pairs);
}
