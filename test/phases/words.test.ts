import { describe, expect, test } from 'vitest';
import { ratio } from '../../src/criteria/value.ts';
import { prepareCanary } from '../../src/phases/canary.ts';
import { canaryWords } from '../../src/phases/words/canary.ts';
import { checkWords } from '../../src/phases/words/checks.ts';
import { migrateWords } from '../../src/phases/words/migrate.ts';
import { safetyWords } from '../../src/phases/words/migrate-safety.ts';
import { rollbackWords } from '../../src/phases/words/rollback.ts';
import { fakeClock } from '../support/ports.ts';
import { carryOut, criteria, phaseContext, policy, position, probeOf } from './carry-out.ts';

test('a canary speaks the language of its report, judgements included', async () => {
  const clock = fakeClock(undefined, { auto: true });
  const context = phaseContext({ clock, locale: 'pt-BR' }, {});
  const rollout = {
    name: 'test',
    title: 'test',
    describe: () => '',
    setWeight: async () => ({ message: '' }),
    abort: async () => ({ message: '' }),
  };
  const section = {
    rollout,
    metrics: [probeOf(() => ({ error_rate: { value: ratio(0.2) } }))],
    control: [],
    steps: [{ weight: 0.1, holdMs: 7_200_000, position }],
    everyMs: 60_000,
    criteria: criteria('expect', 'error_rate < 1%', 'erros < 1'),
    policy,
    position,
  };
  const { item } = await carryOut('canary', prepareCanary(section, context), context);
  expect(item('Enviar 10 % ao canary')).toMatchObject({ state: 'pass', group: 'Etapa 1: 10 %' });
  const hold = item('Manter 10 % por 2 h');
  expect(hold.message).toBe('Encerrado após 3 de 120 medições.');
  expect(hold.judgements.map(({ detail }) => detail)).toEqual([
    'Não atendido em 3 medições seguidas.',
    expect.stringContaining('erros'),
  ]);
  expect(JSON.stringify(hold.judgements)).not.toContain('Nothing');
  expect(item('Retirar o tráfego do canary').state).toBe('pass');
});

describe('in Portuguese, nothing is left in English', () => {
  const texts = (words: object): string[] =>
    Object.values(words).flatMap((word: unknown) => {
      if (typeof word === 'string') return [word];
      if (typeof word === 'function') return [String(word('A', 'B', 'C', 'D'))];
      return typeof word === 'object' && word !== null ? texts(word) : [];
    });

  test.each([
    ['canary', canaryWords],
    ['checks', checkWords],
    ['migrate', migrateWords],
    ['migrate-safety', safetyWords],
    ['rollback', rollbackWords],
  ])('of the words of %s', (_, wordsOf) => {
    const [english, portuguese] = [texts(wordsOf('en')), texts(wordsOf('pt-BR'))];
    expect(portuguese).toHaveLength(english.length);
    const same = portuguese.filter((text) => english.includes(text));
    expect(same.filter((text) => !/^Rollback: A$/.test(text))).toEqual([]);
  });
});
