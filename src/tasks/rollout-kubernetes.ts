import * as z from 'zod';
import { MeasurementError } from '../checklist/errors.ts';
import { durationField } from '../criteria/fields.ts';
import { ratio } from '../criteria/value.ts';
import { kubectl } from './kubernetes/kubectl.ts';
import { contextField, DEFAULT_TIMEOUT_MS, namespaceField, workloadField } from './kubernetes/spec.ts';
import { nameText, readWorkload, type Workload, type WorkloadName, waitUntilSettled } from './kubernetes/workload.ts';
import { percentText } from './percent.ts';
import { defineRollout } from './rollout.ts';
import type { Done, TaskContext } from './task.ts';

/** On the stable deployment while a canary runs: how many replicas both have together. A resumed or aborted run reads it. */
const TOTAL = 'holdpoint/total-replicas';

const deploymentField = () => workloadField().refine(({ kind }) => kind === 'deployment', 'Only a deployment can have a canary.');

const object = () =>
  z.strictObject({
    target: deploymentField().describe('The stable deployment.'),
    canary: deploymentField()
      .describe('The canary’s deployment, behind the same service. Default: the target’s name with `-canary`.')
      .optional(),
    namespace: namespaceField().optional(),
    context: contextField().optional(),
    replicas: z
      .int()
      .min(2)
      .describe('Replicas of both together. Default: as many as there are before the first weight.')
      .optional(),
    timeout: durationField().describe('The longest that a shift may take. Default: 5m.').optional(),
  });

type Spec = z.infer<ReturnType<typeof object>>;

const schema = () =>
  z.union([
    deploymentField()
      .transform((target): Spec => ({ target }))
      .describe('The stable deployment; its canary has the same name with `-canary`.'),
    object(),
  ]);

/** How many replicas each deployment has for a weight: at least one canary above 0 %, at least one stable below 100 %. */
export function replicasFor(weight: number, total: number): { readonly canary: number; readonly stable: number } {
  const rounded = Math.round(weight * total);
  const canary = weight <= 0 ? 0 : weight >= 1 ? total : Math.min(Math.max(rounded, 1), total - 1);
  return { canary, stable: total - canary };
}

export const kubernetesRollout = defineRollout<Spec>({
  name: 'kubernetes',
  summary:
    'Shifts traffic without a mesh: by the replicas of a stable deployment and its canary behind one service. The weight is the share of replicas, so 10 replicas allow steps of 10 %.',
  schema,
  example: 'kubernetes: { target: deployment/resync-app, namespace: production, replicas: 10 }',
  title: (spec) => `Replicas of ${nameText(stableOf(spec))} and ${nameText(canaryOf(spec))}`,
  describe: (spec, weight) =>
    `Would scale ${nameText(canaryOf(spec))} to ${percentText(weight)} of the replicas, ${nameText(stableOf(spec))} to the rest.`,
  async setWeight(spec, weight, context) {
    const [stable, canary] = await both(spec, context);
    const total = totalOf(spec, stable, canary);
    if (total < 2) {
      const message = `${nameText(stableOf(spec))} has ${total} replicas: a canary beside it needs at least 2. Scale it up, or give \`replicas\`.`;
      throw new MeasurementError('unsupported', message);
    }
    await kubectl(['annotate', nameText(stableOf(spec)), `${TOTAL}=${total}`, '--overwrite'], stableOf(spec), context);
    const wanted = replicasFor(weight, total);
    const timeoutMs = spec.timeout ?? DEFAULT_TIMEOUT_MS;
    // What grows goes first and is ready before what shrinks goes, so that there is never too little.
    const grows = wanted.canary >= (canary.spec.replicas ?? 1) ? 'canary' : 'stable';
    const shrinks = grows === 'canary' ? 'stable' : 'canary';
    const names = { stable: stableOf(spec), canary: canaryOf(spec) };
    await scale(names[grows], wanted[grows], context);
    await waitUntilSettled(names[grows], timeoutMs, context);
    await scale(names[shrinks], wanted[shrinks], context);
    await waitUntilSettled(names[shrinks], timeoutMs, context);
    return prove(spec, wanted, weight, context);
  },
  async abort(spec, context) {
    const [stable, canary] = await both(spec, context);
    const total = totalOf(spec, stable, canary);
    const timeoutMs = spec.timeout ?? DEFAULT_TIMEOUT_MS;
    await scale(stableOf(spec), total, context);
    // At 100 % nothing stable runs: what takes over must answer before the canary goes.
    if (stable.status.availableReplicas === 0) await waitForOne(stableOf(spec), timeoutMs, context);
    await scale(canaryOf(spec), 0, context);
    await waitUntilSettled(canaryOf(spec), timeoutMs, context);
    await waitUntilSettled(stableOf(spec), timeoutMs, context);
    const done = await prove(spec, { canary: 0, stable: total }, 0, context);
    await kubectl(['annotate', nameText(stableOf(spec)), `${TOTAL}-`], stableOf(spec), context);
    return done;
  },
});

function stableOf({ target, namespace, context }: Spec): WorkloadName {
  return { ...target, namespace, context };
}

function canaryOf({ target, canary, namespace, context }: Spec): WorkloadName {
  return { ...(canary ?? { kind: 'deployment', name: `${target.name}-canary` }), namespace, context };
}

const both = (spec: Spec, context: TaskContext): Promise<[Workload, Workload]> =>
  Promise.all([readWorkload(stableOf(spec), context), readWorkload(canaryOf(spec), context)]);

function totalOf({ replicas }: Spec, stable: Workload, canary: Workload): number {
  const kept = Number(stable.metadata.annotations?.[TOTAL] ?? Number.NaN);
  return replicas ?? (Number.isInteger(kept) ? kept : (stable.spec.replicas ?? 1) + (canary.spec.replicas ?? 1));
}

async function scale(name: WorkloadName, replicas: number, context: TaskContext): Promise<void> {
  context.progress(`scaling ${nameText(name)} to ${replicas}`);
  await kubectl(['scale', nameText(name), `--replicas=${replicas}`], name, context);
}

async function waitForOne(name: WorkloadName, timeoutMs: number, context: TaskContext): Promise<void> {
  const until = context.clock.now() + timeoutMs;
  while ((await readWorkload(name, context)).status.availableReplicas === 0) {
    if (context.clock.now() >= until) {
      const message = `No replica of ${nameText(name)} became available; the canary was left as it is, because nothing else would answer.`;
      throw new MeasurementError('timed_out', message);
    }
    await context.clock.sleep(250, context.signal);
  }
}

/** Reads both deployments and tells the weight that they really give. */
async function prove(
  spec: Spec,
  wanted: { readonly canary: number; readonly stable: number },
  weight: number,
  context: TaskContext,
): Promise<Done> {
  const [stable, canary] = await both(spec, context);
  const found = { canary: canary.status.availableReplicas, stable: stable.status.availableReplicas };
  const total = found.canary + found.stable;
  if (found.canary !== wanted.canary || found.stable !== wanted.stable) {
    const message = `kubectl reported success, but ${found.canary} canary and ${found.stable} stable replicas are available, not ${wanted.canary} and ${wanted.stable}; an autoscaler may own them.`;
    throw new MeasurementError('tool_disagrees', message);
  }
  const actual = found.canary / total;
  const measurements = { weight: { value: ratio(actual) } };
  if (found.canary === 0) return { message: `No canary runs; ${found.stable} stable replicas are available.`, measurements };
  const runs = `${found.canary} of ${total} replicas are the canary’s`;
  const honest =
    Math.abs(actual - weight) < 0.005
      ? `${runs} (${percentText(actual)}).`
      : `${runs}: that is ${percentText(actual)}, the nearest to ${percentText(weight)} that whole replicas allow.`;
  return { message: honest, measurements };
}
