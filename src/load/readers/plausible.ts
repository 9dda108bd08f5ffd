import { numberAt } from './json.ts';
import type { ResultSource } from './reader.ts';
import { unreadable } from './unreadable.ts';

/** In other units, without the digits that binary fractions add: 0.0131 s are 13.1 ms, and not 13.100000000000001. */
export const times = (amount: number, factor: number): number => Number((amount * factor).toPrecision(15));

const LONGEST_MS = 24 * 60 * 60 * 1000;

/**
 * A time of one request, in milliseconds.
 *
 * @throws MeasurementError when it is no time that a request can take.
 */
export function plausibleMs(source: ResultSource, milliseconds: number, name: string, line?: number): number {
  if (milliseconds >= 0 && milliseconds <= LONGEST_MS) return milliseconds;
  const what = milliseconds < 0 ? 'is negative' : 'is more than a day, or no number';
  throw unreadable(source, `${name} ${what}: ${milliseconds} ms. Check that the file is as the load tool wrote it.`, line);
}

/**
 * A count in a JSON document; undefined when there is none.
 *
 * @throws MeasurementError when it is no count: negative, or a fraction.
 */
export function countAt(source: ResultSource, holder: unknown, ...path: readonly string[]): number | undefined {
  const value = numberAt(holder, ...path);
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value;
  throw unreadable(
    source,
    `\`${path.join('.')}\` is ${value}, which is no count. Check that the file is as the load tool wrote it.`,
  );
}

/**
 * A count without which the document says nothing.
 *
 * @throws MeasurementError when there is none.
 */
export function countIn(source: ResultSource, holder: unknown, ...path: readonly string[]): number {
  const count = countAt(source, holder, ...path);
  if (count !== undefined) return count;
  throw unreadable(source, `\`${path.join('.')}\` is missing. Give the file as the load tool wrote it.`);
}
