import type { Locale } from '../../criteria/value.ts';
import type { XrayFinding } from '../../database/x-ray/findings.ts';
import type { RuleId } from '../../database/x-ray/rules.ts';

type Sentence = (finding: Pick<XrayFinding, 'table' | 'object' | 'detail'>) => string;

/** What the x-ray says of a migration. */
export interface XrayWords {
  readonly title: string;
  readonly group: string;
  readonly findings: Readonly<Record<RuleId, Sentence>>;
  /** What waits while a lock is held, by its mode. */
  readonly blocks: (mode: string) => string;
  readonly locks: { readonly title: string; readonly columns: readonly string[] };
  readonly safe: string;
  readonly ignored: { readonly title: string; readonly columns: readonly string[] };
  readonly clean: (statements: number) => string;
  readonly summary: (statements: number, failures: number, warnings: number) => string;
  readonly nothing: string;
  readonly notAttributed: string;
  readonly partly: string;
  readonly later: string;
}

const EN: XrayWords = {
  title: 'X-ray: what it would do to a busy database',
  group: 'Migration',
  findings: {
    'index-not-concurrent': ({ table, object }) => `blocks writes to ${table} while it builds the index ${object}`,
    'index-drop-not-concurrent': ({ table, object }) => `blocks reads and writes of ${table} to drop the index ${object}`,
    'index-invalid': ({ table, object }) => `leaves the index ${object} on ${table} invalid: it serves no query`,
    'unique-builds-index': ({ table, object }) => `blocks reads and writes of ${table} while it builds the index of ${object}`,
    'exclusion-constraint': ({ table, object }) => `blocks reads and writes of ${table} while it builds the index of ${object}`,
    'constraint-scan': ({ table, object }) => `blocks writes to ${table} while it checks all rows against ${object}`,
    'validate-under-lock': ({ table, object }) =>
      `checks all rows of ${table} against ${object} while its transaction still blocks writes`,
    'constraint-not-validated': ({ table, object }) => `leaves ${object} on ${table} NOT VALID: old rows may break it`,
    'not-null-scan': ({ table, object }) => `blocks reads and writes of ${table} while it looks for NULL in ${object}`,
    'not-null-added': ({ table, object }) => `fails as soon as ${table} has rows: ${object} is NOT NULL and has no default`,
    'column-type-change': ({ table, object, detail }) =>
      `rewrites ${table} and blocks reads and writes meanwhile: ${object} changes its type, ${detail ?? ''}`,
    'volatile-default': ({ table, object, detail }) =>
      `rewrites ${table} and blocks reads and writes meanwhile: ${object} gets another value in each row, ${detail ?? ''}`,
    'serial-added': ({ table, object }) =>
      `rewrites ${table} and blocks reads and writes meanwhile: it numbers all rows in ${object}`,
    'stored-column-added': ({ table, object }) =>
      `rewrites ${table} and blocks reads and writes meanwhile: it computes ${object} for all rows`,
    'table-rewrite': ({ table }) => `rewrites ${table} and blocks reads and writes meanwhile`,
    'more-under-lock': ({ table, detail }) =>
      `holds its lock on ${table}, which blocks reads and writes, through: ${detail ?? ''}`,
    'no-lock-timeout': ({ table }) =>
      `waits for its lock on ${table} without lock_timeout: meanwhile everything that comes later waits behind it`,
    'foreign-key-without-index': ({ table, object }) =>
      `makes the foreign key ${object} without a whole index on ${table}: deletes in the parent scan it`,
    'column-dropped': ({ object }) => `drops ${object}: code that still runs may use it`,
    'table-dropped': ({ table }) => `drops ${table}: code that still runs may use it`,
    'column-renamed': ({ object, detail }) => `renames ${detail ?? ''} to ${object}: code that still runs uses the old name`,
    'table-renamed': ({ table, detail }) => `renames ${detail ?? ''} to ${table}: code that still runs uses the old name`,
  },
  blocks: (mode) =>
    mode === 'AccessExclusiveLock' ? 'reads and writes' : mode === 'ShareUpdateExclusiveLock' ? 'other schema changes' : 'writes',
  locks: { title: 'Locks on tables that were there before', columns: ['Statement', 'Lock', 'On', 'Blocks', 'ms'] },
  safe: 'Safe form',
  ignored: { title: 'Ignored by the plan', columns: ['Finding', 'What', 'Reason'] },
  clean: (statements) => `${statements === 1 ? '1 statement' : `${statements} statements`}, nothing that blocks or breaks.`,
  summary: (statements, failures, warnings) =>
    `${statements === 1 ? '1 statement' : `${statements} statements`}: ${failures} to mend, ${warnings} to think about.`,
  nothing: 'No new migration: there is nothing to look at.',
  notAttributed:
    'Which statement belongs to which migration could not be told: without a base, tables made by the same session count as new.',
  partly:
    'PGlite shows statements that change the schema only: rows changed under a lock, LOCK TABLE and what was rolled back are not seen. Install PostgreSQL to see all.',
  later: 'The statements would be watched.',
};

const PT_BR: XrayWords = {
  title: 'Raio X: o que faria a um banco em uso',
  group: 'Migração',
  findings: {
    'index-not-concurrent': ({ table, object }) => `bloqueia escritas em ${table} enquanto cria o índice ${object}`,
    'index-drop-not-concurrent': ({ table, object }) =>
      `bloqueia leituras e escritas em ${table} para remover o índice ${object}`,
    'index-invalid': ({ table, object }) => `deixa o índice ${object} em ${table} inválido: não atende a consulta nenhuma`,
    'unique-builds-index': ({ table, object }) => `bloqueia leituras e escritas em ${table} enquanto cria o índice de ${object}`,
    'exclusion-constraint': ({ table, object }) => `bloqueia leituras e escritas em ${table} enquanto cria o índice de ${object}`,
    'constraint-scan': ({ table, object }) => `bloqueia escritas em ${table} enquanto confere todas as linhas com ${object}`,
    'validate-under-lock': ({ table, object }) =>
      `confere todas as linhas de ${table} com ${object} enquanto a transação ainda bloqueia escritas`,
    'constraint-not-validated': ({ table, object }) => `deixa ${object} em ${table} NOT VALID: linhas antigas podem violá-la`,
    'not-null-scan': ({ table, object }) => `bloqueia leituras e escritas em ${table} enquanto procura NULL em ${object}`,
    'not-null-added': ({ table, object }) => `falha assim que ${table} tiver linhas: ${object} é NOT NULL e não tem default`,
    'column-type-change': ({ table, object, detail }) =>
      `reescreve ${table} e bloqueia leituras e escritas enquanto isso: ${object} muda de tipo, ${detail ?? ''}`,
    'volatile-default': ({ table, object, detail }) =>
      `reescreve ${table} e bloqueia leituras e escritas enquanto isso: ${object} recebe outro valor em cada linha, ${detail ?? ''}`,
    'serial-added': ({ table, object }) =>
      `reescreve ${table} e bloqueia leituras e escritas enquanto isso: numera todas as linhas em ${object}`,
    'stored-column-added': ({ table, object }) =>
      `reescreve ${table} e bloqueia leituras e escritas enquanto isso: calcula ${object} para todas as linhas`,
    'table-rewrite': ({ table }) => `reescreve ${table} e bloqueia leituras e escritas enquanto isso`,
    'more-under-lock': ({ table, detail }) =>
      `segura o bloqueio em ${table}, que impede leituras e escritas, durante: ${detail ?? ''}`,
    'no-lock-timeout': ({ table }) =>
      `espera pelo bloqueio em ${table} sem lock_timeout: enquanto isso, tudo o que vem depois espera atrás`,
    'foreign-key-without-index': ({ table, object }) =>
      `cria a chave estrangeira ${object} sem um índice completo em ${table}: remoções na tabela pai a percorrem inteira`,
    'column-dropped': ({ object }) => `remove ${object}: código que ainda roda pode usá-la`,
    'table-dropped': ({ table }) => `remove ${table}: código que ainda roda pode usá-la`,
    'column-renamed': ({ object, detail }) => `renomeia ${detail ?? ''} para ${object}: código que ainda roda usa o nome antigo`,
    'table-renamed': ({ table, detail }) => `renomeia ${detail ?? ''} para ${table}: código que ainda roda usa o nome antigo`,
  },
  blocks: (mode) =>
    mode === 'AccessExclusiveLock'
      ? 'leituras e escritas'
      : mode === 'ShareUpdateExclusiveLock'
        ? 'outras mudanças de esquema'
        : 'escritas',
  locks: { title: 'Bloqueios em tabelas que já existiam', columns: ['Comando', 'Bloqueio', 'Em', 'Impede', 'ms'] },
  safe: 'Forma segura',
  ignored: { title: 'Aceitos pelo plano', columns: ['Achado', 'O quê', 'Motivo'] },
  clean: (statements) => `${statements === 1 ? '1 comando' : `${statements} comandos`}, nada que bloqueie ou quebre.`,
  summary: (statements, failures, warnings) =>
    `${statements === 1 ? '1 comando' : `${statements} comandos`}: ${failures} a corrigir, ${warnings} a pensar.`,
  nothing: 'Nenhuma migração nova: não há o que olhar.',
  notAttributed:
    'Não foi possível saber que comando é de que migração: sem uma base, tabelas criadas pela mesma sessão contam como novas.',
  partly:
    'O PGlite só mostra comandos que mudam o esquema: linhas mudadas sob bloqueio, LOCK TABLE e o que foi desfeito não são vistos. Instale o PostgreSQL para ver tudo.',
  later: 'Os comandos seriam observados.',
};

export const xrayWords = (locale: Locale): XrayWords => (locale === 'pt-BR' ? PT_BR : EN);
