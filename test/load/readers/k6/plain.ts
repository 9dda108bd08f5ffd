import { runsOf } from '../../../../src/load/latencies.ts';
import type { Figures, LoadResult } from '../../../../src/load/result.ts';

/** A result with its latencies as a sorted list, to be compared. */
export function plain(result: LoadResult) {
  return {
    ...result,
    all: plainFigures(result.all),
    labels: new Map([...result.labels].map(([name, figures]) => [name, plainFigures(figures)])),
  };
}

function plainFigures({ latency, ...rest }: Figures) {
  const listed =
    latency?.kind === 'values' ? { answered: listOf(latency.answered), unanswered: listOf(latency.unanswered) } : latency;
  return { ...rest, latency: listed };
}

type Stores = Parameters<typeof runsOf>[0];

export function listOf(stores: Stores): readonly number[] {
  const runs = runsOf(stores) ?? [];
  return runs.flatMap((run) => Array.from({ length: run.length }, (_, index) => run.at(index))).sort((one, other) => one - other);
}
