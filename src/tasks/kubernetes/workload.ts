import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import type { TaskContext } from '../task.ts';
import { type Cluster, kubectl, kubectlGet } from './kubectl.ts';

export const WORKLOAD_KINDS = ['deployment', 'statefulset', 'daemonset'] as const;

/** `deployment/resync-app` in a cluster. */
export interface WorkloadName extends Cluster {
  readonly kind: (typeof WORKLOAD_KINDS)[number];
  readonly name: string;
}

export const nameText = ({ kind, name }: WorkloadName): string => `${kind}/${name}`;

const environment = () => z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).optional();
const template = () =>
  z.looseObject({
    metadata: z
      .looseObject({
        labels: z.record(z.string(), z.string()).nullish(),
        annotations: z.record(z.string(), z.string()).nullish(),
      })
      .nullish(),
    spec: z.looseObject({
      containers: z.array(z.looseObject({ name: z.string(), image: z.string().optional(), env: environment() })),
    }),
  });

const count = () => z.number().default(0);

const workload = () =>
  z.looseObject({
    metadata: z.looseObject({
      uid: z.string().default(''),
      generation: count(),
      annotations: z.record(z.string(), z.string()).nullish(),
    }),
    spec: z.looseObject({
      replicas: z.number().optional(),
      selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).nullish() }),
      template: template(),
    }),
    status: z
      .looseObject({
        observedGeneration: count(),
        replicas: count(),
        updatedReplicas: count(),
        readyReplicas: count(),
        availableReplicas: count(),
        currentRevision: z.string().optional(),
        updateRevision: z.string().optional(),
        desiredNumberScheduled: count(),
        updatedNumberScheduled: count(),
        numberAvailable: count(),
      })
      .prefault({}),
  });

export type Workload = z.infer<ReturnType<typeof workload>>;
export type PodTemplate = z.infer<ReturnType<typeof template>>;

/** Reads what the API server holds now. */
export async function readWorkload(name: WorkloadName, context: TaskContext): Promise<Workload> {
  const parsed = workload().safeParse(await kubectlGet([nameText(name)], name, context));
  if (parsed.success) return parsed.data;
  throw new MeasurementError('bad_response', `kubectl gave no ${name.kind} for ${nameText(name)}.`, { cause: parsed.error });
}

/** What is still missing until all of a workload runs as it is specified; undefined when nothing is. */
export function unsettled(kind: WorkloadName['kind'], { metadata, spec, status }: Workload): string | undefined {
  if (status.observedGeneration < metadata.generation) return 'the controller has not seen the change yet';
  if (kind === 'daemonset') {
    const wanted = status.desiredNumberScheduled;
    if (status.updatedNumberScheduled < wanted) return `${status.updatedNumberScheduled} of ${wanted} pods are updated`;
    return status.numberAvailable < wanted ? `${status.numberAvailable} of ${wanted} pods are available` : undefined;
  }
  const wanted = spec.replicas ?? 1;
  const rolling = kind === 'statefulset' && status.currentRevision !== status.updateRevision;
  // A stateful set whose update is over counts none of its replicas as updated.
  const updated = kind === 'statefulset' && !rolling ? status.replicas : status.updatedReplicas;
  if (updated < wanted || rolling) return `${updated} of ${wanted} replicas are updated`;
  if (status.replicas > wanted) return `${status.replicas - wanted} old replicas have not ended`;
  return status.availableReplicas < wanted ? `${status.availableReplicas} of ${wanted} replicas are available` : undefined;
}

/** How often a workload is read again when kubectl says that it is done and it is not (milliseconds). */
const REREAD_MS = 500;
const REREADS = 10;

/**
 * Waits until kubectl says that the rollout is done, then reads the object itself: what it says counts.
 *
 * @throws MeasurementError `timed_out` when it takes too long, `tool_disagrees` when kubectl is content and the object is not.
 */
export async function waitUntilSettled(name: WorkloadName, timeoutMs: number, context: TaskContext): Promise<Workload> {
  const seconds = Math.max(1, Math.ceil(timeoutMs / 1000));
  await kubectl(['rollout', 'status', nameText(name), `--timeout=${seconds}s`], name, context, {
    timeoutMs: timeoutMs + 5000,
    onLine: (_, line) => context.progress(line.trim()),
  });
  let missing: string | undefined;
  for (let reading = 0; reading < REREADS; reading += 1) {
    const found = await readWorkload(name, context);
    missing = unsettled(name.kind, found);
    if (missing === undefined) return found;
    await context.clock.sleep(REREAD_MS, context.signal);
  }
  throw new MeasurementError('tool_disagrees', `kubectl says that ${nameText(name)} is rolled out, but ${missing}.`);
}

/** The images that a template runs, for a reader. */
export const imagesOf = ({ spec }: PodTemplate): string => spec.containers.map(({ image }) => image ?? 'no image').join(', ');

/** How much of a workload runs: `3 of 3 replicas ready`. */
export function readiness(kind: WorkloadName['kind'], { spec, status }: Workload): string {
  if (kind === 'daemonset') return `${status.numberAvailable} of ${status.desiredNumberScheduled} pods available`;
  return `${status.availableReplicas} of ${spec.replicas ?? 1} replicas available`;
}
