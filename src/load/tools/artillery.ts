import { join } from 'node:path';
import type { LoadResult } from '../result.ts';
import { resultSoFar } from './sofar.ts';
import type { Ending, StartedTool, ToolRun } from './tool.ts';

/** Artillery writes its report at the end; on its way it prints figures of each ten seconds. */
export function startArtillery({ script, args, target, folder }: ToolRun): StartedTool {
  const report = join(folder, 'artillery.json');
  return {
    file: 'artillery',
    args: ['run', '--output', report, ...(target === undefined ? [] : ['--target', target]), ...args, script],
    env: { ARTILLERY_DISABLE_TELEMETRY: 'true', NO_COLOR: '1' },
    results: [{ path: report, name: 'Artillery’s report' }],
    heard: periods(),
    ended,
  };
}

/** With `ensure` or `expect`, a limit that is crossed is exit code 1 or 21, after a whole report. */
function ended(exitCode: number | null): Ending {
  if (exitCode === 0) return 'done';
  if (exitCode === 1 || exitCode === 21) return 'limit_crossed';
  return { broken: 'Artillery did not carry the test out' };
}

const FIGURE = /^\s*([\w./-]+): \.* ?(\d+(?:\.\d+)?)/;

/** Adds up the periods; the percentile is the last one's, since those of parts say nothing of the whole. */
function periods(): (line: string) => LoadResult | undefined {
  let [requests, failures, timeouts] = [0, 0, 0];
  let p95: number | undefined;
  let inPeriod = false;
  let ofLatency = false;
  return (line) => {
    if (/^Summary report/.test(line)) inPeriod = false;
    if (/^Metrics for period/.test(line)) inPeriod = true;
    if (!inPeriod) return undefined;
    if (/^\S/.test(line)) ofLatency = line.startsWith('http.response_time:');
    const [, name = '', figure] = FIGURE.exec(line) ?? [];
    const amount = Number(figure);
    if (figure === undefined) return undefined;
    if (name === 'http.requests') requests += amount;
    else if (/^http\.codes\.[45]\d\d$/.test(name)) failures += amount;
    else if (name === 'p95' && ofLatency) p95 = amount;
    else if (name.startsWith('errors.')) {
      failures += amount;
      if (/^errors\.(?:ETIMEDOUT|ESOCKETTIMEDOUT)$/.test(name)) timeouts += amount;
    }
    // The last line of a period.
    if (name !== 'vusers.failed' && name !== 'vusers.completed') return undefined;
    return resultSoFar('artillery', { requests, failures, timeouts, ...(p95 === undefined ? {} : { p95 }) });
  };
}
