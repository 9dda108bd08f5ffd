import type { Clock } from './clock.ts';
import type { Checklist } from './model.ts';
import type { Sink } from './sink.ts';

export interface Sinks {
  /** Reached over a network: they may fail, and what they could not do is told by the local ones. */
  readonly remote: readonly Sink[];
  /** On this machine; closed last, so that they know what the remote ones could not do. */
  readonly local: readonly Sink[];
}

export interface Delivery {
  update(checklist: Checklist): void;
  /** Resolves to the checklist with a note for each sink that failed. Never rejects. */
  close(checklist: Checklist): Promise<Checklist>;
}

/** How long the remote sinks may take to close: on a cancellation the runner kills the process some seconds later. */
const CLOSE_MS = 60_000;
const CLOSE_CANCELLED_MS = 4_000;

/** Opens all sinks at once. Never rejects: a sink that fails has lost its own place only. */
export async function openDelivery(sinks: Sinks, checklist: Checklist, clock: Clock): Promise<Delivery> {
  const failures = new Set<string>();
  const attempt = (work: Promise<void>): Promise<void> => work.catch((error: unknown) => void failures.add(sentenceOf(error)));
  const all = [...sinks.local, ...sinks.remote];
  await Promise.all(all.map((sink) => attempt(sink.open(checklist))));
  return {
    update(current) {
      for (const sink of all) sink.update(current);
    },
    async close(last) {
      const limitMs = last.reason === 'cancelled' ? CLOSE_CANCELLED_MS : CLOSE_MS;
      await Promise.all(sinks.remote.map((sink) => attempt(within(limitMs, sink, sink.close(last), clock))));
      const noted = { ...last, notes: [...last.notes, ...failures] };
      await Promise.all(sinks.local.map((sink) => attempt(sink.close(noted))));
      return { ...noted, notes: [...last.notes, ...failures] };
    },
  };
}

async function within(limitMs: number, sink: Sink, work: Promise<void>, clock: Clock): Promise<void> {
  const done = new AbortController();
  const tooLate = clock.sleep(limitMs, done.signal).then(
    () => {
      throw new Error(`The ${sink.name} could not be brought to its end within ${limitMs / 1000} s.`);
    },
    () => undefined,
  );
  try {
    await Promise.race([work, tooLate]);
  } finally {
    done.abort('done');
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
