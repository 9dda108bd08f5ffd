import type { Judgement } from '../../checklist/model.ts';
import type { Locale } from '../../criteria/value.ts';
import { plainLine } from '../escape.ts';
import type { Words } from '../locale/words.ts';
import { allowedText } from '../sentence.ts';

/** A limit, as it is drawn into a chart. */
export interface Bound {
  /** What it limits: `p95`. */
  readonly subject: string;
  readonly amount: number;
  readonly label: string;
  readonly tone: 'fail' | 'warn';
}

/** A chart with more lines than this says nothing. */
const MOST = 5;

/** The limits on what a chart shows: comparisons of a name that it speaks of with one amount. */
export function boundsOn(
  shown: (subject: string) => boolean,
  judgements: readonly Judgement[],
  words: Words,
  locale: Locale,
): readonly Bound[] {
  const bounds = judgements.flatMap(({ intent, comparisons }) =>
    comparisons.flatMap((comparison): Bound[] => {
      const [allowed, ...more] = comparison.allowed;
      if (!shown(comparison.subject) || allowed?.kind !== 'quantity' || more.length > 0) return [];
      if (!Number.isFinite(allowed.amount)) return [];
      const label = words.finding.allowed(allowedText(comparison, intent !== 'expect', words, locale));
      return [
        { subject: plainLine(comparison.subject), amount: allowed.amount, label, tone: intent === 'warn' ? 'warn' : 'fail' },
      ];
    }),
  );
  const same = (one: Bound, other: Bound): boolean => one.subject === other.subject && one.label === other.label;
  return bounds.filter((bound, at) => bounds.findIndex((other) => same(bound, other)) === at).slice(0, MOST);
}
