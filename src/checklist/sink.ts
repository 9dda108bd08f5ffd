import type { Checklist } from './model.ts';

/**
 * Carries the checklist out of the process: a check run, a commit status, a terminal, a report file. What a sink throws is told to
 * the reader in one note and never changes the verdict; so its messages are whole sentences that say what to do.
 */
export interface Sink {
  readonly name: string;
  /** The checklist is known, nothing has run: every item is pending. */
  open(checklist: Checklist): Promise<void>;
  /** Something changed. Returns at once and never throws; a sink may leave out what a later update will show. */
  update(checklist: Checklist): void;
  /** The checklist is final. Called also when `open` failed. */
  close(checklist: Checklist): Promise<void>;
}
