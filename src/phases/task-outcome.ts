import { MeasurementError } from '../checklist/errors.ts';
import type { Outcome } from '../checklist/model.ts';
import type { ReasonCode } from '../checklist/reasons.ts';
import type { StepContext } from '../checklist/step.ts';
import type { Done, TaskContext } from '../tasks/task.ts';
import type { PhaseContext } from './phase.ts';

/** What was tried and did not come about; everything else that is thrown is an error. */
const FAILED: ReadonlySet<ReasonCode> = new Set(['task_failed', 'tool_disagrees', 'time_limit_exceeded']);

/** How a task ended, as its item shows it. Errors that are no measurement's are the runner's to tell. */
export async function outcomeOfTask(step: StepContext, work: () => Promise<Done>): Promise<Outcome> {
  try {
    const { message, measurements, evidence } = await work();
    return { state: 'pass', reason: 'task_done', message, ...(measurements && { measurements }), ...(evidence && { evidence }) };
  } catch (error) {
    if (!(error instanceof MeasurementError) || step.signal.aborted) throw error;
    return { state: FAILED.has(error.reason) ? 'fail' : 'error', reason: error.reason, message: error.message };
  }
}

/** A task's world: the phase's, with the signal and the progress of its item. */
export function taskContext(context: PhaseContext, step: StepContext): TaskContext {
  const { migrate } = context.plan;
  const migration = migrate && { tool: migrate.tool, database: migrate.database };
  return { ...context, signal: step.signal, progress: step.progress, ...(migration && { migration }) };
}
