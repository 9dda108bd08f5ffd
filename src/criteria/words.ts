import { formatDuration, formatNumber, formatValue } from './format.ts';
import { type Saying, SORTS } from './sayings.ts';
import type { Locale } from './value.ts';

/** What is said of a judgement, as one sentence. */
export function inWords(saying: Saying, locale: Locale = 'en'): string {
  return locale === 'pt-BR' ? inPortuguese(saying) : inEnglish(saying);
}

function inEnglish(saying: Saying): string {
  const sort = SORTS.en;
  const duration = (ms: number) => formatDuration(ms, 'en');
  const noted = (note: string | undefined) => (note === undefined ? '' : ` (${note.replace(/\.$/, '')})`);
  switch (saying.code) {
    case 'nothing_measured':
      return 'Nothing was measured.';
    case 'unknown_name':
      return `Nothing measured ${saying.name}.${saying.nearest === undefined ? '' : ` Did you mean ${saying.nearest}?`}`;
    case 'absent':
      return `${saying.name} is not there: ${saying.why.replace(/\.$/, '')}.`;
    case 'within_error':
      return `The limit is within the error of the figure, ±${formatValue(saying.error)}.`;
    case 'missed':
      return `${saying.name} was not measured this time.`;
    case 'stale':
      return `${saying.name} was last seen ${duration(saying.ageMs)} ago.`;
    case 'no_value':
      return `${saying.name} has no data${noted(saying.note)}.`;
    case 'no_samples':
      return `${saying.name} rests on no samples${noted(saying.note)}.`;
    case 'too_few_samples': {
      const { samples } = saying;
      const were = samples === 1 ? 'there was 1' : `there were ${formatNumber(samples)}`;
      return `${saying.name} needs at least ${formatNumber(saying.least)} samples, ${were}.`;
    }
    case 'no_baseline':
      return `There is no baseline of ${saying.name}.`;
    case 'unusable_baseline':
      return `The baseline of ${saying.name} cannot be used: ${inEnglish(saying.why)}`;
    case 'division_by_zero':
      return 'A division by zero has no result.';
    case 'no_result':
      return 'What is reckoned here has no number as its result.';
    case 'both_endless':
      return 'Both sides are slower than anything that was measured, so neither is known to be the slower one.';
    case 'unlike':
      return `${capital(sort[saying.left])} and ${sort[saying.right]} do not go together.`;
    case 'not_reckonable':
      return `${capital(sort[saying.sort])} cannot be reckoned with.`;
    case 'text_is_no_number':
      return `The text ${quoted(saying.content)} is no number.`;
    case 'text_is_no_version':
      return `The text ${quoted(saying.content)} is no version.`;
    case 'no_order':
      return `${capital(sort[saying.sort])} has no order; it can only be equal or not.`;
    case 'decimal_or_version':
      return `${saying.left} and ${saying.right} order one way as decimals and another way as versions. Write \`v${bareVersion(saying.right)}\` for a version, or give the measurement a unit.`;
    case 'percent_or_fraction':
      return `${formatNumber(saying.amount)} is too much for a share: as a fraction it would be ${formatNumber(saying.amount * 100)} %. If it was measured in percent, give it the unit \`%\`.`;
    case 'empty_range':
      return `Nothing is between ${formatValue(saying.lower)} and ${formatValue(saying.upper)}: the lower limit is above the upper one.`;
    case 'not_a_text':
      return `Only a text can match a pattern, and this is ${sort[saying.sort]}.`;
    case 'text_too_long':
      return `The text is longer than ${formatNumber(saying.longest)} characters, so it was not searched.`;
    case 'not_a_flag':
      return `Only a flag can stand alone as a condition, and this is ${sort[saying.sort]}.`;
    case 'held':
      return `It has held for ${duration(saying.windowMs)}.`;
    case 'held_since':
      return `It has held for ${duration(saying.sinceMs)} of ${duration(saying.windowMs)}.`;
    case 'not_now':
      return 'It does not hold now.';
    case 'watched':
      return `It has been watched for ${duration(saying.coveredMs)} of ${duration(saying.windowMs)}.`;
  }
}

function inPortuguese(saying: Saying): string {
  const sort = SORTS['pt-BR'];
  const duration = (ms: number) => formatDuration(ms, 'pt-BR');
  const number = (n: number) => formatNumber(n, 'pt-BR');
  const noted = (note: string | undefined) => (note === undefined ? '' : ` (${note.replace(/\.$/, '')})`);
  switch (saying.code) {
    case 'nothing_measured':
      return 'Nada foi medido.';
    case 'unknown_name':
      return `Nada mediu ${saying.name}.${saying.nearest === undefined ? '' : ` Seria ${saying.nearest}?`}`;
    case 'absent':
      return `${saying.name} não está nos dados: ${saying.why.replace(/\.$/, '')}.`;
    case 'within_error':
      return `O limite está dentro do erro da medida, ±${formatValue(saying.error, 'pt-BR')}.`;
    case 'missed':
      return `${saying.name} não foi medido desta vez.`;
    case 'stale':
      return `${saying.name} foi visto pela última vez há ${duration(saying.ageMs)}.`;
    case 'no_value':
      return `${saying.name} não tem dados${noted(saying.note)}.`;
    case 'no_samples':
      return `${saying.name} não se apoia em nenhuma amostra${noted(saying.note)}.`;
    case 'too_few_samples':
      return `${saying.name} precisa de pelo menos ${number(saying.least)} amostras; havia ${number(saying.samples)}.`;
    case 'no_baseline':
      return `Não há baseline de ${saying.name}.`;
    case 'unusable_baseline':
      return `A baseline de ${saying.name} não serve: ${inPortuguese(saying.why)}`;
    case 'division_by_zero':
      return 'Uma divisão por zero não tem resultado.';
    case 'no_result':
      return 'Este cálculo não tem um número como resultado.';
    case 'both_endless':
      return 'Os dois lados são mais lentos do que tudo o que foi medido; não se sabe qual é o mais lento.';
    case 'unlike':
      return `${capital(sort[saying.left])} e ${sort[saying.right]} não combinam.`;
    case 'not_reckonable':
      return `Não se calcula com ${sort[saying.sort]}.`;
    case 'text_is_no_number':
      return `O texto ${quoted(saying.content)} não é um número.`;
    case 'text_is_no_version':
      return `O texto ${quoted(saying.content)} não é uma versão.`;
    case 'no_order':
      return `${capital(sort[saying.sort])} não tem ordem; só pode ser igual ou não.`;
    case 'decimal_or_version':
      return `${saying.left} e ${saying.right} têm uma ordem como decimais e outra como versões. Escreva \`v${bareVersion(saying.right)}\` para uma versão, ou dê uma unidade à medição.`;
    case 'percent_or_fraction':
      return `${number(saying.amount)} é demais para uma proporção: como fração seriam ${number(saying.amount * 100)} %. Se foi medido em porcentagem, dê a unidade \`%\`.`;
    case 'empty_range':
      return `Nada está entre ${formatValue(saying.lower, 'pt-BR')} e ${formatValue(saying.upper, 'pt-BR')}: o limite inferior está acima do superior.`;
    case 'not_a_text':
      return `Só um texto pode corresponder a um padrão, e isto é ${sort[saying.sort]}.`;
    case 'text_too_long':
      return `O texto tem mais de ${number(saying.longest)} caracteres e não foi pesquisado.`;
    case 'not_a_flag':
      return `Só um valor lógico pode ser uma condição sozinho, e isto é ${sort[saying.sort]}.`;
    case 'held':
      return `Vale há ${duration(saying.windowMs)}.`;
    case 'held_since':
      return `Vale há ${duration(saying.sinceMs)} de ${duration(saying.windowMs)}.`;
    case 'not_now':
      return 'Não vale agora.';
    case 'watched':
      return `Foi observado por ${duration(saying.coveredMs)} de ${duration(saying.windowMs)}.`;
  }
}

const SHOWN_TEXT = 60;

function quoted(content: string): string {
  const line = content.replace(/\s+/g, ' ').trim();
  return `“${line.length > SHOWN_TEXT ? `${line.slice(0, SHOWN_TEXT)}…` : line}”`;
}

const bareVersion = (version: string): string => version.replace(/^v/i, '');

const capital = (sentence: string): string => sentence.charAt(0).toUpperCase() + sentence.slice(1);
