import { dirname, join } from 'node:path';
import { MeasurementError } from '../../checklist/errors.ts';
import { programIn, programOnPath } from '../programs.ts';
import type { MigrationContext } from './tool.ts';

export type CommandLine = readonly [string, ...string[]];

interface Wanted {
  /** What the plan says. */
  readonly command: readonly string[] | undefined;
  readonly program: string;
  /** Where the tool runs. */
  readonly directory: string;
  /** Where a project keeps its own copy: `node_modules/.bin`. Looked for from the directory up to the repository's root. */
  readonly folder?: string;
  /** How to get it: a sentence. */
  readonly install: string;
}

/** How a tool is called: as the plan says, else the project's own copy, else the one on PATH. */
export async function commandLineOf(wanted: Wanted, { directory: root, env }: MigrationContext): Promise<CommandLine> {
  const { command, program, directory, folder, install } = wanted;
  const [file, ...args] = command ?? [];
  if (file !== undefined) return [file, ...args];
  for (let at = directory; folder !== undefined; at = dirname(at)) {
    const found = await programIn(join(at, folder), program);
    if (found !== undefined) return [found];
    if (at === root || at === dirname(at) || !at.startsWith(root)) break;
  }
  const onPath = await programOnPath(program, env);
  if (onPath !== undefined) return [onPath];
  throw new MeasurementError('tool_missing', `${program} was not found. ${install}, or say \`command:\` in the plan.`);
}

export const INSTALL_PACKAGES = 'Install the project’s packages (npm ci) in an earlier step of the workflow';
