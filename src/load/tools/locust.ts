import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LoadResult } from '../result.ts';
import { resultSoFar } from './sofar.ts';
import type { Ending, StartedTool, ToolRun } from './tool.ts';

/** Locust keeps ten seconds of its history to itself; the last lines of a run are to be seen while it runs. */
const WATCHABLE = 'import locust.stats\n\nlocust.stats.CSV_STATS_FLUSH_INTERVAL_SEC = 1\n';

/**
 * Locust, headless. Its JSON is read, which holds the whole run and from which any percentile can be told: the last seconds of a run are
 * missing from its CSV files. Of these the history grows while it runs, by a line a second.
 */
export async function startLocust({ script, args, target, folder }: ToolRun): Promise<StartedTool> {
  const prefix = join(folder, 'locust');
  const watchable = join(folder, 'watchable.py');
  await writeFile(watchable, WATCHABLE);
  const host = target === undefined ? [] : ['--host', target];
  return {
    file: 'locust',
    args: [
      '--locustfile',
      `${script},${watchable}`,
      '--headless',
      '--json-file',
      prefix,
      '--csv',
      prefix,
      '--csv-full-history',
      // A failed request is for the criteria to judge; by itself it is no broken test.
      '--exit-code-on-error',
      '0',
      '--skip-log-setup',
      ...host,
      ...args,
    ],
    results: [{ path: `${prefix}.json`, name: 'Locust’s JSON' }],
    follow: { path: `${prefix}_stats_history.csv`, sofar: history() },
    ended,
  };
}

function ended(exitCode: number | null): Ending {
  if (exitCode === 0) return 'done';
  // A locustfile may set the exit code by itself, by limits of its own; 2 is an exception that nobody caught.
  return exitCode === 1 ? 'limit_crossed' : { broken: 'Locust did not carry the test out' };
}

/** The last whole line of all requests, by the columns' names. */
function history(): (part: Buffer) => LoadResult | undefined {
  let rest = '';
  let columns: readonly string[] | undefined;
  return (part) => {
    const lines = (rest + part.toString('utf8')).split(/\r?\n/);
    rest = lines.pop() ?? '';
    columns ??= lines[0]?.split(',');
    const last = lines.findLast((line) => line.includes(',Aggregated,'))?.split(',');
    if (columns === undefined || last === undefined) return undefined;
    const figure = (name: string): number | undefined => {
      const cell = last[columns?.indexOf(name) ?? -1];
      return cell === undefined || !/^\d/.test(cell) ? undefined : Number(cell);
    };
    const requests = figure('Total Request Count');
    const failures = figure('Total Failure Count');
    const p95 = figure('95%');
    if (requests === undefined) return undefined;
    return resultSoFar('locust', {
      requests,
      ...(failures === undefined ? {} : { failures }),
      ...(p95 === undefined ? {} : { p95 }),
    });
  };
}
