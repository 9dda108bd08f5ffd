import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { programIn } from '../programs.ts';
import { commandField, directoryField, migrationsField, tableField } from './fields.ts';
import { rowsInTable } from './revisions.ts';
import { moveBy } from './run.ts';
import { stepsDown } from './steps-down.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type MigrationFile } from './tool.ts';
import type { CommandLine } from './tool-program.ts';
import { byNumberThenName, namesIn } from './version-files.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('The folder that has bin/rails.'),
    migrations: migrationsField('db/migrate'),
    command: commandField('[bundle, exec, rails]', 'bin/rails'),
    table: tableField('schema_migrations'),
  });

type RailsSpec = z.infer<ReturnType<typeof schema>>;

/** Rails. A revision is the number in front of a file's name. It takes DATABASE_URL; RAILS_ENV comes from the workflow. */
export const rails = defineMigrationTool<RailsSpec>({
  name: 'rails',
  summary: 'Rails (`db:migrate`). It takes the database’s URL from DATABASE_URL, and RAILS_ENV from the workflow.',
  schema,
  example: 'run: { tool: rails, directory: web }',
  async detect(folder) {
    const rake = await folder.first('bin/rails');
    const files = await folder.first('db/migrate');
    return rake === undefined || files === undefined ? undefined : { because: 'bin/rails' };
  },
  describe: ({ directory }) => `rails db:migrate${directory === undefined ? '' : ` in ${directory}`}`,
  async recorded(spec, context) {
    const applied = await versions(spec, context);
    return { current: applied.slice(-1), applied };
  },
  async files(spec, context) {
    const folder = spec.migrations ?? 'db/migrate';
    const directory = join(context.directory, spec.directory ?? '.');
    const names = await namesIn(directory, folder, /^\d+_\w+(?:\.\w+)?\.rb$/, context);
    const migrations = await Promise.all(
      names.map(async (name): Promise<MigrationFile> => {
        const reversible = canGoDown(await readFile(join(directory, folder, name), 'utf8'));
        return { version: /^\d+/.exec(name)?.[0] ?? name, name, ...(reversible !== undefined && { reversible }) };
      }),
    );
    return { heads: migrations.slice(-1).map(({ version }) => version), migrations };
  },
  apply: (spec, context) => run(spec, ['db:migrate'], context),
  down: async (spec, target, context) =>
    run(spec, ['db:rollback', `STEP=${stepsDown(target, await versions(spec, context))}`], context),
});

async function versions(spec: RailsSpec, context: MigrationContext): Promise<readonly string[]> {
  const rows = await rowsInTable({ table: spec.table ?? 'schema_migrations', select: 'version', order: '1' }, context);
  return (rows ?? []).map(({ version }) => String(version)).sort(byNumberThenName);
}

/** A `change` is undone by Rails where it can, which shows only when it is run. */
function canGoDown(text: string): boolean | undefined {
  if (/\bIrreversibleMigration\b/.test(text)) return false;
  if (/^\s*def (?:self\.)?up\b/m.test(text)) return /^\s*def (?:self\.)?down\b/m.test(text);
  return undefined;
}

/** `== 20260101000000 CreateUsers: migrating ====`, and `migrated (0.0013s)`; undoing, `reverting` and `reverted`. */
const RUNNING = /^== (\d+ \S+): (migrating|migrated|reverting|reverted)\b/;

async function run(spec: RailsSpec, args: readonly string[], context: MigrationContext): Promise<Applied> {
  const directory = join(context.directory, spec.directory ?? '.');
  return moveBy(
    {
      command: [...(await commandOf(spec, directory)), ...args],
      directory,
      // Rails would write db/schema.rb into the checkout, and needs pg_dump for structure.sql.
      env: { DATABASE_URL: context.databaseUrl, SCHEMA: join(context.temporaryDirectory, 'schema-by-rails') },
      warning: /\b(?:warning|DEPRECATION WARNING|NOTICE):/i,
      sight(line) {
        const [, name, word] = RUNNING.exec(line) ?? [];
        if (name === undefined) return undefined;
        return { name, when: word?.endsWith('ing') ? 'begins' : 'ended' };
      },
      problem: problemOf,
    },
    context,
  );
}

/** `rails aborted!`, `StandardError: An error has occurred, this and all later migrations canceled:`, a blank line, the error. */
function problemOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (
    lines.find(
      (line) =>
        /^(?:PG::\w+|Caused by|[A-Z]\w*(?:::\w+)*(?:Error|Invalid|Migration)): ?/.test(line) &&
        !/An error has occurred/.test(line),
    ) ??
    lines.findLast((line) => line !== '') ??
    'it printed nothing'
  );
}

async function commandOf(spec: RailsSpec, directory: string): Promise<CommandLine> {
  const [named, ...args] = spec.command ?? [];
  if (named !== undefined) return [named, ...args];
  const own = await programIn(join(directory, 'bin'), 'rails');
  if (own !== undefined) return [own];
  throw new MeasurementError(
    'tool_missing',
    'bin/rails was not found. Name its folder (`directory:`), or say `command: [bundle, exec, rails]` in the plan.',
  );
}
