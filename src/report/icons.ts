import type { Checklist, ItemState } from '../checklist/model.ts';

/** For Markdown; always beside a word. */
export const ICONS: Readonly<Record<ItemState, string>> = {
  pass: '✅',
  warn: '⚠️',
  fail: '❌',
  inconclusive: '❔',
  error: '💥',
  skipped: '⏭️',
  pending: '⏳',
  running: '🔄',
};

/** The icon of a checklist's verdict; one that was cancelled has its own. */
export function verdictIcon({ verdict, reason }: Checklist): string {
  return reason === 'cancelled' ? '🚫' : ICONS[verdict];
}
