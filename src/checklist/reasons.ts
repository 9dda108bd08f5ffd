/**
 * Why an item or a checklist has its state. Callers branch on these codes, never on text; docs/troubleshooting.md has an
 * entry for each. The list is closed: a new code is a new entry here, in the two locales and in the docs.
 */
export const REASON_CODES = [
  // judged
  'criteria_met',
  'criterion_failed',
  'abort_criterion_held',
  'warning_criterion_held',
  'tool_limit_crossed',
  'weak_evidence',
  // not enough evidence
  'no_data',
  'too_few_samples',
  'window_incomplete',
  'no_baseline',
  'nothing_checked',
  // the criterion does not fit what was measured
  'unknown_metric',
  'unit_mismatch',
  // could not measure
  'connection_refused',
  'host_not_found',
  'timed_out',
  'authentication_failed',
  'permission_denied',
  'tls_invalid',
  'bad_response',
  'not_found',
  'unreadable',
  'tool_missing',
  'command_failed',
  'unsupported',
  // migrations
  'migration_failed',
  'version_mismatch',
  'tool_disagrees',
  'migration_pending',
  'multiple_heads',
  'dirty_state',
  'migration_locked',
  'backup_unusable',
  'index_missing',
  'index_columns_differ',
  'index_invalid',
  'index_definition_refused',
  'index_findings',
  'index_unused',
  'index_not_chosen',
  'index_unproven',
  'partial_index_parameter',
  'table_read_whole',
  'unsafe_migration',
  'not_restored',
  'irreversible',
  // rollouts and rollbacks
  'task_done',
  'task_failed',
  'time_limit_exceeded',
  'canary_aborted',
  'not_verified',
  'dry_run',
  // the way of the run itself
  'not_applicable',
  'needs_unmet',
  'not_reached',
  'cancelled',
  'plan_error',
  'internal_error',
  'waiting',
] as const;

export type ReasonCode = (typeof REASON_CODES)[number];
