import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { directoryField, envField, migrationsField, tableField } from './fields.ts';
import { hasPackage } from './package-json.ts';
import { rowsInTable } from './revisions.ts';
import { moveBy } from './run.ts';
import { stepsDown } from './steps-down.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type MigrationFile } from './tool.ts';
import { commandLineOf, INSTALL_PACKAGES } from './tool-program.ts';
import { byNumberThenName, namesIn } from './version-files.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('Where node-pg-migrate runs.'),
    migrations: migrationsField('migrations'),
    command: z
      .array(z.string().min(1))
      .min(1)
      .refine((words) => !words.includes('--fake'), 'With `--fake` nothing would be migrated: leave it out.')
      .describe('How the tool is called: `[npx, node-pg-migrate]`. Default: the project’s own, else the one on PATH.')
      .optional(),
    env: envField('node-pg-migrate'),
    table: tableField('pgmigrations'),
  });

type NodePgMigrateSpec = z.infer<ReturnType<typeof schema>>;

/** node-pg-migrate. A revision is a file's name without its ending, as in its table. */
export const nodePgMigrate = defineMigrationTool<NodePgMigrateSpec>({
  name: 'node-pg-migrate',
  summary: 'node-pg-migrate. It takes the database’s URL from DATABASE_URL.',
  schema,
  example: 'run: { tool: node-pg-migrate, migrations: db/migrations }',
  detect: async (folder) => ((await hasPackage(folder, 'node-pg-migrate')) ? { because: 'package.json' } : undefined),
  describe: ({ directory }) => `node-pg-migrate up${directory === undefined ? '' : ` in ${directory}`}`,
  async recorded(spec, context) {
    const applied = await names(spec, context);
    return { current: applied.slice(-1), applied };
  },
  async files(spec, context) {
    const directory = join(context.directory, spec.directory ?? '.');
    const folder = spec.migrations ?? 'migrations';
    const found = await namesIn(directory, folder, /^(?!\.)(?!.*\.d\.[cm]?ts$).*\.(?:[cm]?[jt]s|sql)$/, context);
    const migrations = await Promise.all(
      found.map(async (file): Promise<MigrationFile> => {
        const reversible = canGoDown(file, await readFile(join(directory, folder, file), 'utf8'));
        const version = file.replace(/\.\w+$/, '');
        return { version, name: file, ...(reversible !== undefined && { reversible }) };
      }),
    );
    return { heads: migrations.slice(-1).map(({ version }) => version), migrations };
  },
  apply: (spec, context) => run(spec, ['up'], context),
  async down(spec, target, context) {
    return run(spec, ['down', String(stepsDown(target, await names(spec, context)))], context);
  },
});

async function names(spec: NodePgMigrateSpec, context: MigrationContext): Promise<readonly string[]> {
  const rows = await rowsInTable({ table: spec.table ?? 'pgmigrations', select: 'name', order: 'id' }, context);
  return (rows ?? []).map(({ name }) => String(name)).sort(byNumberThenName);
}

/** Without a `down` it is inferred from the `up` where that is possible, which shows only when it is run. */
function canGoDown(file: string, text: string): boolean | undefined {
  if (file.endsWith('.sql')) return /^\s*--[\s-]*down\s+migration[^\n]*\n[\s\S]*?^\s*(?!--)\S/im.test(text);
  if (/\bdown\s*[=:]\s*false\b/.test(text)) return false;
  return /\bdown\b/.test(text) ? true : undefined;
}

/** `### MIGRATION 1767225600000_users (UP) ###` */
const RUNNING = /^### MIGRATION (\S+) \((?:UP|DOWN)\) ###/;

async function run(spec: NodePgMigrateSpec, args: readonly string[], context: MigrationContext): Promise<Applied> {
  const directory = join(context.directory, spec.directory ?? '.');
  const command = await commandLineOf(
    { command: spec.command, program: 'node-pg-migrate', directory, folder: 'node_modules/.bin', install: INSTALL_PACKAGES },
    context,
  );
  const [schema, table] = (spec.table ?? '').split('.');
  const tables = [
    ...(spec.table === undefined ? [] : ['--migrations-table', table ?? schema ?? '']),
    ...(table === undefined ? [] : ['--migrations-schema', schema ?? '']),
  ];
  return moveBy(
    {
      command: [
        ...command,
        ...args,
        ...['--migrations-dir', spec.migrations ?? 'migrations'],
        ...['--database-url-var', spec.env ?? 'DATABASE_URL'],
        ...tables,
      ],
      directory,
      env: { [spec.env ?? 'DATABASE_URL']: context.databaseUrl },
      warning: /^#> WARNING\b|\bWARNING:|\bDeprecationWarning\b/,
      sight(line) {
        const name = RUNNING.exec(line)?.[1];
        return name === undefined ? undefined : { name, when: 'begins' };
      },
      problem: problemOf,
    },
    context,
  );
}

/** `Error executing:`, the SQL with a row of `^^^^` under it, a blank line, and what the server said. */
function problemOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const said =
    lines.findLast((line) => /^(?:error|Error|\w*Error): /.test(line)) ??
    lines[lines.findLastIndex((line) => /^\^+$/.test(line)) + 2];
  return said !== undefined && said !== '' ? said : (lines.findLast((line) => line !== '') ?? 'it printed nothing');
}
