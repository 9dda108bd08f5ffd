import { MeasurementError } from '../checklist/errors.ts';
import { DIMENSION, type Dimension, type Measurement } from '../criteria/value.ts';
import type { CounterFunction, GaugeFunction, MetricsExpression, Selector } from './metrics-expression.ts';
import type { Exposition, Sample } from './prometheus-text.ts';

/** What was scraped, and when (milliseconds since the epoch). */
export interface Scrape extends Exposition {
  readonly at: number;
}

/** Whether an expression compares two scrapes. */
export function needsTwoScrapes(expression: MetricsExpression): boolean {
  return expression.kind !== 'gauge';
}

/** The dimension that an expression's result has, as far as the metric's name tells (Prometheus' naming convention). */
export function dimensionOf(expression: MetricsExpression): Dimension {
  switch (expression.kind) {
    case 'gauge':
      return expression.function === 'count' ? DIMENSION.number : namedDimension(expression.selector.name);
    case 'counter': {
      const counted = namedDimension(expression.selector.name);
      if (expression.function === 'increase') return counted;
      const time = counted.time - 1;
      // Seconds per second, such as of CPU time, are a share of one core.
      return { time, bytes: counted.bytes };
    }
    case 'quantile':
    case 'mean':
      return namedDimension(expression.selector.name);
    case 'ratio':
      return DIMENSION.ratio;
  }
}

function namedDimension(name: string): Dimension {
  if (/_(?:count|bucket)$/.test(name)) return DIMENSION.number;
  const unit = name.replace(/_(?:total|sum)$/, '');
  if (unit.endsWith('_seconds')) return DIMENSION.time;
  if (unit.endsWith('_bytes')) return DIMENSION.bytes;
  return unit.endsWith('_ratio') ? DIMENSION.ratio : DIMENSION.number;
}

/** Works an expression out. `first` is the earlier scrape; for expressions of one scrape it may be the same. */
export function evaluateMetrics(expression: MetricsExpression, first: Scrape, last: Scrape): Measurement {
  const dimension = dimensionOf(expression);
  const result = resultOf(expression, first, last);
  return {
    value: { kind: 'quantity', amount: result.amount, dimension },
    ...(result.samples === undefined ? {} : { samples: result.samples }),
    ...(result.note === undefined ? {} : { note: result.note }),
  };
}

interface Result {
  readonly amount: number;
  readonly samples?: number;
  readonly note?: string;
}

function resultOf(expression: MetricsExpression, first: Scrape, last: Scrape): Result {
  switch (expression.kind) {
    case 'gauge':
      return gauge(expression.function, expression.selector, last);
    case 'counter':
      return counter(expression.function, expression.selector, first, last);
    case 'quantile':
      return quantile(expression.quantile, expression.selector, first, last);
    case 'mean':
      return mean(expression.selector, first, last);
    case 'ratio':
      return ratioOf(expression.part, expression.whole, first, last);
  }
}

function gauge(how: GaugeFunction, selector: Selector, scrape: Scrape): Result {
  const amounts = select(selector, scrape).map(({ value }) => value);
  if (amounts.length === 0) return how === 'count' ? countOfNone(selector, scrape) : noSeries(selector);
  const sum = amounts.reduce((total, amount) => total + amount, 0);
  switch (how) {
    case 'value':
    case 'sum':
      return { amount: sum };
    case 'max':
      return { amount: Math.max(...amounts) };
    case 'min':
      return { amount: Math.min(...amounts) };
    case 'avg':
      return { amount: sum / amounts.length };
    case 'count':
      return { amount: amounts.length };
  }
}

function countOfNone(selector: Selector, scrape: Scrape): Result {
  return couldMatch(selector, scrape) ? { amount: 0 } : noSeries(selector);
}

function counter(how: CounterFunction, selector: Selector, first: Scrape, last: Scrape): Result {
  const increase = increaseOf(selector, first, last);
  if (how === 'increase') return increase;
  return { ...increase, amount: increase.amount / ((last.at - first.at) / 1000) };
}

function ratioOf(part: Selector, whole: Selector, first: Scrape, last: Scrape): Result {
  const all = increaseOf(whole, first, last);
  if (Number.isNaN(all.amount)) return all;
  if (all.amount === 0) return { amount: Number.NaN, samples: 0, note: `${whole.name} did not increase between the scrapes` };
  const some = increaseOf(part, first, last);
  return { ...some, amount: some.amount / all.amount, samples: all.amount };
}

function mean(selector: Selector, first: Scrape, last: Scrape): Result {
  const count = increaseOf({ ...selector, name: `${selector.name}_count` }, first, last);
  if (Number.isNaN(count.amount)) return count;
  if (count.amount === 0) return nothingObserved(selector);
  const sum = increaseOf({ ...selector, name: `${selector.name}_sum` }, first, last);
  return { ...sum, amount: sum.amount / count.amount, samples: count.amount };
}

/** As PromQL's `histogram_quantile` over the buckets' increase between the scrapes; but endless past the highest bucket. */
function quantile(wanted: number, selector: Selector, first: Scrape, last: Scrape): Result {
  const family = selector.name.replace(/_bucket$/, '');
  const buckets = bucketsOf({ ...selector, name: `${family}_bucket` }, first, last);
  const total = buckets.at(-1);
  if (total === undefined) return noSeries({ ...selector, name: `${family}_bucket` });
  if (total.bound !== Number.POSITIVE_INFINITY || buckets.length < 2) {
    throw new MeasurementError(
      'bad_response',
      `The histogram ${family} has no +Inf bucket beside others, so it has no quantiles.`,
    );
  }
  const samples = total.count;
  // Bad counts must not pass for few: NaN fails this comparison too.
  if (!(samples > 0)) return nothingObserved({ ...selector, name: family });
  const rank = wanted * samples;
  const place = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[place];
  if (bucket === undefined || bucket.bound === Number.POSITIVE_INFINITY) {
    // PromQL gives the highest bound, which would be inside any limit above it. How slow it really was nobody counted.
    const highest = buckets.at(-2)?.bound;
    return {
      amount: Number.POSITIVE_INFINITY,
      samples,
      note: `past the highest bucket of ${family}, which ends at ${highest}: give it higher buckets`,
    };
  }
  const below = buckets[place - 1];
  if (below === undefined && bucket.bound <= 0) return { amount: bucket.bound, samples };
  const start = below?.bound ?? 0;
  const before = below?.count ?? 0;
  return { amount: start + (bucket.bound - start) * ((rank - before) / (bucket.count - before)), samples };
}

interface Bucket {
  readonly bound: number;
  /** Observations up to the bound, between the scrapes. */
  readonly count: number;
}

function bucketsOf(selector: Selector, first: Scrape, last: Scrape): Bucket[] {
  const earlier = index(first);
  const counts = new Map<number, number>();
  for (const sample of select(selector, last)) {
    const bound = boundOf(sample.labels['le'] ?? '');
    if (Number.isNaN(bound)) continue;
    counts.set(bound, (counts.get(bound) ?? 0) + increaseOfSeries(sample, earlier));
  }
  let highest = 0;
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([bound, count]) => {
      // Buckets are counted at slightly different moments; a lower one cannot hold more than a higher one.
      highest = Number.isNaN(count) ? Number.NaN : Math.max(highest, count);
      return { bound, count: highest };
    });
}

function boundOf(le: string): number {
  if (le === '') return Number.NaN;
  return Number(le.replace(/Inf$/, 'Infinity'));
}

/**
 * How much the matching counters went up. A counter that is lower than before has started again from zero, and so has one
 * that was not there before. Counters with labels exist only once something was counted: none that matches is zero, as long
 * as the metric is there and has those labels; otherwise the selector may be misspelt, and that is no data.
 */
function increaseOf(selector: Selector, first: Scrape, last: Scrape): Result {
  refuseGauge(selector, last);
  const matching = select(selector, last);
  if (matching.length === 0) {
    return couldMatch(selector, last)
      ? { amount: 0, note: `no series of ${selector.name} matches yet: nothing was counted` }
      : noSeries(selector);
  }
  const earlier = index(first);
  return { amount: matching.reduce((sum, sample) => sum + increaseOfSeries(sample, earlier), 0) };
}

function increaseOfSeries(sample: Sample, earlier: ReadonlyMap<string, number>): number {
  const before = earlier.get(keyOf(sample)) ?? 0;
  return sample.value < before ? sample.value : sample.value - before;
}

function refuseGauge({ name }: Selector, { types }: Scrape): void {
  if (types.get(name) !== 'gauge') return;
  throw new MeasurementError(
    'bad_response',
    `${name} is a gauge, which may fall: its rate says nothing. Use it alone, or max(${name}).`,
  );
}

function select({ name, matchers }: Selector, { samples }: Scrape): Sample[] {
  return samples.filter(
    (sample) => sample.name === name && matchers.every(({ label, test }) => test(sample.labels[label] ?? '')),
  );
}

function couldMatch({ name, matchers }: Selector, { samples }: Scrape): boolean {
  const family = samples.filter((sample) => sample.name === name);
  return family.length > 0 && matchers.every(({ label }) => family.some(({ labels }) => label in labels));
}

const indexes = new WeakMap<Scrape, ReadonlyMap<string, number>>();

function index(scrape: Scrape): ReadonlyMap<string, number> {
  const made = indexes.get(scrape) ?? new Map(scrape.samples.map((sample) => [keyOf(sample), sample.value]));
  indexes.set(scrape, made);
  return made;
}

function keyOf({ name, labels }: Sample): string {
  return JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function noSeries({ name }: Selector): Result {
  return { amount: Number.NaN, note: `no series matches ${name} and its labels: check their spelling` };
}

function nothingObserved({ name }: Selector): Result {
  return { amount: Number.NaN, samples: 0, note: `${name} observed nothing between the scrapes` };
}
