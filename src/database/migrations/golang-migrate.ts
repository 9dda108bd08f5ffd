import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { commandField, directoryField, migrationsField, tableField } from './fields.ts';
import { firstWith } from './folder.ts';
import { withNamedEncryption } from './named-encryption.ts';
import { rowsInTable } from './revisions.ts';
import { moveBy } from './run.ts';
import { ancestors } from './state.ts';
import { stepsDown } from './steps-down.ts';
import {
  type Applied,
  defineMigrationTool,
  type MigrationContext,
  type MigrationFile,
  type MigrationFiles,
  type Recorded,
} from './tool.ts';
import { commandLineOf } from './tool-program.ts';
import { namesIn } from './version-files.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('Where migrate runs.'),
    migrations: migrationsField('migrations'),
    command: commandField('[./bin/migrate]', 'the `migrate` on PATH'),
    table: tableField('schema_migrations'),
  });

type GolangMigrateSpec = z.infer<ReturnType<typeof schema>>;

/** golang-migrate. A revision is the number in front of a file's name; its table has the newest only, and whether it is dirty. */
export const golangMigrate = defineMigrationTool<GolangMigrateSpec>({
  name: 'golang-migrate',
  summary: 'golang-migrate. The password goes to it by PGPASSWORD, since its URL is an argument.',
  schema,
  example: 'run: { tool: golang-migrate, migrations: db/migrations }',
  async detect(folder) {
    const found = await firstWith(folder, ['migrations', 'db/migrations', 'internal/migrations'], /^\d+_.*\.up\.sql$/);
    if (found === undefined || /\bsqlx\b/.test((await folder.text('Cargo.toml')) ?? '')) return undefined;
    return { because: found.file, ...(found.path === 'migrations' ? {} : { spec: { migrations: found.path } }) };
  },
  describe: ({ directory }) => `migrate up${directory === undefined ? '' : ` in ${directory}`}`,
  recorded,
  files,
  apply: (spec, context) => run(spec, ['up'], context),
  async down(spec, target, context) {
    const { migrations = [] } = await files(spec, context);
    const { current } = await recorded(spec, context);
    const applied = new Set(ancestors(migrations, current));
    const versions = migrations.map(({ version }) => version).filter((version) => applied.has(version));
    return run(spec, ['down', String(stepsDown(target, versions))], context);
  },
});

async function recorded(spec: GolangMigrateSpec, context: MigrationContext): Promise<Recorded> {
  const rows = await rowsInTable({ table: spec.table ?? 'schema_migrations', select: 'version, dirty', order: '1' }, context);
  const [row] = rows ?? [];
  if (row === undefined) return { current: [] };
  const version = String(row['version']);
  if (row['dirty'] !== 't') return { current: [version] };
  const mend = `migrate force <the last version that is whole, or ${version} if you finished it by hand>`;
  return { current: [version], dirty: { kind: 'half-done', what: version, mend } };
}

async function files(spec: GolangMigrateSpec, context: MigrationContext): Promise<MigrationFiles> {
  const directory = join(context.directory, spec.directory ?? '.');
  const names = await namesIn(directory, spec.migrations ?? 'migrations', /^\d+_.*\.(?:up|down)\.\w+$/, context);
  const down = new Set(names.filter((name) => /\.down\.\w+$/.test(name)).map(versionOf));
  const migrations = names
    .filter((name) => /\.up\.\w+$/.test(name))
    .map((name): MigrationFile => ({ version: versionOf(name), name, reversible: down.has(versionOf(name)) }));
  return { heads: migrations.slice(-1).map(({ version }) => version), migrations };
}

/** As in the table, which has a number. */
const versionOf = (name: string): string => String(BigInt(/^\d+/.exec(name)?.[0] ?? '0'));

/** `1/u create_users (1.23ms)` */
const RAN = /^(\d+\/[ud] \S.*?) \([\d.]+[a-zµ]+(?:[\d.]+[a-z]+)*\)$/;

async function run(spec: GolangMigrateSpec, args: readonly string[], context: MigrationContext): Promise<Applied> {
  const directory = join(context.directory, spec.directory ?? '.');
  const command = await commandLineOf(
    {
      command: spec.command,
      program: 'migrate',
      directory,
      install: 'Install golang-migrate in an earlier step of the workflow',
    },
    context,
  );
  const url = new URL(await withNamedEncryption(context));
  const password = decodeURIComponent(url.password);
  url.password = '';
  if (url.searchParams.has('password')) {
    throw new MeasurementError('unsupported', 'The password must stand before the host in the URL, not among its parameters.');
  }
  if (spec.table !== undefined) url.searchParams.set('x-migrations-table', spec.table);
  return moveBy(
    {
      command: [...command, '-path', spec.migrations ?? 'migrations', '-database', url.href, ...args],
      directory,
      env: password === '' ? {} : { PGPASSWORD: password },
      warning: /\b(?:warning|notice)\b/i,
      sight(line) {
        const name = RAN.exec(line)?.[1];
        return name === undefined ? undefined : { name, when: 'ended' };
      },
    },
    context,
  );
}
