import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/checklist/exit-code.ts';
import { judgeCriteria } from '../../src/checklist/judging.ts';
import type { Intent } from '../../src/checklist/model.ts';
import { readMeasurements } from '../../src/criteria/measurements-file.ts';
import { parseCriterion } from '../../src/criteria/parse.ts';

function judge(criteria: readonly (readonly [Intent, string])[], measurements: Record<string, unknown>, policy?: 'warn') {
  const planned = criteria.map(([intent, source]) => ({ intent, criterion: parseCriterion(source) }));
  const { state, reason } = judgeCriteria(
    planned,
    { observations: [{ at: 0, measurements: readMeasurements(measurements) }] },
    policy && { inconclusive: policy, error: policy },
  );
  return `${state} ${reason}`;
}

describe('an item', () => {
  it.each([
    [[['expect', 'p95 < 1s']], { p95: '2s' }, 'fail criterion_failed'],
    [[['expect', 'p95 < 1s']], { p95: '0.5s' }, 'pass criteria_met'],
    [[['expect', 'p95 < 1s']], { p95: null }, 'inconclusive no_data'],
    [[['expect', 'p95 < 1s']], {}, 'error unknown_metric'],
    [[['expect', 'p95 < 1s']], { p95: 5 }, 'error unit_mismatch'],
    [[['abort', 'p95 > 1s']], { p95: '2s' }, 'fail abort_criterion_held'],
    [[['abort', 'p95 > 1s']], { p95: '1s' }, 'pass criteria_met'],
    [[['abort', 'p95 > 1s']], { p95: null }, 'inconclusive no_data'],
    [[['warn', 'p95 > 1s']], { p95: '2s' }, 'warn warning_criterion_held'],
    [[['warn', 'p95 > 1s']], { p95: null }, 'warn no_data'],
    [[], { p95: '1s' }, 'inconclusive nothing_checked'],
  ] as const)('judged by %j on %j is %s', (criteria, measurements, expected) => {
    expect(judge(criteria, measurements)).toBe(expected);
  });

  it('fails rather than being unclear, when it is both', () => {
    expect(
      judge(
        [
          ['expect', 'p99 < 1s'],
          ['expect', 'p95 < 1s'],
        ],
        { p95: '2s' },
      ),
    ).toBe('fail criterion_failed');
  });

  it('only warns of what is not known where the plan says so, and still fails what is known', () => {
    expect(judge([['expect', 'p95 < 1s']], { p95: null }, 'warn')).toBe('warn no_data');
    expect(judge([['expect', 'p95 < 1s']], { p95: '2s' }, 'warn')).toBe('fail criterion_failed');
  });
});

describe('the exit status', () => {
  it.each([
    ['pass', 'criteria_met', 0],
    ['warn', 'warning_criterion_held', 0],
    ['fail', 'criterion_failed', 1],
    ['error', 'plan_error', 2],
    ['inconclusive', 'no_data', 3],
    ['error', 'timed_out', 3],
    ['skipped', 'dry_run', 0],
    ['skipped', 'not_applicable', 3],
    ['error', 'cancelled', 130],
  ] as const)('of %s for %s is %i', (verdict, reason, code) => {
    expect(exitCodeOf({ verdict, reason })).toBe(code);
  });
});
