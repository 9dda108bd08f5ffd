import { join } from 'node:path';
import * as z from 'zod';
import { commandField, directoryField, migrationsField } from './fields.ts';
import { firstWith } from './folder.ts';
import { rowsInTable } from './revisions.ts';
import { inTurn, moveBy } from './run.ts';
import { stepsDown } from './steps-down.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type MigrationFile, type Recorded } from './tool.ts';
import { commandLineOf } from './tool-program.ts';
import { namesIn } from './version-files.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('Where sqlx runs.'),
    migrations: migrationsField('migrations'),
    command: commandField('[cargo, sqlx]', 'the `sqlx` on PATH'),
  });

type SqlxSpec = z.infer<ReturnType<typeof schema>>;

/** sqlx. A revision is the number in front of a file's name. */
export const sqlx = defineMigrationTool<SqlxSpec>({
  name: 'sqlx',
  summary: 'sqlx (sqlx-cli). It takes the database’s URL from DATABASE_URL.',
  schema,
  example: 'run: { tool: sqlx, migrations: migrations }',
  async detect(folder) {
    if (!/\bsqlx\b/.test((await folder.text('Cargo.toml')) ?? '')) return undefined;
    const found = await firstWith(folder, ['migrations'], /^\d+_.*\.sql$/);
    return found && { because: 'Cargo.toml' };
  },
  describe: ({ directory }) => `sqlx migrate run${directory === undefined ? '' : ` in ${directory}`}`,
  recorded,
  async files(spec, context) {
    const directory = join(context.directory, spec.directory ?? '.');
    const names = await namesIn(directory, spec.migrations ?? 'migrations', /^\d+_.*\.sql$/, context);
    const migrations = names
      .filter((name) => !name.endsWith('.down.sql'))
      .map((name): MigrationFile => {
        return {
          version: versionOf(name),
          name,
          reversible: names.includes(name.replace(/\.up\.sql$/, '.down.sql')) && name.endsWith('.up.sql'),
        };
      });
    return { heads: migrations.slice(-1).map(({ version }) => version), migrations };
  },
  apply: (spec, context) => run(spec, 'run', context),
  async down(spec, target, context) {
    const { applied = [] } = await recorded(spec, context);
    return inTurn(stepsDown(target, applied), () => run(spec, 'revert', context));
  },
});

/** As in the table, which has a number. */
const versionOf = (name: string): string => String(BigInt(/^\d+/.exec(name)?.[0] ?? '0'));

async function recorded(_: SqlxSpec, context: MigrationContext): Promise<Recorded> {
  const rows = await rowsInTable({ table: '_sqlx_migrations', select: 'version, success', order: 'version' }, context);
  const applied = (rows ?? []).filter(({ success }) => success === 't').map(({ version }) => String(version));
  const failed = rows?.find(({ success }) => success !== 't')?.['version'];
  const mend = `undo by hand what it left, then: DELETE FROM _sqlx_migrations WHERE version = ${failed};`;
  return {
    current: applied.slice(-1),
    applied,
    ...(failed != null && { dirty: { kind: 'half-done' as const, what: failed, mend } }),
  };
}

/** `Applied 20260101000000/migrate users (12.3ms)`; undoing, `Applied 20260101000000/revert users (…)` */
const RAN = /^Applied (\d+\/\w+ .*?) \(\S+\)$/;

async function run(spec: SqlxSpec, verb: string, context: MigrationContext): Promise<Applied> {
  const directory = join(context.directory, spec.directory ?? '.');
  const install = 'Install sqlx-cli in an earlier step of the workflow';
  const command = await commandLineOf({ command: spec.command, program: 'sqlx', directory, install }, context);
  return moveBy(
    {
      command: [...command, 'migrate', verb, '--source', spec.migrations ?? 'migrations'],
      directory,
      env: { DATABASE_URL: context.databaseUrl },
      warning: /^\s*warning\b/i,
      sight(line) {
        const name = RAN.exec(line)?.[1];
        return name === undefined ? undefined : { name, when: 'ended' };
      },
    },
    context,
  );
}
