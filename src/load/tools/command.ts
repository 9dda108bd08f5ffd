import type { ResultFile } from '../readers/results.ts';
import type { Ending, StartedTool } from './tool.ts';

/** Any command that makes a load and writes results that can be read. What its exit code means only its results tell. */
export function startCommand(line: string, results: () => Promise<readonly ResultFile[]>): StartedTool {
  return { file: 'bash', args: ['--noprofile', '--norc', '-eo', 'pipefail', '-c', line], results, ended };
}

function ended(exitCode: number | null): Ending {
  if (exitCode === 0) return 'done';
  return { broken: exitCode === 127 ? 'bash did not find a command' : 'The command failed' };
}
