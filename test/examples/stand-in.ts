import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A program of the example's project, which this machine need not have: a script that answers as it would. */
export function standIn(folder: string, program: string, script: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, program), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}
