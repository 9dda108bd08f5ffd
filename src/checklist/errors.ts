import type { Position } from './model.ts';
import type { ReasonCode } from './reasons.ts';

/** The user's plan or input is wrong. The message says what was found, what was expected and the nearest valid name. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly position: Position | undefined;
  constructor(message: string, position?: Position, options?: ErrorOptions) {
    super(message, options);
    this.position = position;
  }
}

/** Several things are wrong with one plan; each is told. */
export class PlanErrors extends Error {
  override readonly name = 'PlanErrors';
  readonly problems: readonly PlanError[];
  constructor(problems: readonly PlanError[]) {
    super(problems.map((problem) => problem.message).join('\n'));
    this.problems = problems;
  }
}

/** The world would not answer. The item becomes `error` with this reason; the other items still run. */
export class MeasurementError extends Error {
  override readonly name = 'MeasurementError';
  readonly reason: ReasonCode;
  /** Whether asking again may help: a refused connection may, a wrong password does not. */
  readonly retryable: boolean;
  constructor(reason: ReasonCode, message: string, options?: ErrorOptions & { retryable?: boolean }) {
    super(message, options);
    this.reason = reason;
    this.retryable = options?.retryable ?? false;
  }
}
