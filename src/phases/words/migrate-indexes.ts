import type { Locale } from '../../criteria/value.ts';
import type { FindingKind, IndexProblem, OtherProblem } from '../../database/index-rules.ts';
import type { IndexCheck } from '../../database/indexes.ts';

/** What a migration's items about indexes say. */
export interface IndexWords {
  readonly problem: Readonly<Record<IndexProblem, (expected: string, found: string) => string>>;
  readonly otherIndexes: string;
  readonly noFindings: (tables: number) => string;
  readonly findings: (blocking: number, warning: number) => string;
  readonly ignored: (count: number) => string;
  readonly idleIgnore: (index: string) => string;
  readonly kind: Readonly<Record<OtherProblem, string>>;
  readonly table: {
    readonly title: string;
    readonly ignored: string;
    readonly kind: string;
    readonly table: string;
    readonly index: string;
    readonly found: string;
    readonly reason: string;
  };
  readonly asInFile: (file: string) => string;
  readonly asInFileHolds: (count: number) => string;
  readonly asInFileFails: (count: number, of: number) => string;
  readonly fileHasNone: (file: string) => string;
  readonly asText: (why: string) => string;
  /** Of an engine that has no state for an index that was built in part. */
  readonly asMeant: (columns: string, engine: Engine) => string;
  /** What the catalog of an engine does not tell. */
  readonly untold: Readonly<Record<Engine, string>>;
}

type Engine = NonNullable<IndexCheck['engine']>;

const UNTOLD = {
  en: (server: string) =>
    `Not told on ${server}: whether an index is used. Foreign keys are not looked at: InnoDB makes an index for each and refuses to drop the last.`,
  pt: (server: string) =>
    `Não se sabe no ${server}: se um índice é usado. Chaves estrangeiras não são verificadas: o InnoDB cria um índice para cada uma e recusa remover o último.`,
};

const EN: IndexWords = {
  problem: {
    // The reason's label, `index missing`, stands before these two.
    table_missing: (_, found) => `${found}.`,
    missing: (expected, found) => `expected ${expected}, ${found}.`,
    definition: (expected, found) => `The plan expects ${expected}: ${found}.`,
    method: (expected, found) => `Another method: ${found} instead of ${expected}.`,
    order: (expected, found) => `The columns are in another order: ${found} instead of ${expected}.`,
    columns: (expected, found) => `Other columns: ${found} instead of ${expected}.`,
    opclass: (expected, found) => `Another operator class: ${found} instead of ${expected}.`,
    collation: (expected, found) => `Another collation: ${found} instead of ${expected}.`,
    direction: (expected, found) => `Another direction: ${found} instead of ${expected}.`,
    unique: (expected, found) => `Unique where it should not be, or the other way round: ${found} instead of ${expected}.`,
    nulls: (expected, found) => `It takes nulls otherwise: ${found} instead of ${expected}.`,
    include: (expected, found) => `Other included columns: ${found} instead of ${expected}.`,
    predicate: (expected, found) => `It covers other rows: ${found} instead of ${expected}.`,
    invalid: (_, found) => `It is there but cannot be used. ${found}.`,
    not_ready: (_, found) => `It is there but cannot be used yet. ${found}.`,
    partitions: (_, found) => `It is there but cannot be used. ${found}.`,
  },
  otherIndexes: 'Other indexes of these tables',
  noFindings: (tables) => `Nothing else is wrong with the indexes of ${tables === 1 ? 'this table' : `these ${tables} tables`}.`,
  findings: (blocking, warning) =>
    `${blocking + warning === 1 ? '1 finding' : `${blocking + warning} findings`}, ${blocking} of them blocking.`,
  ignored: (count) => `${count} ignored by the plan.`,
  idleIgnore: (index) => `The plan ignores ${index}, and nothing was found there: take it out.`,
  kind: {
    invalid: 'invalid',
    not_ready: 'not ready',
    partitions: 'lacks partitions',
    leftover: 'left over',
    duplicate: 'duplicate',
    redundant: 'redundant',
    unused: 'unused',
    foreign_key: 'foreign key without index',
    unexpected: 'not in the plan',
  },
  table: {
    title: 'Findings',
    ignored: 'Ignored',
    kind: 'Kind',
    table: 'Table',
    index: 'Index',
    found: 'Found',
    reason: 'Reason',
  },
  asInFile: (file) => `Indexes as in ${file}`,
  asInFileHolds: (count) => (count === 1 ? 'The 1 index is as there.' : `All ${count} indexes are as there.`),
  asInFileFails: (count, of) => `${count} of ${of} indexes are not as there.`,
  fileHasNone: (file) => `${file} makes no index, so nothing was compared.`,
  asText: (why) => `Compared as text, because the server could not be asked: ${why}.`,
  asMeant: (columns, engine) => `${columns}, as meant. ${engine} keeps no state of validity: an index is there or it is not.`,
  untold: {
    MySQL: UNTOLD.en('MySQL'),
    MariaDB: UNTOLD.en('MariaDB'),
    SQLite: 'Not told on SQLite: whether an index is used, and whether its file is damaged (PRAGMA integrity_check).',
  },
};

const PT_BR: IndexWords = {
  problem: {
    table_missing: (_, found) => `a tabela não existe (${found}).`,
    missing: (expected, found) => `esperado ${expected} (${found}).`,
    definition: (expected, found) => `O plano espera ${expected}: ${found}.`,
    method: (expected, found) => `Outro método: ${found} em vez de ${expected}.`,
    order: (expected, found) => `As colunas estão em outra ordem: ${found} em vez de ${expected}.`,
    columns: (expected, found) => `Outras colunas: ${found} em vez de ${expected}.`,
    opclass: (expected, found) => `Outra classe de operadores: ${found} em vez de ${expected}.`,
    collation: (expected, found) => `Outra ordenação (collation): ${found} em vez de ${expected}.`,
    direction: (expected, found) => `Outro sentido: ${found} em vez de ${expected}.`,
    unique: (expected, found) => `Único onde não deveria ser, ou o contrário: ${found} em vez de ${expected}.`,
    nulls: (expected, found) => `Trata nulos de outra forma: ${found} em vez de ${expected}.`,
    include: (expected, found) => `Outras colunas incluídas: ${found} em vez de ${expected}.`,
    predicate: (expected, found) => `Cobre outras linhas: ${found} em vez de ${expected}.`,
    invalid: (_, found) => `Existe, mas não pode ser usado. ${found}.`,
    not_ready: (_, found) => `Existe, mas ainda não pode ser usado. ${found}.`,
    partitions: (_, found) => `Existe, mas não pode ser usado. ${found}.`,
  },
  otherIndexes: 'Outros índices destas tabelas',
  noFindings: (tables) => `Nada mais há de errado com os índices ${tables === 1 ? 'desta tabela' : `destas ${tables} tabelas`}.`,
  findings: (blocking, warning) =>
    `${blocking + warning === 1 ? '1 achado' : `${blocking + warning} achados`}, dos quais ${blocking} bloqueiam.`,
  ignored: (count) => `${count} ignorados pelo plano.`,
  idleIgnore: (index) => `O plano ignora ${index}, e nada foi achado ali: remova essa linha.`,
  kind: {
    invalid: 'inválido',
    not_ready: 'ainda não pronto',
    partitions: 'faltam partições',
    leftover: 'resto de uma reconstrução',
    duplicate: 'duplicado',
    redundant: 'redundante',
    unused: 'sem uso',
    foreign_key: 'chave estrangeira sem índice',
    unexpected: 'fora do plano',
  },
  table: {
    title: 'Achados',
    ignored: 'Ignorados',
    kind: 'Tipo',
    table: 'Tabela',
    index: 'Índice',
    found: 'Encontrado',
    reason: 'Motivo',
  },
  asInFile: (file) => `Índices como em ${file}`,
  asInFileHolds: (count) => (count === 1 ? 'O único índice está como lá.' : `Todos os ${count} índices estão como lá.`),
  asInFileFails: (count, of) => `${count} de ${of} índices não estão como lá.`,
  fileHasNone: (file) => `${file} não cria nenhum índice, portanto nada foi comparado.`,
  asText: (why) => `Comparado como texto, porque não foi possível perguntar ao servidor: ${why}.`,
  asMeant: (columns, engine) =>
    `${columns}, como pedido. ${engine} não guarda estado de validade: um índice existe ou não existe.`,
  untold: {
    MySQL: UNTOLD.pt('MySQL'),
    MariaDB: UNTOLD.pt('MariaDB'),
    SQLite: 'Não se sabe no SQLite: se um índice é usado, e se o arquivo está danificado (PRAGMA integrity_check).',
  },
};

export const indexWords = (locale: Locale): IndexWords => (locale === 'pt-BR' ? PT_BR : EN);

/** The reason code of a finding about an expected index. */
export const REASON_OF = {
  table_missing: 'index_missing',
  missing: 'index_missing',
  definition: 'index_definition_refused',
  method: 'index_columns_differ',
  columns: 'index_columns_differ',
  order: 'index_columns_differ',
  opclass: 'index_columns_differ',
  collation: 'index_columns_differ',
  direction: 'index_columns_differ',
  unique: 'index_columns_differ',
  nulls: 'index_columns_differ',
  include: 'index_columns_differ',
  predicate: 'index_columns_differ',
  invalid: 'index_invalid',
  not_ready: 'index_invalid',
  partitions: 'index_invalid',
} as const satisfies Partial<Record<FindingKind, string>>;
