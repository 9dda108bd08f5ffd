import { formatDuration } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';

/** What a rollback says of itself. Times are milliseconds. */
export interface RollbackWords {
  readonly group: (option: string) => string;
  readonly verification: string;
  /** The item that stands for a verification that the plan does not have. */
  readonly previousState: string;
  readonly unverified: string;
  readonly verified: string;
  readonly notVerified: (attempts: number, used: string) => string;
  /** Without a capital letter or full stop. */
  readonly used: (elapsedMs: number, withinMs: number) => string;
  readonly asked: (attempts: number, leftMs: number) => string;
  readonly ownLimit: (limitMs: number) => string;
  readonly limit: (withinMs: number) => string;
  readonly noAnswer: (limitMs: number) => string;
  readonly wouldPass: string;
  readonly wouldNotPass: string;
}

const EN: RollbackWords = {
  group: (option) => `Rollback: ${option}`,
  verification: 'Verification',
  previousState: 'The previous state runs again',
  unverified:
    'The tasks are done, but the plan has no `verify:` that proves the previous state. Add a check of the running version.',
  verified: 'Verified.',
  notVerified: (attempts, used) => `Not verified after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'}, ${used}.`,
  used: (elapsedMs, withinMs) => `${formatDuration(elapsedMs)} of ${formatDuration(withinMs)} used`,
  asked: (attempts, leftMs) => `asked ${attempts} times, not good yet; ${formatDuration(leftMs)} left`,
  ownLimit: (limitMs) => `Not done within its own ${formatDuration(limitMs)}.`,
  limit: (withinMs) => `The rollback’s ${formatDuration(withinMs)} are over.`,
  noAnswer: (limitMs) => `No answer within ${formatDuration(limitMs)}.`,
  wouldPass: 'It would pass as things are.',
  wouldNotPass: 'It would not pass as things are.',
};

const duration = (ms: number): string => formatDuration(ms, 'pt-BR');

const PT_BR: RollbackWords = {
  group: (option) => `Rollback: ${option}`,
  verification: 'Verificação',
  previousState: 'O estado anterior está no ar',
  unverified:
    'As tarefas foram feitas, mas o plano não tem um `verify:` que comprove o estado anterior. Inclua uma verificação da versão no ar.',
  verified: 'Comprovado.',
  notVerified: (attempts, used) => `Não comprovado após ${attempts} ${attempts === 1 ? 'tentativa' : 'tentativas'}, ${used}.`,
  used: (elapsedMs, withinMs) => `${duration(elapsedMs)} de ${duration(withinMs)} usados`,
  asked: (attempts, leftMs) => `${attempts} tentativas, ainda não está bom; restam ${duration(leftMs)}`,
  ownLimit: (limitMs) => `Não terminou no próprio prazo de ${duration(limitMs)}.`,
  limit: (withinMs) => `Os ${duration(withinMs)} do rollback acabaram.`,
  noAnswer: (limitMs) => `Sem resposta em ${duration(limitMs)}.`,
  wouldPass: 'Como as coisas estão, passaria.',
  wouldNotPass: 'Como as coisas estão, não passaria.',
};

export const rollbackWords = (locale: Locale): RollbackWords => (locale === 'pt-BR' ? PT_BR : EN);
