import { formatNumber } from '../criteria/format.ts';
import type { Exactness } from './distribution.ts';

/** In a few words, to stand beside a figure; empty for one that is exact. */
export function describeError(exactness: Exactness): string {
  switch (exactness.kind) {
    case 'exact':
      return '';
    case 'relative':
      return `within ${percent(exactness.by)}`;
    case 'bucketed':
      return `rounded by the tool, up to ${percent(exactness.by)}`;
    case 'rank':
      return 'estimated by the tool, with no bound on its error';
  }
}

/** The same as a label of the whole result. */
export function exactnessLabel(exactness: Exactness): string {
  switch (exactness.kind) {
    case 'exact':
      return 'exact';
    case 'relative':
      return `±${percent(exactness.by)}`;
    case 'bucketed':
      return `bucketed (±${percent(exactness.by)})`;
    case 'rank':
      return 'rank only';
  }
}

const percent = (share: number): string => `${formatNumber(Number((share * 100).toPrecision(3)))} %`;
