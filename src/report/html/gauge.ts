import type { Gauge } from '../sentence.ts';

/** A bar as long as what was measured, with a tick at the limit. Empty when the two cannot share one scale from zero. */
export function marginBar({ measured, limit }: Gauge): string {
  if (measured < 0 || limit < 0 || Math.max(measured, limit) === 0) return '';
  const scale = 96 / Math.max(measured, limit);
  const [fill, tick] = [measured * scale, limit * scale].map((x) => Number(x.toFixed(2)));
  if (fill === undefined || tick === undefined || !Number.isFinite(fill) || !Number.isFinite(tick)) return '';
  return `<svg class="gauge" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="track" y="2" width="100" height="6"/><rect class="fill" y="2" width="${fill}" height="6"/><path class="limit" d="M${tick} 0V10"/></svg>`;
}
