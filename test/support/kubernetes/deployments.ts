import { canonical, isObject, type Json, type JsonObject } from './patch.ts';

const REVISION = 'deployment.kubernetes.io/revision';

export interface DeploymentSeed {
  readonly namespace?: string;
  readonly name: string;
  readonly replicas: number;
  /** Images, oldest first: each is a revision, and the last runs. */
  readonly images: readonly string[];
}

export interface ControllerOptions {
  /** Milliseconds from a change to all replicas being ready. */
  readonly readyAfterMs: number;
}

interface Revision {
  readonly number: number;
  readonly template: JsonObject;
}

/** Deployments with their replica sets, and the controller that makes replicas ready a while after each change. */
export class Deployments {
  readonly #options: ControllerOptions;
  readonly #deployments = new Map<string, JsonObject>();
  readonly #revisions = new Map<string, Revision[]>();
  readonly #watchers = new Set<(deployment: JsonObject) => void>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Deployments whose new replicas never become ready. */
  readonly stuck = new Set<string>();
  /** Replica counts that something else (an autoscaler) sets again after every change. */
  readonly owned = new Map<string, number>();
  #resourceVersion = 100;

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  seed({ namespace = 'default', name, replicas, images }: DeploymentSeed): void {
    const key = `${namespace}/${name}`;
    this.#revisions.set(key, []);
    for (const image of images) this.#addRevision(key, templateOf(name, image));
    const [current] = this.#revisions.get(key)?.slice(-1) ?? [];
    if (current === undefined) throw new Error(`${name} needs an image`);
    this.#deployments.set(key, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name,
        namespace,
        uid: `uid-${key}`,
        generation: 1,
        resourceVersion: String(this.#resourceVersion),
        annotations: { [REVISION]: String(current.number) },
      },
      spec: { replicas, selector: { matchLabels: { app: name } }, template: current.template },
      status: settledStatus(1, replicas),
    });
  }

  get(key: string): JsonObject | undefined {
    return this.#deployments.get(key);
  }

  list(namespace: string): JsonObject[] {
    return [...this.#deployments].filter(([key]) => key.startsWith(`${namespace}/`)).map(([, deployment]) => deployment);
  }

  replicaSets(namespace: string): JsonObject[] {
    return this.list(namespace).flatMap((deployment) => {
      const name = String(part(deployment, 'metadata')['name']);
      const key = `${namespace}/${name}`;
      return (this.#revisions.get(key) ?? []).map(({ number, template }, at): JsonObject => {
        const labels = { ...labelsOf(template), 'pod-template-hash': `hash${at}` };
        return {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: {
            name: `${name}-hash${at}`,
            namespace,
            uid: `uid-rs-${key}-${at}`,
            labels,
            annotations: { [REVISION]: String(number) },
            creationTimestamp: new Date(1_700_000_000_000 + number * 1000).toISOString().replace('.000', ''),
            ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: `uid-${key}`, controller: true }],
          },
          spec: {
            replicas: 0,
            selector: { matchLabels: labels },
            template: { ...template, metadata: { ...part(template, 'metadata'), labels } },
          },
          status: { replicas: 0 },
        };
      });
    });
  }

  /** Takes over a deployment as a client changed it, and rolls it out. */
  update(key: string, changed: JsonObject): JsonObject {
    const before = this.#deployments.get(key);
    if (before === undefined) throw new Error(`no ${key}`);
    const specChanged = canonical(part(before, 'spec')) !== canonical(part(changed, 'spec'));
    const generation = Number(part(before, 'metadata')['generation']) + (specChanged ? 1 : 0);
    const metadata = { ...part(changed, 'metadata'), generation };
    this.#store(key, { ...changed, metadata, status: part(before, 'status') });
    if (specChanged) this.#later(this.#options.readyAfterMs / 4, () => this.#observe(key));
    return this.#deployments.get(key) ?? changed;
  }

  watch(tell: (deployment: JsonObject) => void): () => void {
    this.#watchers.add(tell);
    return () => this.#watchers.delete(tell);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #observe(key: string): void {
    const deployment = this.#deployments.get(key);
    if (deployment === undefined) return;
    const spec = part(deployment, 'spec');
    const template = part(spec, 'template');
    const current = this.#revisions.get(key)?.find((revision) => canonical(revision.template) === canonical(template));
    const newest = this.#revisions.get(key)?.at(-1)?.number ?? 0;
    const isNew = current === undefined || current.number !== newest;
    if (isNew) this.#addRevision(key, template);
    const revision = this.#revisions.get(key)?.at(-1)?.number ?? 1;
    const owned = this.owned.get(key);
    const replicas = owned ?? Number(spec['replicas']);
    const metadata = part(deployment, 'metadata');
    const annotations = { ...part(metadata, 'annotations'), [REVISION]: String(revision) };
    const before = part(deployment, 'status');
    const observed = { ...before, observedGeneration: metadata['generation'] ?? 1, ...(isNew ? { updatedReplicas: 0 } : {}) };
    this.#store(key, { ...deployment, metadata: { ...metadata, annotations }, spec: { ...spec, replicas }, status: observed });
    if (this.stuck.has(key)) return;
    this.#later(this.#options.readyAfterMs, () => {
      const later = this.#deployments.get(key);
      if (later === undefined) return;
      const generation = Number(part(later, 'metadata')['generation']);
      this.#store(key, { ...later, status: settledStatus(generation, Number(part(later, 'spec')['replicas'])) });
    });
  }

  #store(key: string, deployment: JsonObject): void {
    this.#resourceVersion += 1;
    const metadata = { ...part(deployment, 'metadata'), resourceVersion: String(this.#resourceVersion) };
    const stored = { ...deployment, metadata };
    this.#deployments.set(key, stored);
    for (const tell of this.#watchers) tell(stored);
  }

  /** A template that ran before is the newest revision again: its replica set is reused under a new number. */
  #addRevision(key: string, template: JsonObject): void {
    const known = this.#revisions.get(key) ?? [];
    const number = (known.at(-1)?.number ?? 0) + 1;
    const others = known.filter((revision) => canonical(revision.template) !== canonical(template));
    this.#revisions.set(key, [...others, { number, template }]);
  }

  #later(ms: number, work: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work();
    }, ms);
    this.#timers.add(timer);
  }
}

/** An object inside an object; empty when there is none. */
export function part(holder: JsonObject, key: string): JsonObject {
  const found: Json | undefined = holder[key];
  return isObject(found) ? found : {};
}

function labelsOf(template: JsonObject): JsonObject {
  return part(part(template, 'metadata'), 'labels');
}

function templateOf(name: string, image: string): JsonObject {
  return { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image }] } };
}

function settledStatus(generation: number, replicas: number): JsonObject {
  const counts: JsonObject =
    replicas === 0 ? {} : { replicas, updatedReplicas: replicas, readyReplicas: replicas, availableReplicas: replicas };
  return { observedGeneration: generation, ...counts };
}
