import { formatDuration, formatNumber } from '../../criteria/format.ts';
import type { Locale } from '../../criteria/value.ts';

/** What a canary says of itself. Weights come as `10 %`, times in milliseconds. */
export interface CanaryWords {
  readonly baseline: string;
  readonly step: (number: number, weight: string) => string;
  readonly send: (weight: string) => string;
  readonly hold: (weight: string, holdMs: number) => string;
  readonly abort: string;
  readonly takeBack: string;
  readonly trial: string;
  readonly wouldPoll: (polls: number, everyMs: number) => string;
  readonly canBeJudged: string;
  readonly cannotBeJudged: (criteria: string) => string;

  readonly mean: (polls: number) => string;
  readonly nothingToCompare: (names: string) => string;
  /** Heads of the baseline's table. */
  readonly table: {
    readonly title: string;
    readonly metric: string;
    readonly poll: (at: number) => string;
    readonly mean: string;
  };

  readonly progress: (at: number, planned: number) => string;
  readonly polls: (done: number, planned: number) => string;
  readonly endedAfter: (done: number, planned: number) => string;
  readonly incomplete: (missed: number) => string;
  readonly silence: (inARow: number) => string;

  readonly held: (held: number, known: number) => string;
  readonly reached: (reached: number, known: number) => string;
  readonly notReached: (known: number) => string;
  readonly violatedInARow: (violated: number) => string;
  readonly violated: (violated: number, known: number, tolerated: boolean) => string;
  readonly judgedTooRarely: (known: number, planned: number) => string;
}

const EN: CanaryWords = {
  baseline: 'Baseline before the first weight',
  step: (number, weight) => `Step ${number}: ${weight}`,
  send: (weight) => `Send ${weight} to the canary`,
  hold: (weight, holdMs) => `Hold ${weight} for ${formatDuration(holdMs)}`,
  abort: 'Abort',
  takeBack: 'Take traffic from the canary',
  trial: 'Every metric can be measured',
  wouldPoll: (polls, everyMs) => `Would poll ${formatNumber(polls)} times, every ${formatDuration(everyMs)}.`,
  canBeJudged: 'Every criterion can be judged.',
  cannotBeJudged: (criteria) => `Could not be judged as things are: ${criteria}.`,

  mean: (polls) => `The mean of ${polls} polls before the first weight.`,
  nothingToCompare: (names) => `Nothing to compare ${names} with: not every poll before the first weight had it.`,
  table: { title: 'Baseline', metric: 'Metric', poll: (at) => `Poll ${at}`, mean: 'Mean' },

  progress: (at, planned) => `poll ${formatNumber(at)} of ${formatNumber(planned)}`,
  polls: (done, planned) => `${formatNumber(done)} of ${formatNumber(planned)} polls`,
  endedAfter: (done, planned) => `Ended after ${formatNumber(done)} of ${formatNumber(planned)} polls`,
  incomplete: (missed) => `${formatNumber(missed)} of them without an answer from every metric`,
  silence: (inARow) => `${inARow} polls in a row went without an answer, so nobody watches the canary.`,

  held: (held, known) => `Held in ${held} of ${known} polls.`,
  reached: (reached, known) => `Reached in ${reached} of ${known} polls.`,
  notReached: (known) => `Not reached in any of ${known} polls.`,
  violatedInARow: (violated) => `Violated in ${violated} polls in a row.`,
  violated: (violated, known, tolerated) =>
    `Violated in ${violated} of ${known} polls${tolerated ? '; up to one in ten is tolerated' : ''}.`,
  judgedTooRarely: (known, planned) => `Only ${known} of ${planned} polls could be judged.`,
};

const duration = (ms: number): string => formatDuration(ms, 'pt-BR');
const count = (amount: number): string => formatNumber(amount, 'pt-BR');

const PT_BR: CanaryWords = {
  baseline: 'Linha de base antes do primeiro peso',
  step: (number, weight) => `Etapa ${number}: ${weight}`,
  send: (weight) => `Enviar ${weight} ao canary`,
  hold: (weight, holdMs) => `Manter ${weight} por ${duration(holdMs)}`,
  abort: 'Interrupção',
  takeBack: 'Retirar o tráfego do canary',
  trial: 'Todas as métricas podem ser medidas',
  wouldPoll: (polls, everyMs) => `Faria ${count(polls)} medições, uma a cada ${duration(everyMs)}.`,
  canBeJudged: 'Todos os critérios podem ser julgados.',
  cannotBeJudged: (criteria) => `Não dá para julgar como as coisas estão: ${criteria}.`,

  mean: (polls) => `A média de ${polls} medições antes do primeiro peso.`,
  nothingToCompare: (names) => `Não há com que comparar ${names}: faltou em alguma das medições antes do primeiro peso.`,
  table: { title: 'Linha de base', metric: 'Métrica', poll: (at) => `Medição ${at}`, mean: 'Média' },

  progress: (at, planned) => `medição ${count(at)} de ${count(planned)}`,
  polls: (done, planned) => `${count(done)} de ${count(planned)} medições`,
  endedAfter: (done, planned) => `Encerrado após ${count(done)} de ${count(planned)} medições`,
  incomplete: (missed) => `${count(missed)} delas sem resposta de todas as métricas`,
  silence: (inARow) => `${inARow} medições seguidas ficaram sem resposta: ninguém está vendo o canary.`,

  held: (held, known) => `Atendido em ${held} de ${known} medições.`,
  reached: (reached, known) => `Atingido em ${reached} de ${known} medições.`,
  notReached: (known) => `Não atingido em nenhuma de ${known} medições.`,
  violatedInARow: (violated) => `Não atendido em ${violated} medições seguidas.`,
  violated: (violated, known, tolerated) =>
    `Não atendido em ${violated} de ${known} medições${tolerated ? '; até uma em dez é tolerada' : ''}.`,
  judgedTooRarely: (known, planned) => `Só ${known} de ${planned} medições puderam ser julgadas.`,
};

export const canaryWords = (locale: Locale): CanaryWords => (locale === 'pt-BR' ? PT_BR : EN);
