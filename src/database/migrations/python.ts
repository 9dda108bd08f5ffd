import { join } from 'node:path';
import { programIn, programOnPath } from '../programs.ts';
import type { MigrationContext } from './tool.ts';

const BIN = process.platform === 'win32' ? 'Scripts' : 'bin';

/** A program of the project's virtual environment, when its folder has one. */
export async function inVirtualEnvironment(directory: string, program: string): Promise<string | undefined> {
  for (const folder of ['.venv', 'venv']) {
    const found = await programIn(join(directory, folder, BIN), program);
    if (found !== undefined) return found;
  }
  return undefined;
}

export async function pythonOnPath({ env }: MigrationContext): Promise<string | undefined> {
  return (await programOnPath('python3', env)) ?? programOnPath('python', env);
}

/** Python's own warnings are `path:1: SAWarning: …`; its logs begin with a level, which Alembic cuts at five letters: WARNI. */
export const PYTHON_WARNING = /^\s*WARNI?(?:NG)?\b|\b\w*Warning: /;
