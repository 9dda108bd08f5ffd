import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { commandField, directoryField, envField, migrationsField, tableField } from './fields.ts';
import { hasPackage } from './package-json.ts';
import { rowsInTable } from './revisions.ts';
import { appliedBy, inTurn, problemIn, runTool } from './run.ts';
import { stepsDown } from './steps-down.ts';
import { type Applied, type Dirty, defineMigrationTool, type MigrationContext, type MigrationFile } from './tool.ts';
import { commandLineOf, INSTALL_PACKAGES } from './tool-program.ts';
import { byNumberThenName, namesIn } from './version-files.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('The folder that has the knexfile.'),
    migrations: migrationsField('migrations'),
    environment: z.string().min(1).describe('The environment of the knexfile: `production`. Default: Knex’s own.').optional(),
    command: commandField('[npx, knex]', 'the project’s own knex, else the one on PATH'),
    env: envField('the knexfile'),
    table: tableField('knex_migrations'),
  });

type KnexSpec = z.infer<ReturnType<typeof schema>>;

/** Knex. A revision is a file's name, as in Knex's table. */
export const knex = defineMigrationTool<KnexSpec>({
  name: 'knex',
  summary: 'Knex. Its knexfile must read the database’s URL from an environment variable (DATABASE_URL).',
  schema,
  example: 'run: { tool: knex, environment: production }',
  async detect(folder) {
    const because = await folder.first(...['js', 'cjs', 'mjs', 'ts', 'mts', 'cts'].map((ending) => `knexfile.${ending}`));
    if (because !== undefined) return { because };
    return (await hasPackage(folder, 'knex')) && (await folder.names('migrations')).length > 0
      ? { because: 'package.json' }
      : undefined;
  },
  describe: ({ directory }) => `knex migrate:latest${directory === undefined ? '' : ` in ${directory}`}`,
  async recorded(spec, context) {
    const applied = await names(spec, context);
    const dirty = await lock(spec, context);
    return { current: applied.slice(-1), applied, ...(dirty && { dirty }) };
  },
  async files(spec, context) {
    const directory = join(context.directory, spec.directory ?? '.');
    const folder = spec.migrations ?? 'migrations';
    const found = await namesIn(directory, folder, /^(?!.*\.d\.[cm]?ts$).*\.(?:[cm]?[jt]s|coffee)$/, context);
    const migrations = await Promise.all(
      found.map(async (name): Promise<MigrationFile> => {
        return { version: name, name, reversible: hasDown(await readFile(join(directory, folder, name), 'utf8')) };
      }),
    );
    return { heads: found.slice(-1), migrations };
  },
  apply: async (spec, context) => run(spec, 'migrate:latest', context),
  async down(spec, target, context) {
    // `migrate:rollback` would undo the whole batch.
    return inTurn(stepsDown(target, await names(spec, context)), () => run(spec, 'migrate:down', context));
  },
});

async function names(spec: KnexSpec, context: MigrationContext): Promise<readonly string[]> {
  const rows = await rowsInTable({ table: spec.table ?? 'knex_migrations', select: 'name', order: 'id' }, context);
  return (rows ?? []).map(({ name }) => String(name)).sort(byNumberThenName);
}

/** Knex takes its lock in a table and not from the server: a run that was killed leaves it. */
async function lock(spec: KnexSpec, context: MigrationContext): Promise<Dirty | undefined> {
  const table = `${spec.table ?? 'knex_migrations'}_lock`;
  const rows = await rowsInTable({ table, select: 'is_locked', order: '1' }, context);
  if (!rows?.some((row) => row['is_locked'] === '1')) return undefined;
  return { kind: 'locked', what: table, mend: 'knex migrate:unlock' };
}

/** A `down` with something in it. */
function hasDown(text: string): boolean {
  return /\bdown\b/.test(text) && !/\bdown\b[^{;]*\{\s*(?:return;?\s*)?\}/.test(text);
}

async function run(spec: KnexSpec, verb: string, context: MigrationContext): Promise<Applied> {
  const directory = join(context.directory, spec.directory ?? '.');
  const before = await names(spec, context);
  const command = await commandLineOf(
    { command: spec.command, program: 'knex', directory, folder: 'node_modules/.bin', install: INSTALL_PACKAGES },
    context,
  );
  const environment = spec.environment === undefined ? [] : ['--env', spec.environment];
  const ended = await runTool(
    {
      command: [...command, verb, ...environment],
      directory,
      env: { [spec.env ?? 'DATABASE_URL']: context.databaseUrl },
      warning: /\bwarning\b/i,
    },
    context,
  );
  // Knex prints no line for a migration. A wrong exit code is judged by the caller; the table tells what came and went.
  const after = ended.exitCode === 0 ? await names(spec, context) : before;
  const changed = after.length >= before.length ? without(after, before) : without(before, after);
  return appliedBy(
    ended,
    changed.map((name) => ({ name, ...(changed.length === 1 && { durationMs: ended.durationMs }) })),
    (output) => /migration failed with error: (.*)/.exec(output)?.[1] ?? problemIn(output),
  );
}

const without = (all: readonly string[], some: readonly string[]) => all.filter((name) => !some.includes(name));
