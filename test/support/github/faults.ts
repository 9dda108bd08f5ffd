/** What goes wrong with the next requests that match. Faults are used up in their order. */
export interface Fault {
  /** Any method unless it is said. */
  readonly method?: string;
  /** A string is looked for anywhere in the path, which is decoded. */
  readonly path: RegExp | string;
  /** How many requests it hits; one unless it is said. */
  readonly times?: number;
  /** Answers with this instead of doing what was asked. Without it, and without `reset`, the request is only delayed. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Milliseconds before anything is done. */
  readonly delayMs?: number;
  /** Breaks the connection without an answer. */
  readonly reset?: true;
  /** Does what was asked first, so that only the answer is lost. */
  readonly afterEffect?: true;
}

/** Takes the first fault that matches from the queue. */
export function takeFault(faults: Fault[], method: string, path: string): Fault | undefined {
  const index = faults.findIndex(
    (fault) =>
      (fault.method === undefined || fault.method.toUpperCase() === method) &&
      (typeof fault.path === 'string' ? path.includes(fault.path) : path.search(fault.path) !== -1),
  );
  const fault = faults[index];
  if (fault === undefined) return undefined;
  const left = (fault.times ?? 1) - 1;
  faults.splice(index, 1, ...(left > 0 ? [{ ...fault, times: left }] : []));
  return fault;
}
