import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { withSession } from '../client.ts';
import { commandField, directoryField, envField, migrationsField, tableField } from './fields.ts';
import { rowsInTable } from './revisions.ts';
import { appliedBy, problemIn, runTool } from './run.ts';
import { defineMigrationTool, type MigrationContext, type MigrationFile } from './tool.ts';
import { commandLineOf, INSTALL_PACKAGES } from './tool-program.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('The folder that has drizzle.config.ts.'),
    migrations: migrationsField('drizzle'),
    config: z.string().min(1).describe('The configuration file. Default: drizzle-kit’s own.').optional(),
    command: commandField('[npx, drizzle-kit]', 'the project’s own drizzle-kit, else the one on PATH'),
    env: envField('drizzle.config.ts'),
    table: tableField('drizzle.__drizzle_migrations'),
  });

type DrizzleSpec = z.infer<ReturnType<typeof schema>>;

/** Drizzle. A revision is a tag of `meta/_journal.json`: `0001_fast_hulk`. */
export const drizzle = defineMigrationTool<DrizzleSpec>({
  name: 'drizzle',
  summary: 'drizzle-kit. Its configuration must read the database’s URL from an environment variable (DATABASE_URL).',
  schema,
  example: 'run: { tool: drizzle, migrations: drizzle }',
  async detect(folder) {
    const because = await folder.first(...['ts', 'js', 'json'].map((ending) => `drizzle.config.${ending}`));
    if (because === undefined) return undefined;
    const out = /\bout['"]?\s*:\s*['"]\.?\/?([^'"]+)['"]/.exec((await folder.text(because)) ?? '')?.[1];
    return { because, ...(out === undefined ? {} : { spec: { migrations: out } }) };
  },
  describe: ({ directory }) => `drizzle-kit migrate${directory === undefined ? '' : ` in ${directory}`}`,
  async recorded(spec, context) {
    const applied = await tags(spec, context);
    return { current: applied.slice(-1), applied };
  },
  async files(spec, context) {
    const migrations = (await journal(spec, context)).map(({ tag }): MigrationFile => {
      return { version: tag, name: `${tag}.sql`, reversible: false };
    });
    return { heads: migrations.slice(-1).map(({ version }) => version), migrations };
  },
  async apply(spec, context) {
    const before = await tags(spec, context);
    const directory = directoryOf(spec, context);
    const command = await commandLineOf(
      { command: spec.command, program: 'drizzle-kit', directory, folder: 'node_modules/.bin', install: INSTALL_PACKAGES },
      context,
    );
    const run = await runTool(
      {
        command: [...command, 'migrate', ...(spec.config === undefined ? [] : ['--config', spec.config])],
        directory,
        env: { [spec.env ?? 'DATABASE_URL']: context.databaseUrl },
        warning: /\bwarning\b/i,
      },
      context,
    );
    if (run.exitCode !== 0) {
      const problem = await whyItFailed(spec, before, context);
      return appliedBy(run, [], (output) => problem ?? problemIn(output));
    }
    const migrations = (await tags(spec, context)).filter((tag) => !before.includes(tag)).map((name) => ({ name }));
    return appliedBy(run, migrations);
  },
  down: () =>
    Promise.reject(
      new MeasurementError('unsupported', 'Drizzle cannot undo a migration: write one that goes back, and apply it.'),
    ),
});

interface Entry {
  readonly tag: string;
  /** Milliseconds since the epoch; Drizzle's table has it as `created_at`. */
  readonly when: number;
}

const journalSchema = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

function directoryOf(spec: DrizzleSpec, context: MigrationContext): string {
  return join(context.directory, spec.directory ?? '.');
}

function folderOf(spec: DrizzleSpec, context: MigrationContext): string {
  return join(directoryOf(spec, context), spec.migrations ?? 'drizzle');
}

async function journal(spec: DrizzleSpec, context: MigrationContext): Promise<readonly Entry[]> {
  try {
    const text = await readFile(join(folderOf(spec, context), 'meta/_journal.json'), 'utf8');
    return journalSchema.parse(JSON.parse(text)).entries;
  } catch (cause) {
    throw new MeasurementError(
      'unreadable',
      `Drizzle’s list of migrations, ${spec.migrations ?? 'drizzle'}/meta/_journal.json, cannot be read. Say where its folder is: \`migrations:\` under \`run:\`.`,
      { cause },
    );
  }
}

/** A row whose file was changed after it was applied goes by the time that it has in common with the journal. */
async function tags(spec: DrizzleSpec, context: MigrationContext): Promise<readonly string[]> {
  const table = spec.table ?? 'drizzle.__drizzle_migrations';
  const rows = await rowsInTable({ table, select: 'hash, created_at', order: 'created_at' }, context);
  const entries = await journal(spec, context);
  return Promise.all(
    (rows ?? []).map(async ({ hash, created_at: at }) => {
      const known = entries.find(({ when }) => String(when) === at) ?? (await entryOf(hash, entries, spec, context));
      return known?.tag ?? `unknown (${at})`;
    }),
  );
}

async function entryOf(hash: string | null | undefined, entries: readonly Entry[], spec: DrizzleSpec, context: MigrationContext) {
  for (const entry of entries) {
    const text = await sqlOf(entry.tag, spec, context);
    if (text !== undefined && createHash('sha256').update(text).digest('hex') === hash) return entry;
  }
  return undefined;
}

function sqlOf(tag: string, spec: DrizzleSpec, context: MigrationContext): Promise<string | undefined> {
  return readFile(join(folderOf(spec, context), `${tag}.sql`), 'utf8').catch(() => undefined);
}

/**
 * drizzle-kit says nothing of why it failed (drizzle-orm #5816). It applies all that is pending in one transaction; that is done once
 * more here, up to the error, and rolled back.
 */
async function whyItFailed(
  spec: DrizzleSpec,
  applied: readonly string[],
  context: MigrationContext,
): Promise<string | undefined> {
  const pending = (await journal(spec, context)).filter(({ tag }) => !applied.includes(tag));
  return withSession(context.databaseUrl, { ...context, readOnly: false }, async (session) => {
    await session.run('BEGIN');
    try {
      await session.run(`SET LOCAL lock_timeout = '3s'`);
      for (const { tag } of pending) {
        const text = await sqlOf(tag, spec, context);
        if (text === undefined) return `${tag}.sql is in the journal, but there is no such file.`;
        for (const statement of text.split('--> statement-breakpoint')) {
          const problem = await session.run(statement).then(
            () => undefined,
            (error: unknown) => (error instanceof Error ? error.message : String(error)),
          );
          if (problem !== undefined) return `${tag}: ${problem}`;
        }
      }
      // Then it did not get as far as the SQL, and has printed why.
      return undefined;
    } finally {
      await session.run('ROLLBACK').catch(() => undefined);
    }
  });
}
