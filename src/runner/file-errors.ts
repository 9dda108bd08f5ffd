import { MeasurementError } from '../checklist/errors.ts';

/** Why a file or folder could not be read. `shown` is its path as the plan writes it. */
export function fileError(cause: unknown, shown: string): MeasurementError {
  const code = errorCode(cause);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const message = `${shown} does not exist. Check the path: it starts at the root of the repository.`;
    return new MeasurementError('not_found', message, { cause });
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new MeasurementError('permission_denied', `${shown} may not be read by the user that runs this.`, { cause });
  }
  if (code === 'EISDIR') return new MeasurementError('unreadable', `${shown} is a folder. Name a file in it.`, { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MeasurementError('unreadable', `${shown} could not be read: ${reason}.`, { cause });
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
