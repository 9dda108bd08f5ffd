import { join } from 'node:path';
import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import { commandField, directoryField, envField, tableField } from './fields.ts';
import { inVirtualEnvironment, PYTHON_WARNING, pythonOnPath } from './python.ts';
import { rowsInTable } from './revisions.ts';
import { inTurn, moveBy, problemIn, runTool, type ToolRequest } from './run.ts';
import { ancestors } from './state.ts';
import { stepsDown } from './steps-down.ts';
import { type Applied, defineMigrationTool, type MigrationContext, type MigrationFile, type MigrationFiles } from './tool.ts';
import type { CommandLine } from './tool-program.ts';

const schema = () =>
  z.strictObject({
    directory: directoryField('The folder that has manage.py.'),
    app: z.string().regex(/^\w+$/).describe('Migrates this app only, and what it depends on. Default: all.').optional(),
    command: commandField(
      '[uv, run, python, manage.py]',
      '`python manage.py`, of a virtual environment in the folder, else of PATH',
    ),
    env: envField('settings.py'),
    table: tableField('django_migrations'),
  });

type DjangoSpec = z.infer<ReturnType<typeof schema>>;

/** Django. Its revisions are written `app.0002_name`; the database is at one for each app. */
export const django = defineMigrationTool<DjangoSpec>({
  name: 'django',
  summary: 'Django’s migrations. Its settings must read the database’s URL from an environment variable (DATABASE_URL).',
  schema,
  example: 'run: { tool: django, directory: backend, app: plans }',
  async detect(folder) {
    const text = await folder.text('manage.py');
    return text !== undefined && /\bdjango\b/i.test(text) ? { because: 'manage.py' } : undefined;
  },
  describe: ({ app, directory }) =>
    `manage.py migrate${app === undefined ? '' : ` ${app}`}${directory === undefined ? '' : ` in ${directory}`}`,
  async recorded(spec, context) {
    const applied = await rows(spec, context);
    const newest = new Map(applied.map((row) => [row.app, row.version]));
    const own = [...newest].filter(([app]) => spec.app === undefined || app === spec.app);
    return { current: own.map(([, version]) => version).sort(), applied: applied.map(({ version }) => version) };
  },
  files,
  apply: async (spec, context) => move(spec, spec.app === undefined ? [] : [spec.app], context),
  down,
});

async function rows(spec: DjangoSpec, context: MigrationContext) {
  const found = await rowsInTable({ table: spec.table ?? 'django_migrations', select: 'app, name', order: 'id' }, context);
  return (found ?? []).map(({ app, name }) => ({ app: String(app), name: String(name), version: `${app}.${name}` }));
}

const MARK = 'holdpoint-migrations:';

/** What Django knows of its migrations without a database: app, name, what each depends on, whether it can be undone. */
const SCRIPT = `
import json
from django.db.migrations.loader import MigrationLoader
graph = MigrationLoader(None).graph
order = []
for leaf in graph.leaf_nodes():
    order += [key for key in graph.forwards_plan(leaf) if key not in order]
print("${MARK}" + json.dumps([
    {"app": app, "name": name,
     "after": [".".join(parent.key) for parent in graph.node_map[(app, name)].parents],
     "reversible": all(operation.reversible for operation in graph.nodes[(app, name)].operations)}
    for app, name in order]))
`;

const listing = z.array(z.object({ app: z.string(), name: z.string(), after: z.array(z.string()), reversible: z.boolean() }));

async function files(spec: DjangoSpec, context: MigrationContext): Promise<MigrationFiles> {
  const run = await runTool(await request(spec, ['shell', '--verbosity', '0', '-c', SCRIPT], context), context);
  const line = run.stdout.split('\n').find((each) => each.startsWith(MARK));
  if (run.exitCode !== 0 || line === undefined) {
    throw new MeasurementError('command_failed', `manage.py could not list the migrations: ${problemIn(run.output)}`);
  }
  const all = listing.parse(JSON.parse(line.slice(MARK.length)));
  const named = all.map(({ app, name, after, reversible }) => {
    return { app, version: `${app}.${name}`, name: `${app}.${name}`, after, reversible };
  });
  // A leaf of an app may well be what another app is built on.
  const inside = new Set(named.flatMap(({ app, after }) => after.filter((parent) => parent.startsWith(`${app}.`))));
  const leaves = named.filter(({ app, version }) => !inside.has(version) && (spec.app === undefined || app === spec.app));
  if (spec.app !== undefined && leaves.length === 0) {
    const apps = [...new Set(named.map(({ app }) => app))].join(', ');
    throw new MeasurementError(
      'not_found',
      `Django has no migrations of an app ${spec.app}. It has those of: ${apps || 'none'}.`,
    );
  }
  const conflict = leaves.filter(({ app }) => leaves.filter((other) => other.app === app).length > 1);
  const heads = leaves.map(({ version }) => version).sort();
  const within = new Set(ancestors(named, heads));
  const migrations: MigrationFile[] = named
    .filter(({ version }) => within.has(version))
    .map(({ app: _, ...migration }) => migration);
  return { heads, migrations, ...(conflict.length > 0 && { conflict: conflict.map(({ version }) => version) }) };
}

/** Django goes down to a migration of one app: for steps the targets are computed from its table. */
async function down(
  spec: DjangoSpec,
  target: { readonly steps: number } | { readonly to: string },
  context: MigrationContext,
): Promise<Applied> {
  const applied = (await rows(spec, context)).filter(({ app }) => spec.app === undefined || app === spec.app);
  const [, app, name] = 'to' in target ? (/^(\w+)[. ](\w+)$/.exec(target.to.trim()) ?? []) : [];
  if (app !== undefined && name !== undefined) return move(spec, [app, name], context);
  const versions = applied.map((row) => ('to' in target && spec.app !== undefined ? row.name : row.version));
  const undone = applied.slice(applied.length - stepsDown(target, versions));
  const kept = applied.slice(0, applied.length - undone.length);
  const apps = [...new Set(undone.map((row) => row.app))].reverse();
  const targets = apps.map((each) => [each, kept.findLast((row) => row.app === each)?.name ?? 'zero']);
  let next = 0;
  if (targets.length === 0) throw new MeasurementError('not_found', 'There is nothing to undo.');
  return inTurn(targets.length, () => move(spec, targets[next++] ?? [], context));
}

/** `  Applying app.0001_init... OK`: Django holds the line back until the migration has ended. */
const RUNNING = /^\s*(?:Applying|Unapplying) (\S+?)\.\.\./;

async function move(spec: DjangoSpec, args: readonly string[], context: MigrationContext): Promise<Applied> {
  const command = await request(spec, ['migrate', '--no-input', '--no-color', ...args], context);
  return moveBy(
    {
      ...command,
      sight(line) {
        const name = RUNNING.exec(line)?.[1];
        return name === undefined ? undefined : { name, when: 'ended' };
      },
    },
    context,
  );
}

async function request(spec: DjangoSpec, args: readonly string[], context: MigrationContext): Promise<ToolRequest> {
  const directory = join(context.directory, spec.directory ?? '.');
  const [file, ...before] = await commandOf(spec, directory, context);
  return {
    command: [file, ...before, ...args],
    directory,
    env: { [spec.env ?? 'DATABASE_URL']: context.databaseUrl },
    warning: PYTHON_WARNING,
  };
}

async function commandOf(spec: DjangoSpec, directory: string, context: MigrationContext): Promise<CommandLine> {
  const [named, ...args] = spec.command ?? [];
  if (named !== undefined) return [named, ...args];
  const python = (await inVirtualEnvironment(directory, 'python')) ?? (await pythonOnPath(context));
  if (python !== undefined) return [python, 'manage.py'];
  throw new MeasurementError(
    'tool_missing',
    'Python was not found. Install the project’s requirements in an earlier step of the workflow, or say `command:` in the plan.',
  );
}
