import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { commandField, directoryField, envField, migrationsField, tableField } from './fields.ts';
import { rowsInTable } from './revisions.ts';
import { appliedBy, problemIn, runTool } from './run.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type Recorded } from './tool.ts';
import { commandLineOf, INSTALL_PACKAGES } from './tool-program.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('Where prisma runs.'),
    migrations: migrationsField('prisma/migrations'),
    schema: z.string().min(1).describe('The schema file. Default: Prisma’s own.').optional(),
    command: commandField('[npx, prisma]', 'the project’s own prisma, else the one on PATH'),
    env: envField('the schema, or prisma.config.ts,'),
    table: tableField('_prisma_migrations'),
  });

type PrismaSpec = z.infer<ReturnType<typeof schema>>;

/** Prisma Migrate, up to version 7. A revision is the name of a migration's folder. */
export const prisma = defineMigrationTool<PrismaSpec>({
  name: 'prisma',
  summary:
    'Prisma Migrate (`migrate deploy`). Its schema must read the database’s URL from an environment variable (DATABASE_URL).',
  schema,
  example: 'run: { tool: prisma, schema: prisma/schema.prisma }',
  async detect(folder) {
    const because = await folder.first('prisma/schema.prisma', 'schema.prisma', 'prisma.config.ts');
    return because === undefined ? undefined : { because };
  },
  describe: ({ directory }) => `prisma migrate deploy${directory === undefined ? '' : ` in ${directory}`}`,
  recorded,
  async files(spec, context) {
    const folder = join(context.directory, spec.directory ?? '.', spec.migrations ?? 'prisma/migrations');
    const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
      const at = relative(context.directory, folder);
      throw new MeasurementError(
        'not_found',
        `There is no folder of migrations at ${at}. Say where it is: \`migrations:\` under \`run:\`.`,
        { cause },
      );
    });
    const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const migrations = names.sort().map((name) => ({ version: name, name, reversible: false }));
    return { heads: migrations.slice(-1).map(({ version }) => version), migrations };
  },
  apply,
  down: () =>
    Promise.reject(
      new MeasurementError(
        'unsupported',
        'Prisma cannot undo a migration: make one that goes back (prisma migrate diff), and apply it.',
      ),
    ),
});

async function rows(spec: PrismaSpec, context: MigrationContext) {
  const select = [
    'migration_name AS name',
    'finished_at IS NOT NULL AS finished',
    'rolled_back_at IS NOT NULL AS rolled_back',
    'extract(epoch FROM finished_at - started_at) * 1000 AS ms',
  ].join(', ');
  const found = await rowsInTable({ table: spec.table ?? '_prisma_migrations', select, order: 'started_at' }, context);
  return (found ?? []).map((row) => ({
    name: String(row['name']),
    finished: row['finished'] === 't',
    rolledBack: row['rolled_back'] === 't',
    ms: Number(row['ms']),
  }));
}

async function recorded(spec: PrismaSpec, context: MigrationContext): Promise<Recorded> {
  const all = await rows(spec, context);
  const applied = all.filter(({ finished, rolledBack }) => finished && !rolledBack).map(({ name }) => name);
  const [failed] = all.filter(({ finished, rolledBack }) => !finished && !rolledBack);
  const mend = `prisma migrate resolve --rolled-back ${failed?.name}`;
  return {
    current: applied.slice(-1),
    applied,
    ...(failed && { dirty: { kind: 'half-done' as const, what: failed.name, mend } }),
  };
}

async function apply(spec: PrismaSpec, context: MigrationContext): Promise<Applied> {
  const directory = join(context.directory, spec.directory ?? '.');
  const before = new Set((await recorded(spec, context)).applied);
  const command = await commandLineOf(
    { command: spec.command, program: 'prisma', directory, folder: 'node_modules/.bin', install: INSTALL_PACKAGES },
    context,
  );
  const run = await runTool(
    {
      command: [...command, 'migrate', 'deploy', ...(spec.schema === undefined ? [] : ['--schema', spec.schema])],
      directory,
      env: { [spec.env ?? 'DATABASE_URL']: context.databaseUrl, PRISMA_HIDE_UPDATE_MESSAGE: '1' },
      warning: /^\s*warn(?:ing)?\b/i,
    },
    context,
  );
  // The table has the time of each.
  const came = (await rows(spec, context)).filter(({ name, finished }) => finished && !before.has(name));
  return appliedBy(
    run,
    came.map(({ name, ms }) => ({ name, ...(Number.isFinite(ms) && { durationMs: ms }) })),
    problemOf,
  );
}

/** `Error: P3018`, and under it `Migration name: …` and `Database error: …`. */
function problemOf(output: string): string {
  const code = /^Error: (P\d{4})\b/m.exec(output)?.[1];
  if (code === undefined) return problemIn(output);
  const name = /^Migration name: (.+)$/m.exec(output)?.[1];
  const said = /^Database error:\s*\n(?:ERROR: )?(.+)$/m.exec(output)?.[1];
  return [code, name, said].filter((part) => part !== undefined).join(': ');
}
