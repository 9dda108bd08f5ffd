import { MeasurementError, PlanError } from '../checklist/errors.ts';
import type { Evidence, Judgement, Outcome } from '../checklist/model.ts';
import type { Step, StepContext } from '../checklist/step.ts';
import { type Measurements, milliseconds, number, text } from '../criteria/value.ts';
import type { StartedThrowaway } from '../database/databases.ts';
import type { Applied, BoundMigrationTool, MigrationContext } from '../database/migrations/tool.ts';
import type { SchemaDifference, SchemaSnapshot } from '../database/rehearsal/schema-snapshot.ts';
import type { TakenLock, XrayFinding } from '../database/x-ray/findings.ts';
import type { Locator } from '../database/x-ray/locate.ts';
import { RULES } from '../database/x-ray/rules.ts';
import type { Watch, Watched } from '../database/x-ray/x-ray.ts';
import type { MigratePlan } from '../plan/plan.ts';
import type { IgnoredFinding, RehearsalPlan, XrayPlan } from '../plan/sections/migrate-rehearsal.ts';
import type { PhaseContext } from './phase.ts';
import { type RehearsalWords, rehearsalWords } from './words/rehearsal.ts';
import { type XrayWords, xrayWords } from './words/x-ray.ts';

/** The item that a rehearsal begins with. */
export const REHEARSAL_BASE = 'rehearsal-base';
/** Rows of a table in the report. */
const MOST_ROWS = 200;

/** The steps of a rehearsal, around the run of the migration itself. */
export interface Rehearsal {
  /** The plan's tool, watched: what it applied is remembered. */
  readonly tool: BoundMigrationTool;
  /** Puts the database into the state before the migration. */
  readonly base: Step;
  /** Right after the run, before anything else asks the database. */
  readonly xray: readonly Step[];
  /** Undoes the migration and does it again, when nothing else needs it any more. */
  undo(after: readonly string[]): readonly Step[];
}

interface Ran {
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly applied: Applied;
}

/** On a throwaway database: the state before, the migration, an x-ray of it, down, and up again. */
export function rehearse(
  section: MigratePlan,
  rehearsal: RehearsalPlan,
  context: PhaseContext,
  ids: { readonly database: string; readonly run: string },
): Rehearsal {
  const words = rehearsalWords(context.locale);
  const { event } = context.facts;
  if (rehearsal.assumed && event !== undefined && !/^(?:pull_request|merge_group)/.test(event))
    throw new PlanError(words.needsDatabase(event), section.position);
  const { tool } = section;
  let first: Applied | undefined;
  let baseVersions: readonly string[] = [];
  let baseSchema: SchemaSnapshot = new Map();
  let migratedSchema: SchemaSnapshot = new Map();
  let versionTables: readonly string[] = [];
  let watch: Watch | undefined;
  let undone = false;

  const contextOf = async (step: StepContext): Promise<MigrationContext> => ({
    ...context,
    signal: step.signal,
    progress: step.progress,
    databaseUrl: await context.databases.url(section.database),
  });
  const snapshot = async ({ databaseUrl, signal, secrets }: MigrationContext): Promise<SchemaSnapshot> => {
    const [{ withSession }, { snapshotSchema }] = await Promise.all([
      import('../database/client.ts'),
      import('../database/rehearsal/schema-snapshot.ts'),
    ]);
    return withSession(databaseUrl, { secrets, signal }, (session) => snapshotSchema(session, versionTables));
  };
  const ran = async (migration: MigrationContext): Promise<Ran | undefined> => {
    if (first === undefined) return undefined;
    return { before: baseVersions, after: await tool.current(migration), applied: first };
  };
  const item = (id: string, title: string, kind: string) => ({
    id,
    title,
    group: words.group,
    kind,
    required: true,
    position: rehearsal.position,
  });
  const common = { exclusive: true, limitMs: rehearsal.limitMs } as const;

  const base: Step = {
    item: item(REHEARSAL_BASE, words.base, 'rehearsal'),
    needs: [ids.database],
    ...common,
    async carryOut(step) {
      const migration = await contextOf(step);
      const prepared = await prepareBase(rehearsal, tool, migration, words);
      if ('state' in prepared) return prepared;
      // A dry run shows what is there already; nothing of it is to be watched.
      if (context.dryRun) return { state: 'skipped', reason: 'dry_run', message: words.later };
      baseVersions = await tool.current(migration);
      baseSchema = await snapshot(migration);
      if (rehearsal.xray) {
        const { startWatch } = await import('../database/x-ray/x-ray.ts');
        const start = rehearsal.schema === undefined && rehearsal.from === undefined ? 'none' : 'base';
        watch = await startWatch(migration.databaseUrl, serverOf(section.database, context), start, migration);
      }
      return { state: 'pass', reason: 'criteria_met', message: prepared.said };
    },
  };

  const xray: Step = {
    item: { ...item('x-ray', xrayWords(context.locale).title, 'x-ray'), group: xrayWords(context.locale).group },
    needs: [ids.run],
    ...common,
    async carryOut(): Promise<Outcome> {
      const said = xrayWords(context.locale);
      if (watch === undefined || first === undefined) {
        return { state: 'inconclusive', reason: 'no_data', message: said.nothing };
      }
      const watched = await watch.finish(first.migrations.map(({ name }) => name));
      versionTables = watched.versionTables;
      if (watched.statements === 0 && first.migrations.length === 0)
        return { state: 'skipped', reason: 'not_applicable', message: said.nothing };
      const { openLocator } = await import('../database/x-ray/locate.ts');
      const locator = watched.findings.length === 0 ? undefined : await openLocator(context.directory);
      return xrayOutcome(watched, rehearsal.xray ?? { ignore: [] }, locator, section, context, said);
    },
  };

  const down: Step = {
    item: item('rehearsal-down', words.down, tool.name),
    needs: [ids.run],
    ...common,
    async carryOut(step) {
      const migration = await contextOf(step);
      const run = await ran(migration);
      if (run === undefined || same(run.before, run.after))
        return { state: 'skipped', reason: 'not_applicable', message: words.nothing };
      if (versionTables.length > 0) baseSchema = without(baseSchema, versionTables);
      migratedSchema = await snapshot(migration);
      const outcome = await undo(run, tool, migration, words);
      if ('outcome' in outcome) return outcome.outcome;
      const differences = await compare(baseSchema, await snapshot(migration));
      undone = true;
      const measurements: Measurements = {
        duration: { value: milliseconds(outcome.applied.durationMs) },
        differences: { value: number(differences.length) },
      };
      const [worst] = differences;
      if (worst === undefined) {
        const message = words.restored(run.applied.migrations.length, outcome.applied.durationMs);
        return { state: 'pass', reason: 'criteria_met', message, measurements };
      }
      const message = words.differs(differences.length, worst.object);
      return { state: 'fail', reason: 'not_restored', message, measurements, evidence: [differenceTable(differences, words)] };
    },
  };

  const again: Step = {
    item: item('rehearsal-up', words.again, tool.name),
    needs: [ids.run],
    after: ['rehearsal-down'],
    ...common,
    async carryOut(step) {
      if (!undone) return { state: 'skipped', reason: 'not_applicable', message: words.notUndone };
      const migration = await contextOf(step);
      const applied = await tool.apply(migration);
      if (applied.exitCode !== 0) {
        const problem = sentence(context.secrets.mask(applied.problem ?? ''));
        return {
          state: 'fail',
          reason: 'migration_failed',
          message: words.upFailed(tool.name, problem),
          evidence: outputOf(applied, tool, migration, words),
        };
      }
      const differences = await compare(migratedSchema, await snapshot(migration));
      const measurements: Measurements = {
        duration: { value: milliseconds(applied.durationMs) },
        differences: { value: number(differences.length) },
      };
      const [worst] = differences;
      if (worst === undefined) {
        return { state: 'pass', reason: 'criteria_met', message: words.sameAgain(applied.durationMs), measurements };
      }
      const message = words.differsAgain(differences.length, worst.object);
      return { state: 'fail', reason: 'not_restored', message, measurements, evidence: [differenceTable(differences, words)] };
    },
  };

  return {
    tool: {
      ...tool,
      async apply(migration) {
        const applied = await tool.apply(migration);
        first ??= applied;
        return applied;
      },
    },
    base,
    xray: rehearsal.xray && !context.dryRun ? [xray] : [],
    undo: (after) => (rehearsal.undo && !context.dryRun ? [{ ...down, after }, again] : []),
  };
}

async function prepareBase(
  { schema, from, seed, rows }: RehearsalPlan,
  tool: BoundMigrationTool,
  migration: MigrationContext,
  words: RehearsalWords,
): Promise<{ readonly said: string } | Outcome> {
  const { databaseUrl } = migration;
  const said: string[] = [];
  const { runSqlFile } = await import('../database/rehearsal/sql-file.ts');
  if (schema !== undefined) {
    migration.progress(schema);
    await runSqlFile(schema, databaseUrl, migration);
    said.push(words.loaded(schema));
  }
  if (from) {
    const { inBaseCheckout } = await import('../database/rehearsal/base-checkout.ts');
    const { commit, applied } = await inBaseCheckout(from.branch, migration, async ({ directory, commit }) => ({
      commit: commit.slice(0, 7),
      applied: await tool.apply({ ...migration, directory }),
    }));
    if (applied.exitCode !== 0) {
      const problem = sentence(migration.secrets.mask(applied.problem ?? ''));
      const evidence = [
        { kind: 'output' as const, title: words.baseOutput(tool.name), text: migration.secrets.mask(applied.output) },
      ];
      return { state: 'fail', reason: 'migration_failed', message: words.baseFailed(tool.name, problem), evidence };
    }
    said.push(words.fromBase(commit, applied.migrations.length));
  }
  for (const file of seed) {
    migration.progress(file);
    await runSqlFile(file, databaseUrl, migration);
  }
  if (seed.length > 0) said.push(words.seeded(seed.join(', ')));
  if (Object.keys(rows).length > 0) {
    const { generateRows } = await import('../database/rehearsal/generated-rows.ts');
    await generateRows(rows, databaseUrl, migration);
    const counts = Object.entries(rows).map(([table, count]) => `${table} ${count}`);
    said.push(words.filled(counts.join(', ')));
  }
  return { said: said.length === 0 ? words.empty : said.join(' ') };
}

/** What tools say when a migration was never meant to be undone. */
const NO_WAY_BACK =
  /NotImplementedError|[Ii]rreversible|not reversible|cannot be (?:reversed|undone|reverted|rolled back)|no (?:down|rollback|undo)\b|does ?n[o']t (?:support|have) (?:a )?(?:down|rollback|undo)/;

async function undo(
  { before, after, applied }: Ran,
  tool: BoundMigrationTool,
  migration: MigrationContext,
  words: RehearsalWords,
): Promise<{ readonly applied: Applied } | { readonly outcome: Outcome }> {
  const names = applied.migrations.map(({ name }) => name);
  const irreversible = (which: readonly string[]): Measurements => ({ irreversible: { value: text(which.join('; ')) } });
  const [only] = before;
  const target =
    names.length > 0 ? { steps: names.length } : before.length === 1 && only !== undefined ? { to: only } : undefined;
  if (target === undefined) return { outcome: { state: 'inconclusive', reason: 'no_data', message: words.cannotCount } };
  let down: Applied;
  try {
    down = await tool.down(target, migration);
  } catch (error) {
    if (!(error instanceof MeasurementError && error.reason === 'unsupported')) throw error;
    const measurements = irreversible(names.length === 0 ? after : names);
    return { outcome: { state: 'skipped', reason: 'irreversible', message: words.noWayBack(error.message), measurements } };
  }
  const now = await tool.current(migration);
  const shown = (versions: readonly string[]): string => (versions.length === 0 ? words.noVersion : versions.join(', '));
  if (down.exitCode !== 0) {
    const evidence = outputOf(down, tool, migration, words);
    // The last one that it began; without such lines, the one that the database is still at.
    const stuck = down.migrations.at(-1)?.name ?? shown(now);
    if (NO_WAY_BACK.test(down.output) || NO_WAY_BACK.test(down.problem ?? '')) {
      const measurements = irreversible([stuck]);
      return { outcome: { state: 'warn', reason: 'irreversible', message: words.irreversible(stuck), measurements, evidence } };
    }
    const problem = sentence(migration.secrets.mask(down.problem ?? ''));
    const message = words.downFailed(tool.name, problem, shown(now));
    return { outcome: { state: 'fail', reason: 'migration_failed', message, evidence } };
  }
  if (!same(now, before)) {
    const evidence = outputOf(down, tool, migration, words);
    return {
      outcome: { state: 'fail', reason: 'tool_disagrees', message: words.downElsewhere(shown(now), shown(before)), evidence },
    };
  }
  return { applied: down };
}

function xrayOutcome(
  watched: Watched,
  { ignore }: XrayPlan,
  locator: Locator | undefined,
  { position }: MigratePlan,
  { secrets }: PhaseContext,
  words: XrayWords,
): Outcome {
  const accepted = (finding: XrayFinding): IgnoredFinding | undefined => ignore.find((each) => accepts(each, finding));
  const live = watched.findings.filter((finding) => accepted(finding) === undefined);
  const ignored = watched.findings.flatMap((finding) => {
    const by = accepted(finding);
    return by === undefined ? [] : [[finding.rule, finding.object, by.reason]];
  });
  const failures = live.filter(({ rule }) => RULES[rule].severity === 'fail');
  const warnings = live.length - failures.length;
  const say = (finding: XrayFinding): string => {
    const migration = finding.statement?.migration;
    return `${words.findings[finding.rule](finding)}${migration === undefined ? '' : ` (${migration})`}`;
  };
  const judgements = live.map((finding): Judgement => {
    const fails = RULES[finding.rule].severity === 'fail';
    return {
      criterion: finding.rule,
      intent: fails ? 'expect' : 'warn',
      outcome: fails ? 'violated' : 'holds',
      detail: secrets.mask(say(finding)),
      comparisons: [],
      position: locator?.positionOf(finding) ?? position,
    };
  });
  const notes = [
    live.length === 0 ? words.clean(watched.statements) : words.summary(watched.statements, failures.length, warnings),
    ...(watched.attributed ? [] : [words.notAttributed]),
    ...(watched.partly ? [words.partly] : []),
  ];
  const evidence: Evidence[] = [
    ...(live.length === 0 ? [] : [{ kind: 'output' as const, title: words.safe, text: secrets.mask(safeForms(live, say)) }]),
    ...lockTable(watched.locks, words, secrets.mask),
    ...(ignored.length === 0 ? [] : [{ kind: 'table' as const, ...words.ignored, rows: ignored }]),
  ];
  const verdict = verdictOf(failures.length, warnings, watched.partly);
  return {
    ...verdict,
    message: notes.join(' '),
    measurements: {
      statements: { value: number(watched.statements) },
      findings: { value: number(live.length) },
      ignored: { value: number(ignored.length) },
    },
    judgements,
    evidence,
  };
}

function verdictOf(failures: number, warnings: number, partly: boolean): Pick<Outcome, 'state' | 'reason'> {
  if (failures > 0) return { state: 'fail', reason: 'unsafe_migration' };
  if (warnings > 0) return { state: 'warn', reason: 'unsafe_migration' };
  // What was not seen is not known to be good.
  return partly ? { state: 'warn', reason: 'weak_evidence' } : { state: 'pass', reason: 'criteria_met' };
}

function accepts({ rule, object }: IgnoredFinding, finding: XrayFinding): boolean {
  return rule === finding.rule && (object === undefined || object === finding.object || object === finding.table);
}

function safeForms(findings: readonly XrayFinding[], say: (finding: XrayFinding) => string): string {
  const parts = findings.slice(0, MOST_ROWS).map((finding) => `-- ${finding.rule}: ${say(finding)}\n${finding.safe}`);
  return parts.join('\n\n');
}

function lockTable(locks: readonly TakenLock[], words: XrayWords, mask: (text: string) => string): readonly Evidence[] {
  if (locks.length === 0) return [];
  const rows = locks
    .slice(0, MOST_ROWS)
    .map(({ statement, table, mode }) => [
      mask(oneLine(statement.sql)),
      mode.replace(/Lock$/, ''),
      table,
      words.blocks(mode),
      (statement.durationMs ?? 0).toFixed(1),
    ]);
  return [{ kind: 'table', ...words.locks, rows }];
}

function serverOf(database: string, { databases }: PhaseContext): Pick<StartedThrowaway, 'readLog'> {
  return databases.throwaways?.().find(({ name }) => name === database) ?? {};
}

async function compare(expected: SchemaSnapshot, found: SchemaSnapshot): Promise<readonly SchemaDifference[]> {
  const { schemaDifferences } = await import('../database/rehearsal/schema-snapshot.ts');
  return schemaDifferences(expected, found);
}

/** Tables that turned out to be the tool's own. */
function without(schema: SchemaSnapshot, tables: readonly string[]): SchemaSnapshot {
  return new Map([...schema].filter(([object]) => !tables.some((table) => object.split(/[ .]/).includes(table))));
}

function differenceTable(differences: readonly SchemaDifference[], { differences: said }: RehearsalWords): Evidence {
  const rows = differences
    .slice(0, MOST_ROWS)
    .map(({ object, before, after }) => [object, before ?? said.absent, after ?? said.absent]);
  return { kind: 'table', title: said.title, columns: said.columns, rows };
}

function outputOf(
  { output }: Applied,
  tool: BoundMigrationTool,
  { secrets }: MigrationContext,
  words: RehearsalWords,
): Evidence[] {
  return output.trim() === '' ? [] : [{ kind: 'output', title: words.output(tool.name), text: secrets.mask(output) }];
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((version) => b.includes(version));
}

function sentence(said: string): string {
  return /[.!?…]$/.test(said) ? said : `${said}.`;
}

function oneLine(sql: string): string {
  const line = sql.replace(/\s+/g, ' ');
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
