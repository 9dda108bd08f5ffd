import { formatNumber } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';
import type { Cause } from '../../database/query-proof/causes.ts';
import type { Hiding } from '../../database/query-proof/hide.ts';
import type { Choice, Finding, QueryProof, Unproven } from '../../database/query-proof/proof.ts';
import type { ServedBy } from '../../database/query-proof/service.ts';

type Unproved = Exclude<Finding, { readonly kind: 'served' | 'exempt' }>;
type Assumed = QueryProof['assumed'][number];

/** What the proof of a query says of itself. */
export interface QueryWords {
  readonly serves: (indexes: readonly string[], sql: string) => string;
  readonly statement: (rank: number, by: string) => string;
  readonly reads: (file: string) => string;
  readonly served: (indexes: readonly string[], by: ServedBy) => string;
  readonly exempt: (tables: readonly string[]) => string;
  readonly unproved: (finding: Unproved) => string;
  readonly choice: (choice: Choice) => string;
  readonly notChosen: (parameters: number) => string;
  readonly costs: (withIt: number, without: number, withoutAny: boolean) => string;
  readonly none: string;
  readonly seen: {
    readonly fewer: (count: number) => string;
    readonly none: string;
    readonly unreadable: string;
    readonly otherEngine: string;
  };
  readonly perhapsCut: string;
  readonly noStatements: (file: string) => string;
  readonly noFile: (file: string) => string;
  readonly proof: {
    readonly title: string;
    readonly hiding: Readonly<Record<Hiding, string>>;
    readonly table: (name: string, rows: number, pages: number) => string;
    readonly assumed: (assumed: Assumed) => string;
    readonly node: (line: string) => string;
  };
  readonly provenPlan: string;
}

const list = (names: readonly string[], and: string): string =>
  names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} ${and} ${names.at(-1)}`;

function unprovenEn(index: string, why: Unproven): string {
  const what = index === '' ? 'an index serves it' : `${index} serves it`;
  switch (why.kind) {
    case 'writes':
      return `Not proved that ${what}: MySQL and MariaDB plan no writes in a session that may only read. Write the SELECT that finds the same rows.`;
    case 'no_place':
      return `Not proved that ${what}: the query does not name the table of this index (a view does, perhaps), so it cannot be held to it by a hint. Write the query with the table.`;
    case 'no_plan':
      return `Not proved that ${what}: in place of a plan the server says “${why.said}”, as it does for a table without such a row. Fill the table, or write a value that is there.`;
    case 'refused':
      return `Not proved that ${what}: the query was refused with a hint for this index. ${why.said}`;
  }
}

function unprovenPt(index: string, why: Unproven): string {
  const what = index === '' ? 'algum índice atende' : `${index} atende`;
  switch (why.kind) {
    case 'writes':
      return `Não foi provado que ${what}: MySQL e MariaDB não planejam escritas em uma sessão só de leitura. Escreva o SELECT que acha as mesmas linhas.`;
    case 'no_place':
      return `Não foi provado que ${what}: a consulta não cita a tabela desse índice (talvez uma visão o faça), e não pode ser presa a ele por uma dica. Escreva a consulta com a tabela.`;
    case 'no_plan':
      return `Não foi provado que ${what}: em lugar de um plano o servidor diz “${why.said}”, como faz com uma tabela sem tal linha. Preencha a tabela, ou escreva um valor que exista.`;
    case 'refused':
      return `Não foi provado que ${what}: a consulta foi recusada com uma dica para esse índice. ${why.said}`;
  }
}

function causeEn(index: string, cause: Cause): string {
  switch (cause.kind) {
    case 'invalid':
      return `${index} is invalid: its build failed or is not complete, and the planner ignores it. Drop it and build it again.`;
    case 'predicate':
      return `${index} covers only rows where ${cause.predicate}, and the query does not ask for that. Repeat the condition in the query, or widen the index.`;
    case 'like_opclass':
      return `${index} holds ${cause.key} in the order of a language, in which LIKE 'a%' finds no beginning. Build it with text_pattern_ops.`;
    case 'like_wildcard':
      return `LIKE '%…' on ${cause.key} has no beginning that ${index} could look for. A trigram index (pg_trgm) serves such patterns.`;
    case 'like_parameter':
      return `With LIKE $n on ${cause.key} the pattern is not known when the plan is made, so ${index} cannot be looked into. Put a typical pattern into the plan’s query.`;
    case 'like_case':
      return `ILIKE on ${cause.key} is served by no btree such as ${index}. Index lower(${cause.key}) and ask for that, or use a trigram index.`;
    case 'cast':
      return `The query asks for ${cause.asked}, and ${index} holds ${cause.key} itself. Cast the other side of the comparison, or index the expression.`;
    case 'expression':
      return `${index} holds ${cause.key}, and the query asks for ${cause.asked}. Make them the same.`;
    case 'first_key':
      return `No usable condition speaks of ${cause.key}, the first key of ${index}, so the whole of it would be read. Put the column that the query asks for first.`;
    case 'walk':
      return `The planner could only walk through the whole of ${index}, which proves nothing.`;
    case 'partitions':
      return `${index} does not serve ${list(cause.tables, 'and')}: a partition without its part of the index is read whole.`;
    case 'unknown':
      return `The planner does not use ${index}, although every other way was made expensive.`;
  }
}

const EN: QueryWords = {
  serves: (indexes, sql) => `${indexes.length === 0 ? 'An index' : indexes.join(' or ')} serves ${sql}`,
  statement: (rank, by) => `Statement ${rank} by ${by}`,
  reads: (file) => `Queries of ${file}`,
  served: (indexes, by) => {
    const how: Readonly<Record<ServedBy, string>> = {
      condition: 'by a condition on its first key',
      distance: 'by distance',
      predicate: 'by its predicate, which the query implies',
      order: 'by its order, which saves a sort',
      conflict: 'as the arbiter of ON CONFLICT',
    };
    return indexes.length === 1 ? `${indexes[0]} serves it ${how[by]}.` : `${list(indexes, 'and')} serve it.`;
  },
  exempt: (tables) =>
    `No index is needed: ${tables.length === 0 ? 'it reads no table' : `only ${list(tables, 'and')} may be read whole`}.`,
  unproved: (finding) => {
    switch (finding.kind) {
      case 'no_table':
        return 'The query reads no table, so there is nothing that an index could serve.';
      case 'no_index':
        return `There is no index ${finding.names.join(' or ')} in the search path.`;
      case 'unserved':
        return `${causeEn(finding.index, finding.cause)}${finding.instead.length === 0 ? '' : ` The planner takes ${list(finding.instead, 'and')} instead.`}`;
      case 'partial_parameter':
        return `${finding.index} covers only rows where ${finding.predicate}, and the query has $${finding.parameter} there: a prepared statement’s generic plan cannot use it, it serves only when the value ${finding.value} is known. Write the value into the query.`;
      case 'in_the_way':
        return `Not proved: ${list(finding.others, 'and')} is taken, which could not be hidden to see whether ${finding.index} would serve. ${finding.why ?? 'Rehearse on a throwaway database, or allow it by `hide-indexes: true`.'}`;
      case 'read_whole':
        return `No index serves it: ${[
          ...(finding.tables.length === 0 ? [] : [`${list(finding.tables, 'and')} would be read whole`]),
          ...(finding.walks.length === 0 ? [] : [`all of ${list(finding.walks, 'and')} would be walked through`]),
        ].join(', ')}. Add an index on the columns of its conditions, or list the table under \`may-scan\`.`;
      case 'hidden':
        return `${finding.index} is ${finding.how}: the planner does not use it. Make it ${finding.how === 'ignored' ? 'NOT IGNORED' : 'VISIBLE'}.`;
      case 'unproven':
        return unprovenEn(finding.index, finding.why);
    }
  },
  choice: ({ statistics, indexes, scans }) => {
    if (statistics === 'small') return 'The tables are too small for the planner’s own choice to mean anything.';
    const on = statistics === 'assumed' ? 'With the rows that the plan assumes' : 'On its statistics';
    const ways = [
      ...(indexes.length === 0 ? [] : [`takes ${list(indexes, 'and')}`]),
      ...(scans.length === 0 ? [] : [`reads ${list(scans, 'and')} whole`]),
    ];
    return `${on} the planner by itself ${ways.length === 0 ? 'needs neither index nor table' : ways.join(' and ')}.`;
  },
  notChosen: (parameters) =>
    parameters === 0
      ? 'The index can serve, but is not worth it for this query: drop it, or ask for fewer rows.'
      : 'That is for any value of the parameters: write typical values into the query to have the choice judged.',
  costs: (withIt, without, withoutAny) =>
    `Cost ${formatNumber(withIt)} with it, ${formatNumber(without)} ${withoutAny ? 'without any index' : 'without it'}.`,
  none: 'none',
  seen: {
    fewer: (count) => `pg_stat_statements has only ${count} for this database.`,
    none: 'pg_stat_statements has seen no statement of this database yet: nothing could be judged. Run the application or its tests first.',
    otherEngine:
      'The statements that a server has seen are read from pg_stat_statements, which only PostgreSQL has. Take `statements` out, and write the queries or a `file` of them.',
    unreadable: 'Its text may not be read. Grant pg_read_all_stats to the user that Holdpoint connects as.',
  },
  perhapsCut: 'The text is as long as track_activity_query_size and may have been cut: raise that setting.',
  noStatements: (file) => `${file} has no statement, so nothing was checked. Add one, or take the entry out of the plan.`,
  noFile: (file) => `No file matches ${file}. Check the path: it starts at the root of the repository.`,
  proof: {
    title: 'How it was proved',
    hiding: {
      catalog: 'Other indexes were hidden from the planner in pg_index, in a transaction that was rolled back.',
      drop: 'Other indexes were dropped in a transaction that was rolled back.',
      hint: 'No index was hidden: a hint in the query (FORCE INDEX, INDEXED BY) holds the planner to the index. The plans show the query as it was planned, with the values that stood for parameters. Costs are not compared.',
      none: 'No index was hidden: only settings such as enable_seqscan = off made other ways expensive.',
    },
    table: (name, rows, pages) =>
      `${name}: ${rows < 0 ? 'never analysed' : `${formatNumber(rows)} rows when last analysed`}, ${formatNumber(pages)} pages.`,
    assumed: ({ table, rows, refused }) => {
      const size = `${formatNumber(rows)} rows of ${table}`;
      if (refused === undefined) return `${size} were assumed, without statistics of its columns.`;
      const why = {
        no_such_table: 'there is no such table',
        not_superuser: 'only a superuser can',
        empty: 'the table, or one of its partitions, is empty and takes no row of defaults',
        not_allowed: 'that is done on a throwaway database only',
      };
      return `${size} were not assumed: ${why[refused]}.`;
    },
    node: (line) => `The node that proves it: ${line}`,
  },
  provenPlan: 'Plan when other ways are closed',
};

function causePt(index: string, cause: Cause): string {
  switch (cause.kind) {
    case 'invalid':
      return `${index} é inválido: sua construção falhou ou não terminou, e o planejador o ignora. Remova-o e construa de novo.`;
    case 'predicate':
      return `${index} cobre apenas linhas em que ${cause.predicate}, e a consulta não pede isso. Repita a condição na consulta, ou amplie o índice.`;
    case 'like_opclass':
      return `${index} guarda ${cause.key} na ordem de um idioma, em que LIKE 'a%' não acha começo. Construa-o com text_pattern_ops.`;
    case 'like_wildcard':
      return `LIKE '%…' em ${cause.key} não tem começo que ${index} possa procurar. Um índice de trigramas (pg_trgm) atende a esses padrões.`;
    case 'like_parameter':
      return `Com LIKE $n em ${cause.key} o padrão não é conhecido quando o plano é feito, e ${index} não pode ser consultado. Escreva um padrão típico na consulta.`;
    case 'like_case':
      return `Nenhum btree como ${index} atende a ILIKE em ${cause.key}. Indexe lower(${cause.key}) e peça isso, ou use um índice de trigramas.`;
    case 'cast':
      return `A consulta pede ${cause.asked}, e ${index} guarda o próprio ${cause.key}. Converta o outro lado da comparação, ou indexe a expressão.`;
    case 'expression':
      return `${index} guarda ${cause.key}, e a consulta pede ${cause.asked}. Use a mesma expressão nos dois.`;
    case 'first_key':
      return `Nenhuma condição utilizável fala de ${cause.key}, a primeira chave de ${index}, que seria lido inteiro. Ponha em primeiro lugar a coluna que a consulta pede.`;
    case 'walk':
      return `O planejador só poderia percorrer ${index} inteiro, o que nada prova.`;
    case 'partitions':
      return `${index} não atende a ${list(cause.tables, 'e')}: uma partição sem a sua parte do índice é lida inteira.`;
    case 'unknown':
      return `O planejador não usa ${index}, embora todos os outros caminhos tenham ficado caros.`;
  }
}

const PT_BR: QueryWords = {
  serves: (indexes, sql) => `${indexes.length === 0 ? 'Um índice' : indexes.join(' ou ')} atende a ${sql}`,
  statement: (rank, by) => `Comando ${rank} por ${by}`,
  reads: (file) => `Consultas de ${file}`,
  served: (indexes, by) => {
    const how: Readonly<Record<ServedBy, string>> = {
      condition: 'por uma condição sobre a primeira chave',
      distance: 'por distância',
      predicate: 'por seu predicado, que a consulta implica',
      order: 'por sua ordem, que evita uma ordenação',
      conflict: 'como árbitro de ON CONFLICT',
    };
    return indexes.length === 1 ? `${indexes[0]} atende ${how[by]}.` : `${list(indexes, 'e')} atendem.`;
  },
  exempt: (tables) =>
    `Nenhum índice é preciso: ${tables.length === 0 ? 'não lê tabela' : `só ${list(tables, 'e')}, que pode ser lida inteira`}.`,
  unproved: (finding) => {
    switch (finding.kind) {
      case 'no_table':
        return 'A consulta não lê tabela nenhuma: não há o que um índice possa atender.';
      case 'no_index':
        return `Não há índice ${finding.names.join(' ou ')} no search path.`;
      case 'unserved':
        return `${causePt(finding.index, finding.cause)}${finding.instead.length === 0 ? '' : ` O planejador usa ${list(finding.instead, 'e')} em seu lugar.`}`;
      case 'partial_parameter':
        return `${finding.index} cobre apenas linhas em que ${finding.predicate}, e ali a consulta tem $${finding.parameter}: o plano genérico de um comando preparado não pode usá-lo, só atende quando o valor ${finding.value} é conhecido. Escreva o valor na consulta.`;
      case 'in_the_way':
        return `Sem prova: ${list(finding.others, 'e')} é usado, e não pôde ser escondido para ver se ${finding.index} atenderia. ${finding.why ?? 'Ensaie em um banco descartável, ou permita com `hide-indexes: true`.'}`;
      case 'read_whole':
        return `Nenhum índice atende: ${[
          ...(finding.tables.length === 0 ? [] : [`${list(finding.tables, 'e')} seria lida inteira`]),
          ...(finding.walks.length === 0 ? [] : [`${list(finding.walks, 'e')} seria percorrido inteiro`]),
        ].join(', ')}. Crie um índice sobre as colunas das condições, ou ponha a tabela em \`may-scan\`.`;
      case 'hidden':
        return `${finding.index} é ${finding.how === 'ignored' ? 'ignorado' : 'invisível'}: o planejador não o usa. Torne-o ${finding.how === 'ignored' ? 'NOT IGNORED' : 'VISIBLE'}.`;
      case 'unproven':
        return unprovenPt(finding.index, finding.why);
    }
  },
  choice: ({ statistics, indexes, scans }) => {
    if (statistics === 'small') return 'As tabelas são pequenas demais para que a escolha do planejador diga algo.';
    const on = statistics === 'assumed' ? 'Com as linhas que o plano supõe' : 'Com suas estatísticas';
    const ways = [
      ...(indexes.length === 0 ? [] : [`usa ${list(indexes, 'e')}`]),
      ...(scans.length === 0 ? [] : [`lê ${list(scans, 'e')} por inteiro`]),
    ];
    return `${on}, o planejador por si só ${ways.length === 0 ? 'não precisa de índice nem de tabela' : ways.join(' e ')}.`;
  },
  notChosen: (parameters) =>
    parameters === 0
      ? 'O índice pode atender, mas não compensa nesta consulta: remova-o, ou peça menos linhas.'
      : 'Isso vale para qualquer valor dos parâmetros: escreva valores típicos na consulta para que a escolha seja julgada.',
  costs: (withIt, without, withoutAny) =>
    `Custo ${formatNumber(withIt, 'pt-BR')} com ele, ${formatNumber(without, 'pt-BR')} ${withoutAny ? 'sem índice nenhum' : 'sem ele'}.`,
  none: 'nenhum',
  seen: {
    fewer: (count) => `pg_stat_statements tem apenas ${count} deste banco.`,
    none: 'pg_stat_statements ainda não viu comando deste banco: nada pôde ser julgado. Execute antes a aplicação ou seus testes.',
    otherEngine:
      'Os comandos que um servidor viu são lidos de pg_stat_statements, que só o PostgreSQL tem. Tire `statements` do plano, e escreva as consultas ou um `file` com elas.',
    unreadable: 'Seu texto não pode ser lido. Conceda pg_read_all_stats ao usuário com que o Holdpoint se conecta.',
  },
  perhapsCut: 'O texto tem o tamanho de track_activity_query_size e pode ter sido cortado: aumente essa configuração.',
  noStatements: (file) => `${file} não tem comando, e nada foi verificado. Acrescente um, ou tire a entrada do plano.`,
  noFile: (file) => `Nenhum arquivo corresponde a ${file}. Confira o caminho: ele começa na raiz do repositório.`,
  proof: {
    title: 'Como foi provado',
    hiding: {
      catalog: 'Outros índices foram escondidos do planejador em pg_index, em uma transação desfeita.',
      drop: 'Outros índices foram removidos em uma transação desfeita.',
      hint: 'Nenhum índice foi escondido: uma dica na consulta (FORCE INDEX, INDEXED BY) prende o planejador ao índice. Os planos mostram a consulta como foi planejada, com os valores no lugar dos parâmetros. Custos não são comparados.',
      none: 'Nenhum índice foi escondido: só configurações como enable_seqscan = off encareceram outros caminhos.',
    },
    table: (name, rows, pages) =>
      `${name}: ${rows < 0 ? 'nunca analisada' : `${formatNumber(rows, 'pt-BR')} linhas na última análise`}, ${formatNumber(pages, 'pt-BR')} páginas.`,
    assumed: ({ table, rows, refused }) => {
      const size = `${formatNumber(rows, 'pt-BR')} linhas de ${table}`;
      if (refused === undefined) return `${size} foram supostas, sem estatísticas de suas colunas.`;
      const why = {
        no_such_table: 'não há essa tabela',
        not_superuser: 'só um superusuário pode',
        empty: 'a tabela, ou uma de suas partições, está vazia e não aceita uma linha de valores padrão',
        not_allowed: 'isso só é feito em um banco descartável',
      };
      return `${size} não foram supostas: ${why[refused]}.`;
    },
    node: (line) => `O nó que prova: ${line}`,
  },
  provenPlan: 'Plano quando outros caminhos são fechados',
};

export const queryWords = (locale: Locale): QueryWords => (locale === 'pt-BR' ? PT_BR : EN);
