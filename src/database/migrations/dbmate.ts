import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { commandField, directoryField, migrationsField, tableField } from './fields.ts';
import { firstWith } from './folder.ts';
import { withNamedEncryption } from './named-encryption.ts';
import { rowsInTable } from './revisions.ts';
import { inTurn, moveBy } from './run.ts';
import { stepsDown } from './steps-down.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type MigrationFile } from './tool.ts';
import { commandLineOf } from './tool-program.ts';
import { byNumberThenName, namesIn } from './version-files.ts';

const USUAL_FOLDER = 'db/migrations';

const schema = () =>
  z.strictObject({
    directory: directoryField('Where dbmate runs.'),
    migrations: migrationsField(USUAL_FOLDER),
    command: commandField('[npx, dbmate]', 'the project’s own dbmate, else the one on PATH'),
    table: tableField('schema_migrations'),
  });

type DbmateSpec = z.infer<ReturnType<typeof schema>>;

/** dbmate. A revision is the number in front of a file's name. */
export const dbmate = defineMigrationTool<DbmateSpec>({
  name: 'dbmate',
  summary: 'dbmate. It takes the database’s URL from DATABASE_URL.',
  schema,
  example: 'run: { tool: dbmate, migrations: db/migrations }',
  async detect(folder) {
    const found = await firstWith(folder, [USUAL_FOLDER, 'migrations'], /^\d+.*\.sql$/);
    if (found === undefined || !/^--\s*migrate:up/m.test((await folder.text(found.file)) ?? '')) return undefined;
    return { because: found.file, ...(found.path === USUAL_FOLDER ? {} : { spec: { migrations: found.path } }) };
  },
  describe: ({ directory }) => `dbmate migrate${directory === undefined ? '' : ` in ${directory}`}`,
  async recorded(spec, context) {
    const applied = await versions(spec, context);
    return { current: applied.slice(-1), applied };
  },
  async files(spec, context) {
    const directory = join(context.directory, spec.directory ?? '.');
    const folder = spec.migrations ?? USUAL_FOLDER;
    const names = await namesIn(directory, folder, /^\d+.*\.sql$/, context);
    const migrations = await Promise.all(
      names.map(async (name): Promise<MigrationFile> => {
        const down = /^--\s*migrate:down[^\n]*([\s\S]*)/m.exec(await readFile(join(directory, folder, name), 'utf8'))?.[1] ?? '';
        return { version: versionOf(name), name, reversible: /^\s*(?!--)\S/m.test(down) };
      }),
    );
    return { heads: migrations.slice(-1).map(({ version }) => version), migrations };
  },
  apply: (spec, context) => run(spec, 'migrate', context),
  down: async (spec, target, context) =>
    inTurn(stepsDown(target, await versions(spec, context)), () => run(spec, 'rollback', context)),
});

const versionOf = (name: string): string => /^\d+/.exec(name)?.[0] ?? name;

async function versions(spec: DbmateSpec, context: MigrationContext): Promise<readonly string[]> {
  const rows = await rowsInTable({ table: spec.table ?? 'schema_migrations', select: 'version', order: '1' }, context);
  return (rows ?? []).map(({ version }) => String(version)).sort(byNumberThenName);
}

/** `Applied: F in 1.03ms` is printed for a migration that failed too (dbmate #670): that it ran is told by the table alone. */
const RUNNING = /^(Applying|Applied|Rolling back|Rolled back): (.+?)(?: in \S+)?$/;

async function run(spec: DbmateSpec, verb: string, context: MigrationContext): Promise<Applied> {
  const directory = join(context.directory, spec.directory ?? '.');
  const command = await commandLineOf(
    {
      command: spec.command,
      program: 'dbmate',
      directory,
      folder: 'node_modules/.bin',
      install: 'Install dbmate in an earlier step of the workflow',
    },
    context,
  );
  return moveBy(
    {
      command: [
        ...command,
        // It would need pg_dump, and would write into the checkout.
        '--no-dump-schema',
        ...['--migrations-dir', spec.migrations ?? USUAL_FOLDER],
        ...(spec.table === undefined ? [] : ['--migrations-table', spec.table]),
        verb,
      ],
      directory,
      env: { DATABASE_URL: await withNamedEncryption(context) },
      warning: /\b(?:warning|notice)\b/i,
      sight(line) {
        const [, word, name] = RUNNING.exec(line) ?? [];
        if (word === undefined || name === undefined) return undefined;
        return { name, when: word.endsWith('ing') || word === 'Rolling back' ? 'begins' : 'ended' };
      },
    },
    context,
  );
}
