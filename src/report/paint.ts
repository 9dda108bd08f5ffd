import type { ItemState } from '../checklist/model.ts';

export type Tone = ItemState | 'muted' | 'heading';

const ESC = String.fromCharCode(0x1b);
/** The sixteen colours that every terminal's own theme makes readable. */
const CODES: Readonly<Record<Tone, string>> = {
  pass: '32',
  warn: '33',
  fail: '1;31',
  error: '1;31',
  inconclusive: '35',
  skipped: '2',
  pending: '2',
  running: '36',
  muted: '2',
  heading: '1',
};

/** Text in colour, or as it is. */
export function paint(text: string, tone: Tone, colour: boolean): string {
  return colour && text !== '' ? `${ESC}[${CODES[tone]}m${text}${ESC}[0m` : text;
}
