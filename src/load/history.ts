import * as z from 'zod';
import { mayBecomeBaseline } from '../checklist/judging.ts';
import type { Dimension, Measurement, Measurements } from '../criteria/value.ts';
import { dimensionOfUnit } from '../report/json.ts';
import { reportSchema } from '../report/schema.ts';

/** One earlier run of a load test that may be compared with. */
export interface PastRun {
  /** In words; see `scenarioOf`. */
  readonly scenario: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly measurements: Measurements;
}

/** What there is to compare with. */
export interface FoundBaseline {
  /** The median of each figure over the newest runs; empty where there are too few. */
  readonly measurements: Measurements;
  readonly told: string;
}

/**
 * The baseline of a scenario: of each figure the median over its newest runs, so that one odd run does not matter.
 *
 * @param runs newest first.
 * @param count over how many runs.
 * @param least fewer are no baseline.
 * @param place where the runs are from, for the sentence.
 */
export function baselineOf(
  runs: readonly PastRun[],
  scenario: string,
  { count, least, place }: { readonly count: number; readonly least: number; readonly place: string },
): FoundBaseline {
  const same = runs.filter((run) => run.scenario === scenario).slice(0, count);
  if (same.length < least) {
    const others = new Set(runs.filter((run) => run.scenario !== scenario).map((run) => run.scenario));
    const [other] = others;
    const differs =
      same.length === 0 && other !== undefined
        ? ` Runs of another scenario cannot be compared: “${other}” is not “${scenario}”.`
        : '';
    const had = same.length === 0 ? 'no passing run' : `${same.length} passing ${same.length === 1 ? 'run' : 'runs'}`;
    const told = `There is ${had} of this scenario in ${place}, and a baseline takes ${least}.${differs} This run is kept when nothing else speaks against it: let the load test run on the default branch until there are enough.`;
    return { measurements: {}, told };
  }
  const names = new Set(same.flatMap(({ measurements }) => Object.keys(measurements)));
  const medians = [...names].flatMap((name): [string, Measurement][] => {
    const middle = medianOf(name, same, least);
    return middle === undefined ? [] : [[name, middle]];
  });
  return {
    measurements: Object.fromEntries(medians),
    told: `Baseline: the median of ${same.length} passing runs from ${place}.`,
  };
}

function medianOf(name: string, runs: readonly PastRun[], least: number): Measurement | undefined {
  const amounts: number[] = [];
  let dimension: Dimension | undefined;
  for (const { measurements } of runs) {
    const value = Object.hasOwn(measurements, name) ? measurements[name]?.value : undefined;
    if (value?.kind !== 'quantity' || !Number.isFinite(value.amount)) continue;
    dimension ??= value.dimension;
    amounts.push(value.amount);
  }
  if (dimension === undefined || amounts.length < least) return undefined;
  amounts.sort((one, other) => one - other);
  const [lower = Number.NaN, upper = Number.NaN] = [
    amounts[Math.floor((amounts.length - 1) / 2)],
    amounts[Math.ceil((amounts.length - 1) / 2)],
  ];
  return { value: { kind: 'quantity', amount: (lower + upper) / 2, dimension } };
}

const HISTORY_SCHEMA = 'holdpoint.load-history/1';
/** More are of no use: a baseline is of the newest. */
const MOST_RUNS = 50;

const dimensionSchema = z.object({ time: z.number(), bytes: z.number(), share: z.literal(true).optional() });
const historySchema = z.object({
  schema: z.literal(HISTORY_SCHEMA),
  runs: z.array(
    z.object({
      scenario: z.string(),
      at: z.iso.datetime(),
      measurements: z.record(z.string(), z.object({ amount: z.number(), dimension: dimensionSchema })),
    }),
  ),
});

/** A history file's runs, newest first; undefined when it is none. */
export function readHistory(text: string): readonly PastRun[] | undefined {
  const parsed = historySchema.safeParse(parsedJson(text));
  if (!parsed.success) return undefined;
  const runs = parsed.data.runs.map(({ scenario, at, measurements }) => ({
    scenario,
    at: Date.parse(at),
    measurements: Object.fromEntries(
      Object.entries(measurements).map(
        ([
          name,
          {
            amount,
            dimension: { time, bytes, share },
          },
        ]): [string, Measurement] => [
          name,
          { value: { kind: 'quantity', amount, dimension: { time, bytes, ...(share ? { share } : {}) } } },
        ],
      ),
    ),
  }));
  return runs.sort((one, other) => other.at - one.at);
}

/** The file with one run more. */
export function writtenHistory(runs: readonly PastRun[], added: PastRun): string {
  const kept = [added, ...runs].slice(0, MOST_RUNS).map(({ scenario, at, measurements }) => ({
    scenario,
    at: new Date(at).toISOString(),
    measurements: Object.fromEntries(
      Object.entries(measurements).flatMap(([name, { value, absent }]) =>
        value.kind === 'quantity' && Number.isFinite(value.amount) && absent === undefined
          ? [[name, { amount: value.amount, dimension: value.dimension }]]
          : [],
      ),
    ),
  }));
  return `${JSON.stringify({ schema: HISTORY_SCHEMA, runs: kept }, null, 2)}\n`;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What an item measured in an earlier report; undefined unless nothing spoke against it but a baseline that was not there yet. */
export function pastRunOf(report: unknown, itemId: string): PastRun | undefined {
  const parsed = reportSchema.safeParse(report);
  if (!parsed.success) return undefined;
  const { items, finished_at, started_at } = parsed.data;
  const item = items.find(({ id }) => id === itemId);
  if (item === undefined) return undefined;
  const judgements = item.judgements.map(({ reason_code: reason, ...rest }) => ({
    ...rest,
    ...(reason === undefined ? {} : { reason }),
  }));
  if (!mayBecomeBaseline({ state: item.state, judgements })) return undefined;
  const { scenario } = item.measurements;
  if (scenario?.kind !== 'text') return undefined;
  const measurements = Object.entries(item.measurements).flatMap(([name, given]): [string, Measurement][] => {
    const dimension = given.kind === 'quantity' ? dimensionOfUnit(given.unit) : undefined;
    if (given.kind !== 'quantity' || given.value === null || dimension === undefined) return [];
    return [[name, { value: { kind: 'quantity', amount: given.value, dimension } }]];
  });
  return { scenario: scenario.value, at: Date.parse(finished_at ?? started_at), measurements: Object.fromEntries(measurements) };
}
