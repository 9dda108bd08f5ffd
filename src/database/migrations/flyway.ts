import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { commandField, directoryField, tableField } from './fields.ts';
import { jdbcAddress } from './jdbc.ts';
import { rowsInTable } from './revisions.ts';
import { appliedBy, problemIn, runTool, type ToolRun } from './run.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type MigrationFiles, type Recorded } from './tool.ts';
import { commandLineOf } from './tool-program.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('The folder that has flyway.conf or flyway.toml.'),
    locations: z.string().min(1).describe('Where the migrations are: `filesystem:sql`. Default: as configured.').optional(),
    command: commandField('[./flyway/flyway]', 'the `flyway` on PATH'),
    table: tableField('flyway_schema_history'),
  });

type FlywaySpec = z.infer<ReturnType<typeof schema>>;

/** Flyway. A revision is a version, `2.1`; a repeatable migration is called `R: description`. */
export const flyway = defineMigrationTool<FlywaySpec>({
  name: 'flyway',
  summary: 'Flyway. URL, user and password go to it by FLYWAY_URL, FLYWAY_USER and FLYWAY_PASSWORD.',
  schema,
  example: 'run: { tool: flyway, locations: "filesystem:sql" }',
  async detect(folder) {
    const because = await folder.first('flyway.conf', 'flyway.toml', 'conf/flyway.conf', 'conf/flyway.toml');
    return because === undefined ? undefined : { because };
  },
  describe: ({ directory }) => `flyway migrate${directory === undefined ? '' : ` in ${directory}`}`,
  recorded,
  files,
  apply,
  down: () =>
    Promise.reject(
      new MeasurementError('unsupported', 'Flyway undoes only with a licence: write a migration that goes back, and apply it.'),
    ),
});

async function rows(spec: FlywaySpec, context: MigrationContext) {
  const select = 'version, description, type, success, execution_time';
  const found = await rowsInTable({ table: spec.table ?? 'flyway_schema_history', select, order: 'installed_rank' }, context);
  return (found ?? []).map((row) => ({
    name: nameOf(row['version'] ?? '', row['description'] ?? ''),
    type: row['type'] ?? '',
    success: row['success'] === 't',
    ms: Number(row['execution_time']),
  }));
}

/** Rows that are no migration: `SCHEMA`, and the tombstones that `repair` writes. */
const NO_MIGRATION = new Set(['SCHEMA', 'DELETE']);

async function recorded(spec: FlywaySpec, context: MigrationContext): Promise<Recorded> {
  const all = (await rows(spec, context)).filter(({ type }) => !NO_MIGRATION.has(type));
  const failed = all.find(({ success }) => !success);
  const applied = [...new Set(all.filter(({ success }) => success).map(({ name }) => name))];
  const versioned = applied.filter((name) => !name.startsWith(REPEATABLE)).sort(byVersion);
  const mend = 'undo by hand what it left, then run: flyway repair';
  return {
    current: versioned.slice(-1),
    applied,
    ...(failed && { dirty: { kind: 'half-done' as const, what: failed.name, mend } }),
  };
}

const REPEATABLE = 'R: ';

const nameOf = (version: string, description: string): string => (version === '' ? `${REPEATABLE}${description}` : version);

const info = z.object({
  migrations: z.array(
    z.object({ version: z.string(), description: z.string(), state: z.string(), filepath: z.string().optional() }),
  ),
});

/** States of a migration that `migrate` is not meant to apply, or that has no file. */
const NOT_MEANT = new Set([
  'Above Target',
  'Below Baseline',
  'Baseline',
  'Ignored (Baseline)',
  'Missing',
  'Failed (Missing)',
  'Future',
  'Failed (Future)',
  'Available',
  'Superseded',
  'Deleted',
]);

/** `info` only reads. */
async function files(spec: FlywaySpec, context: MigrationContext): Promise<MigrationFiles> {
  const run = await runTool(await request(spec, 'info', context), context);
  const answer = info.safeParse(jsonIn(run.stdout));
  if (run.exitCode !== 0 || !answer.success) {
    throw new MeasurementError('command_failed', `flyway info failed: ${problemOf(run)}`);
  }
  const migrations = answer.data.migrations
    .filter(({ state }) => !NOT_MEANT.has(state))
    .map(({ version, description }) => {
      const name = nameOf(version, description);
      return { version: name, name: version === '' ? name : `${version} ${description}`, reversible: false };
    });
  const versions = [...new Set(migrations.map(({ version }) => version).filter((version) => !version.startsWith(REPEATABLE)))];
  return { heads: versions.sort(byVersion).slice(-1), migrations: unique(migrations) };
}

/** A repeatable migration has a line for each time that it ran. */
function unique<Named extends { readonly version: string }>(all: readonly Named[]): readonly Named[] {
  return [...new Map(all.map((each) => [each.version, each])).values()];
}

/** `2.10` after `2.9`. */
function byVersion(a: string, b: string): number {
  const [one, other] = [a, b].map((version) => version.split(/[._]/).map((part) => BigInt(/^\d+$/.test(part) ? part : 0)));
  for (let position = 0; position < Math.max(one?.length ?? 0, other?.length ?? 0); position += 1) {
    const [left, right] = [one?.[position] ?? 0n, other?.[position] ?? 0n];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

async function apply(spec: FlywaySpec, context: MigrationContext): Promise<Applied> {
  const before = (await rows(spec, context)).length;
  const run = await runTool(await request(spec, 'migrate', context), context);
  const came = (await rows(spec, context)).slice(before).filter(({ type }) => !NO_MIGRATION.has(type));
  const warnings = z.object({ warnings: z.array(z.string()) }).safeParse(jsonIn(run.stdout));
  const told = warnings.success ? warnings.data.warnings : [];
  // Its JSON has the database's own warnings; each is a line of the output too, but not one that looks like it.
  const whole = {
    ...run,
    warningCount: run.warningCount + told.length,
    warnings: [...run.warnings, ...told].slice(0, 100),
  };
  const applied = appliedBy(
    whole,
    came.map(({ name, ms }) => ({ name, durationMs: ms })),
    () => problemOf(run),
  );
  // Asked for JSON, it may say that it failed and end with 0 all the same.
  return failure.safeParse(jsonIn(run.stdout)).success ? { ...applied, problem: problemOf(run) } : applied;
}

const failure = z.object({ error: z.object({ errorCode: z.string().optional(), message: z.string() }) });

/** `{"error":{"errorCode":"FAILED_VERSIONED_MIGRATION","message":"…\n…"}}`; the line that the database said is the one that tells. */
function problemOf({ stdout, output }: ToolRun): string {
  const answer = failure.safeParse(jsonIn(stdout));
  if (!answer.success) return problemIn(output);
  const lines = answer.data.error.message.split('\n').map((line) => line.trim());
  const said = lines.find((line) => /^(?:Message\s*:|ERROR:)/.test(line))?.replace(/^Message\s*:\s*/, '');
  const first = lines.find((line) => line !== '') ?? 'it gave no reason';
  return said === undefined ? first : `${first}: ${said}`;
}

/** The whole output is one object; what a wrapper prints before it is skipped. */
function jsonIn(stdout: string): unknown {
  const start = stdout.search(/^\{/m);
  try {
    return start === -1 ? undefined : JSON.parse(stdout.slice(start));
  } catch {
    return undefined;
  }
}

async function request(spec: FlywaySpec, verb: string, context: MigrationContext) {
  const directory = join(context.directory, spec.directory ?? '.');
  const install = 'Install Flyway in an earlier step of the workflow';
  const command = await commandLineOf({ command: spec.command, program: 'flyway', directory, install }, context);
  const { url, user, password } = jdbcAddress(context.databaseUrl);
  const locations = spec.locations === undefined ? [] : [`-locations=${spec.locations}`];
  const table = spec.table === undefined ? [] : [`-table=${spec.table.split('.').at(-1)}`];
  return {
    command: [...command, '-outputType=json', ...locations, ...table, verb] as const,
    directory,
    env: { FLYWAY_URL: url, FLYWAY_USER: user, FLYWAY_PASSWORD: password },
    warning: /^\s*(?:WARNING|WARN)\b/,
  };
}
