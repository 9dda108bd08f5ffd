import { constants, promises } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../runner/ports.ts';

/** What programs are called here: `alembic`, or `alembic.exe`. */
export function programFile(name: string): string {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** The program's path when the folder has it. */
export async function programIn(folder: string, name: string): Promise<string | undefined> {
  const path = join(folder, programFile(name));
  return promises.access(path, constants.X_OK).then(
    () => path,
    () => undefined,
  );
}

/** The program's path when it is on PATH. */
export async function programOnPath(name: string, env: Environment): Promise<string | undefined> {
  // Windows spells it Path; process.env does not mind, a copy of it does.
  const path = env['PATH'] ?? env['Path'] ?? '';
  for (const folder of path.split(delimiter).filter((entry) => entry !== '')) {
    const found = await programIn(folder, name);
    if (found !== undefined) return found;
  }
  return undefined;
}
