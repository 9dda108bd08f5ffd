import { MeasurementError } from '../../checklist/errors.ts';
import type { DownTarget } from './tool.ts';

const BEFORE_THE_FIRST = ['base', 'zero', '0', 'none'];

/** How many migrations to undo. A version may be given by its beginning; `base`, `zero` and `0` are before the first. */
export function stepsDown(target: DownTarget, applied: readonly string[]): number {
  if ('steps' in target) {
    if (target.steps <= applied.length) return target.steps;
    const there = applied.length === 1 ? 'only 1 is' : `only ${applied.length} are`;
    throw new MeasurementError('not_found', `${target.steps} migrations were to be undone, but ${there} applied.`);
  }
  if (BEFORE_THE_FIRST.includes(target.to)) return applied.length;
  const exact = applied.lastIndexOf(target.to);
  const found = exact === -1 ? applied.findLastIndex((version) => version.startsWith(target.to)) : exact;
  if (found === -1) {
    const known = applied.slice(-5).join(', ') || 'none';
    throw new MeasurementError('not_found', `No applied migration is called ${target.to}. The last ones are: ${known}.`);
  }
  return applied.length - found - 1;
}
