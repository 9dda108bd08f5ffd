import { durationMs } from '../probes/duration.ts';
import type { BoundTask } from '../tasks/task.ts';
import type { Path } from './path.ts';
import { chooseOne } from './probe.ts';
import type { Reader } from './reader.ts';
import { taskFields, taskSchema } from './sections/task.ts';

/** A task before it has an id, which is unique in the option that it is a part of. */
export interface ReadTask {
  readonly task: BoundTask;
  readonly title: string;
  readonly limitMs: number;
  readonly path: Path;
}

/** A task entry `{ command: … }`. undefined after a problem was recorded. */
export function readTask(raw: Readonly<Record<string, unknown>>, path: Path, reader: Reader): ReadTask | undefined {
  const { shapes, registries } = reader;
  const fields = shapes.parse(taskSchema(), { value: raw, origin: (inner) => [...path, ...inner], name: 'task' });
  const how = { what: 'task', owner: 'A step of a rollback', beside: Object.keys(taskFields()), path };
  const chosen = chooseOne(raw, registries.tasks, how, reader);
  if (chosen === undefined) return undefined;
  const { entry, name } = chosen;
  const subject = { value: raw[name], origin: (inner: Path) => [...path, name, ...inner], name };
  const task = shapes.attempt((value) => entry.bind(value), entry.schema, subject);
  if (task === undefined || fields === undefined) return undefined;
  const { title, within } = fields;
  return { task, title: title ?? task.title, limitMs: within === undefined ? task.defaultLimitMs : durationMs(within), path };
}
