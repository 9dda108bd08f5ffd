import { MeasurementError } from '../checklist/errors.ts';
import { formatDuration, formatNumber, formatValue } from '../criteria/format.ts';
import { perSecond, ratio } from '../criteria/value.ts';
import { type ComparedFigure, type ComparedResults, compareResults } from '../load/compare.ts';
import { readResult } from '../load/readers/read.ts';
import { readResults } from '../load/readers/results.ts';
import { type LoadSummary, summaryOf } from '../load/summary.ts';
import { plainLine } from '../report/escape.ts';
import type { LoadCommand } from './arguments.ts';
import type { Terminal } from './terminal.ts';

/**
 * Shows or compares results of load tools. Exit status 0; 3 when a result cannot be read, or two are not of one scenario and so cannot
 * be compared.
 */
export async function runLoad(command: LoadCommand, terminal: Terminal): Promise<number> {
  try {
    return command.action === 'read' ? await read(command, terminal) : await compare(command, terminal);
  } catch (error) {
    if (!(error instanceof MeasurementError)) throw error;
    await terminal.error(`${plainLine(error.message)}\n`);
    return 3;
  }
}

async function read(
  { files, json, shards, tool }: Extract<LoadCommand, { action: 'read' }>,
  terminal: Terminal,
): Promise<number> {
  const named = files.map((path) => ({ path, name: path }));
  const result = await readResults(named, {
    ...(shards === undefined ? {} : { shards }),
    ...(tool === undefined ? {} : { tool }),
  });
  const summary = summaryOf(result);
  await terminal.out(json ? `${JSON.stringify(summary, null, 2)}\n` : `${readable(summary).join('\n')}\n`);
  return 0;
}

const MOST_LABELS = 20;

function readable(summary: LoadSummary): readonly string[] {
  const { tool, format, labels, notes } = summary;
  const rows = figureRows(summary);
  const shown = labels.slice(0, MOST_LABELS);
  return [
    `${tool}, ${format}`,
    ...columns(rows),
    ...(shown.length === 0 ? [] : ['', 'By label', ...columns([LABEL_HEAD, ...shown.map(labelRow)])]),
    ...(labels.length > shown.length ? [`  … and ${formatNumber(labels.length - shown.length)} more; --json has all`] : []),
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `Note: ${plainLine(note)}`)]),
  ];
}

function figureRows({
  requests,
  failures,
  timeouts,
  duration_ms,
  rate_per_s,
  latency_ms,
  exactness,
  population,
}: LoadSummary): string[][] {
  const rate = requests !== null && failures !== null && requests > 0 ? ` (${formatValue(ratio(failures / requests))})` : '';
  return [
    ['requests', shown(requests, formatNumber)],
    ['failures', `${shown(failures, formatNumber)}${rate}`],
    ['timeouts', shown(timeouts, formatNumber)],
    ['duration', shown(duration_ms, formatDuration)],
    ['rate', shown(rate_per_s, (amount) => formatValue(perSecond(amount)))],
    ...Object.entries(latency_ms).map(([name, value]) => [name, shown(value, formatDuration)]),
    ['exactness', exactness ?? NOT_HELD],
    ['population', population],
  ];
}

const NOT_HELD = 'not in the file';
const shown = (value: number | null, format: (value: number) => string): string => (value === null ? NOT_HELD : format(value));

const LABEL_HEAD = ['label', 'requests', 'failures', 'p50', 'p95', 'p99'];

function labelRow({ label, requests, failures, latency_ms }: LoadSummary['labels'][number]): string[] {
  const cell = (value: number | null, format: (value: number) => string): string => (value === null ? '–' : format(value));
  const { p50, p95, p99 } = latency_ms;
  return [
    label === '' ? '(none)' : label.slice(0, 60),
    cell(requests, formatNumber),
    cell(failures, formatNumber),
    ...[p50, p95, p99].map((value) => cell(value, formatDuration)),
  ];
}

async function compare({ base, now, json }: Extract<LoadCommand, { action: 'compare' }>, terminal: Terminal): Promise<number> {
  const compared = compareResults(await readResult(base, base), await readResult(now, now));
  await terminal.out(json ? `${JSON.stringify(compared, null, 2)}\n` : `${comparison(compared).join('\n')}\n`);
  return compared.scenario === undefined ? 3 : 0;
}

const CHANGES: Readonly<Record<ComparedFigure['change'], string>> = {
  better: 'better',
  worse: 'worse',
  same: 'no more than chance',
  unclear: '',
};

function comparison({ scenario, scenarios, figures }: ComparedResults): readonly string[] {
  const rows = figures.map(({ name, unit, base, now, change }) => [
    name,
    amount(base, unit),
    amount(now, unit),
    base === null || now === null || base === 0
      ? ''
      : `${now >= base ? '+' : '−'}${formatValue(ratio(Math.abs(now / base - 1)))}`,
    CHANGES[change],
  ]);
  const differ =
    scenario === undefined
      ? ['', `These are not of one scenario, so a difference says nothing: “${scenarios[0]}” and “${scenarios[1]}”.`]
      : [];
  return [...columns([['', 'base', 'new', 'change', ''], ...rows]), ...differ];
}

function amount(value: number | null, unit: ComparedFigure['unit']): string {
  if (value === null) return NOT_HELD;
  switch (unit) {
    case 'ms':
      return formatDuration(value);
    case 'ratio':
      return formatValue(ratio(value));
    case 'per_second':
      return formatValue(perSecond(value));
    case 'number':
      return formatNumber(value);
  }
}

/** What a file says may hold anything; the blanks between columns are ours. */
function columns(given: readonly (readonly string[])[]): readonly string[] {
  const rows = given.map((row) => row.map(plainLine));
  const widths = rows.reduce<number[]>((all, row) => row.map((cell, at) => Math.max(all[at] ?? 0, cell.length)), []);
  return rows.map((row) => `  ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')}`.trimEnd());
}
