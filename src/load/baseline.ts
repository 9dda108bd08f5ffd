import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { MeasurementError } from '../checklist/errors.ts';
import type { PastReports } from '../github/past-reports.ts';
import { baselineOf, type FoundBaseline, type PastRun, pastRunOf, readHistory, writtenHistory } from './history.ts';
import type { LoadSpec } from './spec.ts';

export type BaselineSpec = NonNullable<LoadSpec['baseline']>;

const RUNS = 5;
const LEAST = 3;
/** Failed runs are among the reports, and those of other scenarios. */
const REPORTS_A_RUN = 4;

export interface BaselinePlace {
  /** Relative paths start here. */
  readonly directory: string;
  readonly itemId: string | undefined;
  readonly pastReports: PastReports | undefined;
}

/**
 * What a run is compared with: the median of the newest runs of the same scenario that nothing spoke against.
 *
 * @throws MeasurementError when the place of earlier runs cannot be read; that there is none yet is no error.
 */
export async function findBaseline(spec: BaselineSpec, scenario: string, place: BaselinePlace): Promise<FoundBaseline> {
  const { runs: count = RUNS, least = LEAST } = spec;
  const runs = await pastRuns(spec, count, place);
  return baselineOf(runs, scenario, { count, least, place: placeName(spec) });
}

/** Adds a run to the history file. Artifacts need nothing: the report is the record. */
export async function recordRun(
  spec: BaselineSpec,
  run: PastRun,
  { directory }: Pick<BaselinePlace, 'directory'>,
): Promise<void> {
  if (spec.file === undefined) return;
  const path = resolve(directory, spec.file);
  const known = spec.branch === undefined ? await historyIn(path, spec.file) : [];
  await mkdir(dirname(path), { recursive: true });
  // The whole file or the old one, whenever the process is killed.
  await writeFile(`${path}.new`, writtenHistory(known, run));
  await rename(`${path}.new`, path);
}

function placeName({ artifact, file, branch }: BaselineSpec): string {
  if (artifact !== undefined)
    return `the artifacts “${artifact}” of ${branch === undefined ? 'the default branch' : `branch ${branch}`}`;
  return branch === undefined ? `${file}` : `${file} on branch ${branch}`;
}

async function pastRuns(
  spec: BaselineSpec,
  count: number,
  { directory, itemId, pastReports }: BaselinePlace,
): Promise<readonly PastRun[]> {
  const { artifact, file, branch } = spec;
  if (file !== undefined && branch === undefined) return historyIn(resolve(directory, file), file);
  if (pastReports === undefined) {
    throw new MeasurementError(
      'permission_denied',
      'Earlier runs are kept at GitHub, and there is no token to read them with. Give the action a token, or keep them in a `file`.',
    );
  }
  try {
    if (artifact !== undefined) {
      const reports = await pastReports.inArtifacts(artifact, branch, count * REPORTS_A_RUN);
      const runs = reports.flatMap((report) => pastRunOf(report, itemId ?? '') ?? []);
      return runs.sort((one, other) => other.at - one.at);
    }
    const text = await pastReports.fileOn(branch ?? '', file ?? '');
    return text === undefined ? [] : parsedHistory(text, `${file} on branch ${branch}`);
  } catch (cause) {
    if (cause instanceof MeasurementError) throw cause;
    throw new MeasurementError('unreadable', cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

async function historyIn(path: string, name: string): Promise<readonly PastRun[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new MeasurementError('unreadable', `${name} could not be read.`, { cause });
  }
  return parsedHistory(text, name);
}

function parsedHistory(text: string, name: string): readonly PastRun[] {
  const runs = readHistory(text);
  if (runs === undefined)
    throw new MeasurementError(
      'unreadable',
      `${name} is no history of load tests. Name the file that earlier runs wrote, or remove it.`,
    );
  return runs;
}
