import { chmod, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { temporaryFolder } from './ports.ts';

/** A PATH on which a program prints what the real one printed when it was recorded: for tools that no registry here has. */
export async function pathWithStub(name: string, script: string): Promise<string> {
  const folder = temporaryFolder();
  await writeFile(join(folder, name), `#!/bin/bash\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return `${folder}${delimiter}${process.env['PATH'] ?? ''}`;
}
