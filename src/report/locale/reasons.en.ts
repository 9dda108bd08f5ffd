import type { Words } from './words.ts';

/** English: what each reason code means and what to do next. docs/troubleshooting.md tells more. */
export const REASONS_EN: Words['reasons'] = {
  criteria_met: { label: 'all criteria met', means: 'Everything the plan asks of this item was measured and holds.', next: '' },
  criterion_failed: {
    label: 'criterion not met',
    means: 'It was measured, and the result is outside what the plan allows.',
    next: 'Compare measured with allowed, mend the cause, then run again.',
  },
  abort_criterion_held: {
    label: 'abort limit reached',
    means: 'A limit came true at which the plan says to stop.',
    next: 'Keep the traffic on the stable version and look for the cause before another try.',
  },
  warning_criterion_held: {
    label: 'warning limit reached',
    means: 'A limit came true at which the plan asks for attention. It does not block.',
    next: 'Watch this figure; it is on its way to its limit.',
  },
  tool_limit_crossed: {
    label: 'a limit of the load tool was crossed',
    means: 'The plan’s criteria are met, but the load tool was given limits of its own, and one of them is crossed.',
    next: 'Look at the tool’s limits in the report. Mend the service, or the limit; `evidence: { own-limits: ignore }` judges by the plan alone.',
  },
  weak_evidence: {
    label: 'evidence is weak',
    means:
      'The criteria are met, but something speaks against trusting the figures: the load was not the one that was asked for.',
    next: 'Read what is said of the item. Give the load generator more power, or ask for a load that it can make.',
  },
  no_data: {
    label: 'no data',
    means: 'The source answered, but without the figure that a criterion asks for.',
    next: 'Check the query, its labels and that the system reports this figure at all.',
  },
  too_few_samples: {
    label: 'too few samples',
    means: 'There are figures, but not enough of them to judge by.',
    next: 'Let it run longer or send more requests.',
  },
  window_incomplete: {
    label: 'window not complete',
    means: 'The measurements do not cover the whole time that the criterion asks for.',
    next: 'Hold the step longer, or look for gaps in the monitoring.',
  },
  no_baseline: {
    label: 'no baseline',
    means: 'A criterion compares with a baseline, and there is none.',
    next: 'Give a canary a control, or let its metrics be measured before the first step. Let a load test run until enough runs of the same scenario are kept.',
  },
  nothing_checked: {
    label: 'nothing was checked',
    means: 'No criterion was judged, so nothing is known to be good.',
    next: 'Give the item an expect, or check that the plan has the items you meant.',
  },
  unknown_metric: {
    label: 'unknown metric',
    means: 'A criterion names a figure that was not measured.',
    next: 'Correct the name; the measurements of the item list what there is.',
  },
  unit_mismatch: {
    label: 'units do not match',
    means: 'A criterion compares two different things, such as a time with a size.',
    next: 'Write the limit in the unit of the measurement, or give its unit in the plan.',
  },
  connection_refused: {
    label: 'connection refused',
    means: 'The machine was reached, but nothing listens on that port.',
    next: 'Check that the service is started, and its host and port.',
  },
  host_not_found: {
    label: 'host not found',
    means: 'The name does not lead to any address.',
    next: 'Check the host name, and that this runner may resolve it.',
  },
  timed_out: {
    label: 'timed out',
    means: 'No answer came within the time limit.',
    next: 'Check that the system is reachable and not overloaded; raise within if it is only slow.',
  },
  authentication_failed: {
    label: 'authentication failed',
    means: 'The user name, password or token was not accepted.',
    next: 'Check the secret: its name in the workflow, its value, and that it has not expired.',
  },
  permission_denied: {
    label: 'permission denied',
    means: 'The credentials are right, but may not do this.',
    next: 'Grant the missing permission, which the message names.',
  },
  tls_invalid: {
    label: 'TLS certificate not valid',
    means: 'The certificate has expired, is for another name, or is not trusted.',
    next: 'Renew the certificate or mend its chain.',
  },
  bad_response: {
    label: 'answer not understood',
    means: 'An answer came, but not one that can be read.',
    next: 'Look at the answer under the evidence, and check the address.',
  },
  not_found: {
    label: 'not found',
    means: 'What the plan names does not exist.',
    next: 'Check the name or path for a slip, and that an earlier step has made it.',
  },
  unreadable: {
    label: 'cannot be read',
    means: 'It exists, but its content is broken or not of the expected format.',
    next: 'Check the file, its format and its rights.',
  },
  tool_missing: {
    label: 'program not installed',
    means: 'The item needs a program that this machine does not have.',
    next: 'Install it in an earlier step of the job.',
  },
  command_failed: {
    label: 'command failed',
    means: 'The command ended with an error.',
    next: 'Read the end of its output under the evidence.',
  },
  unsupported: {
    label: 'not supported',
    means: 'The other side, or its version, cannot do what the plan asks.',
    next: 'See the message for what is supported.',
  },
  migration_failed: {
    label: 'migration failed',
    means: 'The migration tool ended with an error. The database may be half way.',
    next: 'Read the end of the output, and compare the version in the database before you try again.',
  },
  version_mismatch: {
    label: 'not the expected version',
    means: 'The database or service is at another version than the plan expects.',
    next: 'Check that the plan names the newest version and that the right database was migrated.',
  },
  tool_disagrees: {
    label: 'tool and database disagree',
    means: 'The tool reported success, but the database says otherwise.',
    next: 'Trust the database: find out which of the two was looking elsewhere.',
  },
  migration_pending: {
    label: 'migrations are left',
    means: 'The tool reported success, but migrations of the repository are not in the database.',
    next: 'Find out why the tool passed over them: their order, a filter, or another database.',
  },
  multiple_heads: {
    label: 'several heads',
    means: 'The migration files end in more than one place, as after two branches were merged.',
    next: 'Merge the heads with one more migration.',
  },
  dirty_state: {
    label: 'half-done migration',
    means:
      'An earlier migration began and did not end well, or its lock is still held. Nothing can be migrated before that is mended.',
    next: 'Look at what it left in the database, then tell the tool, as the message says.',
  },
  migration_locked: {
    label: 'another run is migrating',
    means: 'Another run holds the lock that lets one run at a time migrate this database.',
    next: 'Wait until it has ended, then run again.',
  },
  backup_unusable: {
    label: 'backup cannot be relied on',
    means: 'The backup could not be made, is empty, cut off or too old. Nothing was migrated.',
    next: 'Make a good backup, then run again.',
  },
  index_missing: {
    label: 'index is missing',
    means: 'The database has no index of that name.',
    next: 'Add it to a migration, or check that the migration ran on this database.',
  },
  index_columns_differ: {
    label: 'index has other columns',
    means: 'The index exists, but on other columns or in another order.',
    next: 'Drop it and build it as the plan has it, or correct the plan.',
  },
  index_invalid: {
    label: 'index is invalid',
    means: 'A build of this index broke off. It costs writes and serves no query.',
    next: 'REINDEX INDEX CONCURRENTLY, or drop it and build it again.',
  },
  index_definition_refused: {
    label: 'no such index can be made',
    means: 'The server refuses the definition that the plan expects.',
    next: 'The message has the server’s words: correct the definition in the plan, or the table in a migration.',
  },
  index_findings: {
    label: 'findings about other indexes',
    means: 'Something is wrong with indexes that the plan does not name, on the tables that it names.',
    next: 'The evidence has each with the SQL that mends it. What is as it should be goes under `index-rules: ignore`, with a reason.',
  },
  index_unused: {
    label: 'index does not serve the query',
    means: 'The planner cannot use the index for this query.',
    next: "Compare the query's conditions with the index's columns, their order and their types.",
  },
  index_not_chosen: {
    label: 'planner prefers to read the table',
    means: 'The index can serve the query, but on these statistics the planner reads the whole table.',
    next: 'Put typical values into the query, run ANALYZE, or drop an index that is not worth it.',
  },
  index_unproven: {
    label: 'index not proved',
    means: 'Another index was taken and could not be hidden, so it is not known whether this one serves.',
    next: 'Rehearse on a throwaway database, or set `hide-indexes: true`.',
  },
  partial_index_parameter: {
    label: 'partial index and a parameter',
    means: 'The condition of the partial index is a parameter in the query, so a prepared statement cannot use it.',
    next: 'Write the value into the query in place of the parameter, or index all rows.',
  },
  table_read_whole: {
    label: 'table is read whole',
    means: 'No index can serve the query: a table, or all of an index, is read.',
    next: 'Add an index on the columns of the conditions, or list the table under `may-scan`.',
  },
  unsafe_migration: {
    label: 'unsafe migration',
    means: 'A statement of the migration would block or break a database that is in use.',
    next: 'Take the safe form of the SQL from the evidence, or ignore the finding in the plan with a reason.',
  },
  not_restored: {
    label: 'schema not restored',
    means: 'Undoing the migration, or doing it again, did not give the schema that was there.',
    next: 'Mend the migration’s `down` so that it takes back all that its `up` makes; the evidence lists what differs.',
  },
  irreversible: {
    label: 'irreversible',
    means: 'A migration cannot be undone.',
    next: 'Write its `down`, or plan the rollback without it: forward, or from a backup.',
  },
  task_done: { label: 'done', means: 'The task was carried out and said so.', next: '' },
  task_failed: {
    label: 'task failed',
    means: 'The change could not be made, or not completely.',
    next: 'Check what state the system is in now, then do this step by hand or run again.',
  },
  time_limit_exceeded: {
    label: 'time limit exceeded',
    means: 'The whole took longer than the plan allows.',
    next: 'Finish what is left by hand now; afterwards find the slow step by its time.',
  },
  canary_aborted: {
    label: 'canary aborted',
    means: 'The canary broke a limit, and its traffic was taken away.',
    next: 'See the limit that was broken; check that all traffic is on the stable version.',
  },
  not_verified: {
    label: 'not verified',
    means: 'The change was made, but it is not proven that the expected state is running.',
    next: 'Check by hand which version is running before you call it done.',
  },
  dry_run: {
    label: 'dry run',
    means: 'Nothing was changed: this only tells what would be done.',
    next: 'Run again without dry run to carry it out.',
  },
  not_applicable: { label: 'does not apply', means: "The item's condition does not hold for this run.", next: '' },
  needs_unmet: {
    label: 'an earlier item is in the way',
    means: 'An item that this one builds on did not pass.',
    next: 'Mend the earlier item first.',
  },
  not_reached: {
    label: 'not reached',
    means: 'The run ended before this item had its turn.',
    next: 'Mend what ended the run, then run again.',
  },
  cancelled: {
    label: 'cancelled',
    means: 'The run was cancelled before it could finish.',
    next: 'Run again when you need the verdict.',
  },
  plan_error: {
    label: 'error in the plan',
    means: 'The plan or an input is wrong, so nothing was run.',
    next: 'Correct the plan at the place named.',
  },
  internal_error: {
    label: 'error in Holdpoint',
    means: 'Holdpoint itself failed. This says nothing about your system.',
    next: 'Run again; if it stays, report it with this page.',
  },
  waiting: {
    label: 'waiting',
    means: 'It has not ended yet: its turn, its hold or an approval is still to come.',
    next: '',
  },
};
