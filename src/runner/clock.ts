import type { Clock } from '../checklist/clock.ts';

/** setTimeout fires at once for anything longer (a signed 32-bit number of milliseconds, about 24.8 days). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const end = Date.now() + ms;
      let timer: NodeJS.Timeout | undefined;
      const stop = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const wait = () => {
        const left = end - Date.now();
        if (left > LONGEST_TIMER) {
          timer = setTimeout(wait, LONGEST_TIMER);
          return;
        }
        timer = setTimeout(
          () => {
            signal?.removeEventListener('abort', stop);
            resolve();
          },
          Math.max(0, left),
        );
      };
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', stop, { once: true });
      return wait();
    }),
};
