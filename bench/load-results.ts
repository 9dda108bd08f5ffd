import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUNDLE } from './bundle.ts';
import { type Figure, paired } from './figures.ts';
import { isThere } from './is-there.ts';
import { percentileOf, writeK6Results } from './k6-results.ts';

const MEGABYTE = 1_000_000;
const FIGURES_OF = [50, 90, 95, 99] as const;

/**
 * How long a k6 NDJSON file of 1 GB (or of HOLDPOINT_BENCH_MB) takes to read, against other ways to read it in the same run: each
 * figure is our time over theirs. Those that are slow get a part of the file, and their time is scaled.
 */
export function loadResultFigures(): readonly Figure[] {
  const megabytes = Number(process.env['HOLDPOINT_BENCH_MB'] ?? 1000);
  const directory = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  try {
    const file = join(directory, 'results.json');
    const expected = writeK6Results(file, megabytes * MEGABYTE);
    const read = readCommand(directory);
    const { summary, peakMb } = measuredRead(read, file);
    const found = { requests: summary.requests, failures: summary.failures, timeouts: summary.timeouts };
    const { requests, failures, timeouts, durations } = expected;
    if (JSON.stringify(found) !== JSON.stringify({ requests, failures, timeouts }))
      throw new Error(`Read ${JSON.stringify(found)} in place of ${JSON.stringify({ requests, failures, timeouts })}.`);
    const errors = FIGURES_OF.map((percent) =>
      Math.abs((summary.latency_ms[`p${percent}`] ?? Number.NaN) - percentileOf(durations, percent)),
    );
    const ours = () => ran(process.execPath, [...read, file]);
    const named = `load read, ${megabytes} MB of k6 NDJSON`;
    // A small file takes as long as a start, which says nothing of reading.
    const limited = (limit: number) => (megabytes >= 500 ? { limit } : {});
    const figures: Figure[] = [
      { name: `${named}, percentiles against sorting`, value: Math.max(...errors) * 1e9, unit: '× 1e-9 ms', limit: 1 },
      { name: `${named}, memory`, value: peakMb, unit: 'MB', limit: 200 },
    ];
    const lines = paired(ours, () => ran('wc', ['-l', file]), 7);
    figures.push({ name: `${named}, against \`wc -l\``, value: lines.median, unit: '×', spread: lines.spread, ...limited(5) });

    const part = partOf(file, Math.min(200, megabytes) * MEGABYTE, directory);
    const byReadline = scaled(
      ours,
      () => ran(process.execPath, [join(import.meta.dirname, 'read-by-readline.js'), part.path]),
      part.share,
    );
    figures.push({ name: `${named}, against readline and JSON.parse`, value: byReadline, unit: '×', ...limited(0.1) });

    if (isThere('jq')) {
      const small = partOf(file, Math.min(50, megabytes) * MEGABYTE, directory);
      const byJq = scaled(ours, () => ran('jq', ['-n', JQ, small.path]), small.share);
      figures.push({ name: `${named}, against jq`, value: byJq, unit: '×', ...limited(0.04) });
    } else console.log('jq is not installed: reading is not measured against it.');

    if (isThere('gzip')) {
      ran('gzip', ['-k', file]);
      const packed = `${file}.gz`;
      const unpacked = paired(
        () => ran(process.execPath, [...read, packed]),
        () => ran('sh', ['-c', 'zcat "$1" | wc -l', 'sh', packed]),
        3,
      );
      figures.push({
        name: `${named}.gz, against \`zcat | wc -l\``,
        value: unpacked.median,
        unit: '×',
        spread: unpacked.spread,
        ...limited(1 / 0.9),
      });
    }
    return figures;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const JQ = `[inputs | select(.type == "Point" and .metric == "http_req_duration") | [.data.value, .data.tags.method + " " + .data.tags.name, .data.tags.status, .data.tags.error_code]]
| { requests: length, failures: map(select(.[2] == "0" or .[2] >= "400")) | length, timeouts: map(select(.[3] == "1050" or .[3] == "1211")) | length,
    p95: (map(.[0]) | sort | .[(0.95 * (length - 1)) | floor]), labels: (group_by(.[1]) | map([.[0][1], length])) }`;

/** The bundle's command; until it has one, a child of our own that reads and prints the same. */
function readCommand(directory: string): readonly string[] {
  const one = join(directory, 'one.json');
  writeFileSync(one, '{"metric":"vus","type":"Point","data":{"time":"2026-01-02T03:04:05Z","value":1,"tags":{}}}\n');
  const { stdout } = spawnSync(process.execPath, [BUNDLE, 'load', 'read', one, '--json'], { encoding: 'utf8' });
  if (stdout.includes('"tool"')) return [BUNDLE, 'load', 'read', '--json'];
  return [join(import.meta.dirname, 'read-result.js')];
}

interface Summary {
  readonly requests: number;
  readonly failures: number;
  readonly timeouts: number;
  readonly latency_ms: Readonly<Record<string, number>>;
}

function measuredRead(read: readonly string[], file: string): { readonly summary: Summary; readonly peakMb: number } {
  const hook = pathToFileURL(join(import.meta.dirname, 'peak-memory.js')).href;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', hook, ...read, file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Reading ended with ${status}: ${stderr}`);
  return { summary: JSON.parse(stdout), peakMb: (Number(/peak (\d+)/.exec(stderr)?.[1]) * 1024) / MEGABYTE };
}

/** The first lines of a file, and which share of it they are. */
function partOf(file: string, bytes: number, directory: string): { readonly path: string; readonly share: number } {
  const { size } = statSync(file);
  if (bytes >= size) return { path: file, share: 1 };
  const start = Buffer.alloc(bytes);
  const opened = openSync(file, 'r');
  readSync(opened, start, 0, bytes, 0);
  closeSync(opened);
  const whole = start.subarray(0, start.lastIndexOf(0x0a) + 1);
  const path = join(directory, `part-${bytes}.json`);
  writeFileSync(path, whole);
  return { path, share: whole.length / size };
}

/** Our time for the whole over theirs for a share of it. */
const scaled = (ours: () => void, theirs: () => void, share: number): number => paired(ours, theirs, 3).median * share;

function ran(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`${program} ended with ${status}: ${stderr}`);
}
