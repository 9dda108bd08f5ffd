import type { Given, Observation } from './evaluate.ts';
import type { Moment } from './resolve.ts';
import type { Measurement } from './value.ts';

/** All that was observed, to be looked at moment by moment. */
export interface Timeline {
  readonly observations: readonly Observation[];
  readonly given: Given;
  /** Every name that was ever measured. */
  readonly known: ReadonlySet<string>;
}

export function timelineOf(given: Given): Timeline {
  const known = new Set(given.observations.flatMap(({ measurements }) => Object.keys(measurements)));
  return { observations: given.observations, given, known };
}

/** What was known at a moment: the observation made then, and of a series its point at or before then. */
export function momentAt({ observations, given, known }: Timeline, at: number): Moment {
  const last = observations.at(-1);
  const then = observations.findLast((observation) => observation.at <= at);
  const measurements: Record<string, Measurement> = { ...(then?.measurements ?? {}) };
  for (const [name, measurement] of Object.entries(last?.measurements ?? {})) {
    if (measurement.value.kind !== 'series') continue;
    const point = measurement.value.points.findLast((candidate) => candidate.at <= at);
    if (point === undefined) delete measurements[name];
    else measurements[name] = { ...measurement, value: { ...measurement.value, points: [point] } };
  }
  const { baseline } = given;
  return { measurements, wasMeasured: (name) => known.has(name), ...(baseline === undefined ? {} : { baseline }) };
}

export interface Window {
  readonly moments: readonly { readonly at: number }[];
  /** How much of the window, back from now, was observed without a hole. */
  readonly coveredMs: number;
  readonly complete: boolean;
}

/** What may be missing at the start of a window, and between two of its points, before a hole could hide a violation. */
const START_TOLERANCE = 0.05;
const LARGEST_GAP = 3;

/**
 * The moments inside the trailing window at which all the names were measured. The window is complete when the first of them is at its
 * start (a twentieth of it may be missing) and no two are further apart than three times the usual distance.
 */
export function momentsOf(timeline: Timeline, names: readonly string[], now: number, windowMs: number): Window {
  const times = observedTimes(timeline, names).filter((at) => at <= now);
  const from = now - windowMs;
  const inside = times.filter((at) => at >= from);
  const before = times.findLast((at) => at < from);
  const watched = before === undefined ? inside : [before, ...inside];
  const gaps = watched.slice(1).map((at, index) => at - (watched[index] ?? at));
  const usual = gaps.length === 0 ? 0 : ([...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0);
  const holeAt = gaps.findLastIndex((gap) => gap > LARGEST_GAP * usual);
  const trailing = now - (inside.at(-1) ?? now);
  const unbroken = watched.slice(holeAt + 1);
  const start = unbroken[0] ?? now;
  const coveredMs = Math.max(0, Math.min(windowMs, now - start));
  const complete = unbroken.length >= 2 && start <= from + windowMs * START_TOLERANCE && trailing <= LARGEST_GAP * usual;
  return { moments: inside.map((at) => ({ at })), coveredMs, complete };
}

/** When the names were measured: the points of a series where one is among them, else the observations that have all of them. */
function observedTimes({ observations }: Timeline, names: readonly string[]): readonly number[] {
  const last = observations.at(-1);
  const series = names.flatMap((name) => {
    const value = last !== undefined && Object.hasOwn(last.measurements, name) ? last.measurements[name]?.value : undefined;
    return value?.kind === 'series' ? [value.points] : [];
  });
  if (series.length > 0) {
    const times = new Set(series.flatMap((points) => points.filter(({ amount }) => Number.isFinite(amount)).map(({ at }) => at)));
    return [...times].sort((a, b) => a - b);
  }
  const everMeasured = names.filter((name) => observations.some(({ measurements }) => Object.hasOwn(measurements, name)));
  return observations
    .filter(({ measurements }) =>
      everMeasured.every((name) => hasData(Object.hasOwn(measurements, name) ? measurements[name] : undefined)),
    )
    .map(({ at }) => at);
}

function hasData(measurement: Measurement | undefined): boolean {
  if (measurement === undefined) return false;
  const { value } = measurement;
  return value.kind !== 'quantity' || !Number.isNaN(value.amount);
}
