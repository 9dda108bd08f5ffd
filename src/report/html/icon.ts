import type { ItemState } from '../../checklist/model.ts';

const solid = '<circle cx="8" cy="8" r="8" fill="currentColor"/>';
const ring = '<circle cx="8" cy="8" r="6.75" fill="none" stroke="currentColor" stroke-width="1.5"/>';
const glyph = (path: string, stroke = 'var(--canvas)'): string =>
  `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>`;

const SHAPES: Readonly<Record<ItemState | 'cancelled', string>> = {
  pass: solid + glyph('M4.7 8.3l2.3 2.3 4.4-4.8'),
  fail: solid + glyph('M5.5 5.5l5 5m0-5l-5 5'),
  warn: `<path d="M8 1.2l7.2 13H.8z" fill="currentColor" stroke="currentColor" stroke-width="1.4" stroke-linejoin="round"/>${glyph('M8 6.2v3.6m0 2.3v.1')}`,
  error: `<path d="M8 .3L15.7 8 8 15.7.3 8z" fill="currentColor"/>${glyph('M8 4.6v4.2m0 2.5v.1')}`,
  inconclusive: solid + glyph('M6 6.3a2.05 2.05 0 1 1 3 1.8c-.7.4-1 .7-1 1.4m0 2.3v.1'),
  skipped: ring + glyph('M5.2 8h5.6', 'currentColor'),
  pending: '<circle cx="8" cy="8" r="6.75" fill="none" stroke="currentColor" stroke-width="1.5" stroke-dasharray="2.6 2.7"/>',
  running: `${ring}<circle cx="8" cy="8" r="3" fill="currentColor"/>`,
  cancelled: ring + glyph('M4 12l8-8', 'currentColor'),
};

/** A drawing that goes with a word; screen readers skip it. */
export function stateIcon(state: ItemState | 'cancelled'): string {
  return `<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">${SHAPES[state]}</svg>`;
}
