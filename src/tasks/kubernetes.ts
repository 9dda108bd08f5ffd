import { MeasurementError } from '../checklist/errors.ts';
import { number } from '../criteria/value.ts';
import { kubectl } from './kubernetes/kubectl.ts';
import { isAtRevision, revisionToUndoTo } from './kubernetes/revisions.ts';
import { type Change, changeField } from './kubernetes/spec.ts';
import {
  imagesOf,
  nameText,
  type PodTemplate,
  readiness,
  readWorkload,
  type Workload,
  waitUntilSettled,
} from './kubernetes/workload.ts';
import { type Done, defineTask, type TaskContext } from './task.ts';

const RESTARTED = 'kubectl.kubernetes.io/restartedAt';

export const kubernetes = defineTask<Change>({
  name: 'kubernetes',
  summary:
    'Changes a workload with kubectl, waits until it is rolled out, and reads the object again: done is what the API server holds, not what kubectl says.',
  schema: changeField,
  example: 'kubernetes: undo deployment/resync-app',
  defaultLimitMs: 10 * 60_000,
  title: (change) => `${VERBS[change.kind](change)} ${nameText(change.target)}`,
  describe: (change) => {
    const { namespace } = change.target;
    return `Would ${lowerFirst(VERBS[change.kind](change))} ${nameText(change.target)}${namespace === undefined ? '' : ` in ${namespace}`}.`;
  },
  async perform(change, context) {
    const before = await readWorkload(change.target, context);
    switch (change.kind) {
      case 'undo':
        return undo(change, before, context);
      case 'restart':
        return restart(change, before, context);
      case 'scale':
        return scale(change, context);
      case 'set-env':
        return setEnvironment(change, context);
    }
  },
});

const VERBS: Readonly<Record<Change['kind'], (change: Change) => string>> = {
  undo: (change) =>
    change.kind === 'undo' && change.revision !== undefined ? `Go back to revision ${change.revision} of` : 'Undo',
  restart: () => 'Restart',
  scale: (change) => (change.kind === 'scale' ? `Set ${change.replicas} replicas of` : 'Scale'),
  'set-env': (change) => (change.kind === 'set-env' ? `Set ${Object.keys(change.env).join(', ')} of` : 'Set the environment of'),
};

async function undo(change: Extract<Change, { kind: 'undo' }>, before: Workload, context: TaskContext): Promise<Done> {
  const { target } = change;
  const toRevision = target.kind === 'deployment' ? await revisionToUndoTo(target, before, change.revision, context) : undefined;
  const revision = toRevision?.number ?? change.revision;
  const args = ['rollout', 'undo', nameText(target), ...(revision === undefined ? [] : [`--to-revision=${revision}`])];
  await kubectl(args, target, context);
  const after = await waitUntilSettled(target, change.timeoutMs, context);
  const { template } = after.spec;
  if (toRevision !== undefined && !isAtRevision(template, toRevision)) {
    throw disagrees(change, `its template is not that of revision ${toRevision.number}`);
  }
  // A stateful or daemon set keeps its revisions where they cannot be compared: that it changed is all that can be proven.
  if (toRevision === undefined && sameTemplate(before.spec.template, template))
    throw disagrees(change, 'its template has not changed');
  const which = toRevision === undefined ? 'the revision before' : `what was revision ${toRevision.number}`;
  return done(change, after, `runs ${which} again (${imagesOf(template)})`);
}

async function restart(change: Extract<Change, { kind: 'restart' }>, before: Workload, context: TaskContext): Promise<Done> {
  await kubectl(['rollout', 'restart', nameText(change.target)], change.target, context);
  const after = await waitUntilSettled(change.target, change.timeoutMs, context);
  const stamp = restartedAt(after.spec.template);
  if (stamp === undefined || stamp === restartedAt(before.spec.template))
    throw disagrees(change, 'its pods carry no new restart time');
  return done(change, after, `was restarted at ${stamp}`);
}

async function scale(change: Extract<Change, { kind: 'scale' }>, context: TaskContext): Promise<Done> {
  const { target, replicas } = change;
  await kubectl(['scale', nameText(target), `--replicas=${replicas}`], target, context);
  const after = await waitUntilSettled(target, change.timeoutMs, context);
  if (after.spec.replicas !== replicas)
    throw disagrees(change, `it is set to ${after.spec.replicas} replicas; an autoscaler may own it`);
  return done(change, after, `is set to ${replicas} replicas`);
}

async function setEnvironment(change: Extract<Change, { kind: 'set-env' }>, context: TaskContext): Promise<Done> {
  const { target, env } = change;
  // By standard input: what is in an argument list can be read by every process of the machine.
  const input = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  await kubectl(['set', 'env', nameText(target), '--env=-'], target, context, { input: input.join('') });
  const after = await waitUntilSettled(target, change.timeoutMs, context);
  for (const container of after.spec.template.spec.containers) {
    for (const [name, value] of Object.entries(env)) {
      if (container.env?.find((variable) => variable.name === name)?.value !== value) {
        throw disagrees(change, `container ${container.name} has another value of ${name}`);
      }
    }
  }
  return done(change, after, `has the new ${Object.keys(env).join(', ')}`);
}

function done(change: Change, after: Workload, what: string): Done {
  const { availableReplicas, numberAvailable } = after.status;
  const { kind } = change.target;
  return {
    message: `${nameText(change.target)} ${what}; ${readiness(kind, after)}.`,
    measurements: { available: { value: number(kind === 'daemonset' ? numberAvailable : availableReplicas) } },
  };
}

function disagrees(change: Change, what: string): MeasurementError {
  return new MeasurementError(
    'tool_disagrees',
    `kubectl reported success, but ${nameText(change.target)} says otherwise: ${what}.`,
  );
}

const restartedAt = ({ metadata }: PodTemplate): string | undefined => metadata?.annotations?.[RESTARTED];
const sameTemplate = (one: PodTemplate, other: PodTemplate): boolean => JSON.stringify(one) === JSON.stringify(other);
const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
