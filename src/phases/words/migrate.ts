import { formatDuration } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';
import type { Dirty } from '../../database/migrations/tool.ts';

/** What a migration says of itself. Revisions come as one text, or undefined before the first migration; times are milliseconds. */
export interface MigrateWords {
  readonly migration: string;
  readonly indexes: string;
  readonly queries: string;
  readonly checks: string;
  readonly databaseAnswers: string;
  readonly migrationRuns: string;
  readonly limits: string;
  readonly server: (version: string, label: string) => string;
  readonly otherServer: (product: string, label: string) => string;
  readonly started: (server: string, readyMs: number) => string;
  readonly oneSession: string;

  readonly noVersion: string;
  readonly at: (version: string) => string;
  readonly stillAt: (version: string) => string;
  readonly partApplied: (before: string, after: string) => string;
  readonly nothingToApply: string;
  readonly nothingToApplyAt: (version: string) => string;
  readonly applied: (count: number, tookMs: number, before: string, after: string) => string;
  readonly wouldRun: (what: string) => string;
  readonly filesEndIn: (heads: string) => string;
  readonly wouldApply: (count: number, names: string) => string;
  readonly severalHeads: (count: number, heads: string) => string;
  readonly dirty: (tool: string, dirty: Dirty) => string;
  readonly didApply: (names: string) => string;
  readonly didNotApply: (names: string) => string;
  readonly leftPending: (tool: string, count: number, names: string) => string;
  readonly claimed: (names: string) => string;
  readonly noWayBack: (names: string) => string;
  readonly failed: (tool: string, exitCode: number | null, problem: string) => string;
  readonly disagrees: (tool: string, why: string) => string;
  readonly noVersionAtAll: string;
  readonly otherHeads: (version: string, heads: string) => string;
  readonly stopped: string;
  readonly stateUnknown: (why: string | undefined) => string;
  readonly table: { readonly title: string; readonly migration: string; readonly time: string };
  readonly warnings: string;
  readonly output: (tool: string) => string;

  readonly indexOn: (index: string, table: string) => string;
  readonly valid: (columns: string) => string;
  readonly later: string;
  readonly catalogSilent: (index: string) => string;
  readonly fix: string;
  readonly query: string;
  readonly plan: string;
}

const EN: MigrateWords = {
  migration: 'Migration',
  indexes: 'Indexes',
  queries: 'Queries',
  checks: 'Checks',
  databaseAnswers: 'Database answers',
  migrationRuns: 'Migration runs',
  limits: 'Version and limits',
  server: (version, label) => `PostgreSQL ${version} at ${label}.`,
  otherServer: (product, label) => `${product} at ${label}. A migration’s locks are not told there.`,
  started: (server, readyMs) => `${server}, started for this run, ready in ${formatDuration(readyMs)}.`,
  oneSession: 'Its connections share one session: use a PostgreSQL where that matters.',

  noVersion: 'no version (before the first migration)',
  at: (version) => `The database is at ${version}`,
  stillAt: (version) => `The database is still at ${version}.`,
  partApplied: (before, after) => `The database went from ${before} to ${after}: a part was applied.`,
  nothingToApply: 'Nothing to apply',
  nothingToApplyAt: (version) => `Nothing to apply: the database is at ${version}.`,
  applied: (count, tookMs, before, after) =>
    `${count === 1 ? '1 migration' : `${count} migrations`} in ${formatDuration(tookMs)}: from ${before} to ${after}.`,
  wouldRun: (what) => `Would run: ${what}`,
  filesEndIn: (heads) => `; the files end in ${heads}`,
  wouldApply: (count, names) => `${count === 1 ? '1 migration is' : `${count} migrations are`} pending: ${names}.`,
  severalHeads: (count, heads) =>
    `The migration files end in ${count} heads, ${heads}: merge them into one with a migration that is built on all of them. Nothing was run.`,
  dirty: (tool, { kind, what, mend }) =>
    kind === 'locked'
      ? `The lock of ${tool} is held (${what}). Wait for the run that holds it; when none does, release it: ${mend}`
      : `The table of ${tool} says that ${what} began and did not end well. Look at what it left in the database, then: ${mend}`,
  didApply: (names) => `Applied: ${names}.`,
  didNotApply: (names) => `Not applied: ${names}.`,
  leftPending: (tool, count, names) =>
    `${tool} reported no error, but left ${count === 1 ? '1 migration' : `${count} migrations`} that its table does not have: ${names}. ` +
    'Expected: none. Perhaps they are older than what is applied, filtered out, or another database was migrated.',
  claimed: (names) => `its table does not have what it named as applied: ${names}`,
  noWayBack: (names) => `Cannot be undone: ${names}.`,
  failed: (tool, exitCode, problem) => `${tool} failed (exit code ${exitCode ?? 'none: it was killed'}): ${problem}`,
  disagrees: (tool, why) =>
    `${tool} reported no error, but ${why}. ` +
    'Perhaps it migrated another database: it must take the URL from its environment, not from a file.',
  noVersionAtAll: 'the database has no version at all',
  otherHeads: (version, heads) => `the database is at ${version}, and the migration files end in ${heads}`,
  stopped: 'The migration was stopped while it ran.',
  stateUnknown: (why) =>
    why === undefined
      ? 'What state it left is not known: read it with the tool before going on.'
      : `What state it left is not known: ${why}`,
  table: { title: 'Migrations', migration: 'Migration', time: 'Time' },
  warnings: 'Warnings',
  output: (tool) => `Output of ${tool}`,

  indexOn: (index, table) => `${index} on ${table}`,
  valid: (columns) => `${columns}, valid.`,
  later: 'Would be checked after the migration.',
  catalogSilent: (index) => `The catalog told nothing about ${index}.`,
  fix: 'SQL that mends it',
  query: 'Query',
  plan: 'Plan',
};

const PT_BR: MigrateWords = {
  migration: 'Migração',
  indexes: 'Índices',
  queries: 'Consultas',
  checks: 'Verificações',
  databaseAnswers: 'Banco de dados responde',
  migrationRuns: 'Migração executa',
  limits: 'Versão e limites',
  server: (version, label) => `PostgreSQL ${version} em ${label}.`,
  otherServer: (product, label) => `${product} em ${label}. Lá não se sabe que bloqueios uma migração toma.`,
  started: (server, readyMs) => `${server}, iniciado para esta execução, pronto em ${formatDuration(readyMs, 'pt-BR')}.`,
  oneSession: 'Suas conexões dividem uma só sessão: use um PostgreSQL onde isso importa.',

  noVersion: 'nenhuma versão (antes da primeira migração)',
  at: (version) => `O banco está em ${version}`,
  stillAt: (version) => `O banco continua em ${version}.`,
  partApplied: (before, after) => `O banco foi de ${before} para ${after}: uma parte foi aplicada.`,
  nothingToApply: 'Nada a aplicar',
  nothingToApplyAt: (version) => `Nada a aplicar: o banco está em ${version}.`,
  applied: (count, tookMs, before, after) =>
    `${count === 1 ? '1 migração' : `${count} migrações`} em ${formatDuration(tookMs, 'pt-BR')}: de ${before} para ${after}.`,
  wouldRun: (what) => `Executaria: ${what}`,
  filesEndIn: (heads) => `; os arquivos terminam em ${heads}`,
  wouldApply: (count, names) => `${count === 1 ? '1 migração pendente' : `${count} migrações pendentes`}: ${names}.`,
  severalHeads: (count, heads) =>
    `Os arquivos de migração terminam em ${count} pontas, ${heads}: una-as com uma migração que parta de todas. Nada foi executado.`,
  dirty: (tool, { kind, what, mend }) =>
    kind === 'locked'
      ? `A trava de ${tool} está ocupada (${what}). Espere a execução que a ocupa; se não houver nenhuma, libere-a: ${mend}`
      : `A tabela de ${tool} diz que ${what} começou e não terminou bem. Veja o que ficou no banco e depois: ${mend}`,
  didApply: (names) => `Aplicadas: ${names}.`,
  didNotApply: (names) => `Não aplicadas: ${names}.`,
  leftPending: (tool, count, names) =>
    `${tool} não informou erro, mas deixou ${count === 1 ? '1 migração' : `${count} migrações`} que sua tabela não tem: ${names}. ` +
    'Esperado: nenhuma. Talvez sejam mais antigas que as aplicadas, tenham sido filtradas, ou outro banco tenha sido migrado.',
  claimed: (names) => `sua tabela não tem o que ela informou ter aplicado: ${names}`,
  noWayBack: (names) => `Não pode ser desfeito: ${names}.`,
  failed: (tool, exitCode, problem) =>
    `${tool} falhou (código de saída ${exitCode ?? 'nenhum: foi encerrado à força'}): ${problem}`,
  disagrees: (tool, why) =>
    `${tool} não informou erro, mas ${why}. ` +
    'Talvez tenha migrado outro banco: a URL deve vir do ambiente, não de um arquivo.',
  noVersionAtAll: 'o banco não tem versão nenhuma',
  otherHeads: (version, heads) => `o banco está em ${version}, e os arquivos de migração terminam em ${heads}`,
  stopped: 'A migração foi parada enquanto executava.',
  stateUnknown: (why) =>
    why === undefined
      ? 'Não se sabe em que estado ficou: consulte a ferramenta antes de continuar.'
      : `Não se sabe em que estado ficou: ${why}`,
  table: { title: 'Migrações', migration: 'Migração', time: 'Tempo' },
  warnings: 'Avisos',
  output: (tool) => `Saída de ${tool}`,

  indexOn: (index, table) => `${index} em ${table}`,
  valid: (columns) => `${columns}, válido.`,
  later: 'Seria verificado depois da migração.',
  catalogSilent: (index) => `O catálogo nada disse sobre ${index}.`,
  fix: 'SQL que corrige',
  query: 'Consulta',
  plan: 'Plano da consulta',
};

export const migrateWords = (locale: Locale): MigrateWords => (locale === 'pt-BR' ? PT_BR : EN);
