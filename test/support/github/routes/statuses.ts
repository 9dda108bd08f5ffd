import * as z from 'zod';
import { created, notFound, ok, type Reply, unprocessable } from '../reply.ts';
import { type Call, page, param, type Route, readBody, repositoryUrl, user } from '../route.ts';
import { type CommitStatus, resolveRef, type State } from '../state.ts';

const READ = [{ name: 'statuses', access: 'read' }] as const;

export const statusRoutes: readonly Route[] = [
  {
    operation: 'post /repos/{owner}/{repo}/statuses/{sha}',
    needs: [{ name: 'statuses', access: 'write' }],
    answer: create,
  },
  {
    operation: 'get /repos/{owner}/{repo}/commits/{ref}/statuses',
    needs: READ,
    answer: (call) =>
      withCommit(call, (sha) => page(call, ofCommit(call.state, sha), (shown) => shown.map((status) => show(call, status)))),
  },
  {
    operation: 'get /repos/{owner}/{repo}/commits/{ref}/status',
    needs: READ,
    answer: (call) => withCommit(call, (sha) => combined(call, sha)),
  },
];

const bodyType = z.object({
  state: z.string(),
  context: z.string().default('default'),
  description: z.string().nullable().default(null),
  target_url: z.string().nullable().default(null),
});
const DESCRIPTION_LENGTH = 140;

function withCommit(call: Call, answer: (sha: string) => Reply): Reply {
  const ref = param(call, 'ref');
  const sha = resolveRef(call.state, ref);
  return sha === undefined ? notFound() : answer(sha);
}

/** Newest first. */
function ofCommit(state: State, sha: string): CommitStatus[] {
  return state.statuses.filter((status) => status.sha === sha).reverse();
}

/** The newest status of each context. */
export function latestStatuses(state: State, sha: string): CommitStatus[] {
  const all = ofCommit(state, sha);
  return all.filter((status, index) => all.findIndex(({ context }) => context === status.context) === index);
}

function create(call: Call): Reply {
  const { state } = call;
  const sha = param(call, 'sha');
  const body = readBody(call, bodyType);
  const problem = (field: string, message: string) => unprocessable({ resource: 'Status', field, code: 'custom', message });
  if (!state.commits.has(sha)) return problem('sha', `No commit found for SHA: ${sha}`);
  if ([...(body.description ?? '')].length > DESCRIPTION_LENGTH) {
    return problem('description', 'description is too long (maximum is 140 characters)');
  }
  if (body.target_url !== null && !/^https?:\/\//.test(body.target_url)) {
    return problem('target_url', 'target_url must use http(s) scheme');
  }
  const status: CommitStatus = { id: state.takeId(), sha, ...body, created_at: state.timestamp() };
  state.statuses.push(status);
  return created(show(call, status));
}

function combined(call: Call, sha: string): Reply {
  const latest = latestStatuses(call.state, sha);
  const states = latest.map(({ state }) => state);
  const failed = states.some((state) => state === 'failure' || state === 'error');
  const pending = states.length === 0 || states.includes('pending');
  return ok({
    state: failed ? 'failure' : pending ? 'pending' : 'success',
    sha,
    total_count: latest.length,
    statuses: latest.map((status) => show(call, status)),
    url: `${repositoryUrl(call)}/commits/${sha}/status`,
  });
}

function show(call: Call, { sha, ...status }: CommitStatus) {
  return {
    ...status,
    node_id: `SC_${Buffer.from(String(status.id)).toString('base64url')}`,
    url: `${repositoryUrl(call)}/statuses/${sha}`,
    updated_at: status.created_at,
    creator: user(call.caller?.login ?? 'ghost'),
  };
}
