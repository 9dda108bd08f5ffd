import { findUnit, scale } from '../../criteria/units.ts';
import { DIMENSION, type Dimension } from '../../criteria/value.ts';
import type { Distribution } from '../distribution.ts';
import {
  alike,
  dimensionOf,
  MAPPED_NAMES,
  MAPPED_PERCENTILE,
  type Mapping,
  type Place,
  placeOf,
  problemsOf,
  unknownUnit,
} from '../mapping.ts';
import type { LoadResult } from '../result.ts';
import { plausibleMs, times } from './plausible.ts';
import { cleaned } from './printed.ts';
import type { ResultSource } from './reader.ts';
import { unreadable } from './unreadable.ts';

/**
 * A reader of what a script prints.
 *
 * @throws RangeError when the mapping has problems (`problemsOf`).
 */
export function mappedReader(mapping: Mapping): (source: ResultSource) => Promise<LoadResult> {
  const [problem] = problemsOf(mapping);
  if (problem !== undefined) throw new RangeError(problem);
  return async (source) => resultOf(source, cleaned(await source.text()), mapping);
}

function resultOf(source: ResultSource, text: string, mapping: Mapping): LoadResult {
  const sought = Object.entries(mapping.figures).map(([name, given]) => ({
    name,
    ...foundIn(source, text, name, placeOf(given)),
  }));
  const decimal =
    mapping.decimal ??
    decimalIn(
      source,
      sought.flatMap(({ found }) => (found === undefined ? [] : [found.digits])),
    );
  const figures = new Map<string, Figure>();
  const absent: Record<string, string> = {};
  for (const { name, found, why } of sought) {
    if (found === undefined) absent[name] = why;
    else figures.set(name, read(source, name, found, decimal));
  }
  if (figures.size === 0)
    throw unreadable(source, `the text holds none of the figures that the mapping names: ${Object.values(absent).join('; ')}.`);
  return built(source, figures, absent);
}

/** What stands after a label. */
interface Found {
  readonly label: string;
  readonly digits: string;
  readonly unit: string;
  /** Of the mapping. */
  readonly given: string | undefined;
  readonly line: number;
}

type Sought = { readonly found: Found; readonly why?: undefined } | { readonly found?: undefined; readonly why: string };

/** No value is so far from its label. */
const LONGEST_VALUE = 120;
const VALUE = /^[ \t:=|\u00a0]*([+-]?\d(?:[\d.,]*\d)?)[ \t\u00a0]*([A-Za-zµμ%/]*)/;
/** `1 234`, `00:01:30`, `1m30s`, `1e3`: more than one number. */
const GOES_ON = /^[\s\u00a0\u202f]?[:.,]?\d/;
const NO_NUMBER = /^[ \t:=|]*([^\s|,;]*)/;

/** Where the label stands with a value behind it. Everything is found by plain search, so that a long log takes no longer than reading it. */
function foundIn(source: ResultSource, text: string, name: string, { after, unit, below }: Place): Sought {
  const start = below === undefined ? 0 : text.indexOf(below);
  if (start === -1) return { why: `the text holds no “${below}”` };
  const lineOf = lineCounter(text);
  let first: Found | undefined;
  let instead: string | undefined;
  for (let at = text.indexOf(after, start); at !== -1; at = text.indexOf(after, at + after.length)) {
    const rest = text.slice(at + after.length, at + after.length + LONGEST_VALUE).split(/\r?\n/, 1)[0] ?? '';
    if (!isWhole(text[at - 1], after, rest)) continue;
    const [, digits, written = ''] = VALUE.exec(rest) ?? [];
    if (digits === undefined) {
      instead ??= `“${after}” is followed by ${quoted(NO_NUMBER.exec(rest)?.[1])}, which is no number (line ${lineOf(at)})`;
      continue;
    }
    const value = VALUE.exec(rest)?.[0] ?? '';
    if (written === '' && at + after.length + value.length === text.length)
      throw unreadable(
        source,
        `the text ends right behind “${after} ${digits}” (\`${name}\`), so the number may be cut off. Let the script end its last line.`,
        lineOf(at),
      );
    if (GOES_ON.test(rest.slice(value.length)))
      throw unreadable(
        source,
        `“${after}” (\`${name}\`) is followed by “${rest.trim().slice(0, 30)}”, which is not one number.`,
        lineOf(at),
      );
    const found: Found = { label: after, digits, unit: written, given: unit, line: lineOf(at) };
    if (first === undefined) first = found;
    else if (first.digits !== found.digits || first.unit !== found.unit) {
      throw unreadable(
        source,
        `“${after}” (\`${name}\`) is there twice with different values: ${first.digits} ${first.unit} at line ${first.line}, and ${digits} ${written} here. Give a longer text before the value, or the heading that it stands \`below\`.`,
        found.line,
      );
    }
  }
  if (first !== undefined) return { found: first };
  return { why: instead ?? `the text holds no “${after}”${below === undefined ? '' : ` below “${below}”`}` };
}

const quoted = (word = ''): string => (word === '' ? 'nothing' : `“${word.slice(0, 30)}”`);

/** `P9` is not found in `P95: 3`, nor `95:` in `P95:`. */
function isWhole(before: string | undefined, label: string, rest: string): boolean {
  const letter = /[\p{L}\p{N}]/u;
  const begins = before === undefined || !letter.test(before) || !letter.test(label[0] ?? '');
  const ends = !letter.test(label.at(-1) ?? '') || !letter.test(rest[0] ?? '');
  return begins && ends;
}

/** Counts lines as far as they were asked for. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1;
  let counted = 0;
  return (offset) => {
    for (let end = text.indexOf('\n', counted); end !== -1 && end < offset; end = text.indexOf('\n', counted)) {
      line += 1;
      counted = end + 1;
    }
    return line;
  };
}

/** What the text itself tells of its decimals: `98.5`, `1.234,5`, `1,234,567`; undefined when every figure could be either. */
function decimalIn(source: ResultSource, all: readonly string[]): '.' | ',' | undefined {
  const told = new Set(all.flatMap((digits) => decimalOf(digits) ?? []));
  if (told.size === 2)
    throw unreadable(
      source,
      'some figures have a decimal point and some a decimal comma. Say which it is by `decimal` in the mapping, and give only figures of that kind.',
    );
  return [...told][0];
}

function decimalOf(digits: string): '.' | ',' | undefined {
  const points = digits.split('.').length - 1;
  const commas = digits.split(',').length - 1;
  if (points > 0 && commas > 0) return digits.lastIndexOf('.') > digits.lastIndexOf(',') ? '.' : ',';
  if (points > 1) return ',';
  if (commas > 1) return '.';
  if (points + commas === 0 || isOpen(digits)) return undefined;
  return points === 1 ? '.' : ',';
}

/** A thousand or a decimal: one sign, with three digits behind it and one to three, not zero alone, before it. */
const isOpen = (digits: string): boolean => /^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(digits);

/** In seconds, bytes, shares, a second; as the dimension has it. */
interface Figure {
  readonly value: number;
  readonly step: number;
  readonly line: number;
}

function read(
  source: ResultSource,
  name: string,
  { label, digits, unit, given, line }: Found,
  decimal: '.' | ',' | undefined,
): Figure {
  const fail = (why: string) => unreadable(source, `“${label}” (\`${name}\`): ${why}`, line);
  const own = decimalOf(digits);
  if (decimal !== undefined && own !== undefined && own !== decimal)
    throw fail(`${digits} is not written with \`${decimal}\` before its decimals.`);
  if (decimal === undefined && isOpen(digits))
    throw fail(
      `${digits} may be a thousand and more, or three decimals. Say which by \`decimal: "."\` or \`decimal: ","\` in the mapping.`,
    );
  const plain = decimal === ',' ? digits.replaceAll('.', '').replace(',', '.') : digits.replaceAll(',', '');
  const amount = Number(plain);
  if (Number.isNaN(amount)) throw fail(`${digits} is no number.`);
  if (amount < 0) throw fail(`${digits} is negative.`);
  const dimension = dimensionOf(name) ?? DIMENSION.number;
  const factor = factorOf(unit, given, dimension, fail);
  const value = scale(amount, factor);
  const step = factor / 10 ** (plain.split('.')[1]?.length ?? 0);
  if (isCount(name) && !Number.isSafeInteger(value)) throw fail(`${digits} is no count.`);
  if (dimension === DIMENSION.ratio && value > 1) throw fail(`${digits}${unit} is more than all.`);
  return { value, step, line };
}

const isCount = (name: string): boolean => dimensionOf(name) === DIMENSION.number;

/** By the unit in the text; by the mapping's where the text has none, or a word that is none. */
function factorOf(unit: string, given: string | undefined, dimension: Dimension, fail: (why: string) => Error): number {
  const written = unit === '' ? undefined : findUnit(unit);
  const told = given === undefined ? undefined : findUnit(given);
  if (written !== undefined) {
    if (!alike(written.dimension, dimension)) throw fail(`it is in \`${unit}\`, which it cannot be.`);
    if (told !== undefined && told.factor !== written.factor)
      throw fail(`the text has it in \`${unit}\`, and the mapping in \`${given}\`.`);
    return written.factor;
  }
  if (told !== undefined) return told.factor;
  if (dimension === DIMENSION.number) return 1;
  throw fail(
    unit === ''
      ? 'it has no unit. Say by `unit` in the mapping what it is in.'
      : `${unknownUnit(unit)} Say by \`unit\` in the mapping what it is in.`,
  );
}

function built(source: ResultSource, figures: ReadonlyMap<string, Figure>, absent: Record<string, string>): LoadResult {
  const value = (name: string): number | undefined => figures.get(name)?.value;
  const requests = value('requests');
  const failures = failuresOf(source, figures);
  const successShare = failures === undefined ? shareOf(figures) : undefined;
  const seconds = value('duration');
  const rate =
    value('rate') ?? (requests === undefined || seconds === undefined || seconds === 0 ? undefined : requests / seconds);
  const given = (name: 'timeouts' | 'unanswered' | 'bytes') => {
    const found = value(name);
    return found === undefined ? {} : { [name]: found };
  };
  for (const name of ['timeouts', 'unanswered', 'failures', 'successes']) atMost(source, name, figures, requests);
  const succeeded = successesOf(requests, failures, successShare?.share);
  const latency = requests === 0 ? undefined : latencyOf(source, figures, succeeded);
  return {
    tool: 'mapped',
    format: 'text',
    all: {
      ...(requests === undefined ? {} : { requests }),
      ...(failures === undefined ? {} : { failures }),
      ...(successShare === undefined ? {} : { successShare }),
      ...given('timeouts'),
      ...given('unanswered'),
      ...given('bytes'),
      ...(seconds === undefined ? {} : { durationMs: times(seconds, 1000) }),
      ...(rate === undefined ? {} : { ratePerS: rate }),
      ...(latency === undefined ? {} : { latency }),
      population: {},
    },
    labels: new Map(),
    checks: new Map(),
    thresholds: [],
    settings: {},
    overTime: [],
    notes: [
      ...(latency === undefined
        ? []
        : ['The text does not tell whether latencies of failed requests are among the percentiles.']),
      ...(requests === undefined ? ['The mapping has no `requests`, so it is not known how many its figures rest on.'] : []),
    ],
    absent: {
      percentiles: 'the mapping does not name it. Let the script print it, and add its text to the mapping',
      statuses: 'a mapping has no statuses',
      ...Object.fromEntries(MAPPED_NAMES.map((name) => [name, 'the mapping does not name it'])),
      ...absent,
    },
  };
}

function failuresOf(source: ResultSource, figures: ReadonlyMap<string, Figure>): number | undefined {
  const [requests, failures, successes] = ['requests', 'failures', 'successes'].map((name) => figures.get(name));
  if (requests === undefined || successes === undefined) return failures?.value;
  const rest = requests.value - successes.value;
  if (failures !== undefined && failures.value !== rest) {
    throw unreadable(
      source,
      `${successes.value} successes and ${failures.value} failures are not the ${requests.value} requests of line ${requests.line}.`,
      failures.line,
    );
  }
  return rest;
}

function shareOf(figures: ReadonlyMap<string, Figure>): { readonly share: number; readonly step: number } | undefined {
  const success = figures.get('success_rate');
  if (success !== undefined) return { share: success.value, step: success.step };
  const error = figures.get('error_rate');
  return error === undefined ? undefined : { share: 1 - error.value, step: error.step };
}

function atMost(source: ResultSource, name: string, figures: ReadonlyMap<string, Figure>, requests: number | undefined): void {
  const figure = figures.get(name);
  if (figure === undefined || requests === undefined || figure.value <= requests) return;
  throw unreadable(source, `\`${name}\` is ${figure.value}, of ${requests} requests. Check what the mapping names.`, figure.line);
}

/** What percentiles rest on at least. */
function successesOf(requests: number | undefined, failures: number | undefined, share: number | undefined): number | undefined {
  if (requests === undefined) return undefined;
  return failures === undefined ? Math.floor(requests * (share ?? 1)) : requests - failures;
}

function latencyOf(
  source: ResultSource,
  figures: ReadonlyMap<string, Figure>,
  count: number | undefined,
): Distribution | undefined {
  const percentiles = new Map<number, number>();
  const extremes: Record<string, number> = {};
  const steps: number[] = [];
  for (const [name, { value, step, line }] of figures) {
    const percent = MAPPED_PERCENTILE.exec(name)?.[1];
    if (percent === undefined && name !== 'min' && name !== 'mean' && name !== 'max') continue;
    const milliseconds = plausibleMs(source, times(value, 1000), `\`${name}\``, line);
    if (percent === undefined) extremes[name] = milliseconds;
    else percentiles.set(Number(percent), milliseconds);
    steps.push(times(step, 1000));
  }
  if (steps.length === 0) return undefined;
  return {
    kind: 'figures',
    ...(count === undefined ? {} : { count }),
    ...extremes,
    percentiles,
    exactness: { kind: 'exact' },
    stepMs: Math.max(...steps),
  };
}
