import { describe, expect, it } from 'vitest';
import type { Evaluation } from '../../src/criteria/evaluate.ts';
import { explainEvaluation } from '../../src/criteria/explain.ts';
import { judged, judgedOver } from './judged.ts';

const en = (evaluation: Evaluation) => explainEvaluation(evaluation);
const pt = (evaluation: Evaluation) => explainEvaluation(evaluation, 'pt-BR');

describe('a criterion is explained', () => {
  it('by what was measured, and how far that is from the limit', () => {
    expect(en(judged('p95 < 500ms', { p95: '480ms' }))).toEqual(['p95 < 500ms: holds. p95 is 480 ms, 4 % below 500 ms.']);
    expect(en(judged('p95 < 500ms', { p95: '500.4ms' }))).toEqual([
      'p95 < 500ms: does not hold. p95 is 500.4 ms, 0.08 % above 500 ms.',
    ]);
    expect(en(judged('p95 < 500ms', { p95: '0.5s' }))).toEqual(['p95 < 500ms: does not hold. p95 is exactly 500 ms.']);
    expect(en(judged('errors > 0', { errors: 3 }))).toEqual(['errors > 0: holds. errors is 3.']);
    expect(en(judged('status == 200', { status: 503 }))).toEqual(['status == 200: does not hold. status is 503.']);
    expect(en(judged('status between 200 and 299', { status: 503 }))).toEqual([
      'status between 200 and 299: does not hold. status is 503, 68 % above 299.',
    ]);
    expect(en(judged('body.state in ("open", "closed")', { 'body.state': '' }))).toEqual([
      'body.state in ("open", "closed"): does not hold. body.state is "".',
    ]);
    expect(en(judged('ok', { ok: true }))).toEqual(['ok: holds.']);
  });

  it('step by step, down to the values that went in', () => {
    expect(en(judged('memory <= baseline - 950MB', { memory: '6.8GB' }, { memory: '8GB' }))).toEqual([
      'memory <= baseline - 950MB: holds. memory is 6.8 GB, 3.5 % below 7.05 GB.',
      '  baseline - 950MB is 7.05 GB',
      '    baseline.memory is 8 GB',
    ]);
    expect(en(judged('abs(p95 - baseline) < 10ms', { p95: '480ms' }, { p95: '450ms' }))).toEqual([
      'abs(p95 - baseline) < 10ms: does not hold. abs(p95 - baseline) is 30 ms, 200 % above 10 ms.',
      '  p95 - baseline is 30 ms',
      '    p95 is 480 ms',
      '    baseline.p95 is 450 ms',
    ]);
    expect(en(judged('not (a > 1 and b)', { a: 5, b: false }))).toEqual([
      'not (a > 1 and b): holds.',
      '  (a > 1 and b): does not hold.',
      '    a > 1: holds. a is 5, 400 % above 1.',
      '    b: does not hold.',
    ]);
  });

  it('with the reason where it cannot be told, said once', () => {
    expect(en(judged('p59 < 500ms', { p95: '1s' }))).toEqual([
      'p59 < 500ms: cannot be told. Nothing measured p59. Did you mean p95?',
    ]);
    expect(en(judged('p99 < 1s', { p99: { value: '10ms', samples: 40 } }))).toEqual([
      'p99 < 1s: cannot be told. p99 needs at least 100 samples, there were 40.',
    ]);
    expect(en(judged('p95 <= baseline', { p95: '1s' }))).toEqual([
      'p95 <= baseline: cannot be told. There is no baseline of p95.',
      '  p95 is 1 s',
    ]);
    expect(en(judged('replicas != 0', { replicas: 'none' }))).toEqual([
      'replicas != 0: cannot be told. The text “none” is no number.',
      '  replicas is "none"',
    ]);
  });

  it('with the time at which a window was broken', () => {
    const points = Array.from({ length: 21 }, (_, index) => [index * 30, index === 14 ? '3%' : '6%'] as const);
    expect(en(judgedOver('error_rate > 5% for 10m', 'error_rate', points))).toEqual([
      'error_rate > 5% for 10m: does not hold. It has held for 3 min of 10 min.',
      '  error_rate > 5% (3 min ago): does not hold. error_rate is 3 %, 40 % below 5 %.',
    ]);
    expect(en(judgedOver('error_rate > 5% for 20m', 'error_rate', points.slice(15)))[0]).toBe(
      'error_rate > 5% for 20m: cannot be told. It has been watched for 2 min 30 s of 20 min.',
    );
  });

  it('in Portuguese', () => {
    expect(pt(judged('p95 <= baseline * 1.05', { p95: '480ms' }, { p95: '450ms' }))).toEqual([
      'p95 <= baseline * 1.05: não vale. p95 é 480 ms, 1,6 % acima de 473 ms.',
      '  baseline * 1.05 é 473 ms',
      '    baseline.p95 é 450 ms',
    ]);
    expect(pt(judged('p99 < 1s', {}))).toEqual(['p99 < 1s: não se pode dizer. Nada mediu p99.']);
  });
});
