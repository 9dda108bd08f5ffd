import { formatNumber, formatValue } from '../criteria/format.ts';
import { perSecond, ratio } from '../criteria/value.ts';
import type { LoadResult } from './result.ts';

/** Less than this share of the rate that was asked for is another load than the plan's. */
const ACHIEVED_RATE = 0.9;

/** What speaks against trusting a result's figures, each a sentence. */
export function doubtsOf({ all, settings, droppedIterations = 0 }: LoadResult, achievedRate = ACHIEVED_RATE): readonly string[] {
  const doubts: string[] = [];
  const { ratePerS: wanted } = settings;
  const { ratePerS: achieved } = all;
  if (wanted !== undefined && achieved !== undefined && achieved < wanted * achievedRate) {
    doubts.push(
      `Only ${formatValue(perSecond(achieved))} of the ${formatValue(perSecond(wanted))} that were asked for were made (${formatValue(ratio(achieved / wanted))}): a smaller load than the plan’s was tested.`,
    );
  }
  if (droppedIterations > 0) {
    doubts.push(
      `${formatNumber(droppedIterations)} iterations were dropped, because no virtual user was free: a smaller load than the script’s was tested. Give it more virtual users.`,
    );
  }
  return doubts;
}

/** The limits of the tool's own that were crossed. */
export const crossedLimits = ({ thresholds }: LoadResult): readonly string[] =>
  thresholds.filter(({ met }) => !met).map(({ source }) => source);
