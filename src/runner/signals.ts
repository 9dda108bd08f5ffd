/** How the runner, a terminal and Windows ask a process to end. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGBREAK', 'SIGHUP'] as const;
type CancelSignal = (typeof SIGNALS)[number];

/** A terminal sends Ctrl-C to a whole group, and npm hands it on: what comes twice within this time was meant once. */
const ONCE_MS = 1_000;
const EXIT_CANCELLED = 130;

/** What cancelling needs of `process`. */
export interface Signalled {
  on(signal: CancelSignal, listener: () => void): unknown;
  off(signal: CancelSignal, listener: () => void): unknown;
  exit(code: number): unknown;
}

export interface Cancellation {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** The process answers signals as before. */
  dispose(): void;
}

/**
 * Turns signals into one abort, so that children, servers and check runs can be closed. A second signal more than a second later
 * ends the process at once with exit code 130: GitHub's runner sends SIGINT, after 7.5 s SIGTERM, and kills 2.5 s later.
 *
 * @param now milliseconds since the epoch.
 */
export function onCancel(process: Signalled, now: () => number = Date.now): Cancellation {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const listener = () => {
    if (firstAt === undefined) {
      firstAt = now();
      controller.abort(new Error('The run was cancelled.'));
    } else if (now() - firstAt > ONCE_MS) {
      process.exit(EXIT_CANCELLED);
    }
  };
  for (const name of SIGNALS) process.on(name, listener);
  return {
    signal: controller.signal,
    dispose() {
      for (const name of SIGNALS) process.off(name, listener);
    },
  };
}
