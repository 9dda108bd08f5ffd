import { describe, expect, test } from 'vitest';
import type { Item } from '../../src/checklist/model.ts';
import { verdictOf } from '../../src/checklist/verdict.ts';

const item = (state: Item['state'], reason: Item['reason'], required = true): Item => ({
  id: `${state}-${reason}`,
  title: state,
  kind: 'command',
  required,
  state,
  reason,
  measurements: {},
  judgements: [],
  evidence: [],
});

const PASSED = item('pass', 'criteria_met');
const WARNED = item('warn', 'warning_criterion_held');
const REHEARSED = item('skipped', 'dry_run');

describe('the verdict of a checklist', () => {
  test.each([
    ['is that of its worst item', [PASSED, item('inconclusive', 'no_data'), item('error', 'timed_out')], 'error timed_out'],
    [
      'tells a failure before what could not be measured',
      [item('error', 'timed_out'), item('fail', 'criterion_failed')],
      'fail criterion_failed',
    ],
    [
      'takes a failing item that is not required for a warning',
      [PASSED, item('fail', 'criterion_failed', false)],
      'warn criterion_failed',
    ],
    ['is no pass when nothing was checked', [item('skipped', 'not_applicable')], 'inconclusive nothing_checked'],
    ['is no pass when there is nothing to check', [], 'inconclusive nothing_checked'],
    ['is no pass when a part was only rehearsed, however well the rest did', [PASSED, REHEARSED], 'skipped dry_run'],
    ['is no warning then either', [WARNED, REHEARSED], 'skipped dry_run'],
    ['is bad in a rehearsal too', [item('error', 'connection_refused'), REHEARSED], 'error connection_refused'],
    [
      'is that of the cancellation whatever else there is',
      [item('fail', 'criterion_failed'), item('error', 'cancelled')],
      'error cancelled',
    ],
  ] as const)('%s', (_, items, expected) => {
    const { verdict, reason } = verdictOf(items);
    expect(`${verdict} ${reason}`).toBe(expected);
  });
});
