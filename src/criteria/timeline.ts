import { nearestName } from './nearest.ts';
import type { Given } from './observation.ts';
import { type Measurement, type Measurements, type Series, series } from './value.ts';

/** What was known at one time. */
export interface Moment {
  /** `stale`: it was seen before then, too long ago to stand for that time. */
  measurement(name: string): Measurement | 'stale' | undefined;
  /** How long ago a stale one was seen, in milliseconds. */
  ageOf(name: string): number;
  baseline(name: string): Measurement | undefined;
  /** Whether a name was ever measured: then its absence is missing data, not a wrong name. */
  wasMeasured(name: string): boolean;
  /** What a name that was never measured is most likely a misspelling of. */
  nearest(name: string): string | undefined;
}

/** A time to look at: of an observation, or of a series' point. Milliseconds since the epoch. */
export interface Instant {
  readonly at: number;
  /** The observation that was the latest then; -1 before the first. */
  readonly index: number;
}

/** All that was observed, to be looked at moment by moment. */
export interface Timeline {
  /** Undefined when nothing was observed. */
  readonly now: number | undefined;
  atNow(): Moment;
  at(instant: Instant): Moment;
  /** When the names were measured, in order: the points of those that are series, and the observations of those that are not. */
  instantsOf(names: readonly string[]): readonly Instant[];
  /** The usual time between two such instants of one source; of several sources, the longest. Milliseconds, 0 when it cannot be told. */
  usualGapOf(names: readonly string[]): number;
}

/** A point of a series stands for the time until the next one, and a little longer; now for longer, since to ask takes its time. */
const FRESH = { gaps: 2, least: 0, single: 0 };
const FRESH_NOW = { gaps: 3, least: 60_000, single: 300_000 };

export function timelineOf({ observations, baseline }: Given): Timeline {
  const times = monotone(observations.map(({ at }) => at));
  const latest: Measurements = observations.at(-1)?.measurements ?? {};
  const gaps = new Map<string, number>();
  const neighbours = new Map<string, string | undefined>();

  const seriesOf = (name: string): Series | undefined => {
    const value = own(latest, name)?.value;
    return value?.kind === 'series' ? value : undefined;
  };
  const gapOf = (name: string, { points }: Series): number => {
    const known = gaps.get(name);
    if (known !== undefined) return known;
    const gap = usualGap(points.filter(({ amount }) => Number.isFinite(amount)).map(({ at }) => at));
    gaps.set(name, gap);
    return gap;
  };
  const measured = new Map<string, boolean>();
  const wasMeasured = (name: string): boolean => {
    const known = measured.get(name) ?? observations.findLastIndex(({ measurements }) => Object.hasOwn(measurements, name)) >= 0;
    measured.set(name, known);
    return known;
  };
  const nearest = (name: string): string | undefined => {
    if (!neighbours.has(name)) neighbours.set(name, nearestName(name, Object.keys(latest)));
    return neighbours.get(name);
  };

  const look = ({ at, index }: Instant, fresh: typeof FRESH): Moment => {
    const ageOf = (name: string): number => {
      const points = seriesOf(name)?.points ?? [];
      return at - (points[lastAt(points, at)]?.at ?? at);
    };
    return {
      measurement(name) {
        const over = seriesOf(name);
        if (over === undefined) return own(observations[index]?.measurements, name);
        const measurement = own(latest, name);
        const point = over.points[lastAt(over.points, at)];
        if (measurement === undefined || over.points.length === 0) return measurement;
        if (point === undefined) return undefined;
        const gap = gapOf(name, over);
        const longest = over.points.length === 1 ? fresh.single : Math.max(fresh.least, fresh.gaps * gap);
        if (at - point.at > longest) return 'stale';
        return { ...measurement, value: series(over.dimension, [point]) };
      },
      ageOf,
      baseline: (name) => own(baseline, name),
      wasMeasured,
      nearest,
    };
  };

  const now: Instant = { at: times.at(-1) ?? 0, index: times.length - 1 };
  const split = (names: readonly string[]) => {
    const over = names.flatMap((name) => {
      const found = seriesOf(name);
      return found === undefined ? [] : [{ name, found }];
    });
    const observed = over.length === 0 || names.some((name) => seriesOf(name) === undefined && wasMeasured(name));
    return { over, observed };
  };
  return {
    now: times.at(-1),
    atNow: () => look(now, FRESH_NOW),
    at: (instant) => look(instant, FRESH),
    instantsOf(names) {
      const { over, observed } = split(names);
      const own = observed ? times.map((at, index) => ({ at, index })) : [];
      if (over.length === 0) return own;
      const known = new Set(own.map(({ at }) => at));
      const points = new Set(
        over.flatMap(({ found }) => found.points.filter(({ amount }) => Number.isFinite(amount)).map(({ at }) => at)),
      );
      const others = [...points].filter((at) => !known.has(at) && at <= now.at).map((at) => ({ at, index: indexAt(times, at) }));
      return [...own, ...others].sort((a, b) => a.at - b.at || a.index - b.index);
    },
    usualGapOf(names) {
      const { over, observed } = split(names);
      return Math.max(observed ? usualGap(times) : 0, ...over.map(({ name, found }) => gapOf(name, found)));
    },
  };
}

function own(measurements: Measurements | undefined, name: string): Measurement | undefined {
  return measurements !== undefined && Object.hasOwn(measurements, name) ? measurements[name] : undefined;
}

/** A clock that was set back does not make the past of what was seen before. */
function monotone(times: readonly number[]): readonly number[] {
  let latest = Number.NEGATIVE_INFINITY;
  return times.map((at) => {
    latest = Math.max(latest, at);
    return latest;
  });
}

function usualGap(times: readonly number[]): number {
  const gaps = times.slice(1).map((at, index) => at - (times[index] ?? at));
  gaps.sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 0;
}

const lastAt = (points: Series['points'], at: number): number =>
  lastWhere(points.length, (index) => (points[index]?.at ?? at) <= at);
const indexAt = (times: readonly number[], at: number): number => lastWhere(times.length, (index) => (times[index] ?? at) <= at);

/** The last index of which something is so that is so of all before it; -1 when it is of none. */
function lastWhere(length: number, isSo: (index: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isSo(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
