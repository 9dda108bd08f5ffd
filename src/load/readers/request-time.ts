import { unreadable } from './unreadable.ts';

const DAY = 86_400_000;

/**
 * A latency in milliseconds that a request can have taken.
 *
 * @param shown what the file has, for the message.
 * @throws MeasurementError `unreadable`: no number, negative, or more than a day.
 */
export function requestTime(source: { readonly name: string }, milliseconds: number, shown: () => string, line?: number): number {
  if (milliseconds >= 0 && milliseconds <= DAY) return milliseconds;
  const what = Number.isFinite(milliseconds) ? (milliseconds < 0 ? 'is negative' : 'is more than 24 hours') : 'is no number';
  throw unreadable(
    source,
    `the time of a request, “${shown().slice(0, 40)}”, ${what}. Check that the file was not changed or cut, and that it is one file of one run.`,
    line,
  );
}
