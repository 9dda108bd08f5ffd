import { open } from 'node:fs/promises';
import type { Clock } from '../../checklist/clock.ts';
import { MeasurementError } from '../../checklist/errors.ts';
import type { Evidence } from '../../checklist/model.ts';
import type { Exec, ExecResult } from '../../runner/ports.ts';
import { readResults } from '../readers/results.ts';
import type { LoadResult } from '../result.ts';
import type { StartedTool } from './tool.ts';

export interface RunPorts {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Told about once a second; true: stop the tool, and take what it has written. */
  sofar(result: LoadResult): boolean;
}

export interface RanTool {
  readonly result: LoadResult;
  /** What it printed. */
  readonly output: Evidence | undefined;
}

const LOOK_MS = 1_000;
const SHOWN = 4_000;
const KEPT_BYTES = 64 * 1024;

/**
 * Runs a load tool and reads what it wrote.
 *
 * @throws MeasurementError `tool_missing`, `command_failed` (the test is broken), `unreadable` (its results are).
 */
export async function runTool(tool: StartedTool, ports: RunPorts): Promise<RanTool> {
  const { exec, clock, signal, directory, env, sofar } = ports;
  const enough = new AbortController();
  const over = new AbortController();
  const told = (result: LoadResult | undefined): void => {
    if (result !== undefined && !enough.signal.aborted && sofar(result)) enough.abort();
  };
  const following = tool.follow === undefined ? undefined : follow(tool.follow, clock, over.signal, told);
  let ended: ExecResult | undefined;
  try {
    ended = await exec({
      file: tool.file,
      args: tool.args,
      cwd: directory,
      env: { ...tool.env, ...env },
      signal: AbortSignal.any([signal, enough.signal]),
      keepBytes: KEPT_BYTES,
      ...(tool.heard === undefined ? {} : { onLine: (_: unknown, line: string) => told(tool.heard?.(line)) }),
    });
  } catch (error) {
    // Stopped by a criterion: what was written until then is the result.
    if (!enough.signal.aborted || signal.aborted) throw error;
  } finally {
    over.abort();
    await following;
  }
  const ending = ended === undefined || enough.signal.aborted ? 'done' : tool.ended(ended.exitCode);
  if (typeof ending === 'object') throw brokenTest(ending.broken, ended);
  const result = await readWritten(tool, ended);
  return { result: await withOwnLimits(result, tool, ending === 'limit_crossed'), output: outputOf(tool, ended) };
}

async function readWritten(tool: StartedTool, ended: ExecResult | undefined): Promise<LoadResult> {
  try {
    return await readResults(typeof tool.results === 'function' ? await tool.results() : tool.results);
  } catch (error) {
    // A tool that did not even begin has written nothing; what it said tells why.
    if (error instanceof MeasurementError && error.reason === 'not_found')
      throw brokenTest(`${tool.file} wrote no results`, ended, error);
    throw error;
  }
}

async function withOwnLimits(result: LoadResult, { file, limits }: StartedTool, crossed: boolean): Promise<LoadResult> {
  const told =
    limits === undefined
      ? []
      : await readResults([limits]).then(
          ({ thresholds }) => thresholds,
          () => [],
        );
  const thresholds = [...result.thresholds, ...told];
  if (!crossed || thresholds.some(({ met }) => !met)) return { ...result, thresholds };
  return {
    ...result,
    thresholds: [...thresholds, { source: `${file} ended with the exit code for a limit that was crossed`, met: false }],
  };
}

function brokenTest(why: string, ended: ExecResult | undefined, cause?: unknown): MeasurementError {
  const code = ended === undefined || ended.exitCode === null ? '' : ` (exit code ${ended.exitCode})`;
  const said = lastLine(ended);
  return new MeasurementError(
    'command_failed',
    `${why}${code}: the test is broken, which says nothing of the service. ${said === '' ? '' : `Its last line: ${said}`}`.trim(),
    cause === undefined ? {} : { cause },
  );
}

function lastLine(ended: ExecResult | undefined): string {
  const lines = `${ended?.stdout ?? ''}\n${ended?.stderr ?? ''}`.split(/\r?\n/).filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? '').trim().slice(0, 300);
}

function outputOf({ file }: StartedTool, ended: ExecResult | undefined): Evidence | undefined {
  const text = [ended?.stdout.trimEnd(), ended?.stderr.trimEnd()].filter((part) => part).join('\n');
  if (text === '') return undefined;
  return { kind: 'output', title: `What ${file} printed`, text: text.length > SHOWN ? `… ${text.slice(-SHOWN)}` : text };
}

/** Reads what is added to a file, about once a second. */
async function follow(
  { path, sofar }: NonNullable<StartedTool['follow']>,
  clock: Clock,
  over: AbortSignal,
  told: (result: LoadResult | undefined) => void,
): Promise<void> {
  let position = 0;
  for (;;) {
    try {
      await clock.sleep(LOOK_MS, over);
    } catch {
      return;
    }
    const part = await partFrom(path, position);
    position += part.length;
    if (part.length > 0) told(sofar(part));
  }
}

async function partFrom(path: string, position: number): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const part = Buffer.alloc(Math.max(0, size - position));
      const { bytesRead } = await file.read(part, 0, part.length, position);
      return part.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch {
    return Buffer.alloc(0);
  }
}
