import { MeasurementError } from '../checklist/errors.ts';
import { formatDuration } from '../criteria/format.ts';
import type { Measurement, Measurements } from '../criteria/value.ts';
import type { CanaryPlan } from '../plan/plan.ts';
import type { BoundProbe } from '../probes/probe.ts';
import type { PhaseContext } from './phase.ts';
import { withinTime } from './time-limit.ts';

/** What one look at the canary, and at its control, gave. */
export interface Poll {
  /** Milliseconds since the epoch, when the poll was over. */
  readonly at: number;
  readonly canary: Measurements;
  /** undefined when the plan has no control, or when it could not be measured in this poll. */
  readonly control: Measurements | undefined;
  /** Probes that would not answer this time. */
  readonly missed: readonly MeasurementError[];
}

/** So many polls in a row in which a probe did not answer are tolerated. */
export const MISSED_IN_A_ROW = 3;

/**
 * Measures every metric once, all at a time. A probe that fails in a way that may pass is a missed poll for its metrics.
 *
 * @throws MeasurementError what asking again does not help: a wrong password, an unknown query.
 */
export async function pollOnce(section: CanaryPlan, context: PhaseContext, signal: AbortSignal): Promise<Poll> {
  const wanted = new Set(section.criteria.flatMap(({ criterion }) => criterion.names));
  const missed: MeasurementError[] = [];
  const measure = async (probe: BoundProbe): Promise<Measurements> => {
    const late = () =>
      new MeasurementError('timed_out', `“${probe.title}” did not answer within ${formatDuration(probe.defaultLimitMs)}.`, {
        retryable: true,
      });
    try {
      const around = { clock: context.clock, signal };
      const measured = await withinTime(probe.defaultLimitMs, around, late, (limited) =>
        probe.measure({ ...context, signal: limited, progress: () => {}, wanted, windowMs: 0 }),
      );
      return measured.measurements;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof MeasurementError) || !error.retryable) throw error;
      missed.push(error);
      return {};
    }
  };
  const together = async (probes: readonly BoundProbe[]): Promise<Measurements> =>
    Object.assign({}, ...(await Promise.all(probes.map(measure)))) satisfies Record<string, Measurement>;
  const [canary, control] = await Promise.all([together(section.metrics), together(section.control)]);
  return {
    at: context.clock.now(),
    canary,
    control: section.control.length === 0 || Object.keys(control).length === 0 ? undefined : control,
    missed,
  };
}
