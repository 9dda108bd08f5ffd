import * as z from 'zod';
import { created, failure, notFound, ok, type Reply, unprocessable } from '../reply.ts';
import { type Call, page, param, type Route, readBody, repositoryUrl, user } from '../route.ts';
import { type Deployment, type DeploymentStatus, resolveRef } from '../state.ts';
import { latestStatuses } from './statuses.ts';

const READ = [{ name: 'deployments', access: 'read' }] as const;
const WRITE = [{ name: 'deployments', access: 'write' }] as const;
const PATH = '/repos/{owner}/{repo}/deployments';

export const deploymentRoutes: readonly Route[] = [
  { operation: `get ${PATH}`, needs: READ, answer: list },
  { operation: `post ${PATH}`, needs: WRITE, answer: create },
  {
    operation: `get ${PATH}/{deployment_id}`,
    needs: READ,
    answer: (call) => withDeployment(call, (deployment) => ok(show(call, deployment))),
  },
  {
    operation: `get ${PATH}/{deployment_id}/statuses`,
    needs: READ,
    answer: (call) =>
      withDeployment(call, (deployment) =>
        page(call, [...deployment.statuses].reverse(), (shown) => shown.map((status) => showStatus(call, deployment, status))),
      ),
  },
  {
    operation: `post ${PATH}/{deployment_id}/statuses`,
    needs: WRITE,
    answer: (call) => withDeployment(call, (deployment) => addStatus(call, deployment)),
  },
];

function withDeployment(call: Call, answer: (deployment: Deployment) => Reply): Reply {
  const id = Number(param(call, 'deployment_id'));
  const deployment = call.state.deployments.find((known) => known.id === id);
  return deployment === undefined ? notFound() : answer(deployment);
}

function list(call: Call): Reply {
  const { query, state } = call;
  const wanted = (key: 'sha' | 'ref' | 'task' | 'environment', value: string) =>
    !query.has(key) || query.get(key) === 'none' || query.get(key) === value;
  const found = state.deployments.filter(
    ({ sha, ref, task, environment }) =>
      wanted('sha', sha) && wanted('ref', ref) && wanted('task', task) && wanted('environment', environment),
  );
  return page(call, found.reverse(), (shown) => shown.map((deployment) => show(call, deployment)));
}

const deploymentType = z.object({
  ref: z.string(),
  task: z.string().default('deploy'),
  environment: z.string().default('production'),
  description: z.string().nullable().default(null),
  payload: z.unknown().optional(),
  required_contexts: z.array(z.string()).optional(),
  transient_environment: z.boolean().default(false),
  production_environment: z.boolean().optional(),
});

function create(call: Call): Reply {
  const { state } = call;
  const { required_contexts, ...body } = readBody(call, deploymentType);
  const sha = resolveRef(state, body.ref);
  if (sha === undefined) {
    return unprocessable({ resource: 'Deployment', field: 'ref', code: 'invalid', message: `No ref found for: ${body.ref}` });
  }
  const blocking = notSuccessful(call, sha, required_contexts);
  if (blocking.length > 0) return failure(409, `Conflict: Commit status checks failed for ${body.ref}.`);
  const deployment: Deployment = {
    ...body,
    id: state.takeId(),
    sha,
    payload: body.payload ?? {},
    production_environment: body.production_environment ?? body.environment === 'production',
    creator: call.caller?.login ?? 'ghost',
    created_at: state.timestamp(),
    statuses: [],
  };
  state.deployments.push(deployment);
  return created(show(call, deployment));
}

/** GitHub refuses to deploy a commit while a context that was asked for is not green; where none was named it asks for all. */
function notSuccessful({ state }: Call, sha: string, required: readonly string[] | undefined): string[] {
  const contexts = new Map(latestStatuses(state, sha).map((status) => [status.context, status.state === 'success']));
  for (const run of state.checkRuns) {
    if (run.head_sha === sha) contexts.set(run.name, ['success', 'neutral', 'skipped'].includes(run.conclusion ?? ''));
  }
  return (required ?? [...contexts.keys()]).filter((name) => contexts.get(name) !== true);
}

const statusType = z.object({
  state: z.string(),
  description: z.string().default(''),
  environment: z.string().optional(),
  log_url: z.string().optional(),
  target_url: z.string().optional(),
  environment_url: z.string().default(''),
  auto_inactive: z.boolean().default(true),
});
const DESCRIPTION_LENGTH = 140;

function addStatus(call: Call, deployment: Deployment): Reply {
  const { state } = call;
  const { auto_inactive, target_url, log_url, ...body } = readBody(call, statusType);
  if ([...body.description].length > DESCRIPTION_LENGTH) {
    const message = 'description is too long (maximum is 140 characters)';
    return unprocessable({ resource: 'DeploymentStatus', field: 'description', code: 'custom', message });
  }
  const make = (fields: Partial<DeploymentStatus> & Pick<DeploymentStatus, 'state' | 'environment'>): DeploymentStatus => ({
    description: '',
    environment_url: '',
    log_url: '',
    ...fields,
    id: state.takeId(),
    creator: call.caller?.login ?? 'ghost',
    created_at: state.timestamp(),
  });
  const environment = body.environment ?? deployment.environment;
  const status = make({ ...body, environment, log_url: log_url ?? target_url ?? '' });
  deployment.statuses.push(status);
  if (status.state === 'success' && auto_inactive) {
    for (const other of state.deployments.filter((known) => supersedes(deployment, known))) {
      other.statuses.push(make({ state: 'inactive', environment: other.environment }));
    }
  }
  return created(showStatus(call, deployment, status));
}

/** A success makes what stood in the same environment inactive, except in transient or production environments. */
function supersedes(deployment: Deployment, other: Deployment): boolean {
  return (
    other.id !== deployment.id &&
    other.environment === deployment.environment &&
    !other.transient_environment &&
    !other.production_environment &&
    other.statuses.at(-1)?.state === 'success'
  );
}

function show(call: Call, { statuses: _, ...deployment }: Deployment) {
  const url = `${repositoryUrl(call)}/deployments/${deployment.id}`;
  return { ...deployment, creator: user(deployment.creator), url, statuses_url: `${url}/statuses` };
}

function showStatus(call: Call, { id }: Deployment, status: DeploymentStatus) {
  const url = `${repositoryUrl(call)}/deployments/${id}`;
  return { ...status, creator: user(status.creator), target_url: status.log_url, deployment_url: url };
}
