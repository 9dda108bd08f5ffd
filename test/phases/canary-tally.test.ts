import { describe, expect, test } from 'vitest';
import type { Intent, Judgement } from '../../src/checklist/model.ts';
import { type Tally, tally } from '../../src/phases/canary-tally.ts';
import type { PlannedCriterion } from '../../src/plan/plan.ts';

const position = { file: 'plan.yml', line: 1, column: 1 };

function planned(intent: Intent, windowMs = 0): PlannedCriterion {
  const source = intent;
  const subject = { kind: 'reference', name: 'x', offset: 0, length: 1 } as const;
  const expression = { kind: 'bare', subject, offset: 0, length: 1 } as const;
  return { intent, position, criterion: { source, expression, names: ['x'], windowMs, usesBaseline: false } };
}

type Mark = 'h' | 'v' | '?' | 'i';

/** One criterion's judgements: holds, violated, unknown, window incomplete. */
function feed(counts: Tally, intent: Intent, marks: string): Tally {
  [...marks].forEach((mark, index) => {
    counts.add([judgement(intent, mark)], index === marks.length - 1);
  });
  return counts;
}

function judgement(intent: Intent, mark: string): Judgement {
  const outcomes: Readonly<Record<Mark, Judgement['outcome']>> = { h: 'holds', v: 'violated', '?': 'unknown', i: 'unknown' };
  const outcome = mark === 'h' || mark === 'v' ? outcomes[mark] : 'unknown';
  const reason = mark === 'i' ? 'window_incomplete' : 'no_data';
  return { criterion: intent, intent, outcome, comparisons: [], ...(outcome === 'unknown' ? { reason } : {}) };
}

const ended = (intent: Intent, marks: string, windowMs = 0) =>
  feed(tally([planned(intent, windowMs)]), intent, marks).finish(marks.length);

describe('what must hold', () => {
  test('passes when it held in every poll', () => {
    expect(ended('expect', 'hhhh')).toMatchObject({ state: 'pass', reason: 'criteria_met' });
  });

  test('passes over a single flicker among many polls', () => {
    expect(ended('expect', 'hhhhhvhhhhhh')).toMatchObject({ state: 'pass' });
    expect(ended('expect', 'hhhhhvhhhhhh').judgements[0]?.detail).toBe('Held in 11 of 12 polls.');
  });

  test('fails when more than one poll in ten was violated, however they lie', () => {
    expect(ended('expect', 'hhhhvhhhvhhh')).toMatchObject({ state: 'fail', reason: 'criterion_failed' });
  });

  test('fails on one violated poll when there were too few to call it a flicker', () => {
    expect(ended('expect', 'hvhhh')).toMatchObject({ state: 'fail' });
  });

  test('stops the hold at the third violated poll in a row', () => {
    const counts = tally([planned('expect')]);
    feed(counts, 'expect', `${'h'.repeat(100)}vv`);
    expect(counts.stop()).toBeUndefined();
    counts.add([judgement('expect', 'v')], false);
    expect(counts.stop()).toEqual({ state: 'fail', reason: 'criterion_failed' });
    expect(counts.finish(200).judgements[0]).toMatchObject({ outcome: 'violated', detail: 'Violated in 3 polls in a row.' });
  });

  test('a poll that could not be judged does not interrupt a row of violated ones', () => {
    const counts = feed(tally([planned('expect')]), 'expect', `${'h'.repeat(50)}vv?v`);
    expect(counts.stop()).toMatchObject({ state: 'fail' });
  });

  test('is not settled on a violated last poll', () => {
    const counts = feed(tally([planned('expect')]), 'expect', `${'h'.repeat(30)}v`);
    expect(counts.unsettled()).toBe(true);
    counts.add([judgement('expect', 'h')], true);
    expect(counts.unsettled()).toBe(false);
  });

  test('silence is never a pass', () => {
    expect(ended('expect', '????')).toMatchObject({ state: 'inconclusive', reason: 'no_data' });
    expect(ended('expect', '???h')).toMatchObject({ state: 'inconclusive', reason: 'too_few_samples' });
    expect(tally([planned('expect')]).finish(4)).toMatchObject({ state: 'inconclusive', reason: 'no_data' });
  });

  test('with a window it is judged once, at the end', () => {
    expect(ended('expect', 'vvvvh', 60_000)).toMatchObject({ state: 'pass' });
    expect(ended('expect', 'hhhhv', 60_000)).toMatchObject({ state: 'fail' });
    expect(ended('expect', 'hhhhi', 60_000)).toMatchObject({ state: 'inconclusive', reason: 'window_incomplete' });
  });
});

describe('what must not hold', () => {
  test('stops the hold at the first poll in which it holds', () => {
    const counts = feed(tally([planned('abort')]), 'abort', 'vvvh');
    expect(counts.stop()).toEqual({ state: 'fail', reason: 'canary_aborted' });
    expect(counts.finish(10)).toMatchObject({ state: 'fail', reason: 'canary_aborted' });
  });

  test('passes when it did not, its window once full', () => {
    expect(ended('abort', 'iiivvvvvv', 60_000)).toMatchObject({ state: 'pass' });
  });

  test('is inconclusive when its window was never full, or nothing was known', () => {
    expect(ended('abort', 'iiii', 60_000)).toMatchObject({ state: 'inconclusive', reason: 'window_incomplete' });
    expect(ended('abort', '????')).toMatchObject({ state: 'inconclusive', reason: 'no_data' });
  });
});

describe('what should not hold', () => {
  test('is a warning once it has held', () => {
    const counts = tally([planned('expect'), planned('warn')]);
    counts.add([judgement('expect', 'h'), judgement('warn', 'h')], false);
    counts.add([judgement('expect', 'h'), judgement('warn', 'v')], true);
    expect(counts.finish(2)).toMatchObject({ state: 'warn', reason: 'warning_criterion_held' });
  });

  test('alone it decides nothing', () => {
    expect(ended('warn', 'vvvv')).toMatchObject({ state: 'inconclusive', reason: 'nothing_checked' });
  });
});

test('no criteria at all is never a pass', () => {
  expect(tally([]).finish(3)).toMatchObject({ state: 'inconclusive', reason: 'nothing_checked' });
});

test('a hold that was ended early does not complain of what had no time to be judged', () => {
  const counts = tally([planned('abort'), planned('expect', 600_000), planned('abort', 600_000), planned('expect')]);
  counts.add([judgement('abort', 'h'), judgement('expect', 'i'), judgement('abort', 'i'), judgement('expect', 'h')], false);
  const { state, judgements } = counts.finish(1, true);
  expect(state).toBe('fail');
  expect(judgements.map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ['holds', 'Reached in 1 of 1 polls.'],
    ['holds', 'Held in 1 of 1 polls.'],
  ]);
});
