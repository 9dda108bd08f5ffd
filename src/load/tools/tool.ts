import type { ResultFile } from '../readers/results.ts';
import type { LoadResult } from '../result.ts';

/** What a load tool is to run. */
export interface ToolRun {
  /** Its script, as the plan writes it. */
  readonly script: string;
  readonly args: readonly string[];
  readonly target: string | undefined;
  /** An empty folder for what it writes. */
  readonly folder: string;
}

/** How a load tool is started, and what its signs of life mean. */
export interface StartedTool {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it writes; a function where that is known only afterwards. */
  readonly results: readonly ResultFile[] | (() => Promise<readonly ResultFile[]>);
  /** Where it tells its own limits, when that is not in the results. */
  readonly limits?: ResultFile;
  /** A file that grows while it runs. The figures so far, told by each further part of it. */
  readonly follow?: { readonly path: string; readonly sofar: (part: Buffer) => LoadResult | undefined };
  /** The figures so far, told by what it prints. */
  readonly heard?: (line: string) => LoadResult | undefined;
  /** What its exit code means. */
  readonly ended: (exitCode: number | null) => Ending;
}

/** Carried out; carried out, and a limit of its own was crossed; or not carried out, and why. */
export type Ending = 'done' | 'limit_crossed' | { readonly broken: string };
