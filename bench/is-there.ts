import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Whether the program is on PATH. A peer that is absent is said and left out; it does not end the bench. */
export function isThere(program: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((directory) => existsSync(join(directory, program)));
}
