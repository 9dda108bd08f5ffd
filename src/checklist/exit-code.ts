import type { Checklist } from './model.ts';

/** What a process ends with: 0 pass or warn, 1 fail, 2 plan or usage error, 3 inconclusive or error, 130 cancelled. */
export type ExitCode = 0 | 1 | 2 | 3 | 130;

export function exitCodeOf({ verdict, reason }: Pick<Checklist, 'verdict' | 'reason'>): ExitCode {
  if (reason === 'cancelled') return 130;
  if (reason === 'plan_error') return 2;
  switch (verdict) {
    case 'pass':
    case 'warn':
      return 0;
    case 'skipped':
      return reason === 'dry_run' ? 0 : 3;
    case 'fail':
      return 1;
    default:
      return 3;
  }
}
