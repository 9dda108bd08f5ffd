import { findUnit, nearestUnit } from '../criteria/units.ts';
import { DIMENSION, type Dimension } from '../criteria/value.ts';

/**
 * How to read what a script of one's own prints: by the names of our measurements, the text that stands before each figure.
 *
 * ```yaml
 * figures:
 *   requests: 'Total requests:'
 *   success_rate: 'Taxa de sucesso:'
 *   p95: 'P95:'
 *   p99: { after: 'P99 =', unit: ms, below: 'Latency of all requests' }
 * ```
 */
export interface Mapping {
  /** Percentiles too, as `p95` or `p99.9`. */
  readonly figures: Readonly<Record<string, string | Place>>;
  /** What stands before the decimals, where the text itself leaves it open: is `1.234` more than a thousand? */
  readonly decimal?: '.' | ',' | undefined;
}

export interface Place {
  /** The text before the value, letter by letter; between the two may be blanks, `:`, `=` and `|`. */
  readonly after: string;
  /** Of a figure that the text gives without a unit: `ms`, `s`, `%`, `ratio`, `/s`, `MB`. */
  readonly unit?: string | undefined;
  /** Only what comes after this text is searched: a heading. */
  readonly below?: string | undefined;
}

const NAMES: Readonly<Record<string, Dimension>> = {
  requests: DIMENSION.number,
  successes: DIMENSION.number,
  failures: DIMENSION.number,
  timeouts: DIMENSION.number,
  unanswered: DIMENSION.number,
  success_rate: DIMENSION.ratio,
  error_rate: DIMENSION.ratio,
  rate: DIMENSION.rate,
  duration: DIMENSION.time,
  bytes: DIMENSION.bytes,
  min: DIMENSION.time,
  mean: DIMENSION.time,
  max: DIMENSION.time,
};
export const MAPPED_PERCENTILE = /^p(\d{1,2}(?:\.\d+)?)$/;

/** The names that a mapping may have, for messages and schemas; and any percentile. */
export const MAPPED_NAMES: readonly string[] = Object.keys(NAMES);

/** What a figure of this name is an amount of; undefined for a name that no mapping may have. */
export const dimensionOf = (name: string): Dimension | undefined =>
  MAPPED_PERCENTILE.test(name) ? DIMENSION.time : Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;

/** What is wrong with a mapping, for whoever wrote it; empty when nothing is. */
export function problemsOf({ figures }: Mapping): readonly string[] {
  return Object.entries(figures).flatMap(([name, given]) => {
    const { after, unit, below } = placeOf(given);
    const dimension = dimensionOf(name);
    if (dimension === undefined)
      return [`\`${name}\` is no figure of a load test. There are ${MAPPED_NAMES.join(', ')}, and percentiles such as \`p95\`.`];
    if (after.trim() === '' || /[\r\n]/.test(after))
      return [`\`${name}\`: give the text that stands before the value, on its line.`];
    if (below !== undefined && below.trim() === '') return [`\`${name}\`: \`below\` is empty.`];
    if (unit === undefined) return [];
    const known = findUnit(unit);
    if (known === undefined) return [`\`${name}\`: ${unknownUnit(unit)}`];
    return alike(known.dimension, dimension) ? [] : [`\`${name}\` cannot be in \`${unit}\`.`];
  });
}

/** A text alone is the one before the value. */
export const placeOf = (given: string | Place): Place => (typeof given === 'string' ? { after: given } : given);

/** Why a unit is none, for whoever wrote it. */
export function unknownUnit(unit: string): string {
  const nearest = nearestUnit(unit);
  return `\`${unit.slice(0, 30)}\` is no unit that is known.${nearest === undefined ? '' : ` Did you mean \`${nearest}\`?`}`;
}

/** Whether two amounts are of one kind. */
export const alike = (one: Dimension, other: Dimension): boolean =>
  one.time === other.time && one.bytes === other.bytes && (one.share === true) === (other.share === true);
