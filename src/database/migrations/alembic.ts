import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { withDriver } from '../connection-string.ts';
import { programOnPath } from '../programs.ts';
import { inVirtualEnvironment, PYTHON_WARNING, pythonOnPath } from './python.ts';
import { revisionsInTable } from './revisions.ts';
import { moveBy, problemIn, runTool, type ToolRequest, type ToolRun } from './run.ts';
import { ancestors } from './state.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type MigrationFile, type MigrationFiles } from './tool.ts';
import type { CommandLine } from './tool-program.ts';

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
  async detect(folder) {
    const because = await folder.first('alembic.ini');
    return because === undefined ? undefined : { because };
  },
  describe: (spec) => `alembic upgrade ${targetOf(spec)}${spec.directory === undefined ? '' : ` in ${spec.directory}`}`,
  recorded: async (spec, context) => ({ current: await versions(spec, context) }),
  files,
  apply: (spec, context) => move(spec, ['upgrade', targetOf(spec)], context),
  down: (spec, target, context) => move(spec, ['downgrade', 'steps' in target ? `-${target.steps}` : target.to], context),
});

function targetOf(spec: AlembicSpec): string {
  return spec.target ?? 'head';
}

function versions(spec: AlembicSpec, context: MigrationContext): Promise<readonly string[]> {
  return revisionsInTable(spec['version-table'] ?? 'alembic_version', 'version_num', context);
}

/** `INFO  [alembic.runtime.migration] Running upgrade 1975ea83b712 -> ae1027a6acf4, add_idx`; the left side is empty at base. */
const RUNNING = /Running (upgrade|downgrade) (.*?) ?-> (.*?)(?:, (.*))?$/;

async function move(spec: AlembicSpec, args: readonly string[], context: MigrationContext): Promise<Applied> {
  return moveBy(
    {
      ...(await request(spec, args, context)),
      sight(line) {
        const [, direction, from, to, title] = RUNNING.exec(line) ?? [];
        if (direction === undefined) return undefined;
        const revision = direction === 'upgrade' ? to : from;
        return { name: [revision, title].filter((part) => part !== undefined && part !== '').join(', '), when: 'begins' };
      },
    },
    context,
  ).then(checked);
}

/** The whole history, by one start of Python and without the database, which env.py could take from elsewhere. */
async function files(spec: AlembicSpec, context: MigrationContext): Promise<MigrationFiles | undefined> {
  const target = targetOf(spec);
  if (!/^\w+$/.test(target)) return undefined;
  const { stdout } = await ask(spec, ['history', '--verbose'], context);
  const all = await Promise.all(stdout.split(/^(?=Rev: )/m).flatMap((entry) => revisionOf(entry) ?? []));
  const history = all.reverse();
  const built = new Set(history.flatMap(({ after }) => after));
  const heads = history.map(({ version }) => version).filter((version) => !built.has(version));
  if (target === 'heads') return { heads, migrations: history };
  if (target === 'head') return { heads, migrations: history, ...(heads.length > 1 && { conflict: heads }) };
  const [named, second] = history.filter(({ version }) => version.startsWith(target));
  const head = named !== undefined && second === undefined ? named.version : await revisionCalled(target, spec, context);
  if (head === undefined) return undefined;
  const within = new Set(ancestors(history, [head]));
  return { heads: [head], migrations: history.filter(({ version }) => within.has(version)) };
}

/** One entry of `alembic history --verbose`: `Rev:`, `Parent:` or `Merges:`, `Also depends on:`, `Path:`, a blank line, the docstring. */
function revisionOf(entry: string): Promise<MigrationFile & { readonly after: readonly string[] }> | undefined {
  const version = /^Rev: (\S+)/.exec(entry)?.[1];
  if (version === undefined) return undefined;
  const after = [...entry.matchAll(/^(?:Parent|Merges|Also depends on): (.*)$/gm)].flatMap(([, names = '']) =>
    names.split(/,\s*/).filter((name) => name !== '<base>' && name !== ''),
  );
  const title = /\n\n {4}(\S.*)/.exec(entry)?.[1]?.trim();
  const migration = { version, name: title === undefined ? version : `${version}, ${title}`, after };
  return reversible(/^Path: (.*)$/m.exec(entry)?.[1]).then((known) =>
    known === undefined ? migration : { ...migration, reversible: known },
  );
}

/** Alembic’s template leaves `pass` in a downgrade that nobody wrote. */
async function reversible(path: string | undefined): Promise<boolean | undefined> {
  const text = path === undefined ? undefined : await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const body = /^def downgrade\(.*\n((?:[ \t].*\n?|\n)*)/m.exec(text)?.[1];
  if (body === undefined) return false;
  const statements = body
    .replace(/"""[\s\S]*?"""|'''[\s\S]*?'''|#.*$/gm, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return statements.some((line) => line !== 'pass' && line !== '...') && !/^raise\b/.test(statements[0] ?? '');
}

/** By a label, or another name that Alembic knows. */
async function revisionCalled(target: string, spec: AlembicSpec, context: MigrationContext): Promise<string | undefined> {
  const { stdout } = await ask(spec, ['show', target], context);
  return /^Rev: (\S+)/m.exec(stdout)?.[1];
}

/** Asks alembic for something that it must be able to tell. */
async function ask(spec: AlembicSpec, args: readonly string[], context: MigrationContext): Promise<ToolRun> {
  const run = checked(await runTool(await request(spec, args, context), context));
  if (run.exitCode === 0) return run;
  throw new MeasurementError('command_failed', `alembic ${args.join(' ')} failed: ${problemIn(run.output)}`);
}

async function request(spec: AlembicSpec, args: readonly string[], context: MigrationContext): Promise<ToolRequest> {
  const directory = join(context.directory, spec.directory ?? '.');
  const [file, ...before] = await commandOf(spec, directory, context);
  return {
    command: [file, ...before, '-c', spec.config ?? 'alembic.ini', ...args],
    directory,
    env: {
      [spec.env ?? 'DATABASE_URL']:
        spec.driver === undefined ? context.databaseUrl : withDriver(context.databaseUrl, spec.driver),
    },
    warning: PYTHON_WARNING,
  };
}

function checked<Run extends Pick<ToolRun, 'exitCode' | 'output'>>(run: Run): Run {
  if (run.exitCode !== 0 && /No module named '?alembic'?$/m.test(run.output)) throw missing();
  return run;
}

async function commandOf(spec: AlembicSpec, directory: string, context: MigrationContext): Promise<CommandLine> {
  const [named, ...args] = spec.command ?? [];
  if (named !== undefined) return [named, ...args];
  const found = (await inVirtualEnvironment(directory, 'alembic')) ?? (await programOnPath('alembic', context.env));
  if (found !== undefined) return [found];
  const python = await pythonOnPath(context);
  if (python !== undefined) return [python, '-m', 'alembic'];
  throw missing();
}

function missing(): MeasurementError {
  return new MeasurementError(
    'tool_missing',
    'Alembic was not found. Install the project’s requirements in an earlier step of the workflow, or say `command:` in the plan.',
  );
}
