import * as z from 'zod';
import { MeasurementError } from '../../checklist/errors.ts';
import type { TaskContext } from '../task.ts';
import { kubectlGet } from './kubectl.ts';
import { nameText, type PodTemplate, type Workload, type WorkloadName } from './workload.ts';

const REVISION = 'deployment.kubernetes.io/revision';
/** Added by the controller to a replica set's pods; the deployment's own template has none. */
const HASH_LABEL = 'pod-template-hash';

const replicaSets = () =>
  z.looseObject({
    items: z.array(
      z.looseObject({
        metadata: z.looseObject({
          annotations: z.record(z.string(), z.string()).nullish(),
          ownerReferences: z.array(z.looseObject({ uid: z.string() })).nullish(),
        }),
        spec: z.looseObject({ template: z.unknown() }),
      }),
    ),
  });

/** A state that a deployment was in and can go back to. */
export interface Revision {
  readonly number: number;
  readonly template: unknown;
}

/**
 * The revision that an undo goes to: the one asked for, or the newest before the present one. It is looked up before the
 * undo, so that afterwards the deployment can be held against it.
 */
export async function revisionToUndoTo(
  name: WorkloadName,
  workload: Workload,
  wanted: number | undefined,
  context: TaskContext,
): Promise<Revision> {
  const labels = Object.entries(workload.spec.selector.matchLabels ?? {});
  const selector = labels.length === 0 ? [] : ['--selector', labels.map(([key, value]) => `${key}=${value}`).join(',')];
  const parsed = replicaSets().parse(await kubectlGet(['replicasets', ...selector], name, context));
  const owned = parsed.items.filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === workload.metadata.uid));
  const revisions = owned
    .map(({ metadata, spec }) => ({ number: Number(metadata.annotations?.[REVISION]), template: spec.template }))
    .filter((revision) => Number.isInteger(revision.number))
    .sort((one, other) => other.number - one.number);
  const present = Number(workload.metadata.annotations?.[REVISION]);
  const target = revisions.find((revision) => (wanted === undefined ? revision.number < present : revision.number === wanted));
  if (target !== undefined) return target;
  const known = revisions.map((revision) => revision.number).join(', ') || 'none';
  const asked = wanted === undefined ? `revision before ${present}` : `revision ${wanted}`;
  throw new MeasurementError('not_found', `${nameText(name)} has no ${asked} to go back to. It keeps these: ${known}.`);
}

/** Whether a deployment's template is that of a revision. */
export function isAtRevision(template: PodTemplate, revision: Revision): boolean {
  return canonical(withoutHash(template)) === canonical(withoutHash(revision.template));
}

function withoutHash(template: unknown): unknown {
  const parsed = z
    .looseObject({ metadata: z.looseObject({ labels: z.record(z.string(), z.string()).nullish() }).nullish() })
    .safeParse(template);
  if (!parsed.success) return template;
  const { [HASH_LABEL]: _, ...labels } = parsed.data.metadata?.labels ?? {};
  return { ...parsed.data, metadata: { ...parsed.data.metadata, labels } };
}

/** The same text for the same content, in whatever order its keys are. Empty parts say nothing: kubectl writes some that nobody gave. */
function canonical(value: unknown): string {
  return JSON.stringify(trimmed(value)) ?? '';
}

function trimmed(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((part) => trimmed(part) ?? null);
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const parts = Object.entries(value).map(([key, part]): readonly [string, unknown] => [key, trimmed(part)]);
  const kept = parts.filter(([, part]) => part !== undefined).sort(([one], [other]) => (one < other ? -1 : 1));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
