import type { Evaluation } from './evaluate.ts';
import type { Locale } from './value.ts';

/** How a criterion was judged, step by step: one line a step, indented by two spaces a level. */
export function explainEvaluation(evaluation: Evaluation, _locale: Locale = 'en'): readonly string[] {
  return [evaluation.trace.source];
}
