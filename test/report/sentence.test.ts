import { describe, expect, test } from 'vitest';
import { formatValue } from '../../src/criteria/format.ts';
import { number, ratio, seconds, text } from '../../src/criteria/value.ts';
import { findings, resultLine } from '../../src/report/sentence.ts';
import { comparison, item, judgement, noData, refused, SAMPLES, stressTest } from './samples.ts';

const failing = (
  subject: string,
  operator: string,
  measured: Parameters<typeof formatValue>[0],
  allowed: Parameters<typeof formatValue>[0],
) =>
  findings(
    item('x', {
      state: 'fail',
      reason: 'criterion_failed',
      judgements: [judgement(`${subject} ${operator} …`, [comparison(subject, operator, measured, allowed, 'violated')])],
    }),
  )[0];

describe('a finding', () => {
  test('tells measured, allowed and how far apart they are', () => {
    const [finding, ...more] = findings(stressTest);
    expect(more).toEqual([]);
    expect(finding).toMatchObject({
      subject: 'p95',
      measured: formatValue(seconds(2.41)),
      allowed: `< ${formatValue(seconds(2))}`,
    });
    expect(finding?.margin).toBe('21 % over');
    expect(finding?.sentence).toBe(`p95 was ${finding?.measured}, allowed ${finding?.allowed} (21 % over)`);
  });

  test('reads as Portuguese for a Portuguese reader', () => {
    expect(findings(stressTest, 'pt-BR')[0]?.sentence).toMatch(/^p95: .+, permitido < .+ \(21 % acima\)$/);
  });

  test('a limit that must not be reached allows its opposite', () => {
    const hold = SAMPLES.canary.items.find(({ id }) => id === 'hold-50 %');
    expect(hold && findings(hold)[0]?.allowed).toBe(`≤ ${formatValue(ratio(0.1))}`);
  });

  test('tells short of a minimum, at the limit, and multiples', () => {
    expect(failing('success_rate', '>', ratio(0.76), ratio(0.95))?.margin).toBe('20 % under');
    expect(failing('p95', '<', seconds(2), seconds(2))?.margin).toBe('exactly at the limit');
    expect(failing('size', '>', seconds(0), seconds(0))?.margin).toBeUndefined();
    expect(failing('p95', '<', seconds(2.001), seconds(2))?.margin).toBe('< 1 % over');
    expect(failing('p95', '<', seconds(62), seconds(2))?.margin).toMatch(/^31 × the limit$/);
  });

  test('gives no margin where a share of the limit says nothing', () => {
    expect(failing('timeouts', '==', number(3), number(0))?.margin).toBeUndefined();
    expect(failing('timeouts', '<=', number(3), number(0))?.margin).toBeUndefined();
    expect(failing('version', '==', text('a'), text('b'))?.margin).toBeUndefined();
    expect(failing('p95', '<', seconds(Number.NaN), seconds(2))?.margin).toBeUndefined();
  });

  test('an empty text is shown as one', () => {
    expect(failing('version', '==', text(''), text('b'))?.measured).toBe('""');
  });

  test('an error tells its reason and its message', () => {
    expect(findings(refused)[0]?.sentence).toMatch(/^connection refused: Nothing listens/);
    expect(findings(refused, 'pt-BR')[0]?.sentence).toMatch(/^conexão recusada: Nothing listens/);
  });

  test('what could not be judged tells the criterion and why', () => {
    expect(findings(noData)[0]).toMatchObject({ allowed: 'error_rate < 1%', message: 'no data: The query returned no series.' });
  });

  test('criteria that stop are told before those that only warn', () => {
    const both = item('x', {
      state: 'fail',
      judgements: [
        judgement('a > 1', [comparison('a', '>', number(2), number(1), 'holds')], { intent: 'warn' }),
        judgement('b > 1', [comparison('b', '>', number(2), number(1), 'holds')], { intent: 'abort' }),
      ],
    });
    expect(findings(both).map(({ subject }) => subject)).toEqual(['b', 'a']);
  });

  test('a passing item has none, even when a warning limit was not reached', () => {
    const good = item('x', {
      judgements: [judgement('a > 9', [comparison('a', '>', number(2), number(9), 'violated')], { intent: 'warn' })],
    });
    expect(findings(good)).toEqual([]);
    expect(resultLine(good)).toBe(`a ${formatValue(number(2))}`);
  });
});

test('shows the note of a figure that failed: a command’s last line says why its exit code is what it is', () => {
  const [finding] = findings(
    item('backup', {
      state: 'fail',
      reason: 'criterion_failed',
      judgements: [judgement('exit_code == 0', [comparison('exit_code', '==', number(2), number(0), 'violated')])],
      measurements: { exit_code: { value: number(2), note: 'pg_dump: error: no such table' } },
    }),
  );
  expect(finding?.sentence).toBe('exit_code was 2, allowed = 0 – pg_dump: error: no such table');
});
