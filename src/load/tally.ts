import { latencies } from './latencies.ts';
import { p95OverTime } from './over-time.ts';
import type { Figures, LoadResult, PercentileAt, Population } from './result.ts';

/** Counts what became of requests, one by one, for tools that write each down. */
export interface Tally {
  /** The requests of one label; those without one are counted under ''. */
  label(name: string): LabelTally;
  /** When a request began and how long it took, in milliseconds: for the duration of the whole and the chart. */
  span(startedAt: number, milliseconds: number): void;
  finish(facts: TallyFacts): Pick<LoadResult, 'all' | 'labels' | 'overTime'>;
}

export interface LabelTally {
  requests: number;
  failures: number;
  timeouts: number;
  unanswered: number;
  bytes: number;
  readonly statuses: Map<number, number>;
  /** In the tool's own short words. */
  readonly errors: Map<string, number>;
  /** A latency in milliseconds, of a request that was answered. */
  answered(milliseconds: number): void;
  /** The time until a request was given up, where the tool counts it as a latency. */
  gaveUp(milliseconds: number): void;
}

export interface TallyFacts {
  readonly population: Population;
  /** What the file does not hold, so that its zero is none. */
  readonly unknown?: readonly ('failures' | 'timeouts' | 'unanswered' | 'statuses' | 'bytes')[];
  /** In place of the time from the first request to the end of the last. */
  readonly durationMs?: number;
  /** The file gives latencies in steps of so many milliseconds. */
  readonly stepMs?: number;
}

/** A tool that names each URL has one label for each; past so many the rest go under one. */
const MOST_LABELS = 1_000;
const OTHER = '(other)';

export function tally(): Tally {
  const labels = new Map<string, ReturnType<typeof labelTally>>();
  const overTime = p95OverTime();
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  const labelled = (name: string): ReturnType<typeof labelTally> => {
    const known = labels.get(name);
    if (known !== undefined) return known;
    if (labels.size >= MOST_LABELS && name !== OTHER) return labelled(OTHER);
    const fresh = labelTally();
    labels.set(name, fresh);
    return fresh;
  };
  return {
    label: labelled,
    span(startedAt, milliseconds) {
      if (startedAt < first) first = startedAt;
      if (startedAt + milliseconds > last) last = startedAt + milliseconds;
      overTime.add(startedAt + milliseconds, milliseconds);
    },
    finish(facts) {
      const spanMs = last > first ? last - first : undefined;
      const durationMs = facts.durationMs ?? spanMs;
      const each = [...labels].map(([name, counted]) => [name, figuresOf([counted], facts, durationMs)] as const);
      const named = each.length === 1 && each[0]?.[0] === '' ? [] : each;
      const points: readonly PercentileAt[] = overTime.points();
      return { all: figuresOf([...labels.values()], facts, durationMs), labels: new Map(named), overTime: points };
    },
  };
}

function labelTally(): LabelTally & {
  readonly stores: { readonly answered: ReturnType<typeof latencies>; readonly unanswered: ReturnType<typeof latencies> };
} {
  const stores = { answered: latencies(), unanswered: latencies() };
  return {
    requests: 0,
    failures: 0,
    timeouts: 0,
    unanswered: 0,
    bytes: 0,
    statuses: new Map(),
    errors: new Map(),
    answered: (milliseconds) => stores.answered.add(milliseconds),
    gaveUp: (milliseconds) => stores.unanswered.add(milliseconds),
    stores,
  };
}

function figuresOf(parts: readonly ReturnType<typeof labelTally>[], facts: TallyFacts, durationMs: number | undefined): Figures {
  const { population, unknown = [], stepMs } = facts;
  const sum = (count: (part: LabelTally) => number): number => parts.reduce((all, part) => all + count(part), 0);
  const known = <Value>(name: (typeof unknown)[number], value: Value) => (unknown.includes(name) ? {} : { [name]: value });
  const requests = sum((part) => part.requests);
  return {
    requests,
    ...known(
      'failures',
      sum((part) => part.failures),
    ),
    ...known(
      'timeouts',
      sum((part) => part.timeouts),
    ),
    ...known(
      'unanswered',
      sum((part) => part.unanswered),
    ),
    ...known(
      'bytes',
      sum((part) => part.bytes),
    ),
    ...known('statuses', addedUp(parts.map(({ statuses }) => statuses))),
    errors: addedUp(parts.map(({ errors }) => errors)),
    ...(durationMs === undefined ? {} : { durationMs, ratePerS: requests / (durationMs / 1000) }),
    latency: {
      kind: 'values',
      answered: parts.map(({ stores }) => stores.answered),
      unanswered: parts.map(({ stores }) => stores.unanswered),
      ...(stepMs === undefined ? {} : { stepMs }),
    },
    population,
  };
}

/** Counts by the same keys, added up. */
export function addedUp<Key>(all: readonly ReadonlyMap<Key, number>[]): ReadonlyMap<Key, number> {
  const sums = new Map<Key, number>();
  for (const counts of all) for (const [key, count] of counts) sums.set(key, (sums.get(key) ?? 0) + count);
  return sums;
}
