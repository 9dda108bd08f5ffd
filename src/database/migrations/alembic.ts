import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { withDriver } from '../connection-string.ts';
import { programIn, programOnPath } from '../programs.ts';
import { revisionsInTable } from './revisions.ts';
import { problemIn, runTool, type ToolRun } from './run.ts';
import { type Applied, defineMigrationTool, type MigrationContext } from './tool.ts';

const schema = () =>
  z.strictObject({
    directory: z.string().describe('The folder that has alembic.ini. Default: the repository’s root.').optional(),
    config: z.string().describe('The configuration file, from that folder. Default: alembic.ini.').optional(),
    target: z.string().min(1).describe('The revision to upgrade to. Default: head.').optional(),
    command: z
      .array(z.string().min(1))
      .min(1)
      .describe(
        'How alembic is called: `[uv, run, alembic]`. Default: a virtual environment in the folder, then PATH, then `python -m alembic`.',
      )
      .optional(),
    env: z
      .string()
      .describe('The environment variable in which env.py finds the database’s URL. Default: DATABASE_URL.')
      .optional(),
    driver: z
      .string()
      .regex(/^\w+$/)
      .describe('The SQLAlchemy driver to put into the URL: `psycopg` gives postgresql+psycopg://.')
      .optional(),
    'version-table': z
      .string()
      .min(1)
      .describe('Alembic’s own table, perhaps with its schema. Default: alembic_version.')
      .optional(),
  });

type AlembicSpec = z.infer<ReturnType<typeof schema>>;

/**
 * Alembic. The URL goes to it by an environment variable, which env.py must read:
 *
 *     config.set_main_option("sqlalchemy.url", os.environ["DATABASE_URL"].replace("%", "%%"))
 *
 * A project with a URL of its own in alembic.ini would migrate another database; that shows afterwards, since the version is read
 * from the right one's table. Never `-x url=…`: arguments can be seen by every user of the machine.
 */
export const alembic = defineMigrationTool<AlembicSpec>({
  name: 'alembic',
  summary: 'Alembic. Its env.py must read the database’s URL from an environment variable (DATABASE_URL).',
  schema,
  example: 'run: { tool: alembic, directory: backend }',
  describe: (spec) => `alembic upgrade ${targetOf(spec)}${spec.directory === undefined ? '' : ` in ${spec.directory}`}`,
  current: (spec, context) => revisionsInTable(spec['version-table'] ?? 'alembic_version', 'version_num', context),
  async heads(spec, context) {
    const target = targetOf(spec);
    if (target === 'head' || target === 'heads') {
      const { stdout } = await ask(spec, ['heads'], context);
      return stdout.split('\n').flatMap((line) => /^(\S+)(?: \(|$)/.exec(line.trim())?.[1] ?? []);
    }
    if (!/^\w+$/.test(target)) return undefined;
    const { stdout } = await ask(spec, ['show', target], context);
    const revision = /^Rev: (\S+)/m.exec(stdout)?.[1];
    return revision === undefined ? undefined : [revision];
  },
  apply: (spec, context) => move(spec, ['upgrade', targetOf(spec)], context),
  down: (spec, target, context) => move(spec, ['downgrade', 'steps' in target ? `-${target.steps}` : target.to], context),
});

function targetOf(spec: AlembicSpec): string {
  return spec.target ?? 'head';
}

/** `INFO  [alembic.runtime.migration] Running upgrade 1975ea83b712 -> ae1027a6acf4, add_idx`; the left side is empty at base. */
const RUNNING = /Running (upgrade|downgrade) (.*?) ?-> (.*?)(?:, (.*))?$/;

/** Alembic's default format cuts level names at five letters: WARNI. Python's own warnings are `path:1: SAWarning: …`. */
const WARNING = /^\s*WARNI?(?:NG)?\b|\b\w*Warning: /;

async function move(spec: AlembicSpec, args: readonly string[], context: MigrationContext): Promise<Applied> {
  const version = () => revisionsInTable(spec['version-table'] ?? 'alembic_version', 'version_num', context);
  const before = await version();
  const starts: { readonly name: string; readonly at: number }[] = [];
  const run = await call(spec, args, context, (line, at) => {
    const [, direction, from, to, title] = RUNNING.exec(line) ?? [];
    if (direction === undefined) return;
    const revision = direction === 'upgrade' ? to : from;
    const name = [revision, title].filter((part) => part !== undefined && part !== '').join(', ');
    starts.push({ name, at });
    context.progress(`${direction === 'upgrade' ? '' : 'undoing '}${name}`);
  });
  const end = context.clock.now();
  const { exitCode, durationMs, output, warningCount, warnings } = run;
  const migrations = starts.map(({ name, at }, position) => ({ name, durationMs: (starts[position + 1]?.at ?? end) - at }));
  if (exitCode !== 0) return { durationMs, migrations, warningCount, warnings, output, exitCode, problem: problemIn(output) };
  // A project whose logging is set up in another way prints no such lines; its history tells as much, without times.
  const untold = migrations.length === 0 && args[0] === 'upgrade';
  return {
    durationMs,
    migrations: untold ? await history(spec, before, await version(), context) : migrations,
    warningCount,
    warnings,
    output,
    exitCode,
  };
}

async function history(
  spec: AlembicSpec,
  before: readonly string[],
  after: readonly string[],
  context: MigrationContext,
): Promise<Applied['migrations']> {
  if (before.join() === after.join() || before.length > 1 || after.length !== 1) return [];
  const { stdout } = await ask(spec, ['history', '-r', `${before[0] ?? 'base'}:${after[0]}`], context);
  return stdout
    .split('\n')
    .flatMap((line) => {
      const [, revision, title] = /-> (\w+)(?: \([^)]*\))*, (.*)$/.exec(line) ?? [];
      return revision === undefined || before.includes(revision) ? [] : [{ name: `${revision}, ${title}` }];
    })
    .reverse();
}

/** Asks alembic for something that it must be able to tell. */
async function ask(spec: AlembicSpec, args: readonly string[], context: MigrationContext): Promise<ToolRun> {
  const run = await call(spec, args, context);
  if (run.exitCode === 0) return run;
  throw new MeasurementError('command_failed', `alembic ${args.join(' ')} failed: ${problemIn(run.output)}`);
}

async function call(
  spec: AlembicSpec,
  args: readonly string[],
  context: MigrationContext,
  onLine?: (line: string, at: number) => void,
): Promise<ToolRun> {
  const directory = join(context.directory, spec.directory ?? '.');
  const [file, ...before] = await commandOf(spec, directory, context);
  const run = await runTool(
    {
      command: [file, ...before, '-c', spec.config ?? 'alembic.ini', ...args],
      directory,
      env: {
        [spec.env ?? 'DATABASE_URL']:
          spec.driver === undefined ? context.databaseUrl : withDriver(context.databaseUrl, spec.driver),
      },
      warning: WARNING,
      ...(onLine === undefined ? {} : { onLine }),
    },
    context,
  );
  if (run.exitCode !== 0 && /No module named '?alembic'?$/m.test(run.output)) throw missing();
  return run;
}

async function commandOf(
  spec: AlembicSpec,
  directory: string,
  { env }: MigrationContext,
): Promise<readonly [string, ...string[]]> {
  if (spec.command) {
    const [file, ...args] = spec.command;
    if (file !== undefined) return [file, ...args];
  }
  const bin = process.platform === 'win32' ? 'Scripts' : 'bin';
  for (const folder of ['.venv', 'venv']) {
    const found = await programIn(join(directory, folder, bin), 'alembic');
    if (found !== undefined) return [found];
  }
  const onPath = await programOnPath('alembic', env);
  if (onPath !== undefined) return [onPath];
  for (const name of ['python3', 'python']) {
    const python = await programOnPath(name, env);
    if (python !== undefined) return [python, '-m', 'alembic'];
  }
  throw missing();
}

function missing(): MeasurementError {
  return new MeasurementError(
    'tool_missing',
    'Alembic was not found. Install the project’s requirements in an earlier step of the workflow, or say `command:` in the plan.',
  );
}
