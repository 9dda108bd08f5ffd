import type { Checklist } from '../checklist/model.ts';
import type { ReasonCode } from '../checklist/reasons.ts';
import type { Locale } from '../criteria/value.ts';
import { nextStep } from './sentence.ts';
import { blockingItems } from './tally.ts';

export interface Advice {
  readonly reason: ReasonCode;
  /** Titles of the items that it is for; what others wrote. */
  readonly titles: readonly string[];
  /** One sentence. */
  readonly next: string;
}

/** What to do, once for each reason that blocks. A broken limit speaks for itself beside measured and allowed. */
export function advice(checklist: Checklist, locale: Locale): readonly Advice[] {
  const found = new Map<ReasonCode, { titles: string[]; next: string }>();
  for (const item of blockingItems(checklist)) {
    if (item.reason === 'criterion_failed') continue;
    const next = nextStep(item, locale);
    const known = found.get(item.reason);
    if (known !== undefined) known.titles.push(item.title);
    else if (next !== undefined) found.set(item.reason, { titles: [item.title], next });
  }
  return [...found].map(([reason, { titles, next }]) => ({ reason, titles, next }));
}
