import type { Checklist, Item, Verdict } from '../checklist/model.ts';
import type { Locale } from '../criteria/value.ts';
import { plainLine, shortLine } from './escape.ts';
import { type HeadlineCounts, type Words, wordsOf } from './locale/words.ts';
import { blockingItems, tally, warningItems } from './tally.ts';

/** The verdict in one line, plain text: "Blocked: 2 of 12 items failed". */
export function headline(checklist: Checklist, locale: Locale = 'en'): string {
  const words = wordsOf(locale);
  const line = plainLine(standing(checklist, words));
  return checklist.dryRun && checklist.reason !== 'plan_error' ? words.headline.dryRun(line) : line;
}

function standing(checklist: Checklist, words: Words): string {
  const counts = headlineCounts(checklist);
  const say = words.headline;
  if (checklist.verdict === 'running')
    return checklist.reason === 'waiting' && counts.done > 0 && !isBusy(checklist) ? say.waiting(counts) : say.running(counts);
  if (checklist.reason === 'cancelled') return say.cancelled(counts);
  if (checklist.reason === 'plan_error') return say.planError(1);
  return ended(checklist, checklist.verdict, counts, words);
}

const isBusy = (checklist: Checklist): boolean => checklist.items.some((item) => item.state === 'running');

function ended(checklist: Checklist, verdict: Verdict, counts: HeadlineCounts, words: Words): string {
  const say = words.headline;
  const because = words.reasons[checklist.reason].label;
  const rollback = checklist.phase === 'rollback' && !checklist.dryRun;
  switch (verdict) {
    case 'pass':
      return rollback ? say.rolledBack(counts) : say.passed(counts);
    case 'warn':
      return rollback ? say.rolledBackWarned(counts) : say.warned(counts);
    case 'fail':
      if (isAborted(checklist)) return say.aborted(brokenStep(checklist));
      if (counts.failed === 0) return say.blockedBecause(because);
      return rollback ? say.rollbackFailed(counts) : say.failed(counts);
    case 'inconclusive':
    case 'error':
      if (counts.errored + counts.inconclusive === 0) return say.cannotTellBecause(because);
      return say.cannotTell(counts);
    case 'skipped':
      return checklist.reason === 'dry_run'
        ? say.planned(checklist.items.filter(({ reason }) => reason === 'dry_run').length)
        : say.skipped;
  }
}

const isAborted = ({ phase, reason }: Checklist): boolean =>
  reason === 'canary_aborted' || (phase === 'canary' && reason === 'abort_criterion_held');

/** The heading of the canary step at which a limit was broken. */
function brokenStep(checklist: Checklist): string | undefined {
  const group = checklist.items.find((item) => item.state === 'fail')?.group;
  return group === undefined ? undefined : shortLine(group, 60);
}

function headlineCounts(checklist: Checklist): HeadlineCounts {
  const bad = tally(blockingItems(checklist));
  const warned = warningItems(checklist).length;
  const applying = checklist.items.filter((item) => item.reason !== 'not_applicable');
  const passed = checklist.items.filter((item) => item.state === 'pass').length;
  const skipped = applying.filter((item) => item.state === 'skipped').length;
  const finished = checklist.verdict === 'pass' || checklist.verdict === 'warn';
  return {
    // After a pass, what was skipped on purpose is not missing from the count.
    total: finished ? applying.length - skipped : applying.length,
    done: applying.filter((item) => hasEnded(item)).length,
    passed: passed + warned,
    warned,
    failed: bad.fail,
    inconclusive: bad.inconclusive,
    errored: bad.error,
  };
}

/** By itself: an item that a cancellation stopped, or that was never begun, has not. */
const hasEnded = ({ state, reason }: Item): boolean =>
  state !== 'pending' && state !== 'running' && state !== 'skipped' && reason !== 'cancelled';
