import { promises, readFileSync, statSync } from 'node:fs';
import { MeasurementError } from '../checklist/errors.ts';
import { fileError } from '../runner/file-errors.ts';

/** Enough for any configuration. */
const MOST_BYTES = 10 * 1024 * 1024;
/** A file of up to so many bytes is read faster than a thread could be asked to. */
const AT_ONCE_BYTES = 64 * 1024;

/**
 * The text of a small file, without a byte order mark. `shown` is the path as the plan writes it.
 *
 * @throws MeasurementError `not_found`, `permission_denied`, `unreadable`.
 */
export async function readSource(path: string, shown: string): Promise<string> {
  const content = await contentOf(path).catch((cause: unknown) => {
    throw fileError(cause, shown);
  });
  if (content.length > MOST_BYTES) throw new MeasurementError('unreadable', `${shown} is larger than 10 MiB, which is not read.`);
  return content.toString('utf8').replace(/^\uFEFF/, '');
}

async function contentOf(path: string): Promise<Buffer> {
  const stats = statSync(path);
  // A pipe or a device may have nothing to read yet.
  return stats.isFile() && stats.size <= AT_ONCE_BYTES ? readFileSync(path) : promises.readFile(path);
}
