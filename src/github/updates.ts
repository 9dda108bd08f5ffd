import type { Clock } from '../checklist/clock.ts';
import type { Checklist } from '../checklist/model.ts';
import { atMost } from './at-most.ts';

/** At first a reader watches, later the run is a long one: GitHub allows 1,000 requests an hour to all workflows of a repository. */
const GAP_MS = 3_000;
const LONG_GAP_MS = 10_000;
const LONG_AFTER_MS = 60_000;
const GRACE_MS = 10_000;
/** A cancelled gate is killed some seconds later. */
const GRACE_CANCELLED_MS = 1_500;

/**
 * How long a request under way may take to end once the last word is to be said, in milliseconds: one that is given up may still be
 * carried out, and then comes after the last word.
 */
export const graceOf = ({ reason }: Pick<Checklist, 'reason'>): number =>
  reason === 'cancelled' ? GRACE_CANCELLED_MS : GRACE_MS;

/** Sends the newest of many states, one request at a time and not too often. */
export interface Updates<State> {
  /** Returns at once. What an earlier call was given and has not been sent yet is dropped. */
  offer(state: State): void;
  /** No more is sent; resolves when no request is under way, after `graceMs` milliseconds at the latest. */
  stop(graceMs: number): Promise<void>;
}

/**
 * At most one request each 3 s, each 10 s after the first minute, counted from the start of the one before. `send` never overlaps
 * with itself; when it fails, the next state is its second chance.
 */
export function pacedUpdates<State>(send: (state: State, signal: AbortSignal) => Promise<void>, clock: Clock): Updates<State> {
  const startedAt = clock.now();
  const stopped = new AbortController();
  const cut = new AbortController();
  let newest: { readonly state: State } | undefined;
  let lastAt = startedAt;
  let running: Promise<void> | undefined;

  const work = async (): Promise<void> => {
    try {
      while (newest !== undefined && !stopped.signal.aborted) {
        const gap = clock.now() - startedAt >= LONG_AFTER_MS ? LONG_GAP_MS : GAP_MS;
        const wait = lastAt + gap - clock.now();
        if (wait > 0) {
          await clock.sleep(wait, stopped.signal);
          continue;
        }
        const { state } = newest;
        newest = undefined;
        lastAt = clock.now();
        await send(state, cut.signal).catch(() => undefined);
      }
    } catch {
      // `stop` has ended the sleep.
    } finally {
      running = undefined;
    }
  };

  return {
    offer(state) {
      if (stopped.signal.aborted) return;
      newest = { state };
      // Even a state that is sent at once is waited for, so this is assigned before `work` ends.
      running ??= work();
    },
    async stop(graceMs) {
      stopped.abort();
      if (running === undefined) return;
      await atMost(graceMs, running, clock);
      cut.abort();
      await running;
    },
  };
}
