import { failure, notFound, ok, type Reply, unprocessable } from '../reply.ts';
import { type Call, page, param, type Route, repositoryUrl } from '../route.ts';
import type { Artifact, State } from '../state.ts';
import { REPOSITORY_ID } from './repository.ts';

const READ = [{ name: 'actions', access: 'read' }] as const;
const PATH = '/repos/{owner}/{repo}/actions';

export const artifactRoutes: readonly Route[] = [
  { operation: `get ${PATH}/artifacts`, needs: READ, answer: (call) => list(call, call.state.artifacts) },
  {
    operation: `get ${PATH}/runs/{run_id}/artifacts`,
    needs: READ,
    answer: (call) =>
      list(
        call,
        call.state.artifacts.filter(({ runId }) => runId === Number(param(call, 'run_id'))),
      ),
  },
  {
    operation: `get ${PATH}/artifacts/{artifact_id}`,
    needs: READ,
    answer: (call) => withArtifact(call, (artifact) => ok(show(call, artifact))),
  },
  {
    operation: `get ${PATH}/artifacts/{artifact_id}/{archive_format}`,
    needs: READ,
    answer: (call) => withArtifact(call, (artifact) => download(call, artifact)),
  },
];

function withArtifact(call: Call, answer: (artifact: Artifact) => Reply): Reply {
  const id = Number(param(call, 'artifact_id'));
  const artifact = call.state.artifacts.find((known) => known.id === id);
  return artifact === undefined ? notFound() : answer(artifact);
}

function list(call: Call, artifacts: readonly Artifact[]): Reply {
  const name = call.query.get('name');
  const found = artifacts.filter((artifact) => name === null || artifact.name === name);
  if (call.query.get('direction') !== 'asc') found.reverse();
  return page(call, found, (shown) => ({
    total_count: found.length,
    artifacts: shown.map((artifact) => show(call, artifact)),
  }));
}

/** GitHub sends the client on to a store that wants no token. */
function download(call: Call, { id, expired }: Artifact): Reply {
  if (param(call, 'archive_format') !== 'zip') {
    return unprocessable({ resource: 'Artifact', field: 'archive_format', code: 'invalid', message: 'must be zip' });
  }
  if (expired) return failure(410, 'Artifact has expired');
  return { status: 302, headers: { location: `${call.url}${storePath(id)}` } };
}

const storePath = (id: number): string => `/_store/artifacts/${id}.zip`;

/** The bytes behind an address that `download` gave out; undefined for every other path. */
export function storedArtifact({ artifacts }: State, path: string): Reply | undefined {
  const artifact = artifacts.find(({ id }) => storePath(id) === path);
  return artifact && { status: 200, body: artifact.zip, headers: { 'content-type': 'application/zip' } };
}

function show(call: Call, { id, name, zip, expired, created_at, runId, headSha, headBranch, headRepositoryId }: Artifact) {
  const url = `${repositoryUrl(call)}/actions/artifacts/${id}`;
  return {
    id,
    name,
    size_in_bytes: zip.byteLength,
    expired,
    created_at,
    url,
    archive_download_url: `${url}/zip`,
    workflow_run: {
      id: runId,
      repository_id: REPOSITORY_ID,
      head_repository_id: headRepositoryId,
      head_branch: headBranch,
      head_sha: headSha,
    },
  };
}
