import { times } from './plausible.ts';
import type { ResultSource } from './reader.ts';
import { unreadable } from './unreadable.ts';

const ESC = String.fromCharCode(0x1b);
const COLOURS = new RegExp(`${ESC}\\[[\\d;]*[A-Za-z]`, 'g');
/** GitHub puts it before each line of a log. */
const LOGGED_AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z /gm;

/** What a tool printed, without colours and without the times that a CI log puts before each line. */
export function cleaned(text: string): string {
  return text.replace(COLOURS, '').replace(LOGGED_AT, '');
}

export async function printedLines(source: ResultSource): Promise<readonly string[]> {
  return cleaned(await source.text()).split(/\r?\n/);
}

export interface Found {
  /** From 0. */
  readonly index: number;
  /** What the groups of the pattern took. */
  readonly groups: readonly string[];
}

/** The first line from `from` on that the pattern is found in. */
export function findLine(lines: readonly string[], pattern: RegExp, from = 0, before = lines.length): Found | undefined {
  for (let index = from; index < before; index += 1) {
    const groups = pattern.exec(lines[index] ?? '')?.slice(1);
    if (groups !== undefined) return { index, groups: groups.map((group) => group ?? '') };
  }
  return undefined;
}

/**
 * The only line of a text that the pattern is found in.
 *
 * @throws MeasurementError when there are two: of two runs in one text it is not clear which is meant.
 */
export function onlyLine(source: ResultSource, lines: readonly string[], pattern: RegExp, tool: string): Found | undefined {
  const first = findLine(lines, pattern);
  const second = first === undefined ? undefined : findLine(lines, pattern, first.index + 1);
  if (first === undefined || second === undefined) return first;
  throw unreadable(
    source,
    `two runs of ${tool} are in this text, at lines ${first.index + 1} and ${second.index + 1}, and it is not clear which is meant. Write each run into a file of its own.`,
    second.index + 1,
  );
}

/** The error of a text that ends before its figures do. */
export function cutOff(source: ResultSource, tool: string, missing: string, line: number) {
  return unreadable(
    source,
    `the summary that ${tool} begins here has no “${missing}”: the run did not end, or the text was cut off.`,
    line,
  );
}

export interface Written {
  readonly value: number;
  /** The value of one in its last digit. */
  readonly step: number;
}

/** A decimal number as it is written: what its last digit stands for tells how far it was rounded. */
export function written(digits: string, unit = 1): Written {
  const decimals = digits.split('.')[1]?.length ?? 0;
  return { value: times(Number(digits), unit), step: times(unit, 10 ** -decimals) };
}

/** How far off the value may be for its rounding, as a share of it; the largest of several. */
export function roundingOf(figures: readonly Written[]): number {
  return figures.reduce((most, { value, step }) => (value > 0 ? Math.max(most, step / 2 / value) : most), 0);
}
