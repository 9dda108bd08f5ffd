import { describe, expect, test } from 'vitest';
import { milliseconds, number, ratio } from '../../src/criteria/value.ts';
import { baselineOf, type PastRun, pastRunOf, readHistory, writtenHistory } from '../../src/load/history.ts';
import { renderJson } from '../../src/report/json.ts';
import { checklist, item } from '../github/checklists.ts';

const SCENARIO = 'holdpoint, http://127.0.0.1/plans, 100 requests, 10 at a time';
const run = (p95: number, at = 0, scenario = SCENARIO): PastRun => ({
  scenario,
  at,
  measurements: { p95: { value: milliseconds(p95) }, error_rate: { value: ratio(0.01) } },
});
const RULES = { count: 5, least: 3, place: 'history.json' };

describe('a baseline', () => {
  test('is the median of the newest runs, so that one odd run does not matter', () => {
    const runs = [run(100), run(900), run(110), run(120), run(105), run(5), run(6)];
    const { measurements, told } = baselineOf(runs, SCENARIO, RULES);
    expect(measurements['p95']?.value).toEqual(milliseconds(110));
    expect(told).toBe('Baseline: the median of 5 passing runs from history.json.');
  });

  test('of an even number lies between the two in the middle', () => {
    expect(baselineOf([run(100), run(110), run(130), run(140)], SCENARIO, RULES).measurements['p95']?.value).toEqual(
      milliseconds(120),
    );
  });

  test('takes enough runs, and says how many there are', () => {
    const { measurements, told } = baselineOf([run(100), run(110)], SCENARIO, RULES);
    expect(measurements).toEqual({});
    expect(told).toMatch(/^There is 2 passing runs of this scenario in history\.json, and a baseline takes 3\./);
  });

  test('is of one scenario: another is not compared, and is named', () => {
    const other = 'holdpoint, http://127.0.0.1/plans, 100 requests, 50 at a time';
    const { measurements, told } = baselineOf([run(1, 0, other), run(1, 1, other), run(1, 2, other)], SCENARIO, RULES);
    expect(measurements).toEqual({});
    expect(told).toContain(`“${other}” is not “${SCENARIO}”`);
  });

  test('has a figure only when enough runs measured it', () => {
    const thin: PastRun = { ...run(100), measurements: { p95: { value: milliseconds(100) } } };
    const { measurements } = baselineOf([thin, thin, run(100)], SCENARIO, RULES);
    expect(Object.keys(measurements)).toEqual(['p95']);
  });
});

describe('a history file', () => {
  test('gives back what was written, newest first, and no figure that is none', () => {
    const first = writtenHistory([], run(100, 1_000));
    const odd = { ...run(110, 2_000), measurements: { ...run(110).measurements, p99: { value: milliseconds(Number.NaN) } } };
    const runs = readHistory(writtenHistory(readHistory(first) ?? [], odd));
    expect(runs?.map(({ at }) => at)).toEqual([2_000, 1_000]);
    expect(runs?.[0]?.measurements).toEqual(run(110).measurements);
  });

  test('keeps the newest fifty', () => {
    let text = writtenHistory([], run(0, 0));
    for (let at = 1; at <= 60; at += 1) text = writtenHistory(readHistory(text) ?? [], run(at, at * 1000));
    expect(readHistory(text)).toHaveLength(50);
    expect(readHistory(text)?.[0]?.at).toBe(60_000);
  });

  test.each(['', '[]', '{"schema":"holdpoint.load-history/2","runs":[]}', '<html>'])('is not %j', (text) => {
    expect(readHistory(text)).toBeUndefined();
  });
});

describe('a run in an earlier report', () => {
  const measurements = {
    p95: { value: milliseconds(120) },
    requests: { value: number(100) },
    error_rate: { value: ratio(0) },
    scenario: { value: { kind: 'text', text: SCENARIO } },
  } as const;
  const reported = (changes: Parameters<typeof item>[1]) =>
    pastRunOf(renderJson(checklist({ items: [item('load', { measurements, ...changes })], finishedAt: 5_000 })), 'load');

  test('is found by the item, with its scenario and figures', () => {
    expect(reported({})).toEqual({
      scenario: SCENARIO,
      at: 5_000,
      measurements: { p95: { value: milliseconds(120) }, requests: { value: number(100) }, error_rate: { value: ratio(0) } },
    });
  });

  test('is none when it failed', () => {
    expect(reported({ state: 'fail', reason: 'criterion_failed' })).toBeUndefined();
    expect(reported({ state: 'error', reason: 'timed_out' })).toBeUndefined();
  });

  test('is one when only the baseline was missing, and none when a limit was crossed beside that', () => {
    const judged = (outcome: 'holds' | 'violated') =>
      ({
        state: 'inconclusive',
        reason: 'no_baseline',
        judgements: [
          { criterion: 'p95 <= baseline * 1.3', intent: 'expect', outcome: 'unknown', reason: 'no_baseline', comparisons: [] },
          { criterion: 'error_rate < 1%', intent: 'expect', outcome, comparisons: [] },
        ],
      }) as const;
    expect(reported(judged('holds'))?.scenario).toBe(SCENARIO);
    expect(reported(judged('violated'))).toBeUndefined();
  });

  test.each([{}, null, 'text', { schema: 'other' }])('is none in %j', (report) => {
    expect(pastRunOf(report, 'load')).toBeUndefined();
  });
});
