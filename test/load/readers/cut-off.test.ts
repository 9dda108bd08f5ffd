import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AB } from '../../../src/load/readers/ab.ts';
import { HEY } from '../../../src/load/readers/hey.ts';
import { SIEGE } from '../../../src/load/readers/siege.ts';
import { WRK, WRK2 } from '../../../src/load/readers/wrk.ts';
import type { LoadResult } from '../../../src/load/result.ts';
import { sharedLoadData } from '../../support/shared-data.ts';
import { at, fixture, sourceOf } from './reading.ts';

const FILES = [
  { reader: AB, file: fixture('ab', 'stopping.txt') },
  { reader: HEY, file: fixture('hey', 'stalling.txt') },
  { reader: SIEGE, file: fixture('siege', 'healthy.txt') },
  { reader: SIEGE, file: fixture('siege', 'stopping.json') },
  { reader: WRK, file: fixture('wrk', 'stopping.txt') },
  { reader: WRK, file: fixture('wrk', 'healthy.txt') },
  { reader: WRK2, file: sharedLoadData('wrk2', 'extracted-README-2.txt') },
].flatMap(({ reader, file }) => (file === undefined ? [] : [{ reader, file }]));

function figures({ all }: LoadResult): Readonly<Record<string, number | undefined>> {
  const { requests, failures, timeouts, unanswered, durationMs } = all;
  return { requests, failures, timeouts, unanswered, durationMs, p50: at(50, all), p95: at(95, all), p99: at(99, all) };
}

describe('a summary that is cut off', () => {
  it.each(FILES)('$file is refused, or says nothing else than the whole', async ({ reader, file }) => {
    const text = readFileSync(file, 'utf8');
    const whole = figures(await reader.read(sourceOf(text)));
    for (let length = 1; length < text.length; length += 1) {
      const part = await reader.read(sourceOf(text.slice(0, length))).catch(() => undefined);
      for (const [name, value] of part === undefined ? [] : Object.entries(figures(part))) {
        if (value !== undefined) expect(value, `${name} of the first ${length} characters`).toBe(whole[name]);
      }
    }
  });
});
