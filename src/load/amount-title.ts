import { formatDuration, formatNumber } from '../criteria/format.ts';

/** `1,000 requests, 50 at a time` */
export function amountTitle({
  requests,
  duration,
  concurrency = 10,
}: {
  readonly requests?: number | undefined;
  readonly duration?: number | undefined;
  readonly concurrency?: number | undefined;
}): string {
  const amount = requests === undefined ? formatDuration(duration ?? 0) : `${formatNumber(requests)} requests`;
  return `${amount}, ${formatNumber(concurrency)} at a time`;
}
