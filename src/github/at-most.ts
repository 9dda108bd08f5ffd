import type { Clock } from '../checklist/clock.ts';

/** Waits for `work`, but no longer than `ms` milliseconds; the work goes on. Never rejects. */
export async function atMost(ms: number, work: Promise<unknown>, clock: Clock): Promise<void> {
  const done = new AbortController();
  const ended = work.then(
    () => undefined,
    () => undefined,
  );
  const over = clock.sleep(ms, done.signal).catch(() => undefined);
  await Promise.race([ended, over]);
  done.abort();
}
