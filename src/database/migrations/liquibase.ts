import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { commandField, directoryField, tableField } from './fields.ts';
import { jdbcAddress } from './jdbc.ts';
import { rowsInTable } from './revisions.ts';
import { moveBy, problemIn, runTool } from './run.ts';
import { stepsDown } from './steps-down.ts';
import {
  type Applied,
  type Dirty,
  defineMigrationTool,
  type MigrationContext,
  type MigrationFiles,
  type Recorded,
} from './tool.ts';
import { commandLineOf } from './tool-program.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('The folder that has liquibase.properties.'),
    changelog: z.string().min(1).describe('The changelog file. Default: as configured in liquibase.properties.').optional(),
    command: commandField('[./liquibase/liquibase]', 'the `liquibase` on PATH'),
    table: tableField('databasechangelog'),
  });

type LiquibaseSpec = z.infer<ReturnType<typeof schema>>;

/** Liquibase. A revision is a changeset as Liquibase writes it: `changelog.sql::add-index::ana`. */
export const liquibase = defineMigrationTool<LiquibaseSpec>({
  name: 'liquibase',
  summary: 'Liquibase. URL, user and password go to it by LIQUIBASE_COMMAND_URL, …_USERNAME and …_PASSWORD.',
  schema,
  example: 'run: { tool: liquibase, changelog: db/changelog.xml }',
  async detect(folder) {
    const because = await folder.first('liquibase.properties');
    return because === undefined ? undefined : { because };
  },
  describe: ({ directory }) => `liquibase update${directory === undefined ? '' : ` in ${directory}`}`,
  recorded,
  files,
  apply: (spec, context) => run(spec, ['update'], context),
  async down(spec, target, context) {
    const { applied = [] } = await recorded(spec, context);
    return run(spec, ['rollback-count', `--count=${stepsDown(target, applied)}`], context);
  },
});

async function recorded(spec: LiquibaseSpec, context: MigrationContext): Promise<Recorded> {
  const table = spec.table ?? 'databasechangelog';
  const rows = await rowsInTable({ table, select: 'filename, id, author', order: 'orderexecuted' }, context);
  const applied = (rows ?? []).map(({ filename, id, author }) => `${filename}::${id}::${author}`);
  const dirty = await lock(`${table}lock`, context);
  return { current: applied.slice(-1), applied, ...(dirty && { dirty }) };
}

async function lock(table: string, context: MigrationContext): Promise<Dirty | undefined> {
  const rows = await rowsInTable({ table, select: 'locked, lockedby', order: 'id' }, context);
  const held = rows?.find(({ locked }) => locked === 't');
  return held && { kind: 'locked', what: held['lockedby'] ?? table, mend: 'liquibase release-locks' };
}

/** Asked of no database at all, every changeset is one that has not been applied. */
async function files(spec: LiquibaseSpec, context: MigrationContext): Promise<MigrationFiles> {
  const csv = join(context.temporaryDirectory, 'holdpoint-liquibase.csv');
  const offline = { LIQUIBASE_COMMAND_URL: `offline:postgresql?changeLogFile=${csv}&outputLiquibaseSql=none` };
  const command = await request(spec, ['status', '--verbose'], context);
  const status = await runTool({ ...command, env: { ...command.env, ...offline } }, context);
  if (status.exitCode !== 0) {
    throw new MeasurementError('command_failed', `liquibase status failed: ${problemOf(status.output)}`);
  }
  const versions = status.stdout.split('\n').flatMap((line) => /^\s{2,}(\S.*::.+::.+?)\s*$/.exec(line)?.[1] ?? []);
  const migrations = versions.map((version) => ({ version, name: version }));
  return { heads: versions.slice(-1), migrations };
}

/** `Running Changeset: changelog.sql::1::ana`; undoing, `Rolling Back Changeset: …` */
const RUNNING = /^(?:Running|Rolling Back) Changeset: (.+?)\s*$/;

async function run(spec: LiquibaseSpec, args: readonly string[], context: MigrationContext): Promise<Applied> {
  return moveBy(
    {
      ...(await request(spec, args, context)),
      sight(line) {
        const name = RUNNING.exec(line)?.[1];
        return name === undefined ? undefined : { name, when: 'begins' };
      },
      problem: problemOf,
    },
    context,
  );
}

/** `Reason: liquibase.exception.DatabaseException: ERROR: … [Failed SQL: (0) …]` */
function problemOf(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return (
    lines
      .find((line) => /^(?:- )?(?:Reason|Caused by): .*Exception: /.test(line))
      ?.replace(/^(?:- )?(?:Reason|Caused by): \S+ /, '') ??
    lines.find((line) => /^Unexpected error running Liquibase: /.test(line)) ??
    problemIn(output)
  );
}

async function request(spec: LiquibaseSpec, args: readonly string[], context: MigrationContext) {
  const directory = join(context.directory, spec.directory ?? '.');
  const install = 'Install Liquibase in an earlier step of the workflow';
  const command = await commandLineOf({ command: spec.command, program: 'liquibase', directory, install }, context);
  const { url, user, password } = jdbcAddress(context.databaseUrl);
  const changelog = spec.changelog === undefined ? [] : [`--changelog-file=${spec.changelog}`];
  return {
    command: [...command, '--show-banner=false', ...args, ...changelog] as const,
    directory,
    env: {
      LIQUIBASE_COMMAND_URL: url,
      LIQUIBASE_COMMAND_USERNAME: user,
      LIQUIBASE_COMMAND_PASSWORD: password,
      LIQUIBASE_ANALYTICS_ENABLED: 'false',
    },
    warning: /\bWARNING\b/,
  };
}
