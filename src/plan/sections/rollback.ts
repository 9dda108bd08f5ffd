import * as z from 'zod';
import { nearestName } from '../../criteria/nearest.ts';
import { durationMs } from '../../probes/duration.ts';
import { readChecks } from '../checks.ts';
import { openIds } from '../ids.ts';
import { found } from '../issue-words.ts';
import { once } from '../once.ts';
import type { Path } from '../path.ts';
import { isRecord } from '../plain-data.ts';
import type { PlannedTask, RollbackOption, RollbackPlan } from '../plan.ts';
import type { Reader } from '../reader.ts';
import { type ReadTask, readTask } from '../tasks.ts';
import { durationText } from './check.ts';

const WITHIN_MS = 15 * 60_000;
const AT = ['rollback'];

export const optionFields = once(() => ({
  within: durationText().describe('The longest that the tasks and the verification may take together. Default: 15m.').optional(),
  tasks: z.array(z.unknown()).min(1).describe('What is done, in order: tasks, and names of other options.'),
}));

export const rollbackFields = once(() => ({
  options: z
    .record(z.string(), z.strictObject(optionFields()))
    .describe('Ways back, by name: `{ code: { within: 10m, tasks: [ … ] } }`.'),
  default: z.string().describe('The option taken when the run names none. Default: the only one.').optional(),
  verify: z.unknown().describe('Items that prove that the previous state runs again; asked until they pass or the time is over.'),
}));

const rollbackSchema = once(() => z.strictObject({ ...rollbackFields(), verify: rollbackFields().verify.optional() }));

export function readRollback(reader: Reader): RollbackPlan | undefined {
  const { filled, problems } = reader;
  const value = filled.value(AT);
  const raw = reader.shapes.parse(rollbackSchema(), { value, origin: (path) => [...AT, ...path], name: 'rollback' });
  const ids = openIds();
  const written = isRecord(value) ? value['verify'] : undefined;
  const verify = written === undefined ? [] : readChecks([...AT, 'verify'], ids, reader);
  if (isRecord(value) && (written === undefined || (Array.isArray(written) && written.length === 0))) {
    problems.add(
      'Nothing would prove that the previous state runs again. Add a `verify:` with a check, such as of the running version.',
      written === undefined ? filled.keyPosition(AT) : filled.keyPosition([...AT, 'verify']),
    );
  }
  if (raw === undefined) return undefined;
  const names = Object.keys(raw.options);
  if (names.length === 0)
    problems.add('`rollback` has no options, so there is no way back. Add one.', filled.position([...AT, 'options']));
  const tasks = new Map(names.map((name) => [name, readTasks(name, raw.options[name]?.tasks ?? [], names, reader)]));
  const options = names.map((name): RollbackOption => {
    const { within } = raw.options[name] ?? {};
    return {
      name,
      withinMs: within === undefined ? WITHIN_MS : durationMs(within),
      tasks: withIds(
        unfold(name, tasks, [], reader),
        verify.map(({ id }) => id),
        reader,
      ),
      position: filled.keyPosition([...AT, 'options', name]),
    };
  });
  const usual = raw.default ?? (names.length === 1 ? names[0] : undefined);
  if (raw.default !== undefined && !names.includes(raw.default)) {
    problems.add(unknownOption(raw.default, names), filled.position([...AT, 'default']));
  }
  return { options, verify, position: filled.keyPosition(AT), ...(usual === undefined ? {} : { default: usual }) };
}

/** The names of the options, also where what is in them cannot be read. */
export function optionNames({ filled }: Pick<Reader, 'filled'>): readonly string[] {
  const node = filled.node([...AT, 'options']);
  return node?.kind === 'map' ? [...node.entries.keys()] : [];
}

export function unknownOption(name: string, names: readonly string[]): string {
  const nearest = nearestName(name, names);
  const hint =
    nearest === undefined ? `There are ${names.map((each) => `\`${each}\``).join(', ')}.` : `Did you mean \`${nearest}\`?`;
  return `There is no rollback option \`${name}\`. ${names.length === 0 ? 'Add it under `rollback: options:`.' : hint}`;
}

type Part = ReadTask | { readonly option: string; readonly path: Path };

function readTasks(option: string, raw: readonly unknown[], names: readonly string[], reader: Reader): readonly Part[] {
  const { filled, problems } = reader;
  return raw.flatMap((each, index): Part[] => {
    const path = [...AT, 'options', option, 'tasks', index];
    if (isRecord(each)) {
      const task = readTask(each, path, reader);
      return task === undefined ? [] : [task];
    }
    if (typeof each !== 'string') {
      problems.add(
        `Expected a task such as \`{ command: ./deploy.sh }\`, or the name of an option, found ${found(each)}.`,
        filled.position(path),
      );
      return [];
    }
    if (names.includes(each)) return [{ option: each, path }];
    problems.add(`${unknownOption(each, names)} A task is a mapping: \`{ command: … }\`.`, filled.position(path));
    return [];
  });
}

function unfold(
  name: string,
  all: ReadonlyMap<string, readonly Part[]>,
  trail: readonly string[],
  reader: Reader,
): readonly ReadTask[] {
  return (all.get(name) ?? []).flatMap((part): readonly ReadTask[] => {
    if ('task' in part) return [part];
    const way = [...trail, name];
    if (!way.includes(part.option)) return unfold(part.option, all, way, reader);
    const told = [...way, part.option].map((each) => `\`${each}\``).join(' → ');
    // Each option of a circle would tell it from its own side.
    if (trail.length === 0 || way[0] === part.option) {
      const firstInPlan = way.every((each) => [...all.keys()].indexOf(part.option) <= [...all.keys()].indexOf(each));
      if (firstInPlan)
        reader.problems.add(`These options hold one another, without an end: ${told}.`, reader.filled.position(part.path));
    }
    return [];
  });
}

function withIds(tasks: readonly ReadTask[], taken: readonly string[], { filled }: Reader): readonly PlannedTask[] {
  const ids = openIds(taken);
  return tasks.map(({ path, ...task }) => ({ id: ids.fromTitle(task.title), ...task, position: filled.position(path) }));
}
