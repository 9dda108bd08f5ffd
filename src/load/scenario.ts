import { formatDuration, formatNumber } from '../criteria/format.ts';
import type { Settings, Tool } from './result.ts';

/**
 * What was tested, in words: tool, target, users, rate, duration. Two runs with the same words can be compared. Figures that were
 * measured, such as how many requests came of it, are not among them.
 *
 * @param requests how many were asked for, where that is a fixed number.
 * @param name a word of the plan's own, for what a result does not tell.
 */
export function scenarioOf(tool: Tool, settings: Settings, requests?: number, name?: string): string {
  const { target, users, ratePerS, durationMs } = settings;
  const parts = [
    name,
    tool,
    target === undefined ? undefined : placeOf(target),
    requests === undefined ? undefined : `${formatNumber(requests)} requests`,
    users === undefined ? undefined : `${formatNumber(users)} at a time`,
    ratePerS === undefined ? undefined : `${formatNumber(ratePerS)} a second`,
    durationMs === undefined ? undefined : formatDuration(durationMs),
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** Without what may be secret or differs from run to run: user, query, fragment. */
function placeOf(target: string): string {
  if (!URL.canParse(target)) return target.replace(/[?#].*$/s, '');
  const { protocol, host, pathname } = new URL(target);
  return `${protocol}//${host}${pathname.replace(/\/$/, '')}`;
}
