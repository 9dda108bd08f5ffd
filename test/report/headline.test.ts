import { describe, expect, test } from 'vitest';
import { headline } from '../../src/report/headline.ts';
import { checklist, item, many, SAMPLES } from './samples.ts';

describe('the headline', () => {
  test.each([
    ['allPass', 'Passed: 4 of 4', 'Aprovado: 4 de 4'],
    ['oneFail', 'Blocked: 1 of 5 items failed', 'Bloqueado: 1 de 5 itens falhou'],
    ['inconclusive', 'Cannot tell: not enough evidence for 1 of 5 items', 'Sem veredito: falta evidência em 1 de 5 itens'],
    ['errored', 'Cannot tell: 1 of 5 items could not be measured', 'Sem veredito: não foi possível medir 1 de 5 itens'],
    ['warned', 'Passed with 2 warnings', 'Aprovado com 2 alertas'],
    ['mixed', 'Blocked: 1 of 9 items failed, 2 could not be judged', 'Bloqueado: 1 de 9 itens falhou, 2 sem veredito'],
    ['cancelled', 'Cancelled after 2 of 4 items', 'Cancelado após 2 de 4 itens'],
    ['running', 'Running: 2 of 4 done', 'Em execução: 2 de 4 concluídos'],
    ['canary', 'Aborted at Step 50 %: the canary broke a limit', 'Interrompido em Step 50 %: o canary passou de um limite'],
    ['rollback', 'Rolled back and proven: 2 of 2', 'Rollback feito e comprovado: 2 de 2'],
  ] as const)('says how %s stands, in both languages', (name, english, portuguese) => {
    expect(headline(SAMPLES[name], 'en')).toBe(english);
    expect(headline(SAMPLES[name], 'pt-BR')).toBe(portuguese);
  });

  test('counts many', () => {
    expect(headline(many(200))).toBe('Blocked: 100 of 200 items failed');
    expect(headline(many(200), 'pt-BR')).toBe('Bloqueado: 100 de 200 itens falharam');
  });

  test('a pass does not count what did not apply', () => {
    const skipped = item('optional', { state: 'skipped', reason: 'not_applicable' });
    expect(headline(checklist([item('a'), skipped]))).toBe('Passed: 1 of 1');
  });

  test('a failed rollback is not called blocked', () => {
    const bad = checklist([item('undo', { state: 'fail', reason: 'task_failed' })], {
      phase: 'rollback',
      verdict: 'fail',
      reason: 'task_failed',
    });
    expect(headline(bad)).toBe('Rollback failed: 1 of 1 item failed');
  });

  test('a checklist that checked nothing cannot tell', () => {
    expect(headline(checklist([], { verdict: 'inconclusive', reason: 'nothing_checked' }))).toBe(
      'Cannot tell: nothing was checked',
    );
  });

  test('a dry run never reads as if something had been done', () => {
    const planned = checklist([item('undo', { state: 'skipped', reason: 'dry_run' })], {
      phase: 'rollback',
      dryRun: true,
      verdict: 'skipped',
      reason: 'dry_run',
    });
    expect(headline(planned)).toBe('Dry run, nothing changed. 1 step would be taken');
    const passed = checklist([item('health')], { phase: 'rollback', dryRun: true });
    expect(headline(passed)).toBe('Dry run, nothing changed. Passed: 1 of 1');
  });

  test('what the policy lets through is counted as a warning', () => {
    const let_ = checklist([item('a'), item('b', { state: 'inconclusive', reason: 'no_data', required: false })], {
      verdict: 'warn',
      reason: 'no_data',
    });
    expect(headline(let_)).toBe('Passed with 1 warning');
  });
});
