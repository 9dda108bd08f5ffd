import type { Truth } from './comparison.ts';
import type { Evaluation, TraceNode } from './evaluate.ts';
import { formatValue } from './format.ts';
import type { Locale } from './value.ts';
import { inWords } from './words.ts';

const WORDS: Readonly<Record<Locale, Readonly<Record<Truth, string>> & { readonly is: string }>> = {
  en: { holds: 'holds', violated: 'does not hold', unknown: 'cannot be told', is: 'is' },
  'pt-BR': { holds: 'vale', violated: 'não vale', unknown: 'não se pode dizer', is: 'é' },
};

/** How a criterion was judged, step by step: one line a step, indented by two spaces a level. */
export function explainEvaluation(evaluation: Evaluation, locale: Locale = 'en'): readonly string[] {
  return linesOf(evaluation.trace, 0, locale);
}

function linesOf(node: TraceNode, level: number, locale: Locale): readonly string[] {
  const parts = node.parts.flatMap((part) => linesOf(part, level + 1, locale));
  const says = saysOf(node, locale);
  // A literal whose value reads as it is written says nothing new.
  if (says === undefined) return parts;
  return [`${'  '.repeat(level)}${node.source}${says}`, ...parts];
}

function saysOf({ source, value, outcome, saying }: TraceNode, locale: Locale): string | undefined {
  const words = WORDS[locale];
  const note = saying === undefined ? undefined : inWords(saying, locale);
  const why = note === undefined ? '' : ` (${note.replace(/\.$/, '')})`;
  if (outcome !== undefined) return `: ${words[outcome]}${why}`;
  if (value === undefined) return `: ${note ?? words.unknown}`;
  const shown = formatValue(value, locale);
  return bare(shown) === bare(source) ? undefined : ` ${words.is} ${shown}`;
}

const bare = (text: string): string => text.replace(/[\s"'`,]/g, '');
