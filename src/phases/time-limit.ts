import type { Clock } from '../checklist/clock.ts';
import type { MeasurementError } from '../checklist/errors.ts';

/**
 * Gives `work` a signal that is aborted with the given one and when `ms` milliseconds are over. In the second case it throws
 * what `late` says, whether the work has let go or not.
 */
export async function withinTime<T>(
  ms: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
  late: () => MeasurementError,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (ms <= 0) throw late();
  const limit = new AbortController();
  const settled = new AbortController();
  const over = new Promise<never>((_, reject) => {
    clock.sleep(ms, settled.signal).then(
      () => {
        const error = late();
        limit.abort(error);
        reject(error);
      },
      () => undefined,
    );
  });
  try {
    return await Promise.race([work(AbortSignal.any([signal, limit.signal])), over]);
  } finally {
    settled.abort();
  }
}
