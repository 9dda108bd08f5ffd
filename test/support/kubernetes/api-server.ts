import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { temporaryFolder } from '../ports.ts';
import { type ControllerOptions, Deployments, part } from './deployments.ts';
import { DISCOVERY } from './discovery.ts';
import { applyPatch, isObject, type JsonObject } from './patch.ts';

/** A fault for the next requests that fit: an answer in place of the real one. */
export interface Fault {
  readonly method: string;
  /** Part of the path. */
  readonly path: string;
  readonly status: 401 | 403 | 404 | 409 | 500;
}

export interface FakeCluster {
  readonly url: string;
  readonly deployments: Deployments;
  /** `PATCH /apis/apps/v1/namespaces/default/deployments/app`, in order. */
  readonly requests: readonly string[];
  readonly faults: Fault[];
  /** For the environment of kubectl: KUBECONFIG and a cache folder of its own. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const REASONS = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 500: 'InternalError' } as const;

/** A small Kubernetes API server for the real kubectl: deployments, their replica sets and scale, get, list, watch and patch. */
export async function fakeCluster(options: Partial<ControllerOptions> = {}): Promise<FakeCluster> {
  const deployments = new Deployments({ readyAfterMs: 100, ...options });
  const requests: string[] = [];
  const faults: Fault[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://cluster');
    if (!(url.pathname in DISCOVERY)) requests.push(`${request.method} ${url.pathname}`);
    answer(deployments, faults, request, url, response).catch((error: unknown) => {
      refuse(response, 500, String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    deployments,
    requests,
    faults,
    env: kubectlEnvironment(url),
    async stop() {
      deployments.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A kubeconfig for a server, and a folder for kubectl's cache, so that nothing of the machine's own is used. */
export function kubectlEnvironment(server: string): Readonly<Record<string, string>> {
  const folder = temporaryFolder();
  const kubeconfig = join(folder, 'kubeconfig');
  mkdirSync(join(folder, 'cache'));
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server } }],
    users: [{ name: 'test', user: {} }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test', namespace: 'default' } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return { KUBECONFIG: kubeconfig, KUBECACHEDIR: join(folder, 'cache') };
}

const PATH = /^\/apis\/apps\/v1\/namespaces\/([^/]+)\/(deployments|replicasets)(?:\/([^/]+))?(\/scale)?$/;

async function answer(
  deployments: Deployments,
  faults: Fault[],
  request: IncomingMessage,
  url: URL,
  response: ServerResponse,
): Promise<void> {
  const found = DISCOVERY[url.pathname];
  if (found !== undefined) return send(response, 200, found);
  const at = faults.findIndex((fault) => fault.method === request.method && url.pathname.includes(fault.path));
  const [fault] = at < 0 ? [] : faults.splice(at, 1);
  if (fault !== undefined) return refuse(response, fault.status, refusalOf(fault.status, request.method ?? '', url.pathname));

  const [, namespace = '', resource = '', name, scale] = PATH.exec(url.pathname) ?? [];
  if (resource === 'replicasets') return send(response, 200, list('ReplicaSetList', deployments.replicaSets(namespace)));
  if (resource !== 'deployments') return refuse(response, 404, 'the server could not find the requested resource');
  if (name === undefined) return listOrWatch(deployments, namespace, url, request, response);

  const key = `${namespace}/${name}`;
  const deployment = deployments.get(key);
  if (deployment === undefined) return refuse(response, 404, `deployments.apps "${name}" not found`, name);
  if (request.method === 'GET') return send(response, 200, scale ? scaleOf(deployment) : deployment);
  if (request.method !== 'PATCH') return refuse(response, 500, `${request.method} is not built`);
  const patch = JSON.parse(await bodyOf(request));
  const contentType = request.headers['content-type'] ?? '';
  if (!scale) return send(response, 200, deployments.update(key, applyPatch(deployment, patch, contentType)));
  const replicas = part(applyPatch(scaleOf(deployment), patch, contentType), 'spec')['replicas'] ?? 0;
  const updated = deployments.update(key, { ...deployment, spec: { ...part(deployment, 'spec'), replicas } });
  return send(response, 200, scaleOf(updated));
}

function listOrWatch(
  deployments: Deployments,
  namespace: string,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const wanted = /metadata\.name=([^,]+)/.exec(url.searchParams.get('fieldSelector') ?? '')?.[1];
  const matches = (deployment: JsonObject) => wanted === undefined || part(deployment, 'metadata')['name'] === wanted;
  if (url.searchParams.get('watch') === null) {
    send(response, 200, list('DeploymentList', deployments.list(namespace).filter(matches)));
    return;
  }
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  const since = Number(url.searchParams.get('resourceVersion') ?? 0);
  const tell = (object: JsonObject) => {
    if (matches(object)) response.write(`${JSON.stringify({ type: 'MODIFIED', object })}\n`);
  };
  // What changed between the list and this watch.
  for (const one of deployments.list(namespace)) if (Number(part(one, 'metadata')['resourceVersion']) > since) tell(one);
  const leave = deployments.watch(tell);
  request.once('close', leave);
  response.once('close', leave);
}

function scaleOf(deployment: JsonObject): JsonObject {
  const { name = '', namespace = '', resourceVersion = '' } = part(deployment, 'metadata');
  const replicas = part(deployment, 'spec')['replicas'] ?? 0;
  return {
    apiVersion: 'autoscaling/v1',
    kind: 'Scale',
    metadata: { name, namespace, resourceVersion },
    spec: { replicas },
    status: { replicas: part(deployment, 'status')['replicas'] ?? 0, selector: `app=${String(name)}` },
  };
}

const list = (kind: string, items: JsonObject[]): JsonObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { resourceVersion: '100' },
  items,
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function send(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(isObject(body) ? body : {}));
}

/** In an API server's own words, which are all that kubectl passes on. */
function refusalOf(status: number, method: string, path: string): string {
  const name = path.split('/').at(-1);
  if (status === 403)
    return `deployments.apps "${name}" is forbidden: User "test" cannot ${method.toLowerCase()} resource "deployments"`;
  if (status === 404) return `deployments.apps "${name}" not found`;
  return status === 401 ? 'Unauthorized' : `${method} of ${path} was refused`;
}

function refuse(response: ServerResponse, status: number, message: string, name = ''): void {
  const reason = status === 401 || status === 403 || status === 404 || status === 409 ? REASONS[status] : REASONS[500];
  const details: JsonObject = { name, group: 'apps', kind: 'deployments' };
  send(response, status, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    details,
    code: status,
  });
}
