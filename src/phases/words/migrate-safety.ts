import { formatDuration } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';
import type { Obstacle } from '../../database/safety/activity.ts';
import type { OtherSession } from '../../database/safety/sessions.ts';
import type { CatalogChange } from '../../database/safety/state.ts';

/** What is said of a migration of a database that stays. Times are milliseconds. */
export interface SafetyWords {
  readonly backup: string;
  readonly activity: string;
  readonly afterwards: string;

  readonly noBackup: string;
  readonly wouldDump: (folder: string) => string;
  readonly wouldRead: (file: string) => string;
  readonly dumping: string;
  readonly reading: string;
  readonly backedUp: (path: string, format: string, sha256: string) => string;
  readonly keepIt: string;
  readonly backupMissing: (pattern: string) => string;
  readonly backupOld: (path: string, ageMs: number) => string;
  readonly backupStale: (path: string, ageMs: number) => string;
  readonly backupCommandFailed: (exitCode: number | null, said: string) => string;
  readonly outputOfBackup: string;

  readonly quiet: (connections: number, most: number) => string;
  readonly inTheWay: (count: number) => string;
  readonly waitedFor: (ms: number) => string;
  readonly preparedFound: (gid: string, ageMs: number) => string;
  readonly hidden: (count: number) => string;
  readonly fewConnections: (used: number, most: number) => string;
  readonly obstacle: Readonly<Record<Obstacle, string>>;
  readonly waitingFor: (what: string) => string;
  readonly session: (session: OtherSession) => string;
  readonly sessions: {
    readonly title: string;
    readonly who: string;
    readonly why: string;
    readonly since: string;
    readonly locks: string;
    readonly statement: string;
  };

  readonly waitingForRun: (holder: string) => string;
  readonly lockCannotHold: string;
  readonly lockLost: string;
  readonly timeoutsNotGiven: string;
  readonly timeoutIgnored: (waitedMs: number, lockTimeoutMs: number) => string;
  readonly build: (what: string, on: string, phase: string, percent: string, lockers: string) => string;
  readonly lockers: (done: number, total: number) => string;
  readonly blockedBy: (session: string) => string;
  readonly blocksOthers: (count: number) => string;
  readonly waited: (session: string, ms: number) => string;
  readonly builds: {
    readonly title: string;
    readonly time: string;
    readonly build: string;
    readonly phase: string;
    readonly done: string;
    readonly blocker: string;
  };
  readonly notWatched: (why: string) => string;

  readonly unchanged: string;
  readonly changes: (changes: string, more: number) => string;
  readonly halfApplied: string;
  readonly leftInvalid: (names: string) => string;
  readonly sessionStopped: (pids: string) => string;
  readonly sessionStays: (pids: string) => string;
  readonly stateUnknown: (why: string) => string;
  readonly noTimeToTell: string;
  readonly changeTable: { readonly title: string; readonly change: string; readonly what: string };
  readonly change: Readonly<Record<CatalogChange['change'], string>>;
  readonly mends: string;

  readonly nothingToUndo: string;
  readonly undone: (version: string) => string;
  readonly undoneButLeft: (version: string) => string;
  readonly notUndone: (why: string, version: string) => string;
  readonly cannotUndo: (why: string) => string;
  readonly noTimeToUndo: string;
  readonly outputOfUndo: string;
  readonly noVersion: string;

  readonly connections: (after: number, before: number, most: number) => string;
  readonly deadlocks: (count: number) => string;
  readonly noDeadlocks: string;
  readonly newInvalid: (names: string) => string;
  readonly oldInvalid: (names: string) => string;
  readonly allValid: string;
}

const EN: SafetyWords = {
  backup: 'Backup',
  activity: 'Transactions and locks',
  afterwards: 'Database after the migration',

  noBackup: 'No backup is configured. Add `backup: { pg_dump: true }` to the plan, or make sure that there is one.',
  wouldDump: (folder) => `Would run pg_dump into ${folder}, and read the dump to its end.`,
  wouldRead: (file) => `Would make and read the backup ${file}.`,
  dumping: 'pg_dump runs',
  reading: 'reading the backup to its end',
  backedUp: (path, format, sha256) => `${path} (${format}) was read to its end. SHA-256 ${sha256}.`,
  keepIt: 'It is on this machine: upload it in a later step (`if: always()`) when the machine is not kept.',
  backupMissing: (pattern) => `There is no file ${pattern}. Nothing was migrated: make the backup first.`,
  backupOld: (path, ageMs) =>
    `The command made no new backup: the newest, ${path}, is ${formatDuration(ageMs)} old. Nothing was migrated.`,
  backupStale: (path, ageMs) =>
    `The newest backup, ${path}, is ${formatDuration(ageMs)} old; no more than 24 h is expected. Nothing was migrated: make a new one.`,
  backupCommandFailed: (exitCode, said) =>
    `The backup’s command failed (exit code ${exitCode ?? 'none: it was killed'}): ${said}. Nothing was migrated.`,
  outputOfBackup: 'Output of the backup',

  quiet: (connections, most) => `Nothing is in the way. ${connections} of ${most} connections are open.`,
  inTheWay: (count) =>
    `${count === 1 ? '1 session is' : `${count} sessions are`} in the way of a migration: end ${count === 1 ? 'it' : 'them'}, or wait (\`transactions: { wait: 30s }\`).`,
  waitedFor: (ms) => `Waited ${formatDuration(ms)}.`,
  preparedFound: (gid, ageMs) =>
    `The prepared transaction ${gid} keeps its locks since ${formatDuration(ageMs)}: COMMIT PREPARED or ROLLBACK PREPARED it.`,
  hidden: (count) =>
    `${count === 1 ? '1 session' : `${count} sessions`} of other roles cannot be seen: GRANT pg_read_all_stats to the role that migrates.`,
  fewConnections: (used, most) => `${used} of ${most} connections are open: few are left.`,
  obstacle: { long: 'long transaction', idle: 'idle in transaction', waiting: 'waits for a lock', holding: 'holds a lock' },
  waitingFor: (what) => `waiting for ${what} to end`,
  session: (session) => sessionText(session, { prepared: 'a prepared transaction', as: 'as', for: 'transaction open for' }),
  sessions: {
    title: 'Sessions in the way',
    who: 'Session',
    why: 'Why',
    since: 'Open for',
    locks: 'Locks',
    statement: 'Last statement',
  },

  waitingForRun: (holder) => `another run migrates this database: ${holder}`,
  lockCannotHold:
    'The connection is pooled by transaction (as PgBouncer does), so that no lock keeps a second run away. Give the server’s own address for migrations.',
  lockLost: 'The lock that keeps other runs away was lost while it migrated: perhaps another run migrated too.',
  timeoutsNotGiven:
    'lock_timeout and statement_timeout could not be handed to the tool’s driver: set them in the migrations, or for the role (ALTER ROLE … SET lock_timeout).',
  timeoutIgnored: (waitedMs, lockTimeoutMs) =>
    `It waited ${formatDuration(waitedMs)} for a lock, longer than its lock_timeout of ${formatDuration(lockTimeoutMs)}: the tool did not take it over. Try \`timeouts-by: url\`.`,
  build: (what, on, phase, percent, lockers) =>
    `${what} on ${on}: ${[phase, percent, lockers].filter((part) => part !== '').join(', ')}`,
  lockers: (done, total) => `${done} of ${total} transactions waited for`,
  blockedBy: (session) => `blocked by ${session}`,
  blocksOthers: (count) => `It made ${count === 1 ? '1 session' : `up to ${count} sessions`} of others wait for its locks.`,
  waited: (session, ms) => `It waited ${formatDuration(ms)} for a lock that is held by ${session}.`,
  builds: { title: 'Index builds', time: 'At', build: 'Build', phase: 'Phase', done: 'Done', blocker: 'Blocked by' },
  notWatched: (why) => `Its locks and builds could not be watched: ${why}`,

  unchanged: 'The catalog is as it was before.',
  changes: (changes, more) => `In the catalog since it began: ${changes}${more === 0 ? '' : `, and ${more} more`}.`,
  halfApplied: 'It is half applied: the version is the same as before, the catalog is not.',
  leftInvalid: (names) => `Left invalid: ${names}; the SQL that mends it is below.`,
  sessionStopped: (pids) => `Its session on the server was ended (pid ${pids}).`,
  sessionStays: (pids) =>
    `A session that may be its own still works on the server: SELECT pg_terminate_backend(pid) for pid ${pids}.`,
  noTimeToTell: 'There was no time to read what is in the catalog now: compare it with the migrations before going on.',
  stateUnknown: (why) => `What is in the catalog now could not be read: ${why}`,
  changeTable: { title: 'Catalog since the migration began', change: 'Change', what: 'What' },
  change: { added: 'added', removed: 'removed', changed: 'changed' },
  mends: 'SQL that mends it',

  nothingToUndo: 'There is no version to go down from, so nothing was undone.',
  undone: (version) => `It was undone: the database is at ${version} again, by the tool’s own table, and its catalog as before.`,
  undoneButLeft: (version) => `The database is at ${version} again by the tool’s own table, but its catalog is not as before.`,
  notUndone: (why, version) => `Undoing it failed too: ${why}. The database is at ${version}: mend it by hand.`,
  cannotUndo: (why) => `It was not undone: ${why}`,
  noTimeToUndo: 'It was not undone: a run that is cancelled has no time for it.',
  outputOfUndo: 'Output of the downgrade',
  noVersion: 'no version (before the first migration)',

  connections: (after, before, most) => `${after} of ${most} connections are open, ${before} before.`,
  deadlocks: (count) => `${count === 1 ? '1 deadlock' : `${count} deadlocks`} since the migration began.`,
  noDeadlocks: 'No deadlock since the migration began.',
  newInvalid: (names) => `The migration left invalid indexes: ${names}.`,
  oldInvalid: (names) => `Invalid since before the migration: ${names}.`,
  allValid: 'No index is invalid.',
};

const PT_BR: SafetyWords = {
  backup: 'Cópia de segurança',
  activity: 'Transações e bloqueios',
  afterwards: 'Banco depois da migração',

  noBackup: 'Nenhuma cópia de segurança configurada. Ponha `backup: { pg_dump: true }` no plano, ou garanta que exista uma.',
  wouldDump: (folder) => `Executaria pg_dump em ${folder} e leria a cópia até o fim.`,
  wouldRead: (file) => `Faria e leria a cópia ${file}.`,
  dumping: 'pg_dump em execução',
  reading: 'lendo a cópia até o fim',
  backedUp: (path, format, sha256) => `${path} (${format}) foi lido até o fim. SHA-256 ${sha256}.`,
  keepIt: 'Está nesta máquina: envie-o em um passo posterior (`if: always()`) se a máquina não for mantida.',
  backupMissing: (pattern) => `Não há arquivo ${pattern}. Nada foi migrado: faça a cópia antes.`,
  backupOld: (path, ageMs) =>
    `O comando não fez cópia nova: a mais recente, ${path}, tem ${formatDuration(ageMs, 'pt-BR')}. Nada foi migrado.`,
  backupStale: (path, ageMs) =>
    `A cópia mais recente, ${path}, tem ${formatDuration(ageMs, 'pt-BR')}; espera-se no máximo 24 h. Nada foi migrado: faça uma nova.`,
  backupCommandFailed: (exitCode, said) =>
    `O comando da cópia falhou (código de saída ${exitCode ?? 'nenhum: foi encerrado à força'}): ${said}. Nada foi migrado.`,
  outputOfBackup: 'Saída da cópia',

  quiet: (connections, most) => `Nada no caminho. ${connections} de ${most} conexões abertas.`,
  inTheWay: (count) =>
    `${count === 1 ? '1 sessão está' : `${count} sessões estão`} no caminho de uma migração: encerre ou espere (\`transactions: { wait: 30s }\`).`,
  waitedFor: (ms) => `Esperou ${formatDuration(ms, 'pt-BR')}.`,
  preparedFound: (gid, ageMs) =>
    `A transação preparada ${gid} mantém seus bloqueios há ${formatDuration(ageMs, 'pt-BR')}: COMMIT PREPARED ou ROLLBACK PREPARED.`,
  hidden: (count) =>
    `${count === 1 ? '1 sessão' : `${count} sessões`} de outros papéis não podem ser vistas: GRANT pg_read_all_stats ao papel que migra.`,
  fewConnections: (used, most) => `${used} de ${most} conexões abertas: restam poucas.`,
  obstacle: {
    long: 'transação longa',
    idle: 'parada em transação',
    waiting: 'espera um bloqueio',
    holding: 'mantém um bloqueio',
  },
  waitingFor: (what) => `esperando que ${what} termine`,
  session: (session) =>
    sessionText(session, { prepared: 'uma transação preparada', as: 'como', for: 'transação aberta há' }, 'pt-BR'),
  sessions: {
    title: 'Sessões no caminho',
    who: 'Sessão',
    why: 'Por quê',
    since: 'Aberta há',
    locks: 'Bloqueios',
    statement: 'Último comando',
  },

  waitingForRun: (holder) => `outra execução migra este banco: ${holder}`,
  lockCannotHold:
    'A conexão é compartilhada por transação (como faz o PgBouncer), e nenhum bloqueio impede uma segunda execução. Use o endereço do próprio servidor para migrar.',
  lockLost: 'O bloqueio que impede outras execuções se perdeu durante a migração: talvez outra execução tenha migrado também.',
  timeoutsNotGiven:
    'lock_timeout e statement_timeout não puderam ser passados ao driver da ferramenta: defina-os nas migrações ou no papel (ALTER ROLE … SET lock_timeout).',
  timeoutIgnored: (waitedMs, lockTimeoutMs) =>
    `Esperou ${formatDuration(waitedMs, 'pt-BR')} por um bloqueio, mais que seu lock_timeout de ${formatDuration(lockTimeoutMs, 'pt-BR')}: a ferramenta não o adotou. Tente \`timeouts-by: url\`.`,
  build: (what, on, phase, percent, lockers) =>
    `${what} em ${on}: ${[phase, percent, lockers].filter((part) => part !== '').join(', ')}`,
  lockers: (done, total) => `${done} de ${total} transações aguardadas`,
  blockedBy: (session) => `bloqueado por ${session}`,
  blocksOthers: (count) => `Fez ${count === 1 ? '1 sessão' : `até ${count} sessões`} de outros esperar por seus bloqueios.`,
  waited: (session, ms) => `Esperou ${formatDuration(ms, 'pt-BR')} por um bloqueio mantido por ${session}.`,
  builds: {
    title: 'Construções de índices',
    time: 'Em',
    build: 'Construção',
    phase: 'Fase',
    done: 'Feito',
    blocker: 'Bloqueado por',
  },
  notWatched: (why) => `Seus bloqueios e construções não puderam ser observados: ${why}`,

  unchanged: 'O catálogo está como antes.',
  changes: (changes, more) => `No catálogo desde o início: ${changes}${more === 0 ? '' : `, e mais ${more}`}.`,
  halfApplied: 'Foi aplicada pela metade: a versão é a mesma de antes, o catálogo não.',
  leftInvalid: (names) => `Ficou inválido: ${names}; o SQL que corrige está abaixo.`,
  sessionStopped: (pids) => `Sua sessão no servidor foi encerrada (pid ${pids}).`,
  sessionStays: (pids) =>
    `Uma sessão que pode ser dela ainda trabalha no servidor: SELECT pg_terminate_backend(pid) para o pid ${pids}.`,
  noTimeToTell: 'Não houve tempo de ler o que há no catálogo agora: compare com as migrações antes de continuar.',
  stateUnknown: (why) => `O que há no catálogo agora não pôde ser lido: ${why}`,
  changeTable: { title: 'Catálogo desde o início da migração', change: 'Mudança', what: 'O quê' },
  change: { added: 'criado', removed: 'removido', changed: 'mudado' },
  mends: 'SQL que corrige',

  nothingToUndo: 'Não há versão da qual descer, e nada foi desfeito.',
  undone: (version) => `Foi desfeita: o banco está de novo em ${version}, pela tabela da ferramenta, e o catálogo como antes.`,
  undoneButLeft: (version) => `O banco está de novo em ${version} pela tabela da ferramenta, mas o catálogo não está como antes.`,
  notUndone: (why, version) => `Desfazer também falhou: ${why}. O banco está em ${version}: corrija à mão.`,
  cannotUndo: (why) => `Não foi desfeita: ${why}`,
  noTimeToUndo: 'Não foi desfeita: uma execução cancelada não tem tempo para isso.',
  outputOfUndo: 'Saída do downgrade',
  noVersion: 'nenhuma versão (antes da primeira migração)',

  connections: (after, before, most) => `${after} de ${most} conexões abertas, ${before} antes.`,
  deadlocks: (count) => `${count === 1 ? '1 deadlock' : `${count} deadlocks`} desde o início da migração.`,
  noDeadlocks: 'Nenhum deadlock desde o início da migração.',
  newInvalid: (names) => `A migração deixou índices inválidos: ${names}.`,
  oldInvalid: (names) => `Inválido desde antes da migração: ${names}.`,
  allValid: 'Nenhum índice está inválido.',
};

interface SessionWords {
  readonly prepared: string;
  readonly as: string;
  readonly for: string;
}

function sessionText(
  { pid, application, user, state, transactionMs, query }: OtherSession,
  words: SessionWords,
  locale?: Locale,
) {
  if (pid === 0) return words.prepared;
  const who = [application, user === '' ? '' : `${words.as} ${user}`].filter((part) => part !== '').join(' ');
  const open = transactionMs === undefined ? '' : `${words.for} ${formatDuration(transactionMs, locale)}`;
  const told = [who, state, open].filter((part) => part !== '').join(', ');
  return `pid ${pid}${told === '' ? '' : ` (${told})`}${query === '' ? '' : `: ${query}`}`;
}

export const safetyWords = (locale: Locale): SafetyWords => (locale === 'pt-BR' ? PT_BR : EN);
