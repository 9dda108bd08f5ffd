import { formatDuration } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';

/** What a rehearsal says of itself. Times are milliseconds. */
export interface RehearsalWords {
  readonly group: string;
  readonly base: string;
  readonly down: string;
  readonly again: string;
  readonly loaded: (schema: string) => string;
  readonly fromBase: (commit: string, count: number) => string;
  readonly seeded: (files: string) => string;
  readonly filled: (rows: string) => string;
  readonly empty: string;
  readonly baseFailed: (tool: string, problem: string) => string;
  readonly baseOutput: (tool: string) => string;
  readonly restored: (count: number, tookMs: number) => string;
  readonly sameAgain: (tookMs: number) => string;
  readonly differs: (count: number, first: string) => string;
  readonly differsAgain: (count: number, first: string) => string;
  readonly differences: { readonly title: string; readonly columns: readonly string[]; readonly absent: string };
  readonly irreversible: (names: string) => string;
  readonly noWayBack: (why: string) => string;
  readonly downFailed: (tool: string, problem: string, version: string) => string;
  readonly upFailed: (tool: string, problem: string) => string;
  readonly downElsewhere: (version: string, expected: string) => string;
  readonly noVersion: string;
  readonly nothing: string;
  readonly notUndone: string;
  readonly cannotCount: string;
  readonly later: string;
  readonly output: (tool: string) => string;
  readonly needsDatabase: (event: string) => string;
}

const EN: RehearsalWords = {
  group: 'Rehearsal',
  base: 'State before the migration',
  down: 'Undone: the schema is as it was',
  again: 'Done again: the schema is the same',
  loaded: (schema) => `Schema from ${schema}.`,
  fromBase: (commit, count) => `${count === 1 ? '1 migration' : `${count} migrations`} of the base, ${commit}.`,
  seeded: (files) => `Rows from ${files}.`,
  filled: (rows) => `Rows made up: ${rows}.`,
  empty: 'An empty database.',
  baseFailed: (tool, problem) => `${tool} failed on the base branch’s own migrations: ${problem}`,
  baseOutput: (tool) => `Output of ${tool} on the base branch`,
  restored: (count, tookMs) => `${count === 1 ? '1 migration' : `${count} migrations`} undone in ${formatDuration(tookMs)}.`,
  sameAgain: (tookMs) => `Done again in ${formatDuration(tookMs)}.`,
  differs: (count, first) =>
    `${count === 1 ? '1 object differs' : `${count} objects differ`} from before the migration, first ${first}. Mend the \`down\`.`,
  differsAgain: (count, first) =>
    `${count === 1 ? '1 object differs' : `${count} objects differ`} from the first time, first ${first}. Mend the \`down\` or the \`up\`.`,
  differences: { title: 'What differs', columns: ['Object', 'Expected', 'Found'], absent: '(absent)' },
  irreversible: (names) => `${names} cannot be undone: a rollback past it has to come from a backup, or go forward.`,
  noWayBack: (why) => `Nothing can be undone here: ${why}`,
  downFailed: (tool, problem, version) => `${tool} failed while undoing: ${problem} The database is at ${version}.`,
  upFailed: (tool, problem) => `${tool} failed the second time: ${problem}`,
  downElsewhere: (version, expected) => `After undoing, the database is at ${version} instead of ${expected}.`,
  noVersion: 'no version',
  nothing: 'No new migration: there is nothing to undo.',
  notUndone: 'The migration was not undone, so it cannot be done again.',
  cannotCount: 'How many migrations were applied is not known, so they cannot be undone.',
  later: 'Would be rehearsed.',
  output: (tool) => `Output of ${tool}`,
  needsDatabase: (event) =>
    `\`migrate:\` has no \`database:\`. Only a pull request is rehearsed without one; this run is a ${event}. Add \`database:\`.`,
};

const PT_BR: RehearsalWords = {
  group: 'Ensaio',
  base: 'Estado antes da migração',
  down: 'Desfeita: o esquema é o de antes',
  again: 'Refeita: o esquema é o mesmo',
  loaded: (schema) => `Esquema de ${schema}.`,
  fromBase: (commit, count) => `${count === 1 ? '1 migração' : `${count} migrações`} da base, ${commit}.`,
  seeded: (files) => `Linhas de ${files}.`,
  filled: (rows) => `Linhas geradas: ${rows}.`,
  empty: 'Um banco vazio.',
  baseFailed: (tool, problem) => `${tool} falhou nas migrações da própria branch base: ${problem}`,
  baseOutput: (tool) => `Saída de ${tool} na branch base`,
  restored: (count, tookMs) =>
    `${count === 1 ? '1 migração desfeita' : `${count} migrações desfeitas`} em ${formatDuration(tookMs, 'pt-BR')}.`,
  sameAgain: (tookMs) => `Refeita em ${formatDuration(tookMs, 'pt-BR')}.`,
  differs: (count, first) =>
    `${count === 1 ? '1 objeto difere' : `${count} objetos diferem`} do que havia antes da migração, o primeiro é ${first}. Corrija o \`down\`.`,
  differsAgain: (count, first) =>
    `${count === 1 ? '1 objeto difere' : `${count} objetos diferem`} da primeira vez, o primeiro é ${first}. Corrija o \`down\` ou o \`up\`.`,
  differences: { title: 'O que difere', columns: ['Objeto', 'Esperado', 'Encontrado'], absent: '(ausente)' },
  irreversible: (names) => `${names} não pode ser desfeita: um rollback além dela precisa de um backup, ou ir para a frente.`,
  noWayBack: (why) => `Nada pode ser desfeito aqui: ${why}`,
  downFailed: (tool, problem, version) => `${tool} falhou ao desfazer: ${problem} O banco está em ${version}.`,
  upFailed: (tool, problem) => `${tool} falhou da segunda vez: ${problem}`,
  downElsewhere: (version, expected) => `Depois de desfazer, o banco está em ${version} em vez de ${expected}.`,
  noVersion: 'nenhuma versão',
  nothing: 'Nenhuma migração nova: não há o que desfazer.',
  notUndone: 'A migração não foi desfeita, então não pode ser refeita.',
  cannotCount: 'Não se sabe quantas migrações foram aplicadas, então não podem ser desfeitas.',
  later: 'Seria ensaiada.',
  output: (tool) => `Saída de ${tool}`,
  needsDatabase: (event) =>
    `\`migrate:\` não tem \`database:\`. Só um pull request é ensaiado sem ele; esta execução é um ${event}. Acrescente \`database:\`.`,
};

export const rehearsalWords = (locale: Locale): RehearsalWords => (locale === 'pt-BR' ? PT_BR : EN);
