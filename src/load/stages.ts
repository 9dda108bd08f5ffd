import type { Evidence } from '../checklist/model.ts';
import { formatValue } from '../criteria/format.ts';
import type { Measurements } from '../criteria/value.ts';

/** One stage of a load that grows, as it was measured. */
export interface Stage {
  /** `100 requests, 10 at a time` */
  readonly title: string;
  readonly measurements: Measurements;
  readonly met: boolean;
}

const SHOWN = ['requests', 'error_rate', 'timeouts', 'p50', 'p95', 'p99'] as const;

/** @param planned how many there would have been. */
export function stagesTable(stages: readonly Stage[], planned: number): Evidence {
  const rows = stages.map(({ title, measurements, met }, index) => [
    String(index + 1),
    title,
    ...SHOWN.map((name) => {
      const value = measurements[name]?.value;
      return value === undefined ? '–' : formatValue(value);
    }),
    met ? 'met' : 'not met',
  ]);
  const left = planned - stages.length;
  const title =
    left === 0 ? 'Stages' : `Stages (${left} more not started, because stage ${stages.length} does not meet the criteria)`;
  return { kind: 'table', title, columns: ['Stage', 'Load', ...SHOWN, 'Criteria'], rows };
}
