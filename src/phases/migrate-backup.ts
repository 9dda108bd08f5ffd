import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { MeasurementError } from '../checklist/errors.ts';
import { judgeCriteria } from '../checklist/judging.ts';
import type { Evidence, Outcome } from '../checklist/model.ts';
import type { Step, StepContext } from '../checklist/step.ts';
import { bytes, type Measurements, milliseconds, text } from '../criteria/value.ts';
import type { BackupFile } from '../database/safety/backup-file.ts';
import type { PlannedCriterion, Policy } from '../plan/plan.ts';
import type { BackupPlan } from '../plan/sections/migrate-safety.ts';
import { findFiles } from '../probes/glob.ts';
import type { PhaseContext } from './phase.ts';
import { type SafetyWords, safetyWords } from './words/migrate-safety.ts';

/** A backup that was made elsewhere may be this old, unless the plan judges `backup.age` itself. */
const OLDEST_MS = 24 * 3_600_000;
/** File systems keep times as coarsely as this. */
const MTIME_MS = 2000;

interface BackupStep {
  readonly item: Step['item'];
  readonly needs: readonly string[];
  readonly database: string;
  readonly plan: BackupPlan | undefined;
  readonly criteria: readonly PlannedCriterion[];
  readonly policy: Policy;
  /** Given what was measured, for the criteria that are judged after the migration. */
  readonly keep: (measurements: Measurements) => void;
}

/** The backup before a migration: made, read to its end, and judged. Without one in the plan it is a note. */
export function backupStep({ item, needs, database, plan, criteria, policy, keep }: BackupStep, context: PhaseContext): Step {
  const words = safetyWords(context.locale);
  return {
    item,
    needs,
    ...(plan === undefined ? {} : { limitMs: plan.limitMs }),
    async carryOut(step) {
      if (plan === undefined) return { state: 'skipped', reason: 'not_applicable', message: words.noBackup };
      if (context.dryRun) {
        const message = plan.kind === 'pg_dump' ? words.wouldDump(plan.dump.to) : words.wouldRead(plan.file);
        return { state: 'skipped', reason: 'dry_run', message };
      }
      const url = await context.databases.url(database);
      const began = context.clock.now();
      const made = await make(plan, url, step, context, words).catch(unusable);
      if ('state' in made) return made;
      step.progress(words.reading);
      const { readBackup } = await import('../database/safety/backup-file.ts');
      const file = await readBackup(made.path, context, step.signal).catch(unusable);
      if ('state' in file) return { ...file, evidence: made.evidence };
      const now = context.clock.now();
      const ageMs = Math.max(0, now - file.writtenAt);
      const path = relative(context.directory, file.path) || file.path;
      const measurements = measurementsOf(file, ageMs, now - began);
      keep(measurements);
      const told = { measurements, evidence: made.evidence };
      const judgesAge = criteria.some(({ criterion }) => criterion.names.includes('backup.age'));
      if (plan.kind === 'file' && plan.command !== undefined && file.writtenAt < began - MTIME_MS) {
        return { state: 'fail', reason: 'backup_unusable', message: words.backupOld(path, ageMs), ...told };
      }
      if (plan.kind === 'file' && ageMs > OLDEST_MS && !judgesAge) {
        return { state: 'fail', reason: 'backup_unusable', message: words.backupStale(path, ageMs), ...told };
      }
      const message = `${words.backedUp(path, file.format, file.sha256)} ${words.keepIt}`;
      if (criteria.length === 0) return { state: 'pass', reason: 'criteria_met', message, ...told };
      const observations = [{ at: now, measurements }];
      return { ...judgeCriteria(criteria, { observations, locale: context.locale }, policy), message, ...told };
    },
  };
}

/** A backup that is known to be no good is a failure; what could not be found out stays an error. */
function unusable(error: unknown): Outcome {
  if (!(error instanceof MeasurementError) || error.reason !== 'backup_unusable') throw error;
  return { state: 'fail', reason: error.reason, message: error.message };
}

interface Made {
  readonly path: string;
  readonly evidence: readonly Evidence[];
}

async function make(
  plan: BackupPlan,
  url: string,
  step: StepContext,
  context: PhaseContext,
  words: SafetyWords,
): Promise<Made | Outcome> {
  if (plan.kind === 'pg_dump') {
    step.progress(words.dumping);
    const { dumpDatabase } = await import('../database/safety/dump.ts');
    return { path: await dumpDatabase(url, plan.dump, context, step.signal), evidence: [] };
  }
  const ran = plan.command === undefined ? undefined : await run(plan.command, url, step, context);
  const evidence = ran === undefined || ran.output === '' ? [] : [output(words.outputOfBackup, ran.output)];
  if (ran !== undefined && ran.exitCode !== 0) {
    const said = ran.output.split('\n').at(-1) ?? '';
    const message = words.backupCommandFailed(ran.exitCode, said);
    return { state: 'fail', reason: 'backup_unusable', message, evidence };
  }
  const path = await newest(plan.file, context.directory);
  if (path === undefined) {
    return { state: 'fail', reason: 'backup_unusable', message: words.backupMissing(plan.file), evidence };
  }
  return { path, evidence };
}

async function run(command: string, url: string, step: StepContext, { exec, secrets, directory }: PhaseContext) {
  const { libpqEnvironment } = await import('../database/safety/libpq-environment.ts');
  const lines: string[] = [];
  const { exitCode } = await exec({
    file: 'bash',
    args: ['-c', command],
    cwd: directory,
    env: { ...libpqEnvironment(url), DATABASE_URL: url },
    signal: step.signal,
    onLine: (_, line) => {
      const shown = secrets.mask(line.slice(0, 500));
      lines.push(shown);
      if (lines.length > 200) lines.shift();
      step.progress(shown.slice(0, 120));
    },
  });
  return { exitCode, output: lines.join('\n').trim() };
}

async function newest(pattern: string, directory: string): Promise<string | undefined> {
  const found = await findFiles(pattern, directory);
  // A dump in the directory format is a folder; patterns match files, so its table of contents stands for it.
  const folders = (await findFiles(`${pattern.replace(/\/$/, '')}/toc.dat`, directory)).map((toc) =>
    toc.slice(0, -'/toc.dat'.length),
  );
  const dated = await Promise.all([...found, ...folders].map(async (path) => ({ path, at: (await stat(path)).mtimeMs }))).catch(
    (cause: unknown) => {
      throw new MeasurementError('unreadable', `${pattern}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    },
  );
  return dated.sort((a, b) => b.at - a.at)[0]?.path;
}

const output = (title: string, content: string): Evidence => ({ kind: 'output', title, text: content });

function measurementsOf({ bytes: size, sha256, format }: BackupFile, ageMs: number, tookMs: number): Measurements {
  return {
    'backup.size': { value: bytes(size) },
    'backup.age': { value: milliseconds(ageMs) },
    'backup.duration': { value: milliseconds(tookMs) },
    'backup.checksum': { value: text(sha256) },
    'backup.format': { value: text(format) },
  };
}
