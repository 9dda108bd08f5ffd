import { join } from 'node:path';
import { k6SoFar } from '../readers/k6/ndjson.ts';
import type { Ending, StartedTool, ToolRun } from './tool.ts';

/** k6. Every request is read from its NDJSON; its own thresholds stand in the summary, in which `true` means crossed. */
export function startK6({ script, args, folder }: ToolRun): StartedTool {
  const points = join(folder, 'k6.json');
  const summary = join(folder, 'k6-summary.json');
  return {
    file: 'k6',
    args: ['run', '--quiet', '--no-color', '--out', `json=${points}`, '--summary-export', summary, ...args, script],
    env: { K6_NO_USAGE_REPORT: 'true' },
    results: [{ path: points, name: 'k6’s NDJSON' }],
    limits: { path: summary, name: 'k6’s summary' },
    follow: { path: points, sofar: k6SoFar('k6’s NDJSON') },
    ended,
  };
}

/** k6's `errext/exitcodes`. */
const EXIT_CODES: Readonly<Record<number, string>> = {
  97: 'k6’s cloud run failed',
  100: 'k6’s setup() took too long',
  101: 'k6’s teardown() took too long',
  102: 'k6 took too long',
  103: 'k6 was stopped through its REST API',
  104: 'k6’s options are invalid',
  105: 'k6 was stopped from outside',
  106: 'k6 could not start its REST API',
  107: 'k6’s script threw an exception',
  108: 'k6’s script ended the test by test.abort()',
  109: 'k6 itself failed',
};

function ended(exitCode: number | null): Ending {
  if (exitCode === 0) return 'done';
  // 99: thresholds were crossed; 110: the script marked the test as failed.
  if (exitCode === 99 || exitCode === 110) return 'limit_crossed';
  return { broken: EXIT_CODES[exitCode ?? -1] ?? 'k6 did not carry the test out' };
}
