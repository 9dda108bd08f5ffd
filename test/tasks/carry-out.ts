import type { BoundRollout, RegisteredRollout } from '../../src/tasks/rollout.ts';
import type { BoundTask, RegisteredTask, TaskContext } from '../../src/tasks/task.ts';
import { testPorts } from '../support/ports.ts';

export function bound(task: RegisteredTask, spec: unknown): BoundTask {
  const binding = task.bind(spec);
  if ('issues' in binding) throw new Error(binding.issues.map((issue) => issue.message).join('; '));
  return binding.bound;
}

export function boundRollout(driver: RegisteredRollout, spec: unknown): BoundRollout {
  const binding = driver.bind(spec);
  if ('issues' in binding) throw new Error(binding.issues.map((issue) => issue.message).join('; '));
  return binding.bound;
}

/** What is wrong with a spec, as the plan's reader is told. */
export function problems(task: RegisteredTask | RegisteredRollout, spec: unknown): string {
  const binding = task.bind(spec);
  return 'issues' in binding ? JSON.stringify(binding.issues) : '';
}

export interface TestContext extends TaskContext {
  readonly logged: readonly string[];
  readonly told: readonly string[];
}

/** A task's world, with further environment variables. */
export function taskContext(env: Readonly<Record<string, string>> = {}, overrides: Partial<TaskContext> = {}): TestContext {
  const told: string[] = [];
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env };
  return {
    ...testPorts({ env: environment }),
    databases: { url: () => Promise.reject(new Error('no databases here')) },
    progress: (text) => {
      told.push(text);
    },
    ...overrides,
    told,
  };
}
