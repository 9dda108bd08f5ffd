import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { number, text } from '../criteria/value.ts';
import type { BoundMigrationTool, MigrationContext } from '../database/migrations/tool.ts';
import { type Done, defineTask, type TaskContext, type TaskMigration } from './task.ts';

/** `down 1`, or `to 5403edb1d087`. */
const WORDS = /^\s*(?:down\s+([1-9]\d{0,2})|(?:down\s+)?to\s+(\S+))\s*$/;

const steps = () => z.int().min(1).max(1000).describe('How many migrations to undo.');
const revision = () => z.string().min(1).describe('The revision to go down to.');

const force = () =>
  z.boolean().describe('Whether to go on although a migration on the way has no way back. Default: false.').optional();

const schema = () =>
  z.union([
    z
      .string()
      .regex(WORDS, 'Expected `down 1` or `to <revision>`.')
      .describe('`down 1` undoes one migration; `to <revision>` goes down to it.'),
    z.strictObject({ down: steps(), force: force() }),
    z.strictObject({ to: revision(), force: force() }),
  ]);

type MigrateSpec = z.infer<ReturnType<typeof schema>>;
type Target = { readonly steps: number } | { readonly to: string };

/** Undoes migrations by the tool of the plan's `migrate:` section, and believes only the tool's table. */
export const migrate = defineTask<MigrateSpec>({
  name: 'migrate',
  summary: 'Undoes migrations with the tool and on the database of the plan’s `migrate:` section.',
  schema,
  example: 'migrate: down 1',
  defaultLimitMs: 300_000,
  title: (spec) => describe(targetOf(spec)),
  describe: (spec) => `${describe(targetOf(spec))}.`,
  async perform(spec, context) {
    if (!context.migration) {
      throw new MeasurementError(
        'unsupported',
        'The plan has no `migrate:` section that says which tool undoes migrations on which database.',
      );
    }
    const forced = typeof spec === 'object' && spec.force === true;
    return goDown(targetOf(spec), forced, context.migration, context);
  },
});

async function goDown(target: Target, forced: boolean, { tool, database }: TaskMigration, context: TaskContext): Promise<Done> {
  const databaseUrl = await context.databases.url(database);
  const migration: MigrationContext = { ...context, databaseUrl };
  if (!forced) await refuseIrreversible(target, tool, migration);
  const before = await tool.current(migration);
  const { exitCode, output, problem } = await tool.down(target, migration);
  const after = await tool.current(migration);
  const state = same(before, after)
    ? `The database is still at ${shown(after)}.`
    : `The database went from ${shown(before)} to ${shown(after)}.`;
  if (exitCode !== 0 || problem !== undefined) {
    throw new MeasurementError(
      'task_failed',
      `${tool.name} failed: ${context.secrets.mask(problem ?? `exit code ${exitCode}`)}. ${state}`,
    );
  }
  if (same(before, after) || ('to' in target && !reached(target.to, before, after))) {
    throw new MeasurementError('tool_disagrees', `${tool.name} reported no error, but it did not get there. ${state}`);
  }
  return {
    message: state,
    measurements: {
      version: { value: text(shown(after)) },
      version_before: { value: text(shown(before)) },
      exit_code: { value: number(0) },
    },
    evidence: [{ kind: 'output', title: `Output of ${tool.name}`, text: context.secrets.mask(output) }],
  };
}

/**
 * A tool that undoes a migration without a way back leaves a database that is neither the old nor the new one, or says that it is done
 * and has done nothing.
 */
async function refuseIrreversible(target: Target, tool: BoundMigrationTool, migration: MigrationContext): Promise<void> {
  // Only the files tell; where they cannot be read, the tool itself will say so.
  const { migrations = [] } = await tool.state(migration).catch(() => ({ migrations: undefined }));
  const applied = migrations.filter((each) => each.applied);
  const reached = 'to' in target ? applied.findLastIndex(({ version }) => version.startsWith(target.to)) : -1;
  const undone = 'steps' in target ? applied.slice(-target.steps) : applied.slice(reached + 1);
  const stuck = undone.filter(({ reversible }) => reversible === false).map(({ name }) => name);
  if (stuck.length === 0) return;
  throw new MeasurementError(
    'irreversible',
    `${stuck.join(', ')} cannot be undone: there is no way back in it, so nothing was undone. Restore a backup or deploy a version that goes forward; \`{ down: …, force: true }\` goes on all the same.`,
  );
}

function targetOf(spec: MigrateSpec): Target {
  if (typeof spec !== 'string') return 'down' in spec ? { steps: spec.down } : { to: spec.to };
  const [, count, to] = WORDS.exec(spec) ?? [];
  return count === undefined ? { to: to ?? '' } : { steps: Number(count) };
}

function describe(target: Target): string {
  if ('to' in target) return `Undo migrations down to ${target.to}`;
  return target.steps === 1 ? 'Undo the last migration' : `Undo the last ${target.steps} migrations`;
}

/**
 * A tool may take the beginning of a revision's name; `base`, `zero` and `0` are words for "before the first". Django is at one
 * revision for each app, and `plans.zero` is before the first of that app.
 */
function reached(to: string, before: readonly string[], after: readonly string[]): boolean {
  if (after.length === 0) return ['base', 'zero', '0'].includes(to.split(/[. ]/).at(-1) ?? to);
  const app = /^(\w+)[. ]zero$/.exec(to)?.[1];
  if (app !== undefined) return !after.some((revisionNow) => revisionNow.startsWith(`${app}.`));
  const name = to.replace(' ', '.');
  return (after.length === 1 || before.length > 1) && after.some((revisionNow) => revisionNow.startsWith(name));
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, position) => name === b[position]);
}

function shown(revisions: readonly string[]): string {
  return revisions.length === 0 ? 'no version (before the first migration)' : revisions.join(', ');
}
