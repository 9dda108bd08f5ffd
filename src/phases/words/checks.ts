import type { Locale } from '../../criteria/value.ts';

/** What an item says of itself beyond its judgements. */
export interface CheckWords {
  readonly appliesOnly: (condition: string) => string;
  readonly cannotTell: (condition: string, why: string | undefined) => string;
  readonly watched: (seconds: number, of: number) => string;
}

const EN: CheckWords = {
  appliesOnly: (condition) => `Applies only when ${condition}.`,
  cannotTell: (condition, why) => `Could not tell whether “${condition}” holds${why ? `: ${why}` : '.'}`,
  watched: (seconds, of) => `watched for ${seconds} of ${of} s`,
};

const PT_BR: CheckWords = {
  appliesOnly: (condition) => `Só se aplica quando ${condition}.`,
  cannotTell: (condition, why) => `Não foi possível saber se “${condition}” vale${why ? `: ${why}` : '.'}`,
  watched: (seconds, of) => `observado por ${seconds} de ${of} s`,
};

export const checkWords = (locale: Locale): CheckWords => (locale === 'pt-BR' ? PT_BR : EN);
