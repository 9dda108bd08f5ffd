import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { revisionsByQuery } from './revisions.ts';
import { problemIn, runTool } from './run.ts';
import { type Applied, defineMigrationTool, type MigrationContext } from './tool.ts';

const commandSchema = (description: string) =>
  z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .describe(`${description} A text is run by bash, a list as it is.`);

const schema = () =>
  z.strictObject({
    run: commandSchema('Migrates the database whose URL is in the environment.'),
    version: z
      .strictObject({
        query: z
          .string()
          .min(1)
          .describe('Its first column has the versions that are applied: `select version_num from alembic_version`.'),
      })
      .describe('How the database itself tells its version; the command is not believed.'),
    heads: commandSchema('Prints the versions that the migration files end in, one a line.').optional(),
    down: commandSchema('Undoes. $HOLDPOINT_DOWN_STEPS or $HOLDPOINT_DOWN_TO says how far.').optional(),
    directory: z.string().describe('Where to run. Default: the repository’s root.').optional(),
    env: z.string().describe('The environment variable that gets the database’s URL. Default: DATABASE_URL.').optional(),
  });

type CommandSpec = z.infer<ReturnType<typeof schema>>;
type Command = CommandSpec['run'];

/** Any migration tool that a command line starts. */
export const command = defineMigrationTool<CommandSpec>({
  name: 'command',
  summary: 'Any tool that a command starts, with a query by which the database tells its version.',
  schema,
  example: 'run: { tool: command, run: "npm run migrate", version: { query: "select max(version) from schema_migrations" } }',
  describe: (spec) => shown(spec.run),
  recorded: async (spec, context) => ({ current: await revisionsByQuery(spec.version.query, context) }),
  async files(spec, context) {
    if (spec.heads === undefined) return undefined;
    const run = await call(spec, spec.heads, {}, context);
    if (run.exitCode !== 0) throw new MeasurementError('command_failed', `${shown(spec.heads)} failed: ${problemIn(run.output)}`);
    return { heads: run.stdout.split('\n').flatMap((line) => line.trim() || []) };
  },
  apply: (spec, context) => move(spec, spec.run, {}, context),
  async down(spec, target, context) {
    if (spec.down === undefined)
      throw new MeasurementError('unsupported', 'The plan does not say how to undo a migration: add `down:` to `run:`.');
    const how = 'steps' in target ? { HOLDPOINT_DOWN_STEPS: String(target.steps) } : { HOLDPOINT_DOWN_TO: target.to };
    return move(spec, spec.down, how, context);
  },
});

/** The database tells which versions came in; times per version are not known. */
async function move(
  spec: CommandSpec,
  what: Command,
  env: Readonly<Record<string, string>>,
  context: MigrationContext,
): Promise<Applied> {
  const before = await revisionsByQuery(spec.version.query, context);
  const { exitCode, durationMs, output, warningCount, warnings } = await call(spec, what, env, context);
  if (exitCode !== 0) return { durationMs, migrations: [], warningCount, warnings, output, exitCode, problem: problemIn(output) };
  const after = await revisionsByQuery(spec.version.query, context);
  const migrations = after.filter((revision) => !before.includes(revision)).map((name) => ({ name }));
  return { durationMs, migrations, warningCount, warnings, output, exitCode };
}

function call(spec: CommandSpec, what: Command, env: Readonly<Record<string, string>>, context: MigrationContext) {
  const [file, ...args] = typeof what === 'string' ? ['bash', '-c', what] : what;
  return runTool(
    {
      command: [file ?? '', ...args],
      directory: join(context.directory, spec.directory ?? '.'),
      env: { [spec.env ?? 'DATABASE_URL']: context.databaseUrl, ...env },
      warning: /\bwarn(?:ing)?\b/i,
      onLine: (line) => context.progress(line.slice(0, 120)),
    },
    context,
  );
}

function shown(what: Command): string {
  return typeof what === 'string' ? what : what.join(' ');
}
