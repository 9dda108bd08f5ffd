import { expect, test, vi } from 'vitest';
import { systemClock } from '../../src/runner/clock.ts';
import { fakeClock } from '../support/ports.ts';

test('the system’s clock sleeps for as long as it is told', async () => {
  const before = performance.now();
  await systemClock.sleep(50);
  expect(performance.now() - before).toBeGreaterThanOrEqual(45);
});

test('a sleep ends with the signal’s reason as soon as it is aborted', async () => {
  const stop = new AbortController();
  const sleeping = systemClock.sleep(60_000, stop.signal);
  stop.abort(new Error('cancelled'));
  await expect(sleeping).rejects.toThrow('cancelled');
  await expect(systemClock.sleep(60_000, stop.signal)).rejects.toThrow('cancelled');
});

test('a sleep of a month is not over at once, as one timer would be', async () => {
  vi.useFakeTimers();
  try {
    let woken = false;
    const month = 30 * 86_400_000;
    void systemClock.sleep(month).then(() => {
      woken = true;
    });
    await vi.advanceTimersByTimeAsync(month - 1);
    expect(woken).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(woken).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('the tests’ clock wakes its sleepers in the order of their ends, also those that fall asleep meanwhile', async () => {
  const clock = fakeClock(0);
  const log: string[] = [];
  const sleeper = async (name: string, ms: number) => {
    await clock.sleep(ms);
    log.push(`${name} ${clock.now()}`);
  };
  void sleeper('late', 30);
  void sleeper('early', 10).then(() => sleeper('again', 10));
  await clock.advance(25);
  expect(log).toEqual(['early 10', 'again 20']);
  await clock.advance(5);
  expect(log.at(-1)).toBe('late 30');
});
