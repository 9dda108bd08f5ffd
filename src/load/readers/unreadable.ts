import { MeasurementError } from '../../checklist/errors.ts';

/** What is wrong with a result file, where, and what to do about it. The verdict is `error`. */
export function unreadable(
  { name }: { readonly name: string },
  message: string,
  line?: number,
  cause?: unknown,
): MeasurementError {
  const place = line === undefined ? name : `${name}, line ${line}`;
  return new MeasurementError('unreadable', `${place}: ${message}`, { ...(cause === undefined ? {} : { cause }) });
}
