import { REASONS_PT_BR } from './reasons.pt-BR.ts';
import type { HeadlineCounts, Words } from './words.ts';

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
const items = (n: number): string => count(n, 'item', 'itens');
const warnings = (n: number): string => count(n, 'alerta', 'alertas');

const unsettled = ({ errored, inconclusive }: HeadlineCounts): string =>
  errored + inconclusive > 0 ? `, ${errored + inconclusive} sem veredito` : '';

const badSoFar = (counts: HeadlineCounts): string => {
  const bad = counts.failed + counts.errored + counts.inconclusive;
  return bad > 0 ? `, ${bad} com problema` : '';
};

/** "2 de 12 itens falharam" */
const failed = ({ failed: n, total }: HeadlineCounts): string => `${n} de ${items(total)} ${n === 1 ? 'falhou' : 'falharam'}`;

export const PT_BR: Words = {
  tag: 'pt-BR',
  states: {
    pass: 'aprovado',
    warn: 'alerta',
    fail: 'reprovado',
    inconclusive: 'inconclusivo',
    error: 'erro',
    skipped: 'pulado',
    pending: 'aguardando',
    running: 'em execução',
  },
  shortStates: {
    pass: 'OK',
    warn: 'ALERTA',
    fail: 'FALHA',
    inconclusive: 'DÚVIDA',
    error: 'ERRO',
    skipped: 'PULADO',
    pending: 'ESPERA',
    running: 'RODANDO',
  },
  phases: { 'pre-deploy': 'Pré-deploy', migrate: 'Migração', canary: 'Canary', rollback: 'Rollback' },
  reasons: REASONS_PT_BR,
  headline: {
    passed: ({ passed, total }) => `Aprovado: ${passed} de ${total}`,
    rolledBack: ({ passed, total }) => `Rollback feito e comprovado: ${passed} de ${total}`,
    warned: ({ warned }) => `Aprovado com ${warnings(warned)}`,
    rolledBackWarned: ({ warned }) => `Rollback feito com ${warnings(warned)}`,
    failed: (counts) => `Bloqueado: ${failed(counts)}${unsettled(counts)}`,
    rollbackFailed: (counts) => `Rollback falhou: ${failed(counts)}${unsettled(counts)}`,
    blockedBecause: (reason) => `Bloqueado: ${reason}`,
    aborted: (where) =>
      where === undefined
        ? 'Interrompido: o canary passou de um limite'
        : `Interrompido em ${where}: o canary passou de um limite`,
    cannotTell: ({ errored, inconclusive, total }) =>
      errored > 0
        ? `Sem veredito: não foi possível medir ${errored} de ${items(total)}${inconclusive > 0 ? `, ${inconclusive} sem evidência suficiente` : ''}`
        : `Sem veredito: falta evidência em ${inconclusive} de ${items(total)}`,
    cannotTellBecause: (reason) => `Sem veredito: ${reason}`,
    cancelled: (counts) => `Cancelado após ${counts.done} de ${items(counts.total)}${badSoFar(counts)}`,
    running: (counts) => `Em execução: ${counts.done} de ${counts.total} concluídos${badSoFar(counts)}`,
    waiting: (counts) => `Aguardando: ${counts.done} de ${counts.total} concluídos${badSoFar(counts)}`,
    skipped: 'Pulado: nada se aplica a esta execução',
    planned: (n) => (n === 1 ? '1 etapa seria executada' : `${n} etapas seriam executadas`),
    planError: (n) => (n === 1 ? 'Erro no plano: nada foi executado' : `${n} erros no plano: nada foi executado`),
    dryRun: (rest) => `Simulação, nada foi alterado. ${rest}`,
  },
  finding: {
    was: (subject, measured) => `${subject}: ${measured}`,
    noValue: (subject) => `${subject} sem valor`,
    allowed: (limit) => `permitido ${limit}`,
    over: (share) => `${share} acima`,
    under: (share) => `${share} abaixo`,
    timesOver: (factor) => `${factor} × o limite`,
    atLimit: 'exatamente no limite',
    notAllowed: (criterion) => `${criterion} não foi atendido`,
    cannotJudge: (criterion) => `não foi possível julgar ${criterion}`,
  },
  operators: {
    between: (low, high) => `entre ${low} e ${high}`,
    outside: (low, high) => `fora de ${low} a ${high}`,
    in: (choices) => `um de ${choices}`,
    notIn: (choices) => `nenhum de ${choices}`,
    matches: (pattern) => `corresponde a ${pattern}`,
    notMatches: (pattern) => `não corresponde a ${pattern}`,
    not: (rest) => `não ${rest}`,
  },
  headings: {
    failed: 'O que está bloqueando',
    warnings: 'Alertas',
    next: 'O que fazer',
    checklist: 'Checklist',
    evidence: 'Evidências',
    notes: 'Observações',
    criteria: 'Critérios',
    measurements: 'Medições',
  },
  columns: {
    state: 'Estado',
    item: 'Item',
    measured: 'Medido',
    allowed: 'Permitido',
    margin: 'Margem',
    result: 'Resultado',
    time: 'Tempo',
    criterion: 'Critério',
    name: 'Nome',
    value: 'Valor',
  },
  intents: { expect: 'obrigatório', abort: 'interrompe o rollout', warn: 'alerta' },
  outcomes: { holds: 'atendido', violated: 'não atendido', unknown: 'indefinido' },
  limitOutcomes: { holds: 'atingido', violated: 'não atingido', unknown: 'indefinido' },
  notRequired: 'opcional',
  ungrouped: 'Outros itens',
  items,
  samples: (n) => `${n} amostras`,
  stateCount: (state, n) =>
    ({
      pass: count(n, 'aprovado', 'aprovados'),
      warn: warnings(n),
      fail: count(n, 'reprovado', 'reprovados'),
      inconclusive: count(n, 'inconclusivo', 'inconclusivos'),
      error: count(n, 'erro', 'erros'),
      skipped: count(n, 'pulado', 'pulados'),
      pending: `${n} aguardando`,
      running: `${n} em execução`,
    })[state],
  commit: 'Commit',
  pullRequest: 'Pull request',
  ref: 'Ref',
  run: 'Execução do workflow',
  repository: 'Repositório',
  started: 'Início',
  finished: 'Fim',
  plan: 'Plano',
  dryRun: 'simulação',
  planFrom: (file, source, sha) => {
    if (source === 'input') return `${file}, recebido como parâmetro da action`;
    const at = sha === undefined ? '' : ` ${sha}`;
    return source === 'base' ? `${file} do commit de base${at}` : `${file} do commit em checkout${at}`;
  },
  leftOut: {
    evidenceCut: 'Evidências longas foram cortadas aqui.',
    evidenceOfPassing: (n) => `Omitido por tamanho: as evidências de ${items(n)} sem falha.`,
    evidence: (n) => `Omitido por tamanho: as evidências de ${items(n)}.`,
    passing: (n) => `Omitido por tamanho: ${items(n)} sem falha.`,
    findings: (n) => `… e mais ${n}.`,
    items: (n) => `Omitido por tamanho: a lista de ${items(n)}.`,
    lines: (n) => `… ${count(n, 'linha omitida', 'linhas omitidas')} …`,
    rows: (n) => `… ${count(n, 'linha omitida', 'linhas omitidas')}`,
    notes: (n) => `Omitido por tamanho: ${count(n, 'observação', 'observações')}.`,
    elsewhere: 'Os relatórios em JSON e HTML trazem tudo.',
  },
  planAdvice: 'Nada foi executado. Corrija o plano e execute de novo; `holdpoint validate` confere o plano antes.',
  noPosition: 'parâmetros',
  seriesFrom: (title, low, high, last) => `${title}: de ${low} a ${high}, último ${last}`,
  emptySeries: 'Nenhum ponto.',
  emptyHistogram: 'Nenhum valor.',
  histogram: { bins: 'Contagens', range: 'Faixa', count: 'Quantidade', share: 'Parcela', outside: 'fora do desenho' },
};
