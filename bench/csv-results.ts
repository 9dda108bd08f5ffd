import { once } from 'node:events';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { parse } from 'csv-parse';
import { readResult } from '../src/load/readers/read.ts';
import type { Figure } from './figures.ts';

const MEGABYTES = Number(process.env['HOLDPOINT_BENCH_MB'] ?? 200);
const ROUNDS = 3;
const HEADER =
  'timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,Latency,IdleTime,Connect\n';

/**
 * How long our reader takes for a JTL, all of it: latencies, statuses, labels, times. As a share of what csv-parse takes for turning the
 * same file into rows, of which only the latency is looked at. Both in turn, so that a slow machine favours neither.
 */
export async function csvResultsFigure(): Promise<Figure> {
  const directory = mkdtempSync(join(tmpdir(), 'holdpoint-bench-'));
  try {
    const path = join(directory, 'results.jtl');
    const rows = await writeJtl(path, MEGABYTES * 1_000_000);
    const ours = async (): Promise<void> => {
      const { all } = await readResult(path, 'results.jtl');
      if (all.requests !== rows) throw new Error(`${all.requests} requests were read of ${rows}`);
    };
    const theirs = async (): Promise<void> => {
      let read = 0;
      let sum = 0;
      for await (const row of createReadStream(path).pipe(parse({ columns: true }))) {
        read += 1;
        sum += Number(row.elapsed);
      }
      if (read !== rows || !(sum > 0)) throw new Error(`${read} rows were read of ${rows}`);
    };
    await ours();
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) ratios.push((await timed(ours)) / (await timed(theirs)));
    ratios.sort((one, other) => one - other);
    const at = (index: number) => ratios[index] ?? Number.NaN;
    return {
      name: `reading a JTL of ${MEGABYTES} MB, against csv-parse`,
      value: at(Math.floor(ROUNDS / 2)),
      unit: '×',
      spread: [at(0), at(ROUNDS - 1)],
      limit: 0.2,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Lines as JMeter writes them, one in fifty quoted, and how many there are. */
async function writeJtl(path: string, bytes: number): Promise<number> {
  const file = createWriteStream(path);
  file.write(HEADER);
  let rows = 0;
  for (let written = 0; written < bytes; ) {
    const lines: string[] = [];
    for (let line = 0; line < 5000; line += 1, rows += 1) lines.push(jtlLine(rows));
    const text = lines.join('');
    written += text.length;
    if (!file.write(text)) await once(file, 'drain');
  }
  file.end();
  await finished(file);
  return rows;
}

function jtlLine(row: number): string {
  const elapsed = 5 + ((row * 7919) % 1000);
  const label = `GET /orders/${row % 20}`;
  const failed = row % 50 === 0;
  const outcome = failed ? '500,"Internal Server Error, see ""log"""' : '200,OK';
  return `${1_700_000_000_000 + row},${elapsed},${label},${outcome},Visitors 1-${row % 50},text,${!failed},,1834,312,50,50,https://shop.example.test/orders/${row % 20},${elapsed - 2},0,1\n`;
}
