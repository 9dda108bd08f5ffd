import { REASONS_EN } from './reasons.en.ts';
import type { HeadlineCounts, Words } from './words.ts';

const count = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;
const items = (n: number): string => count(n, 'item', 'items');

/** ", 2 could not be judged": what else is wrong beside the failures. */
const unsettled = ({ errored, inconclusive }: HeadlineCounts): string =>
  errored + inconclusive > 0 ? `, ${errored + inconclusive} could not be judged` : '';

const badSoFar = (counts: HeadlineCounts): string => {
  const bad = counts.failed + counts.errored + counts.inconclusive;
  return bad > 0 ? `, ${bad} of them not good` : '';
};

const warnings = (n: number): string => count(n, 'warning', 'warnings');

export const EN: Words = {
  tag: 'en',
  states: {
    pass: 'passed',
    warn: 'warning',
    fail: 'failed',
    inconclusive: 'inconclusive',
    error: 'error',
    skipped: 'skipped',
    pending: 'waiting',
    running: 'running',
  },
  shortStates: {
    pass: 'PASS',
    warn: 'WARN',
    fail: 'FAIL',
    inconclusive: 'UNSURE',
    error: 'ERROR',
    skipped: 'SKIP',
    pending: 'WAIT',
    running: 'RUN',
  },
  phases: { 'pre-deploy': 'Pre-deploy', migrate: 'Migration', canary: 'Canary', rollback: 'Rollback' },
  reasons: REASONS_EN,
  headline: {
    passed: ({ passed, total }) => `Passed: ${passed} of ${total}`,
    rolledBack: ({ passed, total }) => `Rolled back and proven: ${passed} of ${total}`,
    warned: ({ warned }) => `Passed with ${warnings(warned)}`,
    rolledBackWarned: ({ warned }) => `Rolled back with ${warnings(warned)}`,
    failed: (counts) => `Blocked: ${counts.failed} of ${items(counts.total)} failed${unsettled(counts)}`,
    rollbackFailed: (counts) => `Rollback failed: ${counts.failed} of ${items(counts.total)} failed${unsettled(counts)}`,
    blockedBecause: (reason) => `Blocked: ${reason}`,
    aborted: (where) =>
      where === undefined ? 'Aborted: the canary broke a limit' : `Aborted at ${where}: the canary broke a limit`,
    cannotTell: ({ errored, inconclusive, total }) =>
      errored > 0
        ? `Cannot tell: ${errored} of ${items(total)} could not be measured${inconclusive > 0 ? `, ${inconclusive} without enough evidence` : ''}`
        : `Cannot tell: not enough evidence for ${inconclusive} of ${items(total)}`,
    cannotTellBecause: (reason) => `Cannot tell: ${reason}`,
    cancelled: (counts) => `Cancelled after ${counts.done} of ${items(counts.total)}${badSoFar(counts)}`,
    running: (counts) => `Running: ${counts.done} of ${counts.total} done${badSoFar(counts)}`,
    waiting: (counts) => `Waiting: ${counts.done} of ${counts.total} done${badSoFar(counts)}`,
    skipped: 'Skipped: nothing applied to this run',
    planned: (n) => `${count(n, 'step', 'steps')} would be taken`,
    planError: (n) => (n === 1 ? 'Plan error: nothing was run' : `${n} plan errors: nothing was run`),
    dryRun: (rest) => `Dry run, nothing changed. ${rest}`,
  },
  finding: {
    was: (subject, measured) => `${subject} was ${measured}`,
    noValue: (subject) => `${subject} has no value`,
    allowed: (limit) => `allowed ${limit}`,
    over: (share) => `${share} over`,
    under: (share) => `${share} under`,
    timesOver: (factor) => `${factor} × the limit`,
    atLimit: 'exactly at the limit',
    notAllowed: (criterion) => `${criterion} does not hold`,
    cannotJudge: (criterion) => `${criterion} could not be judged`,
  },
  operators: {
    between: (low, high) => `between ${low} and ${high}`,
    outside: (low, high) => `outside ${low} to ${high}`,
    in: (choices) => `one of ${choices}`,
    notIn: (choices) => `none of ${choices}`,
    matches: (pattern) => `matches ${pattern}`,
    notMatches: (pattern) => `does not match ${pattern}`,
    not: (rest) => `not ${rest}`,
  },
  headings: {
    failed: 'What holds it back',
    warnings: 'Warnings',
    next: 'What to do',
    checklist: 'Checklist',
    evidence: 'Evidence',
    notes: 'Notes',
    criteria: 'Criteria',
    measurements: 'Measurements',
  },
  columns: {
    state: 'State',
    item: 'Item',
    measured: 'Measured',
    allowed: 'Allowed',
    margin: 'Margin',
    result: 'Result',
    time: 'Time',
    criterion: 'Criterion',
    name: 'Name',
    value: 'Value',
  },
  intents: { expect: 'must hold', abort: 'stops the rollout', warn: 'warns' },
  outcomes: { holds: 'holds', violated: 'does not hold', unknown: 'unknown' },
  limitOutcomes: { holds: 'reached', violated: 'not reached', unknown: 'unknown' },
  notRequired: 'not required',
  ungrouped: 'Other items',
  items,
  samples: (n) => `${n} samples`,
  stateCount: (state, n) =>
    ({
      pass: `${n} passed`,
      warn: warnings(n),
      fail: `${n} failed`,
      inconclusive: `${n} inconclusive`,
      error: count(n, 'error', 'errors'),
      skipped: `${n} skipped`,
      pending: `${n} waiting`,
      running: `${n} running`,
    })[state],
  commit: 'Commit',
  pullRequest: 'Pull request',
  ref: 'Ref',
  run: 'Workflow run',
  repository: 'Repository',
  started: 'Started',
  finished: 'Finished',
  plan: 'Plan',
  dryRun: 'dry run',
  planFrom: (file, source, sha) => {
    if (source === 'input') return `${file}, given as the action's input`;
    const at = sha === undefined ? '' : ` ${sha}`;
    return source === 'base' ? `${file} of the base commit${at}` : `${file} of the checked-out commit${at}`;
  },
  leftOut: {
    evidenceCut: 'Long evidence is cut here.',
    evidenceOfPassing: (n) => `Left out for length: the evidence of ${count(n, 'item', 'items')} that did not fail.`,
    evidence: (n) => `Left out for length: the evidence of ${count(n, 'item', 'items')}.`,
    passing: (n) => `Left out for length: ${count(n, 'item', 'items')} that did not fail.`,
    findings: (n) => `… and ${n} more.`,
    items: (n) => `Left out for length: the list of ${count(n, 'item', 'items')}.`,
    lines: (n) => `… ${count(n, 'line', 'lines')} left out …`,
    rows: (n) => `… ${count(n, 'row', 'rows')} left out`,
    notes: (n) => `Left out for length: ${count(n, 'note', 'notes')}.`,
    elsewhere: 'The JSON and HTML reports hold everything.',
  },
  planAdvice: 'Nothing was run. Correct the plan and run again; `holdpoint validate` checks it beforehand.',
  noPosition: 'inputs',
  seriesFrom: (title, low, high, last) => `${title}: from ${low} to ${high}, last ${last}`,
  emptySeries: 'No points.',
  emptyHistogram: 'No values.',
  histogram: { bins: 'Counts', range: 'Range', count: 'Count', share: 'Share', outside: 'outside the drawing' },
};
